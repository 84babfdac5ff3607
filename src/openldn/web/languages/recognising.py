"""What the name of a medicine was recognised as, in the reader's language.

In English these are the words of `evidence.screen_words`; a test holds the two together.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from openldn.protocol.medicines import Match, Recognised

__all__ = ["recognised_as"]


def recognised_as(one: Recognised) -> str:
    """Say what a name was recognised as; parts of it are quoted as they were typed."""
    if not one.is_recognised:
        return _("not recognised; ask your pharmacist")
    rest = [_("not recognised: {part}").format(part=part) for part in one.unknown_parts]
    return "; ".join([_what_is_known(one), *rest])


def _what_is_known(one: Recognised) -> str:
    name = _(" and ").join(one.ingredients)
    if one.match is Match.FUZZY:
        meant = _(" or ").join(dict.fromkeys(found.name for found in one.found))
        words = (
            _(
                "perhaps {meant} ({name}), on the list of opioids; check the spelling with your"
                " pharmacist"
            )
            if one.is_opioid
            else _("perhaps {meant} ({name}); check the spelling with your pharmacist")
        )
        return words.format(meant=meant, name=name)
    return _("{name}, on the list of opioids").format(name=name) if one.is_opioid else name

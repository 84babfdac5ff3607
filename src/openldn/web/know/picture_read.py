"""The question what the picture of an answer says: asked once, and answered kindly either way."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from openldn.protocol.problems import InputError, Problem
from openldn.web.know.kept_pages import Picture
from openldn.web.know.models import PictureRead
from openldn.web.person.models import Trial

__all__ = ["Asked", "asked_of", "read"]

_READING = PictureRead.Reading
_TOLD_APART = (_READING.ANSWERS, _READING.DAYS, _READING.PEOPLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The question with its choices, or what was chosen with a word about it."""

    picture: Picture
    choices: tuple[tuple[str, str], ...]
    chosen: str  # in words; empty before
    reply: str


def asked_of(trial: Trial, picture: Picture) -> Asked:
    """Build the question about a picture; what was answered is shown as it was asked then."""
    held = PictureRead.objects.filter(trial=trial).first()
    count = held.count if held else picture.count
    # The same order for one trial, another for the next: no place is always the right one.
    turn = trial.pk % len(_TOLD_APART)
    ordered = (*_TOLD_APART[turn:], *_TOLD_APART[:turn], _READING.UNSURE)
    return Asked(
        picture=picture,
        choices=tuple((one.value, _in_words(one, count)) for one in ordered),
        chosen=_in_words(_READING(held.reading), count) if held else "",
        reply=_reply(_READING(held.reading), count) if held else "",
    )


@transaction.atomic
def read(*, trial: Trial, picture: Picture, reading: str, now: datetime) -> None:
    """Keep what was chosen. What was kept the first time stays.

    Raises
    ------
    InputError
        When nothing of the page was chosen.
    """
    if reading not in _READING.values:
        raise InputError([_not_chosen(reading)])
    if not PictureRead.objects.filter(trial=trial).exists():
        PictureRead.objects.create(
            person=trial.person,
            trial=trial,
            reading=reading,
            group=picture.group,
            count=picture.count,
            read_at=now,
        )


def _in_words(reading: PictureRead.Reading, count: int) -> str:
    words = {
        _READING.ANSWERS: _("Of 100 answers that fit my records, %(count)s say this."),
        _READING.DAYS: _("It was like this on %(count)s of 100 days."),
        _READING.PEOPLE: _("It is like this for %(count)s of 100 people."),
        _READING.UNSURE: _("I am not sure."),
    }
    return words[reading] % {"count": count}


def _reply(reading: PictureRead.Reading, count: int) -> str:
    if reading is _READING.ANSWERS:
        first = _("Yes, that is how it is meant.")
    elif reading is _READING.UNSURE:
        first = _("That is a fair answer. Pictures of chance are hard to read.")
    else:
        first = _("Many people read it that way. The picture could be clearer.")
    meant = _(
        "Each mark is one possible answer about you. It is not a day, and not another person."
        " Nobody knows which answer is the true one. Of the 100 that fit your records,"
        " %(count)s say this."
    ) % {"count": count}
    return f"{first} {meant}"


def _not_chosen(given: str) -> Problem:
    return Problem(
        code="LDN-W095",
        place=_("What the picture says"),
        given=given[:80] or _("nothing"),
        expected=_("one of the four sentences"),
        todo=_("Nothing was saved. Choose one, or leave the question open."),
    )

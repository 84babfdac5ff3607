"""How the screen is told: headings, what a name was recognised as, and that nothing is "safe".

The terminal, the app and the printed pack take these words from here.
"""

from __future__ import annotations

from typing import Final

from openldn.protocol.medicines import Match, Recognised
from openldn.protocol.safety import Severity

__all__ = ["HEADINGS", "NOTHING", "NOT_SAFE", "URGENT", "recognised_as", "rule_title"]

HEADINGS: Final = {
    Severity.STOP: "A trial cannot begin or go on",
    Severity.ASK_PRESCRIBER: "Ask your prescriber or pharmacist first",
    Severity.CAUTION: "Take care",
    Severity.INFO: "Good to know",
}
NOTHING: Final = "Nothing in these rules was touched."
NOT_SAFE: Final = (
    "This does not mean that LDN is safe for you. Only your prescriber and pharmacist can judge"
    " that; show them this list. OpenLDN never tells anyone to start, stop or change a dose."
)
# These ask for help today, so they stand before every other rule and are never cut off.
URGENT: Final = ("mood", "tolerance-loss", "hypersensitivity", "hepatitis-failure")


def rule_title(rule_id: str) -> str:
    """Give the id of a rule as words."""
    return rule_id.replace("-", " ")


def recognised_as(one: Recognised) -> str:
    """Say what a name was recognised as; parts of it are quoted as they were typed."""
    if not one.is_recognised:
        return "not recognised; ask your pharmacist"
    rest = "".join(f"; not recognised: {part}" for part in one.unknown_parts)
    return _what_is_known(one) + rest


def _what_is_known(one: Recognised) -> str:
    name = " and ".join(one.ingredients)
    kind = ", on the list of opioids" if one.is_opioid else ""
    if one.match is Match.FUZZY:
        meant = " or ".join(dict.fromkeys(found.name for found in one.found))
        return f"perhaps {meant} ({name}){kind}; check the spelling with your pharmacist"
    return f"{name}{kind}"

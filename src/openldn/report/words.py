"""Numbers into words: the one list of chance words, points, directions and doses.

With them what is said after a no, which the pack and the app both say.

Every page, terminal line and printed sheet takes its words from here, so a number never
meets two different words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import floor

from openldn.report.speaking import marked, said, written

__all__ = [
    "AFTER_A_NO",
    "NO_BLAME",
    "arm_name",
    "direction",
    "dose_text",
    "matters_text",
    "name_text",
    "number",
    "places",
    "points",
    "share_word",
    "shares_of_100",
    "signed",
    "title_text",
]

# standards.md section 3, rule 2: upper end of each band, in whole answers out of 100.
_CHANCE_WORDS = (
    (9, marked("very unlikely")),
    (33, marked("unlikely")),
    (66, marked("about even, cannot tell")),
    (90, marked("likely")),
    (100, marked("very likely")),
)

_ARM_NAMES = {"active": "LDN", "placebo": marked("placebo"), "none": marked("no LDN")}
# What is said where a prescriber says no, on paper and in the app.
NO_BLAME = (
    "A no can be a fair answer. Your prescriber answers for your safety, and the studies leave much"
    " open. Nobody is to blame."
)
AFTER_A_NO = (
    "You can ask for another opinion: from another doctor, or from one who knows your illness"
    " well. Take the printed pages along.",
    "Please do not buy LDN without a prescription. Then nobody checks what is in it, or how it"
    " goes with your other medicines.",
    "Your usual medicines and checks stay as they are. To lose care that helps would be the"
    " greatest harm.",
    "You can keep the diary without LDN. It shows how your weeks go, and it helps the next talk.",
)


def share_word(share: int) -> str:
    """Return the fixed word for a whole number of answers out of 100."""
    if not 0 <= share <= 100:
        raise ValueError(f"a share lies between 0 and 100, given {share}")
    return said(next(word for top, word in _CHANCE_WORDS if share <= top))


def shares_of_100(probabilities: Sequence[float]) -> tuple[int, ...]:
    """Round shares to whole numbers that add up to 100, by largest remainder.

    Plain rounding can give 99 or 101 icons; here the leftover icons go to the shares
    that lost most, the earlier one first on a tie.
    """
    total = sum(probabilities)
    if not probabilities or min(probabilities) < 0 or total <= 0:
        raise ValueError(f"shares must be non-negative and not all zero, given {probabilities}")
    exact = [100 * share / total for share in probabilities]
    whole = [floor(share) for share in exact]
    by_loss = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_loss[: 100 - sum(whole)]:
        whole[i] += 1
    return tuple(whole)


def places(mcid: float) -> int:
    """Return the decimals worth printing: one, or two where a tenth already matters."""
    return 1 if mcid >= 0.2 else 2


def number(value: float, decimals: int = 1) -> str:
    """Return a number without a sign for zero, with a true minus: ``−0.04`` is ``0.0``."""
    return written(_rounded(value, decimals).replace("-", "−"))


def _rounded(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return f"{0:.{decimals}f}" if float(text) == 0 else text


def signed(value: float, decimals: int = 1) -> str:
    """Return a number with its sign, plus included; zero has none."""
    text = number(value, decimals)
    return f"+{text}" if float(_rounded(value, decimals)) > 0 else text


def points(size: float, decimals: int = 1) -> str:
    """Return an absolute size in points, never ``0.0``: ``1.3 points``."""
    if float(_rounded(size, decimals)) == 0:
        least = written(f"{10**-decimals:.{decimals}f}")
        return said("less than {number} points").format(number=least)
    return said("{number} points").format(number=number(abs(size), decimals))


def matters_text(mcid: float) -> str:
    """Return the difference that matters as it is spoken: ``1 point``, ``0.5 points``."""
    text = f"{mcid:g}"
    if text == "1":
        return said("1 point")
    return said("{number} points").format(number=written(text))


def direction(effect: float) -> str:
    """Return which way the score moved."""
    return said("lower") if effect < 0 else said("higher")


def dose_text(dose_mg: float) -> str:
    """Return a dose in milligrams without trailing zeros: ``1.5 mg``."""
    return written(f"{Decimal(str(dose_mg)).normalize():f} mg")


def arm_name(arm: str | None) -> str:
    """Return what a person calls an arm; unknown arms are said to be unknown."""
    return said("not known") if arm is None else said(_ARM_NAMES.get(arm, arm))


def name_text(label: str) -> str:
    """Return a label or id as it stands inside a sentence: ``Muscle pain`` -> ``muscle pain``.

    Only a word written like ``Pain`` is lowered; ``IBS pain`` and ``CRP`` stay.
    """
    text = re.sub(r"[_\s]+", " ", label).strip()
    text = re.sub(r"^my ", "", text, flags=re.IGNORECASE)
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first[1:] == first[1:].lower() else text


def title_text(label: str) -> str:
    """Return a label or id as a heading: ``vivid_dreams`` -> ``Vivid dreams``."""
    text = re.sub(r"[_\s]+", " ", label).strip()
    return text[:1].upper() + text[1:]

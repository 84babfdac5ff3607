"""The grade that a plan can reach, told before its first day, and what would raise it.

The rules are those of the grade that an answer gets (model.md, section 10), for a diary without
gaps and a blind that holds: what goes wrong on the way can only lower it.
"""

from __future__ import annotations

from dataclasses import dataclass

from openldn.protocol.plan import Design, Kind, Plan

__all__ = ["WHYS", "Foreseen", "foreseen"]

# A stop counts as a reversal with a week recorded on each side (model.md, section 10).
_REVERSAL_DAYS = 7
_PAIRS_FOR_A, _PAIRS_FOR_C = 3, 2
# What one reversal is here, in weeks: the length of a period in a first plan.
_REVERSAL_WEEKS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """The best grade of a plan, A to E."""

    letter: str
    why: str  # one sentence
    more: str  # what would raise it; "" where nothing can

    @property
    def sentence(self) -> str:
        """Say it, before the start."""
        is_sure = self.letter == "E"  # it cannot sink lower
        grade = f"will be grade {self.letter}" if is_sure else f"can be grade {self.letter} at best"
        return f"This {grade}, on a scale from A (most to be trusted) to E. {self.why}"


_WHY_HIDDEN = "The order is drawn by lot and hidden, so hope and time weigh on both sides alike."
_WHY_FEW = "The order is drawn by lot and hidden, but the pairs are few."
_WHY_OPEN = "The order is drawn by lot, but you know what you take, so hope can show as relief."
_WHY_ONE = "One pair is too few to set chance aside, and you know what you take."
_WHY_BACK = "LDN is left out once and begun again, but you know when, so hope is mixed in."
_WHY_NOTHING = (
    "It cannot tell LDN from time, from hope, from other changes, or from a start when things were"
    " at their worst."
)
# Every reason there is, for whoever tells it in another language.
WHYS = (_WHY_HIDDEN, _WHY_FEW, _WHY_OPEN, _WHY_ONE, _WHY_BACK, _WHY_NOTHING)


def foreseen(plan: Plan) -> Foreseen:
    """Tell the grade of a plan before it begins."""
    design = plan.design
    if design.kind.is_blinded and design.pairs:
        return _blinded(design)
    if design.kind.is_randomised and design.pairs:
        return _drawn_in_the_open(design)
    return _open(plan)


def _blinded(design: Design) -> Foreseen:
    if design.pairs >= _PAIRS_FOR_A:
        why = _WHY_HIDDEN
        return Foreseen(letter="A", why=why, more="")
    return Foreseen(
        letter="B",
        why=_WHY_FEW,
        more=f"With {_PAIRS_FOR_A} pairs or more it can be grade A.",
    )


def _drawn_in_the_open(design: Design) -> Foreseen:
    hidden = "With capsules that look the same, and three pairs or more, it can be grade A."
    if design.pairs >= _PAIRS_FOR_C:
        why = _WHY_OPEN
        return Foreseen(letter="C", why=why, more=hidden)
    return Foreseen(
        letter="D",
        why=_WHY_ONE,
        more=f"With {_PAIRS_FOR_C} pairs or more it can be grade C.",
    )


def _open(plan: Plan) -> Foreseen:
    if _has_reversal(plan.design):
        return Foreseen(
            letter="D",
            why=_WHY_BACK,
            more="An order drawn by lot can make it grade C, and hidden capsules grade A.",
        )
    days = 2 * 7 * _REVERSAL_WEEKS
    return Foreseen(
        letter="E",
        why=_WHY_NOTHING,
        more=f"Here is what one reversal adds: {days} days ({_REVERSAL_WEEKS} weeks without, then "
        f"{_REVERSAL_WEEKS} weeks with LDN again), and grade D. If the scores go with LDN both "
        "times, time alone is a poorer reason for it. Four hidden pairs can make it grade A.",
    )


def _has_reversal(design: Design) -> bool:
    """Whether LDN ends after its start, with a week on each side."""
    in_periods = design.kind is Kind.OPEN_REVERSAL and design.pairs > 0
    return (in_periods and design.period_days >= _REVERSAL_DAYS) or (
        design.none_days >= _REVERSAL_DAYS
    )

"""Looks at the answer before the end: where a diary stands, and how sure it must then be.

Each look is one more chance to be misled, so looks are planned beforehand and come only after whole
pairs, and the threshold is raised until trials without any effect end in a clear benefit at any of
the looks in at most 5 of 100 (section 7 of the statistical contract). The trials come from whoever
can make them: this room only says what it needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from openldn.inference.course import Course
from openldn.protocol.plan import Plan

__all__ = ["MOST_MISLED", "NULL_TRIALS", "Look", "NullTrials", "all_looks", "look_of", "raised"]

FloatArray = NDArray[np.float64]

# Section 7: the most trials without an effect that may end in a clear benefit.
MOST_MISLED: Final = 0.05
# Enough for a Monte Carlo error of 0.5 of 100 at that rate.
NULL_TRIALS: Final = 2_000
SEED: Final = 20_260_101


class NullTrials(Protocol):
    """Virtual trials of a plan without any effect, analysed at each look like a real one."""

    def __call__(self, plan: Plan, *, looks: Sequence[int], trials: int, seed: int) -> FloatArray:
        """P(benefit) of the target dose, (trials, looks), after each number of whole pairs."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Where a diary stands among the looks of its plan.

    Attributes
    ----------
    pairs
        Whole pairs that are over.
    planned
        After how many whole pairs the answer is looked at; the last one is the end.
    number
        Which of them this is, from 1; None where it is none of them.
    decision
        How sure the answer had to be here.
    is_raised
        Whether that is the plan's own threshold raised for all its looks.
    """

    pairs: int
    planned: tuple[int, ...]
    number: int | None
    decision: float
    is_raised: bool

    def to_json(self) -> dict[str, Any]:
        """`look` of the answer file."""
        return {
            "pairs": self.pairs,
            "planned": list(self.planned),
            "number": self.number,
            "decision": self.decision,
            "raised": self.is_raised,
        }


def all_looks(plan: Plan) -> tuple[int, ...]:
    """The planned looks and the end of the trial, in whole pairs."""
    return tuple(sorted({*plan.analysis.looks, plan.design.pairs}))


def look_of(course: Course, *, plan: Plan | None, null_trials: NullTrials | None) -> Look | None:
    """Say at which look a diary stands; None where the plan has no looks before the end."""
    if plan is None or plan.first_randomised_day is None or not plan.analysis.looks:
        return None
    over = [period for period in plan.periods if period.last_day < len(course)]
    # A look comes after a whole pair and not within the next one.
    is_between = len(over) % 2 == 0 and (
        not over or len(course) <= over[-1].last_day + 1 or len(over) == len(plan.periods)
    )
    pairs, looks = len(over) // 2, all_looks(plan)
    decision = plan.analysis.decision
    if null_trials is not None:
        found = null_trials(plan, looks=looks, trials=NULL_TRIALS, seed=SEED)
        decision = raised(found, least=decision)
    return Look(
        pairs=pairs,
        planned=looks,
        number=looks.index(pairs) + 1 if is_between and pairs in looks else None,
        decision=decision,
        is_raised=null_trials is not None,
    )


def raised(p_benefit: FloatArray, *, least: float) -> float:
    """The lowest threshold that misleads in at most 5 of 100, never below the plan's own.

    Parameters
    ----------
    p_benefit
        (trials, looks) of trials without an effect.
    least
        The plan's own threshold.

    Returns
    -------
    float
        A clear benefit is P(benefit) at or above it. It may exceed every value that was seen.
    """
    highest = np.sort(p_benefit.max(axis=1))[::-1]
    # So many trials may be misled; the next one must stay below the threshold.
    allowed = int(MOST_MISLED * len(highest))
    if allowed >= len(highest):
        return least
    return max(least, float(np.nextafter(highest[allowed], 2.0)))

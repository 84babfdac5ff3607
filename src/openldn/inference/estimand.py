"""What is done about things that happen on the way, where the plan says so (ICH E9(R1)).

A plan may hold one strategy for each event that can come between a dose and its effect. Here a
strategy becomes days: which of them carry likelihood, and which count as bad ones. The answer then
states which strategy was applied to what, and how many days it touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference.course import ARMS, Course
from openldn.protocol.plan import Arm, Plan, Strategy

__all__ = ["Touched", "score_under", "touched_days"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# standards.md section 2.7.
AFTER_DAYS: Final = {"steroid-burst": 14, "infection": 7, "vaccination": 7}
MISSED_RUN: Final = 3
WORST_DECILE: Final = 0.9
# Events after which a stretch of the trial is over: the rest of the period, or of the part.
_ENDS_PERIOD: Final = ("side-effect-stop", "code-broken")
_ENDS_PART: Final = ("dose-change", "other-medicine-change")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Touched:
    """One event, what the plan does about it, and (T,) the days concerned among those that count.

    Under treatment policy these are the days of the event, left as they were.
    """

    event: str
    strategy: Strategy
    days: BoolArray

    def to_json(self) -> dict[str, Any]:
        """One entry of `estimand`."""
        return {"event": self.event, "strategy": str(self.strategy), "days": int(self.days.sum())}


def touched_days(course: Course, *, plan: Plan | None, counts: BoolArray) -> tuple[Touched, ...]:
    """Every event of the plan's estimand that touches days that count, in the plan's order."""
    if plan is None or plan.estimand is None:
        return ()
    found = []
    for key, strategy in plan.estimand.strategies.items():
        event = key.replace("_", "-")
        days = _days_of(event, strategy, course, plan, counts) & counts
        if days.any():
            found.append(Touched(event=event, strategy=strategy, days=days))
    return tuple(found)


def score_under(touched: Sequence[Touched], score: FloatArray, *, sign: float) -> FloatArray:
    """The scores that carry likelihood under the strategies.

    Parameters
    ----------
    score
        (T,) as recorded on the days that count; NaN elsewhere.
    sign
        -1 where a lower score is better, 1 where a higher one is.

    Returns
    -------
    ndarray
        (T,). Composite days hold the person's own worst tenth, whether recorded or not; a day that
        one strategy leaves out is left out, whatever another says.
    """
    changed = score.copy()
    recorded = score[~np.isnan(score)]
    for one in touched:
        if one.strategy is Strategy.COMPOSITE and len(recorded):
            changed[one.days] = -sign * np.quantile(-sign * recorded, WORST_DECILE)
    for one in touched:
        if one.strategy in (Strategy.HYPOTHETICAL, Strategy.WHILE_ON_TREATMENT):
            changed[one.days] = np.nan
    return changed


def _days_of(
    event: str, strategy: Strategy, course: Course, plan: Plan, counts: BoolArray
) -> BoolArray:
    if event == "missed-doses":
        return _missed_runs(course)
    on = course.event(event) > 0
    if strategy is Strategy.TREATMENT_POLICY:
        return on
    if event in _ENDS_PERIOD:
        return _rest_of_periods(on, plan, counts)
    if event in _ENDS_PART:
        return np.logical_or.accumulate(on & counts)
    # What an infection or a steroid leaves behind lasts a while; a composite day is a rescue day.
    after = AFTER_DAYS.get(event, 0) if strategy is Strategy.HYPOTHETICAL else 0
    return np.convolve(on, np.ones(after + 1))[: len(on)] > 0


def _missed_runs(course: Course) -> BoolArray:
    """(T,) days in runs of three or more on which a capsule was due and not taken."""
    missed = np.array(
        [
            day is not None
            and ARMS[arm] is not Arm.NONE
            and (day.taken is False or (day.dose_ug == 0 and ARMS[arm] is Arm.ACTIVE))
            for day, arm in zip(course.days, course.arm, strict=True)
        ]
    )
    days = np.zeros_like(missed)
    for first in range(len(missed) - MISSED_RUN + 1):
        if missed[first : first + MISSED_RUN].all():
            days[first : first + MISSED_RUN] = True
    return days


def _rest_of_periods(on: BoolArray, plan: Plan, counts: BoolArray) -> BoolArray:
    """(T,) from the day of the event to the end of its period; outside a period, of the part."""
    days = np.zeros_like(on)
    inside = np.zeros_like(on)
    for period in plan.periods:
        held = slice(period.first_day, period.last_day + 1)
        inside[held] = True
        days[held] = np.logical_or.accumulate(on[held])
    outside = ~inside & counts
    days[outside] = np.logical_or.accumulate(on[outside])
    return days

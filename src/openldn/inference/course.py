"""What acted on each day, and which days count: from plan and diary to the history of exposure.

In a randomised part a day counts as what was *assigned*; in an open diary as the dose recorded.
Values from before the randomised part supply no likelihood to the primary answer: with all days in
one model, a drug without effect but with open hope looked helpful in 58% of virtual people, with
the randomised days alone in 4%.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openldn.diary import Diary, DiaryDay
from openldn.inference.refusal import AnalysisRefused
from openldn.protocol.calendar import planned_on
from openldn.protocol.doses import Dose
from openldn.protocol.plan import Acts, Arm, Period, Plan
from openldn.protocol.problems import InputError, Problem

__all__ = ["COVARIATE_EVENTS", "MAX_LEVELS", "Course", "course_of", "order_in_diary"]

MAX_LEVELS = 12
# Events that come from outside and are not themselves a measure of the outcome.
COVARIATE_EVENTS = ("infection", "steroid-burst", "vaccination", "other-medicine-change")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Course:
    """Consecutive days of one trial; index 0 is the first day of the plan, or of the file.

    Attributes
    ----------
    days
        What was recorded on each day; days without a row are None.
    arm
        (T,) index into the arms: 0 no capsule, 1 placebo, 2 active.
    dose_ug
        (T,) the level in micrograms that the day counts as; 0 on placebo or nothing.
    is_randomised
        (T,) whether the day lies in the randomised part (the days after it without capsules too).
    levels
        Every dose that the person was on, in order; at most `MAX_LEVELS`.
    already_on
        Dose taken steadily before the first day.
    acts
        Whether a dose shows the same day or the next.
    filled_days
        Days whose unrecorded dose was filled from the plan or from the day before.
    outside_days
        Recorded days before the first day or after the last planned one; they are left out.
    contrary_days
        Randomised days whose recorded dose does not fit what was assigned.
    """

    days: tuple[DiaryDay | None, ...]
    arm: NDArray[np.int64]
    dose_ug: NDArray[np.int64]
    is_randomised: NDArray[np.bool_]
    levels: tuple[Dose, ...]
    already_on: Dose
    acts: Acts
    filled_days: int
    outside_days: int
    contrary_days: int

    def __len__(self) -> int:
        return len(self.days)

    def scores(self, outcome_id: str) -> NDArray[np.float64]:
        """(T,) recorded scores; NaN where there is none."""
        found = (None if day is None else day.scores.get(outcome_id) for day in self.days)
        return np.array([np.nan if score is None else score for score in found], dtype=np.float64)

    def event(self, event_id: str) -> NDArray[np.float64]:
        """(T,) 1 on the days of an event, else 0."""
        return np.array([float(day is not None and event_id in day.events) for day in self.days])

    @property
    def event_ids(self) -> tuple[str, ...]:
        """Every event of the diary, in order of its first day."""
        seen = (event for day in self.days if day is not None for event in day.events)
        return tuple(dict.fromkeys(seen))

    def acting_arm(self) -> NDArray[np.int64]:
        """(T,) the arm that acts on each day."""
        before = ARMS.index(Arm.ACTIVE if self.already_on.ug else Arm.NONE)
        return self._acting(self.arm, before)

    def acting_dose(self) -> NDArray[np.int64]:
        """(T,) the level in micrograms that acts on each day."""
        return self._acting(self.dose_ug, self.already_on.ug)

    def _acting(self, assigned: NDArray[np.int64], before: int) -> NDArray[np.int64]:
        if self.acts is Acts.SAME_DAY:
            return assigned
        return np.concatenate([[before], assigned])[: len(assigned)]


ARMS = (Arm.NONE, Arm.PLACEBO, Arm.ACTIVE)


@dataclass(frozen=True, slots=True)
class _Assigned:
    """One day: what it counts as, and whether that had to be filled in."""

    arm: Arm
    dose_ug: int
    is_filled: bool = False


def course_of(
    diary: Diary,
    *,
    plan: Plan | None,
    order: Sequence[Arm] | None,
    acts: Acts,
    already_on: Dose,
) -> Course:
    """Line the diary up with the plan, day by day.

    Raises
    ------
    InputError
        When an arm is active without any dose to go by, more than `MAX_LEVELS` doses occur, or
        diary, plan and seal contradict each other.
    AnalysisRefused
        When randomised days were recorded and the order is still sealed.
    """
    recorded = {day.day: day for day in diary.days() if day.n_entries}
    if plan is None:
        first, stop = min(recorded), max(recorded) + 1
        days = tuple(recorded.get(day) for day in range(first, stop))
        assigned = _without_plan(days, already_on)
        is_randomised = [False] * len(days)
    else:
        # Days to come hold nothing yet: they are neither missing nor on any dose.
        first, stop = (
            0,
            1 + max((day for day in recorded if 0 <= day < plan.total_days), default=-1),
        )
        days = tuple(recorded.get(day) for day in range(stop))
        order = _settled_order(plan, recorded, opened=order)
        assigned, is_randomised = _with_plan(plan, days, order)
    levels = sorted(({one.dose_ug for one in assigned} | {already_on.ug}) - {0})
    if len(levels) > MAX_LEVELS:
        raise InputError([_too_many(levels)])
    return Course(
        days=days,
        arm=np.array([ARMS.index(one.arm) for one in assigned], dtype=np.int64),
        dose_ug=np.array([one.dose_ug for one in assigned], dtype=np.int64),
        is_randomised=np.array(is_randomised, dtype=np.bool_),
        levels=tuple(Dose(dose_ug) for dose_ug in levels),
        already_on=already_on,
        acts=acts,
        filled_days=sum(one.is_filled for one in assigned),
        outside_days=sum(not first <= day < stop for day in recorded),
        contrary_days=sum(
            is_drawn and _contradicts(one, day)
            for one, day, is_drawn in zip(assigned, days, is_randomised, strict=True)
        ),
    )


def order_in_diary(plan: Plan, recorded: Mapping[int, DiaryDay]) -> tuple[Arm, ...] | None:
    """The arm of each period as the diary's own `arm` column tells it.

    Returns
    -------
    tuple or None
        None when a period with anything recorded tells no arm: the order is still sealed.

    Raises
    ------
    InputError
        When one period holds two arms.
    """
    problems: list[Problem] = []
    told = _arms_told(plan, recorded, problems)
    if problems:
        raise InputError(problems)
    order: list[Arm] = []
    for period in plan.periods:
        arm = told[period.number]
        if arm is None and _days_in(period, recorded):
            return None
        # Nothing was recorded in this period, so it carries no value of its own; its exposure
        # still fades into the next one, and in a pair it is the other arm.
        order.append(arm or _other(told[_partner(period)], plan))
    return tuple(order) if any(told.values()) else None


def _settled_order(
    plan: Plan, recorded: Mapping[int, DiaryDay], *, opened: Sequence[Arm] | None
) -> Sequence[Arm] | None:
    """The order from the opened seal, or from the diary; the two must not contradict."""
    if plan.first_randomised_day is None:
        return None
    problems = list(_misplaced_periods(plan, recorded))
    if opened is not None:
        told = _arms_told(plan, recorded, problems)
        problems += [
            _not_as_sealed(period.number, told[period.number], arm)
            for period, arm in zip(plan.periods, opened, strict=True)
            if told[period.number] not in (None, arm)
        ]
    if problems:
        raise InputError(problems)
    return opened if opened is not None else order_in_diary(plan, recorded)


def _arms_told(
    plan: Plan, recorded: Mapping[int, DiaryDay], problems: list[Problem]
) -> dict[int, Arm | None]:
    """The arm that the diary gives each period, by number; two arms in one are a problem."""
    told: dict[int, Arm | None] = {}
    for period in plan.periods:
        arms = {day.arm for day in _days_in(period, recorded) if day.arm is not None}
        if len(arms) > 1 or not arms <= {Arm.ACTIVE, plan.contrast_arm}:
            problems.append(_mixed_period(period.number, arms, plan.contrast_arm))
        told[period.number] = next(iter(arms), None)
    return told


def _days_in(period: Period, recorded: Mapping[int, DiaryDay]) -> list[DiaryDay]:
    held = range(period.first_day, period.first_day + period.days)
    return [recorded[at] for at in held if at in recorded]


def _partner(period: Period) -> int:
    """The number of the other period of the pair."""
    return period.number + 1 if period.number % 2 else period.number - 1


def _other(arm: Arm | None, plan: Plan) -> Arm:
    return Arm.ACTIVE if arm is plan.contrast_arm else plan.contrast_arm


def _misplaced_periods(plan: Plan, recorded: Mapping[int, DiaryDay]) -> Iterator[Problem]:
    """Days whose `period` is not the plan's: the dates and the plan do not belong together."""
    for at, day in recorded.items():
        if day.period is None or not 0 <= at < plan.total_days:
            continue
        planned = planned_on(plan, at, order=None).period
        if planned != day.period:
            yield _misplaced(at, day.period, planned)
            return


def _contradicts(assigned: _Assigned, day: DiaryDay | None) -> bool:
    """Whether a recorded dose shows that something else was taken than was assigned."""
    if day is None or day.dose_ug is None or day.taken is False:
        return False
    return (day.dose_ug > 0) != (assigned.dose_ug > 0)


def _with_plan(
    plan: Plan, days: tuple[DiaryDay | None, ...], order: Sequence[Arm] | None
) -> tuple[list[_Assigned], list[bool]]:
    assigned: list[_Assigned] = []
    is_randomised: list[bool] = []
    first_randomised = plan.first_randomised_day
    for at, day in enumerate(days):
        planned = planned_on(plan, at, order=order)
        in_trial = first_randomised is not None and at >= first_randomised
        is_randomised.append(in_trial)
        if planned.arm is None or planned.dose is None or planned.level is None:
            raise AnalysisRefused([_sealed()])
        if in_trial:
            assigned.append(_Assigned(planned.arm, planned.level.ug))
            continue
        one = _as_recorded(day, _Assigned(planned.arm, planned.dose.ug))
        if one.dose_ug == planned.dose.ug:
            one = replace(one, dose_ug=planned.level.ug)  # a ramp day counts as its period's level
        assigned.append(one)
    return assigned, is_randomised


def _without_plan(days: tuple[DiaryDay | None, ...], already_on: Dose) -> list[_Assigned]:
    start = Arm.ACTIVE if already_on.ug else Arm.NONE
    last = _Assigned(start, already_on.ug)
    told = _told_by_period(days)
    assigned: list[_Assigned] = []
    for day in days:
        if day is not None and day.period is not None and _says_nothing(day):
            if day.period not in told:
                raise AnalysisRefused([_sealed()])
            last = told[day.period]
        else:
            last = _as_recorded(day, last)
        assigned.append(last)
    if any(one.arm is Arm.ACTIVE and not one.dose_ug and one.is_filled for one in assigned):
        raise InputError([_no_dose()])
    return assigned


def _as_recorded(day: DiaryDay | None, otherwise: _Assigned) -> _Assigned:
    """The recorded dose and arm of one open day; `otherwise` stands in for what is missing."""
    if day is None:
        return _Assigned(otherwise.arm, otherwise.dose_ug, is_filled=True)
    if day.arm is Arm.PLACEBO or day.arm is Arm.NONE:
        return _Assigned(day.arm, day.dose_ug or 0)
    if day.dose_ug is not None or day.taken is False:
        dose_ug = 0 if day.taken is False else (day.dose_ug or 0)
        return _Assigned(Arm.ACTIVE if dose_ug else Arm.NONE, dose_ug)
    if day.arm is Arm.ACTIVE:
        dose_ug = otherwise.dose_ug
        return _Assigned(Arm.ACTIVE, dose_ug, is_filled=True)
    return _Assigned(otherwise.arm, otherwise.dose_ug, is_filled=True)


def _told_by_period(days: Iterable[DiaryDay | None]) -> dict[int, _Assigned]:
    """What each numbered period held, from the first of its rows that says so."""
    told: dict[int, _Assigned] = {}
    for day in days:
        if day is not None and day.period is not None and not _says_nothing(day):
            filled = replace(_as_recorded(day, _Assigned(Arm.NONE, 0)), is_filled=True)
            told.setdefault(day.period, filled)
    return told


def _says_nothing(day: DiaryDay) -> bool:
    """Whether the row tells neither arm nor dose, as in a sealed period."""
    return day.arm is None and day.dose_ug is None


def _sealed() -> Problem:
    return Problem(
        code="LDN-A001",
        place="the blinded part",
        given="a diary whose periods do not say which capsule they held",
        expected="the arm of every period that has begun",
        todo="Wait until the pharmacist opens the seal, then add the arms to the diary.",
    )


def _mixed_period(number: int, arms: set[Arm], contrast: Arm) -> Problem:
    return Problem(
        code="LDN-A002",
        place=f"period {number}, column arm",
        given=" and ".join(sorted(str(arm) for arm in arms)),
        expected=f"one arm in a period: active or {contrast}",
        todo="Compare the arm column with the pharmacist's list.",
    )


def _not_as_sealed(number: int, told: Arm | None, sealed: Arm) -> Problem:
    return Problem(
        code="LDN-A005",
        place=f"period {number}, column arm",
        given=f"{told} in the diary, {sealed} in the opened seal",
        expected="the same arm in both",
        todo="Compare the diary with the pharmacist's list; the seal is the original.",
    )


def _misplaced(day: int, told: int, planned: int | None) -> Problem:
    where = f"period {planned}" if planned else "no period"
    return Problem(
        code="LDN-A006",
        place=f"day {day}, column period",
        given=f"period {told}; the plan has {where} on that day",
        expected="the periods of the plan, on its days",
        todo="Check the start of the plan, the dates of the diary, and that both are one trial.",
    )


def _no_dose() -> Problem:
    return Problem(
        code="LDN-A003",
        place="column dose_mg",
        given="days on the active arm with no dose, and none before them",
        expected="the dose in milligrams",
        todo="Fill in dose_mg, or give the plan with --plan.",
    )


def _too_many(levels: Sequence[int]) -> Problem:
    return Problem(
        code="LDN-A004",
        place="column dose_mg",
        given=f"{len(levels)} different doses",
        expected=f"at most {MAX_LEVELS}",
        todo="Check the doses for slips, or split the diary.",
    )

"""What is planned on day d. One function answers it for everyone: page, simulator, analysis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from openldn.protocol.doses import NOTHING, Dose
from openldn.protocol.plan import Arm, Period, Plan

__all__ = ["Phase", "PlannedDay", "calendar", "planned_on"]


class Phase(StrEnum):
    """The part of the plan that a day belongs to."""

    BASELINE = "baseline"
    TITRATION = "titration"
    OPEN = "open"
    REVERSAL = "reversal"
    RANDOMISED = "randomised"
    NO_CAPSULE = "no-capsule"
    AFTER = "after"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDay:
    """One planned day.

    `arm`, `dose` and `level` are None while the order is sealed, and after the plan has ended.
    `level` is the dose that the day counts as: the target on ramp days, 0 on placebo or nothing.
    `is_ramp` marks the first days of every period, whatever its arm, so that it shows nothing;
    only an active period after another arm holds the smaller dose on them.
    """

    day: int
    phase: Phase
    arm: Arm | None
    dose: Dose | None
    level: Dose | None
    period: int | None = None
    pair: int | None = None
    is_transition: bool = False
    is_ramp: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stretch:
    """Days in a row that hold the same thing."""

    phase: Phase
    days: int
    dose: Dose = NOTHING
    period: Period | None = None


def planned_on(plan: Plan, day: int, *, order: Sequence[Arm] | None = None) -> PlannedDay:
    """Tell what the plan holds on one day; day 0 is its start.

    Parameters
    ----------
    plan
        The plan.
    day
        Days since the start, 0 or more.
    order
        The arm of each period of a randomised part. None while it is sealed.

    Raises
    ------
    ValueError
        For a day before the start, or an order that does not fit the plan.
    """
    if day < 0:
        raise ValueError(f"day {day} lies before the start of the plan (day 0)")
    arms = _arms(plan, order)
    first = 0
    for stretch in _stretches(plan):
        if day < first + stretch.days:
            return _planned(plan, day, stretch, arms)
        first += stretch.days
    return PlannedDay(day=day, phase=Phase.AFTER, arm=None, dose=None, level=None)


def calendar(plan: Plan, *, order: Sequence[Arm] | None = None) -> tuple[PlannedDay, ...]:
    """List every planned day, from day 0 to the last."""
    arms = _arms(plan, order)
    stretches = (stretch for stretch in _stretches(plan) for _ in range(stretch.days))
    return tuple(_planned(plan, day, stretch, arms) for day, stretch in enumerate(stretches))


def _arms(plan: Plan, order: Sequence[Arm] | None) -> tuple[Arm, ...] | None:
    n_periods = plan.design.n_periods
    if not plan.design.kind.is_randomised:
        # Open reversal: off, then on again, as often as the plan has pairs. Nothing is sealed.
        arms = (Arm.NONE, Arm.ACTIVE) * plan.design.pairs
        if order is not None and tuple(order) != arms:
            raise ValueError("this plan draws no order: its periods go off, on, off, on")
        return arms
    if order is None:
        return None
    if len(order) != n_periods:
        raise ValueError(f"the order has {len(order)} periods, the plan has {n_periods}")
    allowed = {Arm.ACTIVE, plan.contrast_arm}
    if not allowed.issuperset(order):
        raise ValueError(f"the order may hold only {Arm.ACTIVE} and {plan.contrast_arm}")
    return tuple(Arm(arm) for arm in order)


def _stretches(plan: Plan) -> Iterator[_Stretch]:
    design = plan.design
    yield _Stretch(phase=Phase.BASELINE, days=design.baseline_days, dose=plan.drug.already_on)
    for step in plan.titration:
        yield _Stretch(phase=Phase.TITRATION, days=step.min_days, dose=step.dose)
    yield _Stretch(phase=Phase.OPEN, days=design.open_days, dose=design.target)
    phase = Phase.RANDOMISED if design.kind.is_randomised else Phase.REVERSAL
    for period in plan.periods:
        yield _Stretch(phase=phase, days=period.days, period=period)
    yield _Stretch(phase=Phase.NO_CAPSULE, days=design.none_days)


def _planned(plan: Plan, day: int, stretch: _Stretch, arms: tuple[Arm, ...] | None) -> PlannedDay:
    if stretch.period is not None:
        return _planned_in_period(plan, day, stretch.phase, stretch.period, arms)
    return PlannedDay(
        day=day,
        phase=stretch.phase,
        arm=Arm.ACTIVE if stretch.dose > NOTHING else Arm.NONE,
        dose=stretch.dose,
        level=stretch.dose,
    )


def _planned_in_period(
    plan: Plan, day: int, phase: Phase, period: Period, arms: tuple[Arm, ...] | None
) -> PlannedDay:
    into = day - period.first_day
    arm = None if arms is None else arms[period.number - 1]
    dose = level = None
    if arms is not None:
        is_active = arm is Arm.ACTIVE
        level = plan.design.target if is_active else NOTHING
        dose = _ramped(plan, into, period, arms) if is_active else NOTHING
    return PlannedDay(
        day=day,
        phase=phase,
        arm=arm,
        dose=dose,
        level=level,
        period=period.number,
        pair=period.pair,
        is_transition=into < plan.design.transition_days,
        is_ramp=into < plan.design.ramp_days,
    )


def _ramped(plan: Plan, into: int, period: Period, arms: tuple[Arm, ...]) -> Dose:
    """Give the dose on a day of an active period: less on its ramp days, after another arm."""
    target = plan.design.target
    # Before period 1 the person was on active (or on the rung below), so nothing is regained.
    if period.number == 1 or arms[period.number - 2] is Arm.ACTIVE:
        return target
    last = 0
    for step in plan.design.ramp:
        last += step.days
        if into < last:
            return target.part(step.fraction)
    return target

"""What is planned on each day."""

import pytest

from openldn.protocol.calendar import Phase, PlannedDay, calendar, planned_on
from openldn.protocol.doses import Dose
from openldn.protocol.plan import Arm, Plan
from protocol.plans import plan

A, P, N = Arm.ACTIVE, Arm.PLACEBO, Arm.NONE
KIND = 'kind = "blinded-withdrawal"'
ORDER = (A, P, P, A, A, P, P, A)


def doses(planned: Plan, first: int, last: int, order: tuple[Arm, ...] | None = None) -> list[str]:
    """List the doses from one day to another, as texts."""
    days = (planned_on(planned, day, order=order) for day in range(first, last + 1))
    return ["sealed" if day.dose is None else str(day.dose.mg) for day in days]


def test_a_blinded_withdrawal_goes_through_its_phases_in_order() -> None:
    """Scores, rungs below the target, target, drawn periods, no capsules, the time after."""
    planned = plan(("none_days = 0", "none_days = 7"))
    firsts = {planned_on(planned, day).phase: day for day in range(250, -1, -1)}
    assert firsts == {
        Phase.BASELINE: 0,
        Phase.TITRATION: 14,
        Phase.OPEN: 42,
        Phase.RANDOMISED: 70,
        Phase.NO_CAPSULE: 238,
        Phase.AFTER: 245,
    }


def test_the_rungs_are_climbed_one_after_the_other() -> None:
    """Nothing, 1.5, 3, then the target."""
    assert [doses(plan(), day, day) for day in (13, 14, 28, 42)] == [["0"], ["1.5"], ["3"], ["4.5"]]


def test_while_sealed_a_drawn_day_shows_neither_arm_nor_dose_nor_level() -> None:
    """The calendar that the person sees holds nothing to guess from."""
    sealed = [day for day in calendar(plan()) if day.phase is Phase.RANDOMISED]
    assert {(day.arm, day.dose, day.level) for day in sealed} == {(None, None, None)}


def test_period_transition_and_ramp_marks_are_the_same_under_every_order() -> None:
    """A mark that depended on the arm would break the blind."""

    def marks(days: tuple[PlannedDay, ...]) -> list[tuple[object, ...]]:
        return [(d.phase, d.period, d.pair, d.is_transition, d.is_ramp) for d in days]

    sealed = marks(calendar(plan()))
    assert marks(calendar(plan(), order=ORDER)) == sealed
    assert marks(calendar(plan(), order=ORDER[::-1])) == sealed
    assert sum(is_ramp for *_, is_ramp in sealed) == 8 * 4


def test_active_after_placebo_begins_with_half_the_dose_for_the_ramp_days() -> None:
    """Period 4 follows placebo: four days at 2.25 mg, then 4.5 mg."""
    first = plan().periods[3].first_day
    assert doses(plan(), first, first + 5, ORDER) == ["2.25"] * 4 + ["4.5"] * 2


def test_ramp_days_count_as_the_level_of_their_period() -> None:
    """The analysis holds them for the target dose."""
    first = plan().periods[3].first_day
    assert planned_on(plan(), first, order=ORDER).level == Dose(4500)


@pytest.mark.parametrize("number", [1, 5])
def test_active_after_active_keeps_the_full_dose(number: int) -> None:
    """Period 1 follows open weeks at the target, period 5 an active period: no gap, no ramp."""
    first = plan().periods[number - 1].first_day
    assert doses(plan(), first, first, ORDER) == ["4.5"]


def test_placebo_days_hold_nothing_and_count_as_nothing() -> None:
    """Arm placebo, dose 0, level 0."""
    day = planned_on(plan(), plan().periods[1].first_day, order=ORDER)
    assert (day.arm, day.dose, day.level) == (P, Dose(0), Dose(0))


def test_an_open_reversal_goes_off_and_on_again_openly() -> None:
    """Nothing is drawn and nothing is hidden; with a ramp, coming back begins with half."""
    planned = plan((KIND, 'kind = "open-reversal"'), ("pairs = 4", "pairs = 1"))
    off, on = planned.periods
    assert planned_on(planned, off.first_day).phase is Phase.REVERSAL
    assert planned_on(planned, off.first_day).arm is N
    assert doses(planned, on.first_day, on.first_day + 4) == ["2.25"] * 4 + ["4.5"]


def test_an_open_titration_climbs_to_the_target_and_holds_it() -> None:
    """The target's own rung is climbed too, then held for the open days."""
    planned = plan((KIND, 'kind = "open-titration"'), ("pairs = 4", "pairs = 0"))
    assert planned.total_days == 14 + 3 * 14 + 28
    assert planned_on(planned, 42).phase is Phase.TITRATION
    assert planned_on(planned, 56).phase is Phase.OPEN
    assert planned_on(planned, 56).dose == Dose(4500)


def test_a_dose_taken_before_the_plan_goes_on_through_the_first_scores() -> None:
    """Nothing changes before day 14."""
    planned = plan(("already_on = 0", "already_on = 1.5"))
    day = planned_on(planned, 0)
    assert (day.arm, day.dose, day.level) == (A, Dose(1500), Dose(1500))
    assert planned_on(planned, 14).dose == Dose(3000)


def test_rungs_above_the_target_are_never_taken() -> None:
    """A ladder may be longer than the climb."""
    planned = plan(("target_mg = 4.5", "target_mg = 3"))
    highest = max(day.dose for day in calendar(planned, order=(A, P) * 4) if day.dose)
    assert highest == Dose(3000)


def test_a_day_before_the_start_is_refused() -> None:
    """Day 0 is the first; nothing was planned before it."""
    with pytest.raises(ValueError, match="before the start"):
        planned_on(plan(), -1)


@pytest.mark.parametrize("order", [(A, P), (A, N) * 4, ORDER + ORDER])
def test_an_order_that_does_not_fit_the_plan_is_refused(order: tuple[Arm, ...]) -> None:
    """Too short, too long, or with an arm that the plan does not have."""
    with pytest.raises(ValueError, match="order"):
        calendar(plan(), order=order)


def test_an_order_for_a_plan_that_draws_none_is_refused() -> None:
    """Only the planned off-on order fits an open reversal."""
    planned = plan((KIND, 'kind = "open-reversal"'))
    with pytest.raises(ValueError, match="draws no order"):
        calendar(planned, order=(A, N) * 4)
    assert calendar(planned, order=(N, A) * 4) == calendar(planned)

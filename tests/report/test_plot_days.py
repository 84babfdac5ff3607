"""From a real diary and plan to the rows of the charts."""

from datetime import date

from openldn.diary import Diary, Entry
from openldn.protocol.calendar import planned_on
from openldn.protocol.plan import Arm, Plan
from openldn.report.plot_days import plot_days

PLAN = Plan.from_toml(
    b"""
format = 1
[person]
label = "Ana"
conditions = ["lupus"]
[prescriber]
name = "Dr B"
[drug]
ingredient = "naltrexone"
form = "capsule"
time = "bedtime"
[[ladder]]
dose_mg = 1.5
min_days = 7
[design]
kind = "blinded-withdrawal"
start = 2026-02-01
baseline_days = 7
open_days = 7
target_mg = 1.5
pairs = 3
period_days = 14
transition_days = 4
[[outcome]]
id = "pain"
label = "Muscle pain"
min = 0
max = 10
better = "lower"
role = "primary"
"""
)
ORDER = (Arm.PLACEBO, Arm.ACTIVE, Arm.ACTIVE, Arm.PLACEBO, Arm.ACTIVE, Arm.PLACEBO)


def diary(*, shows_arms: bool) -> Diary:
    """Return a diary of the whole plan with one gap, one ill day and one skipped capsule."""
    entries = []
    for day in range(PLAN.total_days):
        planned = planned_on(PLAN, day, order=ORDER)
        if day == 30:
            continue
        skipped = day == 31
        assert planned.dose is not None
        entries.append(
            Entry(
                day=day,
                arm=planned.arm if shows_arms else None,
                dose_ug=(0 if skipped else planned.dose.ug) if shows_arms else None,
                taken=not skipped,
                is_too_ill=day == 32,
                scores={} if day == 32 else {"pain": 4.0},
                side_effects={"headache": 1},
            )
        )
    return Diary.from_entries(entries, first_date=date(2026, 2, 1))


FIRST = PLAN.first_randomised_day
assert FIRST is not None


def test_rows_follow_the_assigned_arm_of_the_opened_order() -> None:
    """In the randomised part a skipped capsule still belongs to its arm."""
    rows = plot_days(diary(shows_arms=True), "pain", plan=PLAN, order=ORDER)
    assert [row.arm for row in rows[FIRST :: PLAN.design.period_days]] == [
        arm.value for arm in ORDER
    ]
    skipped = planned_on(PLAN, 31, order=ORDER)
    assert skipped.arm is not None
    assert rows[31].arm == skipped.arm.value
    assert rows[FIRST].is_transition
    assert rows[FIRST].pair == 1


def test_sealed_rows_hold_nothing_that_could_be_shown() -> None:
    """Even a diary that gives arms away loses them before anything is drawn."""
    rows = plot_days(diary(shows_arms=True), "pain", plan=PLAN, order=ORDER, is_opened=False)
    hidden = [row for row in rows if row.phase == "randomised"]
    assert {(row.arm, row.dose) for row in hidden} == {(None, "")}
    assert len(hidden) == 6 * PLAN.design.period_days


def test_sealed_rows_are_the_same_for_every_order() -> None:
    """What a blinded page is made from cannot depend on the order."""
    mirrored = tuple(Arm.PLACEBO if arm is Arm.ACTIVE else Arm.ACTIVE for arm in ORDER)
    one, other = (
        plot_days(diary(shows_arms=False), "pain", plan=PLAN, order=order, is_opened=False)
        for order in (ORDER, mirrored)
    )
    assert one == other


def test_a_gap_and_an_ill_day_have_no_score() -> None:
    """The missing row is a day of its own, and so is the day of being too ill."""
    rows = plot_days(diary(shows_arms=True), "pain", plan=PLAN, order=ORDER)
    assert (rows[30].value, rows[30].state) == (None, "no entry")
    assert (rows[32].value, rows[32].state) == (None, "too ill to answer")
    assert [row.day for row in rows] == list(range(PLAN.total_days))


def test_an_open_diary_uses_the_recorded_dose_and_carries_it_over_gaps() -> None:
    """Without a plan a day without a dose takes the last recorded one, as the analysis does."""
    entries = [
        Entry(day=0, dose_ug=0, scores={"pain": 6.0}),
        Entry(day=1, dose_ug=3000, scores={"pain": 5.0}),
        Entry(day=3, scores={"pain": 4.0}),
    ]
    rows = plot_days(Diary.from_entries(entries), "pain")
    assert [(row.arm, row.dose) for row in rows] == [
        ("none", ""),
        ("active", "3 mg"),
        ("active", "3 mg"),
        ("active", "3 mg"),
    ]
    assert [row.value for row in rows] == [6.0, 5.0, None, 4.0]


def test_dates_run_from_the_start_of_the_plan() -> None:
    """Day 0 is the plan's first day."""
    rows = plot_days(diary(shows_arms=True), "pain", plan=PLAN, order=ORDER)
    assert rows[0].date == date(2026, 2, 1)
    assert rows[28].day_text == "1 Mar"

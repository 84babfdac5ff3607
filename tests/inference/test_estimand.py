"""What the plan's strategies do to the days, and that the answer states it."""

from dataclasses import replace

import numpy as np
import pytest

from openldn.diary import Diary, Entry
from openldn.inference import Answer, analyse
from openldn.protocol.calendar import calendar
from openldn.protocol.outcomes import Better
from openldn.protocol.plan import Arm, Estimand, Plan, Strategy
from openldn.report import AnswerPage, summary_text
from support.plans import PAIN, small_plan

A, P = Arm.ACTIVE, Arm.PLACEBO
ORDER = (A, P, P, A, A, P, P, A)
POLICY = Strategy.TREATMENT_POLICY
NOTHING_DONE = Estimand(
    steroid_burst=POLICY,
    infection=POLICY,
    vaccination=POLICY,
    other_medicine_change=POLICY,
    dose_change=POLICY,
    side_effect_stop=POLICY,
    code_broken=POLICY,
)


def base(*, better: Better = Better.LOWER) -> Plan:
    """Four blinded pairs of two weeks, scores acting the same day."""
    return small_plan(outcomes=PAIN.replace('"lower"', f'"{better}"'))


FIRST = base().first_randomised_day
assert FIRST is not None
LAST = base().total_days - 1


def written(plan: Plan, events: dict[str, range] | None = None, skipped: range = range(0)) -> Diary:
    """A diary with events and skipped capsules on days counted from the first blinded one."""
    rng = np.random.default_rng(11)
    entries = []
    for day in calendar(plan, order=ORDER):
        into = day.day - FIRST
        score = 5.0 - 0.5 * (day.level == plan.design.target) + rng.normal(0.0, 1.3)
        names = tuple(name for name, days in (events or {}).items() if into in days)
        is_skipped = into in skipped
        entries.append(
            Entry(
                day=day.day,
                arm=day.arm,
                dose_ug=0 if is_skipped else day.dose.ug if day.dose else None,
                taken=False if is_skipped else None,
                period=day.period,
                scores={"pain": float(np.clip(round(score), 0, 10))},
                events=names,
            )
        )
    return Diary.from_entries(entries, outcome_ids=["pain"], side_effect_ids=[])


def without(diary: Diary, days: range | list[int]) -> Diary:
    """The diary without the scores of these blinded days."""
    gone = {FIRST + day for day in days}
    kept = (replace(one, scores={}) if one.day in gone else one for one in diary.entries)
    return replace(diary, entries=tuple(kept))


def silent(diary: Diary) -> Diary:
    """The diary without its events."""
    return replace(diary, entries=tuple(replace(one, events=()) for one in diary.entries))


def asked(plan: Plan, diary: Diary, **strategies: Strategy) -> Answer:
    """The answer under these strategies; nothing is done about the rest."""
    chosen = replace(NOTHING_DONE, **strategies)
    return analyse(diary, plan=replace(plan, estimand=chosen), sensitivity=False)


def effect(answer: Answer) -> object:
    """The effect that carries the verdict."""
    return answer.outcomes["pain"].headline.effect


class TestTwoStrategiesTwoAnswers:
    """The same diary under two strategies gives two answers, each saying what was done."""

    def test_a_steroid_burst_left_out_and_left_in(self) -> None:
        """Hypothetical takes 3 + 14 days as missing; treatment policy leaves the 3 as they were."""
        plan = base()
        told = written(plan, {"steroid-burst": range(30, 33)})
        out = asked(plan, told, steroid_burst=Strategy.HYPOTHETICAL)
        left = asked(plan, told)
        assert effect(out) != effect(left)
        stated = [one.to_json()["estimand"] for one in (out, left)]
        assert stated == [
            [{"event": "steroid-burst", "strategy": "hypothetical", "days": 17}],
            [{"event": "steroid-burst", "strategy": "treatment-policy", "days": 3}],
        ]
        for answer, words in ((out, "17 days: taken as missing"), (left, "3 days: left as it was")):
            assert words in summary_text(answer.to_json(), width=200)
            assert words in AnswerPage.build(answer.to_json()).doctor

    def test_a_plan_without_the_block_says_nothing(self) -> None:
        """Its events stay columns of the model, and the file has no such key."""
        answer = analyse(
            written(base(), {"infection": range(30, 35)}), plan=base(), sensitivity=False
        )
        assert "estimand" not in answer.to_json()
        assert [event for event, _ in answer.outcomes["pain"].events] == ["infection"]

    def test_with_the_block_no_event_is_a_column(self) -> None:
        """Strategies stand in place of the columns of outside events."""
        answer = asked(base(), written(base(), {"infection": range(30, 35)}))
        assert answer.outcomes["pain"].events == ()

    def test_nothing_that_happened_is_said_too(self) -> None:
        """An empty list, and a sentence."""
        answer = asked(base(), written(base()))
        assert answer.to_json()["estimand"] == []
        assert "Nothing that the plan has a rule for" in summary_text(answer.to_json())


class TestDays:
    """Each strategy is the plain analysis of a diary in which just those days are changed."""

    @pytest.mark.parametrize(
        ("event", "key", "strategy", "held", "gone"),
        [
            ("steroid-burst", "steroid_burst", "hypothetical", range(30, 33), range(30, 47)),
            ("infection", "infection", "hypothetical", range(30, 33), range(30, 40)),
            ("vaccination", "vaccination", "hypothetical", range(30, 31), range(30, 38)),
            (
                "other-medicine-change",
                "other_medicine_change",
                "hypothetical",
                range(60, 61),
                range(60, LAST - FIRST + 1),
            ),
            (
                "dose-change",
                "dose_change",
                "while-on-treatment",
                range(60, 61),
                range(60, LAST - FIRST + 1),
            ),
            ("code-broken", "code_broken", "hypothetical", range(20, 21), range(20, 28)),
        ],
    )
    def test_days_taken_out(
        self, event: str, key: str, strategy: str, held: range, gone: range
    ) -> None:
        """The days of the table carry no likelihood, and no others."""
        plan = base()
        told = written(plan, {event: held})
        answer = asked(plan, told, **{key: Strategy(strategy)})
        plain = analyse(without(silent(told), gone), plan=plan, sensitivity=False)
        assert effect(answer) == effect(plain)
        assert answer.to_json()["estimand"][0]["days"] == len(gone)
        assert answer.outcomes["pain"].days_recorded == plain.outcomes["pain"].days_recorded

    @pytest.mark.parametrize(("better", "worst"), [(Better.LOWER, 0.9), (Better.HIGHER, 0.1)])
    def test_composite_days_hold_the_worst_tenth(self, better: Better, worst: float) -> None:
        """Recorded or not, the days count as the person's own worst decile."""
        plan = base(better=better)
        told = without(written(plan, {"flare": range(30, 34)}), [31])
        answer = asked(plan, told, flare=Strategy.COMPOSITE)
        scores = [one.scores["pain"] for one in told.entries if one.day >= FIRST and one.scores]
        decile = float(np.quantile(np.array(scores, dtype=float), worst))
        days = {FIRST + day for day in range(30, 34)}
        bad = replace(
            told,
            entries=tuple(
                replace(one, scores={"pain": decile}) if one.day in days else one
                for one in told.entries
            ),
        )
        assert effect(answer) == effect(analyse(silent(bad), plan=plan, sensitivity=False))
        assert not any("Flares are part" in limit for limit in answer.limits)

    def test_a_stop_for_side_effects_counts_the_rest_of_its_period_as_bad(self) -> None:
        """From the day of the stop to the end of the period, and not into the next one."""
        plan = base()
        told = written(plan, {"side-effect-stop": range(34, 35)})
        answer = asked(plan, told, side_effect_stop=Strategy.COMPOSITE)
        assert answer.to_json()["estimand"] == [
            {"event": "side-effect-stop", "strategy": "composite", "days": 8}
        ]

    def test_three_missed_days_in_a_row_are_a_run_and_two_are_not(self) -> None:
        """`while-on-treatment` leaves out runs of three or more, on either arm."""
        plan = base()
        told = written(plan, skipped=range(20, 24))
        answer = asked(plan, told, missed_doses=Strategy.WHILE_ON_TREATMENT)
        plain = analyse(without(told, range(20, 24)), plan=plan, sensitivity=False)
        assert effect(answer) == effect(plain)
        short = asked(plan, written(plan, skipped=range(20, 22)), missed_doses=POLICY)
        assert short.to_json()["estimand"] == []

    def test_a_day_left_out_stays_out_whatever_else_happened(self) -> None:
        """A flare during an infection: the infection's days are missing, not bad."""
        plan = base()
        told = written(plan, {"infection": range(30, 33), "flare": range(30, 33)})
        both = asked(plan, told, flare=Strategy.COMPOSITE, infection=Strategy.HYPOTHETICAL)
        alone = analyse(without(silent(told), range(30, 40)), plan=plan, sensitivity=False)
        assert effect(both) == effect(alone)

    def test_days_outside_the_randomised_part_are_not_counted(self) -> None:
        """An infection in the open weeks touches no day of the randomised answer."""
        plan = base()
        told = written(plan, {"infection": range(-20, -15)})
        assert asked(plan, told, infection=Strategy.HYPOTHETICAL).to_json()["estimand"] == []

    def test_days_taken_out_are_not_imputed(self) -> None:
        """`missing:+1` is about days that nobody recorded."""
        plan = replace(base(), estimand=Estimand())
        answer = analyse(written(plan, {"infection": range(30, 33)}), plan=plan)
        names = {row.name for row in answer.outcomes["pain"].sensitivity}
        assert not any(name.startswith("missing") for name in names)
        assert "no-events" not in names

"""Looks before the end: where a diary stands, and the threshold that all looks together allow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from openldn.diary import Diary, Entry
from openldn.inference import Answer, analyse
from openldn.inference.looks import MOST_MISLED, all_looks, raised
from openldn.protocol.calendar import calendar
from openldn.protocol.plan import Arm, Plan
from openldn.report import AnswerPage, summary_text
from support.plans import small_plan

A, P = Arm.ACTIVE, Arm.PLACEBO
ORDER = (A, P, P, A, A, P, P, A)


def with_looks(*looks: int) -> Plan:
    """Four pairs of two weeks, with these looks."""
    plan = small_plan()
    return replace(plan, analysis=replace(plan.analysis, looks=looks))


def until(plan: Plan, periods: int, *, more_days: int = 0, effect: float = -1.0) -> Diary:
    """A diary that ends after so many periods."""
    rng = np.random.default_rng(6)
    first = plan.first_randomised_day
    assert first is not None
    end = first + periods * plan.design.period_days + more_days
    entries = [
        Entry(
            day=day.day,
            arm=day.arm,
            dose_ug=None if day.dose is None else day.dose.ug,
            period=day.period,
            scores={
                "pain": float(
                    np.clip(
                        5.0 + effect * (day.level == plan.design.target) + rng.normal(0.0, 1.2),
                        0.0,
                        10.0,
                    )
                )
            },
        )
        for day in calendar(plan, order=ORDER)[:end]
    ]
    return Diary.from_entries(entries, outcome_ids=["pain"], side_effect_ids=[])


def look(answer: Answer) -> dict[str, object] | None:
    """`design.look` of the answer file."""
    found: dict[str, object] | None = answer.to_json()["design"].get("look")
    return found


def answered(plan: Plan, diary: Diary, **options: object) -> Answer:
    """The answer, without the checks beside it."""
    return analyse(diary, plan=plan, order=ORDER, sensitivity=False, **options)  # type: ignore[arg-type]


class TestWhereItStands:
    """Looks come only after whole pairs; the answer says which one it is."""

    @pytest.mark.parametrize(
        ("periods", "more_days", "number", "pairs"),
        [
            (4, 0, 1, 2),
            (6, 0, 2, 3),
            (8, 0, 3, 4),
            (2, 0, None, 1),
            (5, 0, None, 2),
            (4, 5, None, 2),
        ],
    )
    def test_only_the_end_of_a_planned_pair_is_a_look(
        self, periods: int, more_days: int, number: int | None, pairs: int
    ) -> None:
        """Within a pair, or after one that the plan does not name, it is no planned look."""
        plan = with_looks(2, 3)
        found = look(answered(plan, until(plan, periods, more_days=more_days)))
        assert found == {
            "pairs": pairs,
            "planned": [2, 3, 4],
            "number": number,
            "decision": 0.95,
            "raised": False,
        }

    def test_page_and_terminal_say_it(self) -> None:
        """Which look, of how many, and what each look costs."""
        plan = with_looks(2, 3)
        saved = answered(plan, until(plan, 4)).to_json()
        for text in (summary_text(saved, width=400), AnswerPage.build(saved).cannot_tell):
            assert "This is look 1 of 3: the plan looks after 2, 3, 4 whole pairs." in text
            assert "was not raised for it" in text

    def test_a_plan_without_looks_says_nothing(self) -> None:
        """By default the answer is seen once, at the end."""
        plan = small_plan()
        assert look(answered(plan, until(plan, 8))) is None

    def test_the_end_is_a_look_too(self) -> None:
        """Whether or not the plan names it."""
        assert all_looks(with_looks(2)) == (2, 4)
        assert all_looks(with_looks(2, 4)) == (2, 4)


class TestTheThreshold:
    """Raised by simulation until the rate over all looks is at most 5 of 100."""

    @pytest.mark.parametrize("looks", [1, 2, 4])
    def test_at_most_5_of_100_are_misled_at_any_look(self, looks: int) -> None:
        """Of the trials themselves, and no lower threshold would do."""
        rng = np.random.default_rng(looks)
        # P(benefit) of a normal mean at growing samples, without an effect: uniform at each look.
        steps = rng.normal(size=(2_000, looks)).cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1))
        found = raised(norm.cdf(steps), least=0.8)
        misled = (norm.cdf(steps).max(axis=1) >= found).mean()
        below = (norm.cdf(steps).max(axis=1) >= found - 1e-9).mean()
        assert misled <= MOST_MISLED < below

    def test_more_looks_need_a_higher_threshold(self) -> None:
        """The same trials seen oftener."""
        rng = np.random.default_rng(3)
        p = rng.random((2_000, 3))
        assert raised(p[:, :1], least=0.8) < raised(p[:, :2], least=0.8) < raised(p, least=0.8)

    def test_it_is_never_below_the_plan_s_own(self) -> None:
        """Where the plan is strict already, nothing is gained."""
        assert raised(np.full((100, 2), 0.5), least=0.95) == 0.95

    def test_it_decides_the_verdict_and_is_printed(self) -> None:
        """A benefit clear by the plan's own threshold is not clear by the raised one."""
        plan = with_looks(2)
        diary = until(plan, 4, effect=-2.0)
        plain = answered(plan, diary)
        chance = plain.outcomes["pain"].headline.p_benefit
        asked: list[tuple[int, ...]] = []

        def null_trials(plan: Plan, *, looks: Sequence[int], trials: int, seed: int) -> np.ndarray:
            asked.append(tuple(looks))
            return np.full((trials, len(looks)), chance)

        strict = answered(plan, diary, null_trials=null_trials)
        assert plain.outcomes["pain"].verdict == "clear-benefit"
        assert strict.outcomes["pain"].verdict == "could-not-tell"
        assert asked == [(2, 4)]
        saved = strict.to_json()
        assert saved["design"]["look"]["raised"] is True
        assert saved["model"]["decision"] == pytest.approx(chance, abs=1e-9)
        assert "the answer had to be surer" in summary_text(saved, plan=plan, width=400)

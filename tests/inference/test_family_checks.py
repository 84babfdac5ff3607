"""The checks beside an answer for yes-or-no outcomes, answers in order and counts."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from openldn.diary import Diary, Entry
from openldn.inference import (
    Answer,
    analyse,
    binary,
    count,
    gaussian,
    ordinal,
    sensitivity,
)
from openldn.inference.course import Course, course_of
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.inference.latent_model import LatentFit
from openldn.inference.priors import beta_prior
from openldn.inference.question import Question, parts_of, series_of
from openldn.inference.randomisation import randomisation_test
from openldn.protocol.calendar import calendar
from openldn.protocol.outcomes import Family
from openldn.protocol.plan import Arm, Plan
from support.plans import PAIN, small_plan

A, P = Arm.ACTIVE, Arm.PLACEBO
ORDER = (A, P, P, A, A, P)
FAMILIES = (Family.BINARY, Family.ORDINAL, Family.COUNT)
SCALES = {
    Family.BINARY: "max = 1",
    Family.ORDINAL: "max = 4",
    Family.COUNT: 'max = 60\nfamily = "count"',
}
# Section 8 of the statistical contract, less what a scale of this kind has not.
NAMES = [
    "prior:sceptical",
    "prior:wide",
    "drop-days:3",
    "drop-days:7",
    "drop-days:10",
    "no-events",
    "flares-adjusted",
    "asymmetric",
    "tau-30",
]


def planned(family: Family) -> Plan:
    """Three blinded pairs of two weeks, and nothing but them scored."""
    mcid = {Family.BINARY: 0.1, Family.ORDINAL: 0.5, Family.COUNT: 1.0}[family]
    text = PAIN.replace("max = 10", SCALES[family]).replace("mcid = 1.0", f"mcid = {mcid}")
    return small_plan(period_days=14, pairs=3, outcomes=text)


def answers(family: Family, rng: np.random.Generator, days: int) -> np.ndarray:
    """(days,) answers in which the drug plays no part."""
    if family is Family.BINARY:
        return (rng.random(days) < 0.4).astype(float)
    if family is Family.ORDINAL:
        return rng.integers(0, 5, days).astype(float)
    return rng.negative_binomial(5, 5 / (5 + 3.0), days).astype(float)


def diary(plan: Plan, scores: np.ndarray, order: Sequence[Arm] = ORDER) -> Diary:
    """A diary that follows the plan from its first random day; NaN is a day without an answer."""
    first = plan.first_randomised_day
    assert first is not None
    entries = [
        Entry(
            day=day.day,
            arm=day.arm,
            dose_ug=None if day.dose is None else day.dose.ug,
            period=day.period,
            scores={}
            if day.day < first or np.isnan(scores[day.day])
            else {"pain": float(scores[day.day])},
            events=("infection",) * (first + 40 <= day.day < first + 44)
            + ("flare",) * (first + 20 <= day.day < first + 23),
        )
        for day in calendar(plan, order=order)
    ]
    return Diary.from_entries(entries, outcome_ids=["pain"], side_effect_ids=[])


def written(family: Family, *, missing: float = 0.1) -> tuple[Plan, np.ndarray, Answer]:
    """A plan, the answers of its days, and what `analyse` says of them."""
    plan = planned(family)
    rng = np.random.default_rng(5)
    scores = answers(family, rng, plan.total_days)
    scores[rng.random(plan.total_days) < missing] = np.nan
    return plan, scores, analyse(diary(plan, scores), plan=plan)


@pytest.fixture(scope="module", params=FAMILIES)
def case(request: pytest.FixtureRequest) -> tuple[Plan, np.ndarray, Answer]:
    """One diary of each family with gaps, an infection and a flare."""
    return written(request.param)


def refit(answer: Answer, series: Series, prior: str) -> LatentFit:
    """The family's own fit of the whole outcome."""
    outcome = answer.outcomes["pain"].outcome
    given = beta_prior(prior, outcome.family)
    if outcome.family is Family.BINARY:
        return binary.fit(series, prior=given)
    if outcome.family is Family.ORDINAL:
        return ordinal.fit(series, steps=outcome.steps, prior=given)
    return count.fit(series, step=outcome.step, prior=given)


def as_seen(plan: Plan, scores: np.ndarray, order: Sequence[Arm] = ORDER) -> tuple[Course, Series]:
    """The days, and the randomised ones as the engine takes them."""
    course = course_of(
        diary(plan, scores, order).with_outcomes(plan.outcomes),
        plan=plan,
        order=order,
        acts=plan.drug.acts,
        already_on=plan.drug.already_on,
    )
    question = Question(
        course=course, plan=plan, prior="default", decision=0.95, is_asymmetric=False, guesses=None
    )
    return course, series_of(plan.primary, question, parts_of(question)[0])[0]


def rows(answer: Answer) -> dict[str, sensitivity.Row]:
    """The rows about the dose that carries the verdict."""
    told = answer.outcomes["pain"]
    return {row.name: row for row in told.sensitivity if row.dose == told.headline.dose}


def test_every_row_that_carries_over_is_there_in_order(
    case: tuple[Plan, np.ndarray, Answer],
) -> None:
    """All of a blinded trial but those about missing days; the limits say that these are not."""
    _, _, answer = case
    assert list(rows(answer)) == NAMES
    assert any("missing days made worse" in limit for limit in answer.limits)


def test_a_diary_without_gaps_needs_no_word_about_them() -> None:
    """Nothing is missing, so nothing was left out."""
    _, _, answer = written(Family.BINARY, missing=0.0)
    assert not any("missing days made worse" in limit for limit in answer.limits)


@pytest.mark.parametrize("name", ["prior:wide", "no-events", "tau-30", "drop-days:3"])
def test_a_row_is_the_same_fit_with_one_thing_changed(
    case: tuple[Plan, np.ndarray, Answer], name: str
) -> None:
    """Points from the difference, the chance from the coefficient, by the family's own engine."""
    plan, scores, answer = case
    _, series = as_seen(plan, scores)
    if name == "no-events":
        series = replace(series, events=series.events[:, :0])
    if name == "tau-30":
        series = replace(series, tau_days=30.0)
    if name == "drop-days:3":
        dropped = series.score.copy()
        for period in plan.periods:
            dropped[period.first_day : period.first_day + 3] = np.nan
        series = replace(series, score=dropped)
    fit = refit(answer, series, "wide" if name == "prior:wide" else "default")
    row = rows(answer)[name]
    target = series.n_levels - 1
    assert row.dose == plan.design.target
    assert row.effect.mean == pytest.approx(fit.levels[target].summary().mean, rel=1e-9)
    assert row.p_benefit == pytest.approx(float(fit.link_levels[target].below(0.0)), abs=1e-9)
    if name == "tau-30":
        assert fit.onset_days.q025 == fit.onset_days.q975 == pytest.approx(30.0)


def test_period_means_are_held_against_every_order(case: tuple[Plan, np.ndarray, Answer]) -> None:
    """All eight orders of three pairs, by hand: the p and the smallest that any could have got."""
    plan, scores, answer = case
    first = plan.first_randomised_day
    assert first is not None
    shape = plan.design
    means = [
        np.nanmean(scores[begin + shape.transition_days : begin + shape.period_days])
        for begin in range(first, first + 6 * shape.period_days, shape.period_days)
    ]

    def size(order: Sequence[Arm]) -> float:
        on = [mean for mean, arm in zip(means, order, strict=True) if arm is A]
        off = [mean for mean, arm in zip(means, order, strict=True) if arm is P]
        return float(abs(np.mean(on) - np.mean(off)))

    sizes = np.array(
        [
            size([arm for a_first in firsts for arm in ((A, P) if a_first else (P, A))])
            for firsts in product((True, False), repeat=3)
        ]
    )
    test = answer.outcomes["pain"].randomisation_test
    assert test is not None
    assert test.schedules == 8
    assert test.period_means.p == np.mean(sizes >= size(ORDER) - 1e-9)
    assert test.period_means.floor == np.mean(sizes >= sizes.max() - 1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_p_of_an_order_is_its_rank_among_all_orders(family: Family) -> None:
    """Same answers under each order: at most k of the eight orders get a p of k/8 or less.

    That is all that exact means, and it holds for answers that no normal noise could have made.
    """
    plan = planned(family)
    scores = answers(family, np.random.default_rng(9), plan.total_days)
    found: dict[str, list[float]] = {"filtered": [], "period_means": []}
    for firsts in product((True, False), repeat=3):
        order = [arm for a_first in firsts for arm in ((A, P) if a_first else (P, A))]
        course, series = as_seen(plan, scores, order)
        told = randomisation_test(series, course=course, plan=plan)
        assert told is not None
        assert told.filtered is not None
        found["filtered"].append(told.filtered.p)
        found["period_means"].append(told.period_means.p)
    for shares in found.values():
        assert min(shares) < 1.0
        assert all(sum(share <= k / 8 for share in shares) <= k for k in range(1, 9))


def test_noise_that_cannot_be_fitted_leaves_the_period_means(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The p of the period means needs no fit; the other statistic is null, and a limit says so."""

    def refuse(*_: object, **__: object) -> None:
        raise GridTooHard(points=16_384, effective=12.0)

    monkeypatch.setattr(gaussian, "fit", refuse)
    _, _, answer = written(Family.BINARY)
    test = answer.outcomes["pain"].randomisation_test
    assert test is not None
    assert test.filtered is None
    assert test.to_json()["filtered"] is None
    assert test.period_means.p >= test.period_means.floor >= 2 / 8
    assert any("period averages alone" in limit for limit in answer.limits)

"""The randomisation test against brute force, the table of its floors, and what it promises."""

from dataclasses import replace
from itertools import product
from math import comb

import numpy as np
import pytest

from openldn.diary import Diary, Entry
from openldn.inference import Answer, analyse, randomisation
from openldn.protocol.calendar import calendar
from openldn.protocol.plan import Arm, Plan, Scheme
from support.plans import small_plan
from support.trials import diary_of, noise, outcome, pairs

A, P = Arm.ACTIVE, Arm.PLACEBO


def diary(
    plan: Plan,
    order: tuple[Arm, ...],
    scores: np.ndarray,
    *,
    infection: frozenset[int] = frozenset(),
) -> Diary:
    """A diary that follows the plan; NaN is a day without a score."""
    entries = [
        Entry(
            day=day.day,
            arm=day.arm,
            dose_ug=None if day.dose is None else day.dose.ug,
            period=day.period,
            scores={} if np.isnan(score) else {"pain": float(score)},
            events=("infection",) if day.day in infection else (),
        )
        for day, score in zip(calendar(plan, order=order), scores, strict=True)
    ]
    return Diary.from_entries(entries, outcome_ids=["pain"], side_effect_ids=[])


def shape(
    *,
    pairs_: int,
    scheme: str = "paired",
    max_run: int = 2,
    transition_days: int = 2,
    period_days: int = 6,
    acts: str = "same-day",
) -> Plan:
    """A plan of short periods with this set of orders; without a ramp, which the test ignores."""
    plan = small_plan(period_days=period_days, scheme=scheme, pairs=pairs_, acts=acts)
    changed = {"max_run": max_run, "transition_days": transition_days, "ramp": ()}
    return replace(plan, design=replace(plan.design, **changed))


def every_order(plan: Plan) -> list[tuple[Arm, ...]]:
    """The set of orders, written down from the words of the scheme and not by the code."""
    n, contrast = plan.design.pairs, plan.contrast_arm
    found = []
    for letters in product((A, contrast), repeat=2 * n):
        is_paired = all(letters[i] != letters[i + 1] for i in range(0, 2 * n, 2))
        runs = "".join("a" if arm is A else "p" for arm in letters)
        is_short = all(letter * (plan.design.max_run + 1) not in runs for letter in ("a", "p"))
        is_balanced = letters.count(A) == n and is_short
        if {"paired": is_paired, "balanced": is_balanced, "full": True}[plan.design.scheme]:
            found.append(letters)
    return found


def brute_force(
    plan: Plan, order: tuple[Arm, ...], scores: np.ndarray, noise_at: tuple[float, float]
) -> dict[str, tuple[float, float]]:
    """Section 5 with dense matrices: p and floor of both statistics, given phi and w."""
    phi, w = noise_at
    first = plan.first_randomised_day
    used = [t for t in range(len(scores)) if t >= first and not np.isnan(scores[t])]
    apart = np.abs(np.subtract.outer(used, used))
    V = (1 - w) * phi**apart + w * np.eye(len(used))
    a, b = used[0], used[-1]
    Z = np.array([[1.0, (t - (a + b) / 2) / (b - a + 1)] for t in used])
    K = np.linalg.inv(V)
    M = K - K @ Z @ np.linalg.inv(Z.T @ K @ Z) @ Z.T @ K
    y = (scores[used] - 5.0) / 10.0

    def filtered(letters: tuple[Arm, ...]) -> float:
        x, column = 0.0, []
        days = calendar(plan, order=letters)
        for t in range(len(scores)):
            acting = days[t] if plan.drug.acts == "same-day" else days[t - 1] if t else None
            on = acting is not None and acting.level == plan.design.target
            x += (1 - np.exp(-1 / 7)) * (on - x)
            column.append(x)
        X = np.array(column)[used]
        return float(X @ M @ y / np.sqrt(X @ M @ X))

    def period_means(letters: tuple[Arm, ...]) -> float:
        means: dict[bool, list[float]] = {True: [], False: []}
        for at, arm in enumerate(letters):
            begin = first + at * plan.design.period_days
            values = scores[begin + plan.design.transition_days : begin + plan.design.period_days]
            if not np.isnan(values).all():
                means[arm is A].append(float(np.nanmean(values)))
        return float(np.mean(means[True]) - np.mean(means[False]))

    found = {}
    for name, statistic in (("filtered", filtered), ("period_means", period_means)):
        sizes = np.array([abs(statistic(letters)) for letters in every_order(plan)])
        observed = abs(statistic(order))
        found[name] = (
            float(np.mean(sizes >= observed - 1e-9)),
            float(np.mean(sizes >= sizes.max() - 1e-9)),
        )
    return found


def wandering(plan: Plan, seed: int, *, missing: float = 0.0) -> np.ndarray:
    """Scores of somebody on whom nothing acts."""
    rng = np.random.default_rng(seed)
    scores = np.clip(5.0 + noise(rng, plan.total_days, phi=0.6, w=0.4, sigma=1.4), 0.0, 10.0)
    scores[rng.random(plan.total_days) < missing] = np.nan
    return scores


def result_of(answer: Answer) -> randomisation.RandomisationTest:
    """The test of the one outcome."""
    found = answer.outcomes["pain"].randomisation_test
    assert found is not None
    return found


@pytest.mark.parametrize("acts", ["same-day", "next-day"])
@pytest.mark.parametrize(
    ("scheme", "order"),
    [("paired", (A, P, P, A, A, P)), ("balanced", (P, A, A, P, P, A))],
)
def test_it_is_what_dense_matrices_and_a_list_of_orders_give(
    scheme: str, order: tuple[Arm, ...], acts: str
) -> None:
    """Section 5, word for word, on a diary with gaps: the same p and the same floor."""
    plan = shape(pairs_=3, scheme=scheme, acts=acts)
    scores = wandering(plan, 5, missing=0.2)
    answer = analyse(diary(plan, order, scores), plan=plan)
    found = result_of(answer)
    fitted = randomisation_noise(plan, order, scores)
    expected = brute_force(plan, order, scores, fitted)
    assert (found.filtered.p, found.filtered.floor) == expected["filtered"]
    assert (found.period_means.p, found.period_means.floor) == expected["period_means"]
    assert found.schedules == len(every_order(plan))
    assert found.to_json()["exact"] is True


def randomisation_noise(
    plan: Plan, order: tuple[Arm, ...], scores: np.ndarray
) -> tuple[float, float]:
    """Posterior means of phi and w without a treatment column: an answer to a diary of placebo."""
    from openldn.inference import gaussian, priors

    first = plan.first_randomised_day
    assert first is not None
    values = np.where(np.arange(len(scores)) >= first, scores, np.nan)
    series = gaussian.Series(
        score=values,
        minimum=0.0,
        maximum=10.0,
        level=np.zeros(len(scores), dtype=np.int64),
        n_levels=1,
        capsule=None,
        events=np.empty((len(scores), 0)),
    )
    fit = gaussian.fit(series, prior=priors.beta_prior("default"))
    return fit.phi.mean, fit.white_share.mean


class TestTheFloor:
    """No p is printed without the smallest p that the design allows."""

    @pytest.mark.parametrize(
        ("n", "scheme", "max_run", "size"),
        [
            (2, "paired", 2, 4),
            (3, "paired", 2, 8),
            (4, "paired", 2, 16),
            (5, "paired", 2, 32),
            (6, "paired", 2, 64),
            (2, "balanced", 4, comb(4, 2)),
            (3, "balanced", 6, comb(6, 3)),
            (4, "balanced", 8, comb(8, 4)),
            (5, "balanced", 10, comb(10, 5)),
            (6, "balanced", 12, comb(12, 6)),
            (3, "balanced", 2, 14),
            (4, "balanced", 2, 34),
            (5, "balanced", 2, 84),
            (6, "balanced", 2, 208),
            (4, "balanced", 3, 62),
            (5, "balanced", 3, 194),
            (6, "balanced", 3, 616),
        ],
    )
    def test_the_table_of_floors(self, n: int, scheme: str, max_run: int, size: int) -> None:
        """Means of periods are as far apart under the mirror of an order: 2 of the set's size."""
        plan = shape(pairs_=n, scheme=scheme, max_run=max_run)
        order = (A, P, P, A, A, P, P, A, A, P, P, A)[: 2 * n]
        found = result_of(analyse(diary(plan, order, wandering(plan, n)), plan=plan))
        assert found.schedules == size
        assert found.period_means.floor == pytest.approx(2 / size, rel=1e-12)
        assert found.period_means.p >= found.period_means.floor
        assert found.filtered.p >= found.filtered.floor >= 1 / size

    def test_a_period_still_to_come_does_not_sharpen_it(self) -> None:
        """After one of three pairs only two beginnings can be told apart."""
        plan = shape(pairs_=3)
        first = plan.first_randomised_day
        assert first is not None
        scores = wandering(plan, 8)
        scores[first + 2 * plan.design.period_days :] = np.nan
        told = diary(plan, (A, P, P, A, A, P), scores)
        known = [entry for entry in told.entries if entry.scores]
        found = result_of(analyse(replace(told, entries=tuple(known)), plan=plan))
        assert found.period_means == randomisation.Share(p=1.0, floor=1.0)
        assert found.filtered.floor >= 0.5


class TestOrdersThatAreTooMany:
    """A set of more than 100,000 orders is drawn from: (b + 1) / (m + 1)."""

    def test_it_says_so_and_is_near_the_whole_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Drawn from a set that can still be enumerated, p is the set's within its own error."""
        plan = shape(pairs_=4, scheme="balanced")
        told = diary(plan, (A, P, P, A, A, P, P, A), wandering(plan, 21))
        whole = result_of(analyse(told, plan=plan))
        monkeypatch.setattr(randomisation, "MOST_ORDERS", 10)
        randomisation._orders.cache_clear()
        drawn = result_of(analyse(told, plan=plan))
        randomisation._orders.cache_clear()
        assert drawn.draws == randomisation.DRAWS
        assert drawn.to_json()["exact"] is False
        # Four standard errors of a share from 9,999 draws, at most 0.02.
        error = np.sqrt(whole.filtered.p * (1 - whole.filtered.p) / randomisation.DRAWS)
        assert abs(drawn.filtered.p - whole.filtered.p) < 4 * error + 1e-3
        assert drawn.filtered.p * (randomisation.DRAWS + 1) == pytest.approx(
            round(drawn.filtered.p * (randomisation.DRAWS + 1))
        )


class TestNoTest:
    """Where no order was drawn there is no test, and the answer says why."""

    def test_an_open_diary_has_none_and_says_why(self) -> None:
        """`randomisation_test` is null, with the reason in the limits."""
        told = diary_of(pairs("NANA", days=10), seed=1).diary
        answer = analyse(told, outcomes=[outcome()])
        assert answer.to_json()["outcomes"][0]["randomisation_test"] is None
        assert any("no randomisation test" in limit for limit in answer.limits)

    def test_an_order_outside_the_scheme_has_none_and_says_why(self) -> None:
        """Two active periods in one pair cannot have been drawn: the set would be a fiction."""
        plan = shape(pairs_=3)
        answer = analyse(diary(plan, (A, A, P, P, A, P), wandering(plan, 2)), plan=plan)
        assert answer.outcomes["pain"].randomisation_test is None
        assert any("could have drawn" in limit for limit in answer.limits)

    @pytest.mark.parametrize(
        ("scheme", "order", "is_one"),
        [
            (Scheme.COUNTERBALANCED, (A, P, P, A, A, P), True),
            (Scheme.COUNTERBALANCED, (A, P, A, P, A, P), False),
            (Scheme.BALANCED, (A, A, P, P, A, P), True),
            (Scheme.BALANCED, (A, A, A, P, P, P), False),
            (Scheme.FULL, (A, A, A, A, A, P), True),
        ],
    )
    def test_membership_follows_the_scheme(
        self, scheme: Scheme, order: tuple[Arm, ...], is_one: bool
    ) -> None:
        """Each scheme knows its own orders."""
        plan = shape(pairs_=3, scheme=str(scheme))
        answer = analyse(diary(plan, order, wandering(plan, 2)), plan=plan)
        assert (answer.outcomes["pain"].randomisation_test is not None) == is_one


def test_with_no_effect_p_is_at_most_alpha_in_at_most_alpha_of_trials() -> None:
    """Exactness: over the drawn order, whatever the noise, both statistics keep their promise."""
    plan = shape(pairs_=3, scheme="balanced", transition_days=1)
    rng = np.random.default_rng(77)
    orders = every_order(plan)
    trials = 250
    found = []
    for trial in range(trials):
        order = orders[rng.integers(len(orders))]
        scores = wandering(plan, 1_000 + trial, missing=0.1)
        answer = result_of(analyse(diary(plan, order, scores), plan=plan))
        found.append([answer.filtered.p, answer.period_means.p])
    for alpha in (0.15, 0.3, 0.5):
        share = (np.array(found) <= alpha + 1e-9).mean(axis=0)
        assert (share <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / trials)).all()


def test_a_large_effect_reaches_the_floor() -> None:
    """A difference far above the noise is the most extreme that its design can show."""
    plan = shape(pairs_=4, period_days=10, transition_days=4)
    order = (A, P, P, A, A, P, P, A)
    levels = [day.level == plan.design.target for day in calendar(plan, order=order)]
    scores = np.clip(wandering(plan, 3) * 0.3 + 4.0 - 3.0 * np.array(levels), 0.0, 10.0)
    found = result_of(analyse(diary(plan, order, scores), plan=plan))
    assert found.filtered.p == found.filtered.floor
    assert found.period_means.p == found.period_means.floor == 2 / 16

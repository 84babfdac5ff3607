"""Pooling: what must hold for any people, and the cases that a quick program gets wrong."""

import math
from dataclasses import replace

import numpy as np
import pytest
from distributed import LocalCluster

from openldn.inference import AnalysisRefused
from openldn.pooling._kernel import compiled, describe_people, sum_people
from openldn.pooling.crew import CHUNK, DaskCrew
from openldn.pooling.people import People, estimates, gathered, people_of
from openldn.pooling.pool import (
    DEFAULT_MCID,
    NOT_FOR_PUBLICATION,
    SELF_SELECTION,
    PoolPriors,
    Spread,
    pool,
    pool_reml,
)
from openldn.protocol.problems import InputError
from support.pooling import contribution, people_from

# The table agrees with its own half to 0.01 posterior SD, and reading between points adds little.
TABLE_IN_SD = 0.02


@pytest.mark.parametrize("conditions", [1, 3])
def test_the_order_in_which_people_come_changes_nothing(conditions: int) -> None:
    """Not even the last digit."""
    people = [
        contribution(i, estimate=-1.0 + 0.2 * i, condition=f"c{i % conditions}") for i in range(15)
    ]
    mixed = [people[i] for i in np.random.default_rng(5).permutation(15)]
    assert pool(people).to_json() == pool(mixed).to_json()


def test_one_two_and_four_workers_give_the_same_digits() -> None:
    """People are cut into the same chunks whoever adds them up."""
    rng = np.random.default_rng(6)
    people = people_from(rng.normal(-0.5, 1.0, 2 * CHUNK + 100).tolist(), 0.8)
    one, two, four = (pool(people, workers=n, is_release=True) for n in (1, 2, 4))
    assert one.to_json() == two.to_json() == four.to_json()


def test_dask_gives_the_same_digits_as_threads() -> None:
    """The cluster is another pair of hands, and nothing else."""
    rng = np.random.default_rng(7)
    people = people_from(rng.normal(-0.5, 1.0, CHUNK + 100).tolist(), 0.8)
    with LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        dashboard_address=None,
        host="127.0.0.1",
    ) as cluster:
        crew = DaskCrew(cluster.scheduler_address)
        through_dask = pool(people, crew=crew, is_release=True)
        crew.close()
    assert through_dask.to_json() == pool(people, is_release=True).to_json()


def test_an_address_where_no_cluster_is_is_told_as_such() -> None:
    """Not a traceback of somebody's library."""
    with pytest.raises(InputError) as refused:
        DaskCrew("nonsense://nowhere")
    assert refused.value.problems[0].code == "LDN-N023"


def several(i: int) -> list[dict[str, float]]:
    """One to four components, the first of which learned nothing."""
    return [{"log_c": -0.2 * g, "h": float(i - g), "lambda": 0.3 * g} for g in range(i % 4 + 1)]


def test_the_compiled_sums_are_the_plain_ones() -> None:
    """The mathematics is written once: compiled or not, to the last digits."""
    people = people_of(
        contribution(
            i,
            components=[
                {"log_c": -0.2 * g, "h": i - g, "lambda": 0.3 * g} for g in range(i % 4 + 1)
            ],
        )
        for i in range(6)
    )
    group = people.groups[0]
    centre, variance = np.array([[-1.0, 0.0, 2.0], [0.5, 1.0, 3.0]]), np.array([0.0, 1.7])
    parts = (group.start, group.log_c, group.h, group.lam)
    plain, fast = np.empty((2, 3)), np.empty((2, 3))
    sum_people(*parts, centre, variance, plain)
    compiled(sum_people)(*parts, centre, variance, fast)
    assert np.allclose(plain, fast, rtol=1e-13)
    node = np.array([[0.4, -1.0, 0.3, 0.1, 0.02, -0.9], [0.6, 0.2, 1.5, -0.1, 0.0, 0.1]])
    slow, quick = np.empty((6, 8)), np.empty((6, 8))
    target = np.array([0.025, 0.05, 0.5, 0.95, 0.975])
    describe_people(*parts, node, target, slow)
    compiled(describe_people)(*parts, node, target, quick)
    assert np.allclose(slow, quick, rtol=1e-9)


def test_the_sum_over_components_is_the_integral_that_it_stands_for() -> None:
    """Integrating each effect out by brute force gives the same log likelihood."""
    parts = [{"log_c": 0.1, "h": -1.5, "lambda": 0.8}, {"log_c": -0.7, "h": 0.4, "lambda": 0.0}]
    group = people_of([contribution(0, components=parts)]).groups[0]
    m, v = -0.4, 1.3
    b = np.linspace(-40.0, 40.0, 400_001)
    likelihood = sum(np.exp(c["log_c"] + c["h"] * b - 0.5 * c["lambda"] * b * b) for c in parts)
    density = np.exp(-0.5 * (b - m) ** 2 / v) / math.sqrt(2.0 * math.pi * v)
    total = np.empty((1, 1))
    compiled(sum_people)(
        group.start, group.log_c, group.h, group.lam, np.array([[m]]), np.array([v]), total
    )
    brute = math.log((likelihood * density).sum() * (b[1] - b[0]))
    # The step of the brute sum is 2e-4; its rule is exact far beyond 1e-9 on so smooth a function.
    assert total[0, 0] == pytest.approx(brute, abs=1e-9)


def test_one_person_gets_an_answer_that_says_what_it_rests_on() -> None:
    """The posterior is proper and wide, and the limits name the assumptions."""
    found = pool(people_from([-1.0], 0.8))
    assert found.persons is not None
    assert found.population.mu.sd > 1.0
    assert -1.0 < found.persons[0].effect.mean < found.population.mu.mean < 0.0
    assert any("one person only" in limit for limit in found.limits)


def test_people_without_any_effect_are_told_as_such() -> None:
    """All at zero: no average, a small spread, and hardly anyone with a meaningful benefit."""
    found = pool(people_from([0.0] * 40, 0.5)).population
    assert abs(found.mu.mean) < TABLE_IN_SD * found.mu.sd
    assert found.omega.q50 < 0.2
    assert found.share.mean < 0.01


def test_one_exact_person_does_not_hide_the_others() -> None:
    """Standard errors from 1e-4 to 1e4: a funnel that no fixed grid could hold."""
    estimate, se = [0.1, -0.5, -1.0, 2.0], [1e-4, 1.0, 0.5, 1e4]
    found = pool(people_from(estimate, se)).population
    mean, sd = brute_force(estimate, se)
    assert found.mu.mean == pytest.approx(mean, abs=TABLE_IN_SD * sd)
    assert found.mu.sd == pytest.approx(sd, rel=TABLE_IN_SD)


def brute_force(estimate: list[float], se: list[float]) -> tuple[float, float]:
    """Mean and SD of mu: given omega it is normal, and omega is one sum over 20,000 places."""
    y, s = np.array(estimate), np.array(se)
    omega = (np.arange(20_000) + 0.5) * 16.0 / 20_000
    variance = omega[:, None] ** 2 + s**2
    precision = 0.25 + (1.0 / variance).sum(axis=1)
    mean = (y / variance).sum(axis=1) / precision
    log_p = -0.125 * omega**2 - 0.5 * np.log(variance).sum(axis=1) - 0.5 * np.log(precision)
    log_p += 0.5 * precision * mean**2 - 0.5 * (y**2 / variance).sum(axis=1)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    middle = float((p * mean).sum())
    return middle, float((p * (1.0 / precision + (mean - middle) ** 2)).sum()) ** 0.5


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("people", [2, 7, 300])
def test_the_average_is_that_of_brute_force(people: int, scale: float) -> None:
    """Few people and many, exact and vague: mean and SD of mu against one plain integral."""
    rng = np.random.default_rng(people)
    se = (scale * rng.uniform(0.3, 3.0, people)).tolist()
    estimate = (rng.normal(-0.6, 0.5, people) + np.array(se) * rng.normal(size=people)).tolist()
    mean, sd = brute_force(estimate, se)
    found = pool(people_from(estimate, se)).population
    assert found.mu.mean == pytest.approx(mean, abs=TABLE_IN_SD * sd)
    assert found.mu.sd == pytest.approx(sd, rel=TABLE_IN_SD)


def test_leaving_a_person_out_is_what_it_says() -> None:
    """The average without someone is the average of a pool without her."""
    estimate = [-1.0, -0.5, 0.2, -0.8, 4.0]
    found = pool(people_from(estimate, 0.7))
    assert found.persons is not None
    outlier = found.persons[4]
    without = pool(people_from(estimate[:4], 0.7)).population.mu
    # The populations are known at points; leaving an outlier out moves to where these are few.
    assert outlier.without == pytest.approx(without.mean, abs=0.1 * without.sd)
    assert outlier.influence == max(person.influence for person in found.persons)
    assert outlier.influence > 0.5


def test_each_person_is_pulled_toward_the_others() -> None:
    """Nearer to the average than her own estimate, and surer than alone."""
    estimate = [-2.0, -1.0, 0.0, 1.0]
    found = pool(people_from(estimate, 1.0))
    assert found.persons is not None
    average = found.population.mu.mean
    for own, person in zip(estimate, found.persons, strict=True):
        assert abs(person.effect.mean - average) < abs(own - average)
        assert person.effect.sd < 1.0


def test_open_diaries_are_left_out_unless_they_are_asked_for() -> None:
    """Grades A to C by default; D and E only together with a bias term each."""
    people = [contribution(i, estimate=-0.5, grade="C") for i in range(5)]
    people += [contribution(10 + i, estimate=-3.0, grade="E", part="open") for i in range(5)]
    closed = pool(people)
    assert (len(closed.people), closed.people.left_out, closed.population.biases) == (5, 5, {})
    opened = pool(people, include_open=True)
    assert set(opened.population.biases) == {"E"}
    assert opened.population.biases["E"].q975 < 0.0
    # The open ones move the average less than as many people of grade C would.
    alike = pool([{**one, "grade": "C", "part": "randomised"} for one in people]).population.mu.mean
    assert alike < opened.population.mu.mean < 0.0


def test_a_pool_warns_of_self_selection_and_is_not_for_publication() -> None:
    """Both stand in every pool that was not made for release."""
    written = pool(people_from([-1.0, 0.0], 1.0)).to_json()
    assert SELF_SELECTION in written["limits"]
    assert written["publication"] == NOT_FOR_PUBLICATION


def test_different_contrasts_and_doses_are_told() -> None:
    """What is pooled as if it were one, is named."""
    people = [contribution(0), contribution(1, contrast="none", dose_mg=3.0)]
    limits = " ".join(pool(people).limits)
    assert "taking nothing" in limits
    assert "3 to 4.5 mg" in limits


def test_one_condition_leaves_kappa_out_and_two_have_it() -> None:
    """Section 6; and each condition has its own centre."""
    one = pool(people_from([-1.0, 0.0, 1.0], 1.0, ["a"] * 3)).to_json()
    two = pool(people_from([-1.0, 0.0, 1.0], 1.0, ["a", "b", "b"])).to_json()
    assert one["kappa"] is None
    assert two["kappa"]["mean"] > 0.0
    assert {name: c["people"] for name, c in two["conditions"].items()} == {"a": 1, "b": 2}


def test_a_wider_prior_gives_a_wider_average() -> None:
    """Priors are options, and they do something."""
    people = people_from([-1.0, 0.0], 1.0)
    narrow = pool(people, priors=PoolPriors(omega=Spread(scale=0.1))).population.mu.sd
    wide = pool(people, priors=PoolPriors(omega=Spread(kind="half-cauchy", scale=5.0)))
    assert narrow < wide.population.mu.sd


@pytest.mark.parametrize(
    "priors",
    [
        PoolPriors(mu_sd=0.0),
        PoolPriors(omega=Spread(scale=math.nan)),
        PoolPriors(omega=Spread(kind="flat")),
    ],
)
def test_a_prior_that_cannot_be_is_refused(priors: PoolPriors) -> None:
    """With its option's name."""
    with pytest.raises(InputError) as refused:
        pool(people_from([-1.0, 0.0], 1.0), priors=priors)
    assert {problem.code for problem in refused.value.problems} == {"LDN-N018"}


def test_a_posterior_that_cannot_be_covered_is_refused() -> None:
    """Three conditions that agree to a thousandth, under priors two thousand times as wide."""
    with pytest.raises(AnalysisRefused) as refused:
        pool(people_from([0.0] * 3, 1e-3, ["a", "b", "c"]))
    assert refused.value.problems[0].code == "LDN-N021"


def test_shares_are_counted_at_the_mcid() -> None:
    """A smaller difference is reached by more people; the default is a tenth of the scale."""
    people = people_from([-1.0, -0.5, 0.0, -2.0], 0.5)
    shares = [pool(people, mcid=mcid).population.share.mean for mcid in (0.5, DEFAULT_MCID, 2.0)]
    assert shares == sorted(shares, reverse=True)
    assert pool(people).population.share.mean == shares[1]


def bcg() -> People:
    """The 13 trials of the BCG vaccine as log risk ratios."""
    import json

    from support import tree

    stored = json.loads((tree.ROOT / "tests/golden/evidence/bcg.json").read_text("utf-8"))
    rows = [row[1:] for row in stored["rows"]]
    y = [math.log((a / (a + b)) / (c / (c + d))) for a, b, c, d in rows]
    se = [math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in rows]
    names = [row[0] for row in stored["rows"]]
    return gathered(estimates(names, y, se), include_open=False)


def test_reml_gives_the_published_numbers_of_the_bcg_trials() -> None:
    """Tau squared 0.3132, estimate -0.7145 (metafor), through the pool's own way in."""
    written = pool_reml(bcg()).to_json()
    # Printed with four decimals.
    assert written["tau_squared"] == pytest.approx(0.3132, abs=5e-5)
    assert written["mu"]["mean"] == pytest.approx(-0.7145, abs=5e-5)


def test_reml_refuses_what_it_cannot_take() -> None:
    """One person; open diaries; someone whose records say nothing."""
    flat = [{"log_c": 0.0, "h": 0.0, "lambda": 0.0}]
    silent = people_of([contribution(0), contribution(1, components=flat)])
    opened = people_of([contribution(0), contribution(1, grade="D")], include_open=True)
    for people in (people_from([-1.0], 1.0), silent, opened):
        with pytest.raises(AnalysisRefused) as refused:
            pool_reml(people)
        assert refused.value.problems[0].code == "LDN-N017"


def test_a_table_that_could_not_be_read_between_its_points_is_not_answered() -> None:
    """Four exact people: a cliff at omega 0, on which a cubic swings, must not be a top."""
    estimate = [0.1, -0.5, -1.0, 2.0]
    found = pool(people_from(estimate, 1e-5)).population
    mean, sd = brute_force(estimate, [1e-5] * 4)
    assert found.mu.mean == pytest.approx(mean, abs=TABLE_IN_SD * sd)
    assert found.mu.sd == pytest.approx(sd, rel=TABLE_IN_SD)


def test_a_pool_is_frozen() -> None:
    """A result that somebody could change is no result."""
    found = pool(people_from([-1.0, 0.0], 1.0))
    assert replace(found, mcid=2.0).mcid == 2.0
    with pytest.raises(AttributeError):
        found.mcid = 2.0  # type: ignore[misc]

"""Pooling: a published reference, the figures of the facts, and the sums done another way."""

import json
import math

import pytest
from scipy import integrate, optimize, stats

from openldn.evidence import pools
from openldn.evidence.forest import RowKind, forest, forest_svg, forest_text
from openldn.evidence.meta_analysis import (
    common_effect,
    pool,
    pool_bayesian,
    student_quantile,
)
from openldn.evidence.studies import studies
from support import tree

BCG = json.loads((tree.ROOT / "tests" / "golden" / "evidence" / "bcg.json").read_text("utf-8"))


def bcg() -> tuple[list[float], list[float]]:
    """Log risk ratios of the BCG trials, and their standard errors."""
    counts = [row[1:] for row in BCG["rows"]]
    ratios = [math.log((a / (a + b)) / (c / (c + d))) for a, b, c, d in counts]
    errors = [math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in counts]
    return ratios, errors


def inputs(pool_id: str) -> tuple[list[float], list[float]]:
    """Estimates and standard errors of one of our pools."""
    found = pools()[pool_id].inputs
    return [one.estimate for one in found], [one.error for one in found]


def test_the_published_reml_result_of_the_bcg_trials_is_met() -> None:
    """Estimate, error, spread, range and Q agree to the four digits that metafor prints."""
    found, printed = pool(*bcg()), BCG["reml"]
    assert found.wald.estimate == pytest.approx(printed["estimate"], abs=5e-5)
    assert found.wald.error == pytest.approx(printed["error"], abs=5e-5)
    assert found.spread**2 == pytest.approx(printed["tau_squared"], abs=5e-5)
    assert found.wald.low == pytest.approx(printed["low"], abs=5e-5)
    assert found.wald.high == pytest.approx(printed["high"], abs=5e-5)
    assert found.q == pytest.approx(printed["q"], abs=5e-4)


def test_the_two_large_trials_give_the_figures_of_the_facts() -> None:
    """-0.04 (-0.53 to 0.45) with one effect, 0.03 (-0.78 to 0.84) with many, I2 61%."""
    fixed, found = common_effect(*inputs("fm-pain-large")), pool(*inputs("fm-pain-large"))
    assert (fixed.estimate, fixed.error) == pytest.approx((-0.04, 0.25), abs=0.005)
    assert (fixed.low, fixed.high) == pytest.approx((-0.53, 0.45), abs=0.005)
    assert (found.wald.estimate, found.wald.error) == pytest.approx((0.03, 0.41), abs=0.005)
    assert (found.wald.low, found.wald.high) == pytest.approx((-0.78, 0.84), abs=0.005)
    assert found.i_squared == pytest.approx(0.61, abs=0.005)


def test_all_four_trials_give_the_figures_of_the_facts() -> None:
    """-0.26 (error 0.19) with many effects; the facts used another estimate of the spread.

    They name -0.64 to 0.12, which is what DerSimonian and Laird's spread gives; REML's is smaller,
    hence 0.025. One effect: the printed inputs are rounded, hence 0.01.
    """
    fixed, found = common_effect(*inputs("fm-pain-all")), pool(*inputs("fm-pain-all"))
    assert (found.wald.estimate, found.wald.error) == pytest.approx((-0.26, 0.19), abs=0.01)
    assert (found.wald.low, found.wald.high) == pytest.approx((-0.64, 0.12), abs=0.025)
    assert (fixed.estimate, fixed.error) == pytest.approx((-0.31, 0.15), abs=0.01)
    assert found.i_squared == pytest.approx(0.38, abs=0.005)


@pytest.mark.parametrize("data", [bcg(), inputs("fm-pain-all"), inputs("fm-pain-large")])
def test_the_spread_has_the_highest_restricted_likelihood(
    data: tuple[list[float], list[float]],
) -> None:
    """An optimiser of SciPy, on the likelihood written as a matrix formula, finds no better one."""
    y, s = data

    def lower(variance: float) -> float:
        totals = [e**2 + variance for e in s]
        information = sum(1 / t for t in totals)
        mean = sum(v / t for v, t in zip(y, totals, strict=True)) / information
        logs = [stats.norm.logpdf(v, mean, t**0.5) for v, t in zip(y, totals, strict=True)]
        return 0.5 * math.log(information) - sum(logs)

    best = optimize.minimize_scalar(lower, bounds=(0.0, 5.0), options={"xatol": 1e-10}).x
    assert pool(y, s).spread ** 2 == pytest.approx(best, abs=1e-5)


def test_trials_that_agree_have_no_spread() -> None:
    """Equal estimates: spread 0, I squared 0, and a Hartung-Knapp range of no width."""
    found = pool([0.3, 0.3, 0.3], [0.2, 0.1, 0.4])
    assert (found.spread, found.i_squared) == (0.0, 0.0)
    assert found.average.error == pytest.approx(0.0, abs=1e-12)


def test_the_range_of_hartung_and_knapp_is_the_one_of_their_formula() -> None:
    """For equal errors it is the plain t range of the mean of the estimates."""
    y = [0.1, 0.5, 0.9, 1.6]
    found = pool(y, [0.2] * 4).average
    low, high = stats.t.interval(0.95, 3, loc=sum(y) / 4, scale=stats.sem(y))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_a_new_trial_falls_in_a_wider_range_than_the_average() -> None:
    """Higgins' formula, by hand, on the BCG trials: t with 11 degrees of freedom."""
    found = pool(*bcg())
    half = stats.t.ppf(0.975, 11) * math.hypot(found.spread, found.wald.error)
    assert found.prediction is not None
    expected = (found.wald.estimate - half, found.wald.estimate + half)
    assert found.prediction == pytest.approx(expected, abs=1e-9)


def test_two_trials_give_no_range_for_a_new_one_without_a_prior() -> None:
    """There are no degrees of freedom left for it."""
    assert pool([0.0, 1.0], [0.3, 0.3]).prediction is None


@pytest.mark.parametrize("pool_id", pools())
def test_the_bayesian_sum_agrees_with_a_plain_double_integral(pool_id: str) -> None:
    """SciPy integrates prior times likelihood over average and spread, without any algebra."""
    y, s = inputs(pool_id)
    scale = pools()[pool_id].spread_scale
    found = pool_bayesian(y, s, scale=scale)

    def density(mean: float, spread: float) -> float:
        logs = [
            stats.norm.logpdf(v, mean, math.hypot(e, spread)) for v, e in zip(y, s, strict=True)
        ]
        return math.exp(sum(logs)) * stats.halfnorm.pdf(spread, scale=scale)

    grid = [6 * scale * (i + 0.5) / 60 for i in range(60)]
    masses = [integrate.quad(density, -6, 6, args=(t,), limit=100)[0] for t in grid]
    below = [integrate.quad(density, -6, found.average.low, args=(t,))[0] for t in grid]
    means = [integrate.quad(lambda m, t=t: m * density(m, t), -6, 6)[0] for t in grid]
    assert sum(below) / sum(masses) == pytest.approx(0.025, abs=5e-4)
    assert sum(means) / sum(masses) == pytest.approx(found.average.estimate, abs=1e-3)


def test_the_spread_between_trials_is_learned_and_shown() -> None:
    """Many trials that differ move it away from its prior; its range holds the REML value."""
    y, s = bcg()
    found = pool_bayesian(y, s, scale=1.0)
    low, high = found.spread_range
    assert low < pool(y, s).spread < high
    assert found.prediction[0] < found.average.low < found.average.high < found.prediction[1]


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 11, 12, 40])
@pytest.mark.parametrize("share", [0.6, 0.975, 0.999])
def test_quantiles_of_students_t_agree_with_scipy(share: float, freedom: int) -> None:
    """Odd and even degrees of freedom have different sums."""
    assert student_quantile(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=1e-9)


@pytest.mark.parametrize(
    ("estimates", "errors"),
    [([0.1], [0.2]), ([0.1, 0.2], [0.2]), ([0.1, 0.2], [0.2, 0.0]), ([0.1, math.nan], [0.2, 0.2])],
)
def test_what_cannot_be_pooled_is_refused(estimates: list[float], errors: list[float]) -> None:
    """One trial, unequal lists, an error of 0, or no number."""
    with pytest.raises(ValueError, match=r"pool|finite"):
        pool(estimates, errors)


def test_no_disputed_study_is_pooled() -> None:
    """The result with the reported extraction error stays out of our sums."""
    used = {one.study for found in pools().values() for one in found.inputs}
    assert not any(studies()[study].disputed for study in used)
    assert studies()["vatvani-2024"].disputed_by == "bruun-reanalysis-2026"


@pytest.mark.parametrize("pool_id", pools())
def test_a_forest_plot_shows_trials_average_and_a_new_trial(pool_id: str) -> None:
    """The shares sum to one, and each line and its figures stand in the text and the picture."""
    plot = forest(pools()[pool_id])
    kinds = [row.kind for row in plot.rows]
    trials = len(pools()[pool_id].inputs)
    assert kinds == [RowKind.TRIAL] * trials + [RowKind.AVERAGE, RowKind.PREDICTION]
    assert sum(row.share for row in plot.rows) == pytest.approx(1.0)
    for drawn in (forest_text(plot), forest_svg(plot)):
        assert all(row.label in drawn and f"{row.low:.2f}" in drawn for row in plot.rows)


def test_the_plot_puts_a_trial_on_its_side_of_no_difference() -> None:
    """FINAL left of the line, INNOVA right of it."""
    lines = forest_text(forest(pools()["fm-pain-large"])).splitlines()
    final = next(line for line in lines if line.startswith("FINAL"))
    innova = next(line for line in lines if line.startswith("INNOVA"))
    assert final.index("#") < final.index("|")
    assert innova.index("#") > innova.index("|")

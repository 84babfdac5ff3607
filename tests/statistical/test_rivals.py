"""The rivals of the validation study against their textbook forms, one trial at a time.

A rival that was weaker than its name would make our own numbers look good.
"""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar

from validation import people, rivals
from validation.people import Setting, Trials

FloatArray = np.ndarray

SETTING = Setting(effect=1.0, phi=0.6, missing=0.2, trend=-1.0)
TRIALS = people.draw(SETTING, seed=7, people=range(12))


def kept_days(trials: Trials, number: int) -> FloatArray:
    """Days with a value after the transition days."""
    day = np.arange(trials.setting.days)
    is_settled = day % trials.setting.period_days >= trials.setting.transition_days
    return np.flatnonzero(is_settled & ~np.isnan(trials.score[number]))


def table(trials: Trials, number: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Kept days, their columns and their scores."""
    days = kept_days(trials, number)
    trend = (days - 0.5 * (trials.setting.days - 1)) / trials.setting.days
    x = np.column_stack([np.ones(len(days)), trend, trials.level[number][days]])
    return days, x, trials.score[number][days]


@pytest.mark.parametrize("number", range(12))
def test_welch_is_scipy_s(number: int) -> None:
    """Estimate, interval and chance are those of SciPy's Welch test on all recorded days."""
    score, level = TRIALS.score[number], TRIALS.level[number]
    seen = ~np.isnan(score)
    found = stats.ttest_ind(score[seen & (level == 1)], score[seen & (level == 0)], equal_var=False)
    ours = rivals.estimates(TRIALS)["welch"]
    interval = found.confidence_interval(0.95)
    assert ours["lower"][number] == pytest.approx(interval.low, abs=1e-10)
    assert ours["upper"][number] == pytest.approx(interval.high, abs=1e-10)
    one_sided = found.pvalue / 2 if found.statistic < 0 else 1 - found.pvalue / 2
    assert ours["p_benefit"][number] == pytest.approx(1.0 - one_sided, abs=1e-10)


@pytest.mark.parametrize("number", range(12))
def test_paired_t_is_scipy_s(number: int) -> None:
    """Paired t on the means of the periods after their transition days."""
    days = kept_days(TRIALS, number)
    period = days // SETTING.period_days
    means = np.array([TRIALS.score[number][days][period == p].mean() for p in range(6)])
    active = TRIALS.active[number]
    found = stats.ttest_rel(means[active], means[~active])
    ours = rivals.estimates(TRIALS)["paired-t"]
    interval = found.confidence_interval(0.95)
    assert ours["lower"][number] == pytest.approx(interval.low, abs=1e-10)
    assert ours["upper"][number] == pytest.approx(interval.high, abs=1e-10)


@pytest.mark.parametrize("number", range(12))
def test_regression_is_least_squares(number: int) -> None:
    """Arm's coefficient and its error by the normal equations."""
    _, x, y = table(TRIALS, number)
    coefficients, rest = np.linalg.lstsq(x, y, rcond=None)[:2]
    error = np.sqrt(rest[0] / (len(y) - 3) * np.linalg.inv(x.T @ x)[2, 2])
    estimate, ours, freedom = rivals.regression(TRIALS)
    assert estimate[number] == pytest.approx(coefficients[2], abs=1e-10)
    assert ours[number] == pytest.approx(error, rel=1e-10)
    assert freedom[number] == len(y) - 3


@pytest.mark.parametrize("number", range(12))
def test_gls_finds_the_maximum_of_the_restricted_likelihood(number: int) -> None:
    """AR(1) by REML: dense matrices and a scalar optimiser land on the same interval.

    The candidates for rho are at most 0.05 apart where the likelihood is flat, so estimates agree
    to a few hundredths of a standard error, and the error itself to a few percent.
    """
    days, x, y = table(TRIALS, number)
    apart = np.abs(np.subtract.outer(days, days))

    def fitted(rho: float) -> tuple[float, float, float]:
        inverse = np.linalg.inv(rho**apart)
        information = x.T @ inverse @ x
        coefficients = np.linalg.solve(information, x.T @ inverse @ y)
        rest = y - x @ coefficients
        square = rest @ inverse @ rest
        freedom = len(y) - 3
        value = freedom * np.log(square) + np.linalg.slogdet(information)[1]
        value -= np.linalg.slogdet(inverse)[1]
        error = np.sqrt(square / freedom * np.linalg.inv(information)[2, 2])
        return value, coefficients[2], error

    best = minimize_scalar(lambda rho: fitted(rho)[0], bounds=(0.0, 0.996), method="bounded")
    _, estimate, error = fitted(best.x)
    ours, our_error, _ = rivals.gls_ar1(TRIALS)
    assert ours[number] == pytest.approx(estimate, abs=0.05 * error)
    assert our_error[number] == pytest.approx(error, rel=0.05)


@pytest.mark.parametrize("number", range(12))
def test_the_randomisation_share_counts_orders(number: int) -> None:
    """Brute force over the eight orders of three pairs; the drawn one is among them."""
    days = kept_days(TRIALS, number)
    period = days // SETTING.period_days
    means = np.array([TRIALS.score[number][days][period == p].mean() for p in range(6)])

    def statistic(active: FloatArray) -> float:
        return float(means[active].mean() - means[~active].mean())

    orders = [
        np.array([turn for first in (a, b, c) for turn in (first, not first)])
        for a in (True, False)
        for b in (True, False)
        for c in (True, False)
    ]
    observed = statistic(TRIALS.active[number])
    sizes = [abs(statistic(order)) for order in orders]
    two_sided = np.mean([size >= abs(observed) - 1e-9 for size in sizes])
    estimate, share = rivals.randomisation_share(TRIALS)
    assert estimate[number] == pytest.approx(observed, abs=1e-10)
    assert 2.0 * share[number] == pytest.approx(two_sided, abs=1e-12)


def test_a_period_without_a_value_leaves_its_pair_out() -> None:
    """A pair of which one half is missing says nothing, and the other pairs still do."""
    score = TRIALS.score.copy()
    score[:, :14] = np.nan
    thinner = Trials(score=score, active=TRIALS.active, beta=TRIALS.beta, setting=SETTING)
    estimate, error, freedom = rivals.paired(thinner)
    assert np.isfinite(estimate).all()
    assert np.isfinite(error).all()
    assert (freedom == 1.0).all()

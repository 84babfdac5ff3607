"""What people use today, over many trials at once.

Every rival estimates the same steady difference. Those that drop the first days of a period drop
the plan's transition days. Each gives an estimate, a standard error and degrees of freedom, from
which its intervals and its claims follow; the randomisation test gives a share of orders instead.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from validation.people import Trials

__all__ = ["METHODS", "RANDOMISATION", "estimates", "randomisation_share"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

RANDOMISATION = "randomisation"
# Candidates for the day-to-day correlation, denser toward 1.
RHO = np.tanh(np.linspace(0.0, 3.2, 65))

Estimate = tuple[FloatArray, FloatArray, FloatArray]


def estimates(trials: Trials) -> dict[str, dict[str, FloatArray]]:
    """Every rival on every trial.

    Returns
    -------
    dict
        Method, then `estimate`, `lower` and `upper` of the 95% interval, `lower90`, `upper90`, and
        `p_benefit`: one less the one-sided p toward better, so that all methods claim at 0.95.
    """
    found = {name: _told(*method(trials)) for name, method in METHODS.items()}
    estimate, share = randomisation_share(trials)
    nothing = np.full(len(trials), np.nan)
    found[RANDOMISATION] = {
        "estimate": estimate,
        "lower": nothing,
        "upper": nothing,
        "lower90": nothing,
        "upper90": nothing,
        "p_benefit": np.where(estimate < 0.0, 1.0 - share, share),
    }
    return found


def _told(estimate: FloatArray, error: FloatArray, freedom: FloatArray) -> dict[str, FloatArray]:
    half, half90 = (student.ppf(q, freedom) * error for q in (0.975, 0.95))
    return {
        "estimate": estimate,
        "lower": estimate - half,
        "upper": estimate + half,
        "lower90": estimate - half90,
        "upper90": estimate + half90,
        "p_benefit": student.cdf(-estimate / error, freedom),
    }


def welch(trials: Trials) -> Estimate:
    """Welch's t on all days, each day as if it stood alone."""
    is_on = trials.level == 1
    groups = [np.where(chosen, trials.score, np.nan) for chosen in (is_on, ~is_on)]
    count = [np.sum(~np.isnan(group), axis=1) for group in groups]
    mean = [np.nanmean(group, axis=1) for group in groups]
    part = [np.nanvar(g, axis=1, ddof=1) / n for g, n in zip(groups, count, strict=True)]
    total = part[0] + part[1]
    freedom = total**2 / (part[0] ** 2 / (count[0] - 1) + part[1] ** 2 / (count[1] - 1))
    return mean[0] - mean[1], np.sqrt(total), freedom


def paired(trials: Trials) -> Estimate:
    """Paired t on the periods' means after their transition days."""
    means = period_means(trials)
    turned = np.where(trials.active, means, -means).reshape(len(trials), -1, 2).sum(axis=2)
    pairs = np.sum(~np.isnan(turned), axis=1)  # a pair without one of its means is left out
    error = np.nanstd(turned, axis=1, ddof=1) / np.sqrt(pairs)
    return np.nanmean(turned, axis=1), error, pairs - 1.0


def regression(trials: Trials) -> Estimate:
    """Least squares on arm and straight trend, transition days dropped, days independent."""
    kept = _kept(trials)
    gram = _gram(_columns(trials) * kept[:, :, None])
    return _solved(gram, kept.sum(axis=1))[:3]


def gls_ar1(trials: Trials) -> Estimate:
    """The mixed-model way: arm and trend with AR(1) errors by REML, transition days dropped.

    Gaps keep their length: days g apart correlate by rho^g. The likelihood is profiled over `RHO`,
    and the interval treats the best rho as known, as `gls` in R's nlme does.
    """
    kept = _kept(trials)
    columns = _columns(trials) * kept[:, :, None]
    before, gap = _day_before(columns, kept)
    best = np.full(len(trials), -np.inf)
    chosen = [np.empty(len(trials))] * 3
    for rho in RHO:
        tie = np.where(gap > 0, rho ** np.maximum(gap, 1), 0.0)
        spread = np.sqrt(1.0 - tie**2)
        gram = _gram((columns - tie[:, :, None] * before) / spread[:, :, None])
        *told, log_det, rest = _solved(gram, kept.sum(axis=1))
        freedom = told[2]
        value = -0.5 * (freedom * np.log(rest) + log_det) - (np.log(spread) * kept).sum(axis=1)
        better = value > best
        best = np.where(better, value, best)
        chosen = [np.where(better, new, old) for new, old in zip(told, chosen, strict=True)]
    return chosen[0], chosen[1], chosen[2]


def randomisation_share(trials: Trials) -> tuple[FloatArray, FloatArray]:
    """Difference of means of period means, and the one-sided share of orders at least as large.

    The drawn order is held against all orders of paired blocks. With m pairs no share is below
    2^-m, so fewer than five pairs can never claim at 5%.
    """
    means = period_means(trials)
    orders = np.array(
        [
            [turn for first in firsts for turn in (first, not first)]
            for firsts in product((True, False), repeat=trials.setting.pairs)
        ]
    )
    signs = np.where(orders, 1.0, -1.0) / trials.setting.pairs
    every = np.nansum(means[:, None, :] * signs, axis=2)
    estimate = np.nansum(means * np.where(trials.active, 1.0, -1.0), axis=1)
    estimate /= trials.setting.pairs
    share = (np.abs(every) >= np.abs(estimate)[:, None] - 1e-9).mean(axis=1)
    return estimate, 0.5 * share  # two-sided, halved: orders come with their mirror images


def period_means(trials: Trials) -> FloatArray:
    """(n, P) means after the transition days; NaN for a period without a value there."""
    shape = (len(trials), -1, trials.setting.period_days)
    kept = _kept(trials).reshape(shape)
    total = np.where(kept, trials.score.reshape(shape), 0.0).sum(axis=2)
    count = kept.sum(axis=2)
    means: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means


def _kept(trials: Trials) -> BoolArray:
    """(n, T) days with a value after the transition days."""
    day = np.arange(trials.setting.days) % trials.setting.period_days
    return ~np.isnan(trials.score) & (day >= trials.setting.transition_days)


def _columns(trials: Trials) -> FloatArray:
    """(n, T, 4) constant, trend, arm, score; 0 for a missing score."""
    days = trials.setting.days
    trend = np.broadcast_to((np.arange(days) - 0.5 * (days - 1)) / days, trials.score.shape)
    score = np.nan_to_num(trials.score)
    return np.stack([np.ones_like(score), trend, trials.level, score], axis=2)


def _gram(columns: FloatArray) -> FloatArray:
    gram: FloatArray = np.matmul(columns.transpose(0, 2, 1), columns)
    return gram


def _solved(
    gram: FloatArray, count: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Arm's coefficient, its error, degrees of freedom, log determinant, residual squares."""
    inverse: FloatArray = np.linalg.inv(gram[:, :3, :3]).astype(np.float64)
    right = gram[:, :3, 3]
    coefficients: FloatArray = np.einsum("nij,nj->ni", inverse, right)
    rest = gram[:, 3, 3] - (coefficients * right).sum(axis=1)
    freedom: FloatArray = (count - 3.0).astype(np.float64)
    error: FloatArray = np.sqrt(rest / freedom * inverse[:, 2, 2])
    log_det: FloatArray = -np.linalg.slogdet(inverse)[1]
    return coefficients[:, 2], error, freedom, log_det, rest


def _day_before(columns: FloatArray, kept: BoolArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """The kept day before each kept day, (n, T, 4), and how long ago it was; 0 for the first."""
    day = np.where(kept, np.arange(kept.shape[1]), -1)
    last = np.maximum.accumulate(day, axis=1)
    last = np.column_stack([np.full(len(kept), -1), last[:, :-1]])
    has = kept & (last >= 0)
    gap = np.where(has, np.arange(kept.shape[1]) - last, 0)
    before = np.take_along_axis(columns, np.maximum(last, 0)[:, :, None], axis=1)
    return before * has[:, :, None], gap


METHODS: dict[str, Callable[[Trials], Estimate]] = {
    "welch": welch,
    "paired-t": paired,
    "regression": regression,
    "gls-ar1": gls_ar1,
}

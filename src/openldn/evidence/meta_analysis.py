"""Pooling the results of several trials: the average effect, and how much trials differ.

Two ways, side by side. The first estimates the spread between trials by restricted maximum
likelihood (REML) and widens the range of the average as Hartung and Knapp (2001) and Sidik and
Jonkman (2002) do. The second gives the spread a half-normal prior and integrates over it; with few
trials it is the more honest of the two, and the prior is an assumption that is shown.

A handful of trials needs no array: this is plain Python, so that a page can show it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

__all__ = [
    "Average",
    "BayesianPool",
    "RandomEffects",
    "common_effect",
    "pool",
    "pool_bayesian",
    "student_quantile",
]

_NORMAL: Final = NormalDist()
_Z: Final = _NORMAL.inv_cdf(0.975)
_GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
_POINTS: Final = 400  # of the quadrature over the spread; 200 give the same four digits


@dataclass(frozen=True, kw_only=True, slots=True)
class Average:
    """An average, its standard error and its 95% range."""

    estimate: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RandomEffects:
    """Trials pooled by REML.

    `wald` is the average with the usual range, `average` the same with the Hartung-Knapp range.
    `prediction` is the 95% range for a new trial; None below three trials. `i_squared` is the share
    of the differences that chance does not explain, 0 to 1.
    """

    wald: Average
    average: Average
    spread: float
    q: float
    i_squared: float
    prediction: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BayesianPool:
    """Trials pooled with a half-normal prior of the spread between them."""

    average: Average
    spread: float  # posterior median
    spread_range: tuple[float, float]
    prediction: tuple[float, float]
    share_below_zero: float
    prior_scale: float


def common_effect(estimates: Sequence[float], errors: Sequence[float]) -> Average:
    """Pool as if every trial had the same true effect."""
    _check(estimates, errors)
    return _wald(estimates, [1.0 / e**2 for e in errors])


def pool(estimates: Sequence[float], errors: Sequence[float]) -> RandomEffects:
    """Pool trials whose true effects differ.

    Parameters
    ----------
    estimates, errors
        Estimate and standard error of each trial; two trials or more.

    Notes
    -----
    The prediction range follows Higgins, Thompson and Spiegelhalter (2009), J R Stat Soc A
    172:137-159: Student's t with two degrees of freedom fewer than there are trials.
    """
    _check(estimates, errors)
    count = len(estimates)
    variance = _reml(estimates, errors)
    weights = [1.0 / (e**2 + variance) for e in errors]
    wald = _wald(estimates, weights)
    squares = sum(w * (y - wald.estimate) ** 2 for w, y in zip(weights, estimates, strict=True))
    error = math.sqrt(squares / (count - 1) / sum(weights))
    q, i_squared = _heterogeneity(estimates, errors)
    return RandomEffects(
        wald=wald,
        average=_around(wald.estimate, error, student_quantile(0.975, count - 1)),
        spread=math.sqrt(variance),
        q=q,
        i_squared=i_squared,
        prediction=_prediction(wald, variance, count),
    )


def pool_bayesian(
    estimates: Sequence[float], errors: Sequence[float], *, scale: float
) -> BayesianPool:
    """Pool trials with a half-normal prior of the spread and a flat prior of the average.

    Given the spread, the average is normal; what is left is one integral, over the spread.

    Parameters
    ----------
    scale
        Scale of the half-normal prior, in the unit of the estimates. An assumption.
    """
    _check(estimates, errors)
    if not scale > 0:
        raise ValueError(f"scale is {scale}; expected a number above 0")
    width = 6.0 * scale / _POINTS  # beyond six scales the prior holds 2e-9
    spreads = [(i + 0.5) * width for i in range(_POINTS)]
    points = [_given_spread(estimates, errors, spread=s, scale=scale) for s in spreads]
    top = max(log for _, _, log in points)
    masses = [math.exp(log - top) for _, _, log in points]
    total = sum(masses)
    masses = [mass / total for mass in masses]
    means = [mean for mean, _, _ in points]
    variances = [variance for _, variance, _ in points]
    new = [v + s**2 for v, s in zip(variances, spreads, strict=True)]
    below = _mixture(means, variances, masses)
    below_new = _mixture(means, new, masses)
    mean = _dot(masses, means)
    second = _dot(masses, [v + m**2 for v, m in zip(variances, means, strict=True)])
    error = math.sqrt(second - mean**2)
    far = 12.0 * math.sqrt(max(new))
    return BayesianPool(
        average=Average(
            estimate=mean,
            error=error,
            low=_solve(below, 0.025, mean - far, mean + far),
            high=_solve(below, 0.975, mean - far, mean + far),
        ),
        spread=_grid_quantile(masses, width, 0.5),
        spread_range=(_grid_quantile(masses, width, 0.025), _grid_quantile(masses, width, 0.975)),
        prediction=(
            _solve(below_new, 0.025, mean - far, mean + far),
            _solve(below_new, 0.975, mean - far, mean + far),
        ),
        share_below_zero=below(0.0),
        prior_scale=scale,
    )


def student_quantile(share: float, freedom: int) -> float:
    """Give the quantile of Student's t for a share above one half.

    Abramowitz and Stegun (1964), 26.7.3 and 26.7.4: finite sums for whole degrees of freedom.
    """
    if not 0.5 < share < 1 or freedom < 1:
        raise ValueError(f"share {share}, {freedom} degrees of freedom: no such quantile")
    high = 1.0
    while _student(high, freedom) < share:
        high *= 2.0
    return _solve(lambda t: _student(t, freedom), share, 0.0, high)


def _check(estimates: Sequence[float], errors: Sequence[float]) -> None:
    if len(estimates) != len(errors) or len(estimates) < 2:
        raise ValueError(f"{len(estimates)} estimates and {len(errors)} errors: nothing to pool")
    if not all(map(math.isfinite, [*estimates, *errors])) or min(errors) <= 0:
        raise ValueError("estimates have to be finite and errors above 0")


def _wald(estimates: Sequence[float], weights: Sequence[float]) -> Average:
    total = sum(weights)
    return _around(_dot(weights, estimates) / total, math.sqrt(1.0 / total), _Z)


def _around(estimate: float, error: float, times: float) -> Average:
    return Average(
        estimate=estimate, error=error, low=estimate - times * error, high=estimate + times * error
    )


def _heterogeneity(estimates: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """Cochran's Q, and I squared as Higgins and Thompson (2002) define it."""
    weights = [1.0 / e**2 for e in errors]
    mean = _dot(weights, estimates) / sum(weights)
    q = sum(w * (y - mean) ** 2 for w, y in zip(weights, estimates, strict=True))
    return q, max(0.0, 1.0 - (len(estimates) - 1) / q) if q else 0.0


def _prediction(wald: Average, variance: float, count: int) -> tuple[float, float] | None:
    if count < 3:
        return None
    half = student_quantile(0.975, count - 2) * math.sqrt(variance + wald.error**2)
    return wald.estimate - half, wald.estimate + half


def _reml(estimates: Sequence[float], errors: Sequence[float]) -> float:
    """Find the variance between trials with the highest restricted likelihood.

    A coarse search first: the likelihood may have more than one top.
    """

    def height(variance: float) -> float:
        return _restricted_log_likelihood(estimates, errors, variance)

    most = (max(estimates) - min(estimates)) ** 2 + max(errors) ** 2
    grid = [0.0, *(most * 10 ** (-8 + 8 * i / 200) for i in range(201))]
    best = max(range(len(grid)), key=lambda i: height(grid[i]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = _highest(height, low, high)
    return 0.0 if height(0.0) >= height(found) else found


def _restricted_log_likelihood(
    estimates: Sequence[float], errors: Sequence[float], variance: float
) -> float:
    totals = [e**2 + variance for e in errors]
    weights = [1.0 / total for total in totals]
    mean = _dot(weights, estimates) / sum(weights)
    squares = sum(w * (y - mean) ** 2 for w, y in zip(weights, estimates, strict=True))
    return -0.5 * (sum(map(math.log, totals)) + math.log(sum(weights)) + squares)


def _given_spread(
    estimates: Sequence[float], errors: Sequence[float], *, spread: float, scale: float
) -> tuple[float, float, float]:
    """Mean and variance of the average given the spread, and the log weight of the spread.

    With a flat prior of the average, integrating it out leaves the restricted likelihood.
    """
    weights = [1.0 / (e**2 + spread**2) for e in errors]
    log = _restricted_log_likelihood(estimates, errors, spread**2) - 0.5 * (spread / scale) ** 2
    return _dot(weights, estimates) / sum(weights), 1.0 / sum(weights), log


def _mixture(
    means: Sequence[float], variances: Sequence[float], masses: Sequence[float]
) -> Callable[[float], float]:
    errors = [math.sqrt(variance) for variance in variances]

    def below(x: float) -> float:
        return sum(
            mass * _NORMAL.cdf((x - mean) / error)
            for mass, mean, error in zip(masses, means, errors, strict=True)
        )

    return below


def _grid_quantile(masses: Sequence[float], width: float, share: float) -> float:
    """Quantile of a density that is flat within each cell of a grid from 0."""
    below = 0.0
    for cell, mass in enumerate(masses):
        if below + mass >= share:
            return width * (cell + (share - below) / mass)
        below += mass
    return width * len(masses)


def _student(t: float, freedom: int) -> float:
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = freedom % 2 == 1
    term = cosine if is_odd else 1.0
    total = 0.0
    for step in range(freedom // 2):
        total += term
        above = 2 * step + (2 if is_odd else 1)
        term *= above / (above + 1) * cosine**2
    inside = 2.0 / math.pi * (angle + sine * total) if is_odd else sine * total
    return 0.5 + inside / 2.0


def _solve(rising: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Find where a rising function meets a target, by halving."""
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2.0


def _highest(height: Callable[[float], float], low: float, high: float) -> float:
    """Find the top of a function with one top, by golden section."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    for _ in range(80):
        if height(left) > height(right):
            high = right
        else:
            low = left
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    return (low + high) / 2.0


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))

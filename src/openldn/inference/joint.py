"""Several outcomes at once: what the secondary ones say when each may lean on the others.

One primary carries the conclusion, and nothing here touches it. Of many secondary outcomes one will
stand out by chance; together they are pulled toward what they have in common (section 9 of the
statistical contract). Harms are never pulled anywhere.

    theta_o = effect / MCID, turned so that larger is better
    theta_o ~ Normal(m, t^2),  m ~ Normal(0, 1),  t ~ HalfNormal(0.5)
    estimates ~ Normal(theta, E), errors correlated as the whitened residuals of the separate fits
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference.filter import exposure, whiten_days
from openldn.inference.gaussian import Fit, Series
from openldn.inference.mixture import Mixture, Summary
from openldn.inference.normal import log_sum_exp, normal_quantile
from openldn.inference.priors import BetaPrior

__all__ = ["Joint", "Studied", "joint_answers", "residual_correlation", "shrunken"]

FloatArray = NDArray[np.float64]

# Section 9.
M_SD: Final = 1.0
T_SD: Final = 0.5
# Middles of equal shares of the prior of t: twice as many move a mean by less than 0.001 MCID.
T_POINTS: Final = 64
# Fewer days in common tell nothing about how errors go together.
LEAST_COMMON_DAYS: Final = 8
# Two scores that move as one still have errors of their own.
LEAST_EIGENVALUE: Final = 1e-3
# A diary that told less than this share of what the prior holds has told nothing.
LEAST_INFORMATION: Final = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Joint:
    """One secondary outcome beside the others; the effect in its own points."""

    effect: Summary
    p_benefit: float
    others: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """`joint` of the outcome."""
        return {
            "effect": self.effect.to_json(),
            "p_benefit": self.p_benefit,
            "with": list(self.others),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Studied:
    """One secondary outcome: its days, its separate fit, and the effect that carries its verdict.

    `sign` is -1 where a lower score is better, 1 where a higher one is.
    """

    id: str
    series: Series
    fit: Fit
    posterior: Mixture
    prior: BetaPrior
    mcid: float
    sign: float


def joint_answers(studied: Sequence[Studied]) -> dict[str, Joint]:
    """Shrink the secondary outcomes together, by id."""
    if not studied:
        return {}
    told = np.array([_told_by_diary(one) for one in studied])
    estimate, error = told[:, 0], told[:, 1]
    correlation = residual_correlation([(one.series, one.fit) for one in studied])
    # Turned to better, the errors of a score turn with it.
    error = error * np.array([one.sign for one in studied])
    found = shrunken(estimate, error[:, None] * correlation * error)
    ids = [one.id for one in studied]
    return {
        one.id: Joint(
            effect=_in_points(theta, one).summary(),
            p_benefit=1.0 - float(theta.below(0.0)),
            others=tuple(name for name in ids if name != one.id),
        )
        for one, theta in zip(studied, found, strict=True)
    }


def shrunken(estimate: FloatArray, error: FloatArray) -> tuple[Mixture, ...]:
    """Posterior of each theta: closed form given t, then a sum over t.

    Parameters
    ----------
    estimate
        (n,) effects in MCIDs, larger is better.
    error
        (n, n) covariance of their errors.
    """
    n = len(estimate)
    middles = (np.arange(T_POINTS) + 0.5) / T_POINTS
    t = T_SD * normal_quantile(0.5 + 0.5 * middles)
    prior = M_SD**2 * np.ones((n, n)) + np.square(t)[:, None, None] * np.eye(n)
    total = prior + error
    # (T_POINTS, n, n): how far each estimate moves each theta.
    gain = np.linalg.solve(total, prior).transpose(0, 2, 1)
    mean = gain @ estimate
    variance = np.diagonal(prior - gain @ prior, axis1=1, axis2=2)
    pull = np.linalg.solve(total, np.broadcast_to(estimate, mean.shape)[:, :, None])[:, :, 0]
    log_weight = -0.5 * (np.linalg.slogdet(total)[1] + pull @ estimate)
    weight = np.exp(log_weight - log_sum_exp(log_weight))
    sd = np.sqrt(np.maximum(variance, 1e-12))
    return tuple(Mixture(weight, mean[:, o], sd[:, o]) for o in range(n))


def residual_correlation(fits: Sequence[tuple[Series, Fit]]) -> FloatArray:
    """(n, n) how the errors of the outcomes go together, from their whitened residuals.

    Days that only one of two outcomes has tell nothing about the two; with too few days in common
    they count as independent.
    """
    residuals = np.array([_residuals(series, fit) for series, fit in fits])
    correlation = np.eye(len(residuals))
    for i, one in enumerate(residuals):
        for j, other in enumerate(residuals[:i]):
            common = ~np.isnan(one) & ~np.isnan(other)
            if common.sum() >= LEAST_COMMON_DAYS:
                correlation[i, j] = correlation[j, i] = _correlation(one[common], other[common])
    # Pairs with different days can contradict each other: the nearest matrix that can exist.
    value, vector = np.linalg.eigh(correlation)
    mended = (vector * np.maximum(value, LEAST_EIGENVALUE)) @ vector.T
    scale = np.sqrt(np.diag(mended))
    matrix: FloatArray = mended / np.outer(scale, scale)
    return matrix


def _correlation(one: FloatArray, other: FloatArray) -> float:
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / size if size else 0.0


def _told_by_diary(one: Studied) -> tuple[float, float]:
    """Estimate and standard error in MCIDs: the posterior with its prior divided out."""
    mean, variance = _moments(one.posterior)
    width = one.series.width
    prior_mean, prior_variance = width * one.prior.mean, (width * one.prior.sd) ** 2
    # A posterior as wide as its prior has learned next to nothing; its precision stays above 0.
    precision = max(1.0 / variance - 1.0 / prior_variance, LEAST_INFORMATION / prior_variance)
    estimate = (mean / variance - prior_mean / prior_variance) / precision
    return one.sign * estimate / one.mcid, precision**-0.5 / one.mcid


def _residuals(series: Series, fit: Fit) -> FloatArray:
    """(T,) whitened residuals at the posterior means; NaN on days without a value."""
    tau = fit.onset_days.mean
    tau_off = fit.offset_days.mean if fit.offset_days is not None else tau
    moving = exposure(*series.switches(), np.array([tau]), np.array([tau_off]))[:, 0]
    capsule = () if fit.pill is None else (fit.pill,)
    coefficients = (fit.alpha, fit.trend, *fit.events, *capsule, *fit.levels)
    at = np.array([_moments(coefficient)[0] for coefficient in coefficients])
    left = series.score - np.column_stack([series.given(), moving]) @ at
    recorded = ~np.isnan(series.score)
    residuals = np.full(len(left), np.nan)
    phi, w = np.array([fit.phi.mean]), np.array([fit.white_share.mean])
    residuals[recorded] = whiten_days(left[:, None, None], recorded, phi, w)[:, 0, 0]
    return residuals


def _in_points(theta: Mixture, one: Studied) -> Mixture:
    return Mixture(theta.weight, one.sign * one.mcid * theta.mean, one.mcid * theta.sd)


def _moments(mixture: Mixture) -> tuple[float, float]:
    mean = float((mixture.weight * mixture.mean).sum())
    spread = mixture.sd**2 + (mixture.mean - mean) ** 2
    return mean, float((mixture.weight * spread).sum())

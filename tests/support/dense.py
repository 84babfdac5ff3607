"""The Gaussian model by dense matrices and textbook formulas, one person, nothing clever.

Written from the statement of the model alone. It shares no code with `openldn.inference`.

    y = X b + noise,   b ~ Normal(0, P),   noise ~ Normal(0, sigma^2 ((1-w) phi^|s-t| + w [s=t]))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from openldn.inference.gaussian import Series

__all__ = [
    "Closed",
    "closed_form",
    "columns",
    "log_density",
    "noise_covariance",
    "prior_covariance",
]

Floats = NDArray[np.float64]

# Standard deviations in widths of the scale: model.md, section 2.
LEVEL, DRIFT, EVENT, PILL, EFFECT, NEIGHBOURS = 1.0, 0.3, 0.2, 0.15, 0.15, 0.7


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """Posterior of the coefficients in widths of the scale, and the log density of the days."""

    mean: Floats
    cov: Floats
    log_density: float


def closed_form(
    series: Series, *, phi: float, w: float, tau: float, tau_off: float, sigma: float
) -> Closed:
    """Posterior given phi, w, tau and sigma (in widths): multivariate normal conditioning.

    Coefficients stand in the order level, drift, events, pill, doses.
    """
    seen = ~np.isnan(series.score)
    x = columns(series, tau=tau, tau_off=tau_off)[seen]
    prior = prior_covariance(series)
    noise = sigma**2 * noise_covariance(len(seen), phi=phi, w=w)[np.ix_(seen, seen)]
    y = ((series.score - series.minimum) / (series.maximum - series.minimum) - 0.5)[seen]
    marginal = x @ prior @ x.T + noise
    gain = np.linalg.solve(marginal, x @ prior).T
    value = -0.5 * (y @ np.linalg.solve(marginal, y) + np.linalg.slogdet(2 * np.pi * marginal)[1])
    return Closed(mean=gain @ y, cov=prior - gain @ x @ prior, log_density=float(value))


def columns(series: Series, *, tau: float, tau_off: float) -> Floats:
    """(T, k) of X."""
    days = np.arange(len(series.score), dtype=np.float64)
    recorded = days[~np.isnan(series.score)]
    first, last = recorded[0], recorded[-1]
    drift = (days - (first + last) / 2) / (last - first + 1)
    parts = [np.ones_like(days), drift, *series.events.T]
    if series.capsule is not None:
        parts.append(_exposure(series.capsule, series.start_capsule, tau, tau_off))
    for k in range(1, series.n_levels + 1):
        parts.append(_exposure(series.level == k, series.start_level == k, tau, tau_off))
    return np.column_stack(parts)


def _exposure(on: NDArray[np.bool_], start: bool, tau: float, tau_off: float) -> Floats:
    x, out = float(start), []
    for is_on in on:
        x += (1 - np.exp(-1 / (tau if is_on else tau_off))) * (float(is_on) - x)
        out.append(x)
    return np.array(out)


def noise_covariance(days: int, *, phi: float, w: float) -> Floats:
    """(days, days) at sigma = 1."""
    apart = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    dense: Floats = (1 - w) * np.power(phi, apart) + w * np.eye(days)
    return dense


def prior_covariance(series: Series) -> Floats:
    """(k, k) of P."""
    alone = [LEVEL, DRIFT, *([EVENT] * series.events.shape[1])]
    alone += [PILL] if series.capsule is not None else []
    n, levels = len(alone), series.n_levels
    cov = np.zeros((n + levels, n + levels))
    cov[:n, :n] = np.diag(np.square(alone))
    apart = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels)))
    cov[n:, n:] = EFFECT**2 * NEIGHBOURS**apart
    return cov


def log_density(residual: Floats, *, phi: float, w: float, sigma: float) -> float:
    """Log density of noise over its days, NaN on days without a value."""
    seen = ~np.isnan(residual)
    cov = sigma**2 * noise_covariance(len(residual), phi=phi, w=w)[np.ix_(seen, seen)]
    rest = residual[seen]
    return float(-0.5 * (rest @ np.linalg.solve(cov, rest) + np.linalg.slogdet(2 * np.pi * cov)[1]))

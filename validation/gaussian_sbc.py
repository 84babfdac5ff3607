"""The Gaussian family for simulation-based calibration: three designs, every reported quantity.

Draws of the whole parameter vector, which the joint log-likelihood needs, take phi, w, tau and
sigma from the engine's own weighted points. The coefficients given those, and the log-likelihood,
come from the filter below, written for this purpose, so that the kernel does not judge itself; a
test holds it against dense matrices.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from openldn.inference import gaussian, grid, priors
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.inference.mixture import Mixture
from validation.sbc import Model, between

__all__ = [
    "DESIGNS",
    "MODELS",
    "Person",
    "Points",
    "draw_coefficients",
    "log_likelihood",
    "place",
    "prior_covariance",
    "whitened",
]

FloatArray = NDArray[np.float64]

WIDTH = 10.0
# Draws in which the log-likelihood of the truth is placed.
DRAWS = 99


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """What was given when, and which days have a value."""

    level: NDArray[np.int64]
    n_levels: int
    capsule: NDArray[np.bool_] | None
    events: FloatArray
    recorded: NDArray[np.bool_]
    is_asymmetric: bool = False

    def series(self, score: FloatArray) -> Series:
        """The days as the engine takes them; `score` in widths from the middle of the scale."""
        return Series(
            score=np.where(self.recorded, WIDTH * (score + 0.5), np.nan),
            minimum=0.0,
            maximum=WIDTH,
            level=self.level,
            n_levels=self.n_levels,
            capsule=self.capsule,
            events=self.events,
            is_asymmetric=self.is_asymmetric,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Points:
    """Everything that is not a coefficient, (D,) each; `log_sigma` in widths of the scale."""

    phi: FloatArray
    white: FloatArray
    tau: FloatArray
    tau_off: FloatArray
    log_sigma: FloatArray


def one_level(rng: np.random.Generator) -> Design:
    """Three pairs of two weeks, a coin for each, a tenth of the days missing."""
    level = _pairs(rng, pairs=3, days=14)
    return Design(
        level=level,
        n_levels=1,
        capsule=None,
        events=np.empty((len(level), 0)),
        recorded=rng.random(len(level)) >= 0.1,
    )


def two_levels(rng: np.random.Generator) -> Design:
    """Two weeks of nothing, then placebo and two doses twice each in random order, an infection."""
    blinded = np.repeat(rng.permutation([0, 0, 1, 1, 2, 2]), 12)
    level = np.concatenate([np.zeros(14, dtype=np.int64), blinded])
    ill = np.zeros((len(level), 1))
    begins = int(rng.integers(5, len(level) - 10))
    ill[begins : begins + 6] = 1.0
    return Design(
        level=level,
        n_levels=2,
        capsule=np.arange(len(level)) >= 14,
        events=ill,
        recorded=rng.random(len(level)) >= 0.15,
    )


def asymmetric(rng: np.random.Generator) -> Design:
    """Three pairs of three weeks; onset and washout with a time constant each."""
    level = _pairs(rng, pairs=3, days=21)
    return Design(
        level=level,
        n_levels=1,
        capsule=None,
        events=np.empty((len(level), 0)),
        recorded=rng.random(len(level)) >= 0.1,
        is_asymmetric=True,
    )


def _pairs(rng: np.random.Generator, *, pairs: int, days: int) -> NDArray[np.int64]:
    first = rng.integers(2, size=pairs)
    return np.repeat(np.column_stack([first, 1 - first]).ravel(), days).astype(np.int64)


def prior_covariance(*, n_events: int, has_pill: bool, n_levels: int) -> FloatArray:
    """(k, k) of level, trend, events, pill and doses, in widths of the scale."""
    alone = [priors.ALPHA_SD, priors.GAMMA_SD] + [priors.DELTA_SD] * n_events
    alone += [priors.PILL_SD] * has_pill
    n = len(alone)
    cov = np.zeros((n + n_levels, n + n_levels))
    cov[:n, :n] = np.diag(np.square(alone))
    apart = np.abs(np.subtract.outer(np.arange(n_levels), np.arange(n_levels)))
    cov[n:, n:] = priors.BETA_SD["default"] ** 2 * priors.LEVEL_CORRELATION**apart
    return cov


def place(
    rng: np.random.Generator, design: Callable[[np.random.Generator], Design]
) -> dict[str, float]:
    """Draw one person, fit her, and place every truth."""
    person = Person(rng, design(rng))
    try:
        found = _Found(person.series)
    except GridTooHard:
        return {}
    return found.places(person, rng)


class Person:
    """A truth from the prior and the days that it made."""

    def __init__(self, rng: np.random.Generator, design: Design) -> None:
        self.design = design
        tau = rng.lognormal(*priors.LOG_TAU, size=2)
        self.points = Points(
            phi=rng.uniform(*priors.PHI_RANGE, size=1),
            white=rng.uniform(*priors.W_RANGE, size=1),
            tau=tau[:1],
            tau_off=tau[1:] if design.is_asymmetric else tau[:1],
            log_sigma=rng.normal(*priors.LOG_SIGMA, size=1),
        )
        self.prior = prior_covariance(
            n_events=design.events.shape[1],
            has_pill=design.capsule is not None,
            n_levels=design.n_levels,
        )
        self.coefficients = rng.multivariate_normal(
            np.zeros(len(self.prior)), self.prior, method="cholesky"
        )
        days = len(design.level)
        # The columns depend on which days are recorded, not on what was recorded.
        blank = design.series(np.zeros(days))
        phi, white = float(self.points.phi[0]), float(self.points.white[0])
        drift = np.empty(days)
        value = rng.normal()
        for t in range(days):
            drift[t] = value
            value = phi * value + np.sqrt(1.0 - phi**2) * rng.normal()
        noise = np.sqrt(1.0 - white) * drift + np.sqrt(white) * rng.normal(size=days)
        score = columns(blank, self.points)[0] @ self.coefficients
        self.series = design.series(score + np.exp(self.points.log_sigma[0]) * noise)


class _Found:
    """The engine's posterior, opened so that a truth can be placed in each part of it."""

    def __init__(self, series: Series) -> None:
        search = gaussian.Search(series, priors.beta_prior("default"))
        explored = grid.explore(search.visit, 4 if series.is_asymmetric else 3)
        self.series = series
        self.fit = search.collect(explored)
        nodes = gaussian.Nodes.concatenate(search.sheets)
        log_weight = nodes.log_weight + explored.log_importance[nodes.point]
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        self.parameters = np.concatenate(search.parameters)
        size = len(self.parameters)
        self.weight: FloatArray = np.bincount(nodes.point, weight, minlength=size).astype(
            np.float64
        )
        # Log sigma at a grid point is close to normal, as `gaussian._noise_sd` reports it.
        filled = np.maximum(self.weight, 1e-300)
        self.middle = np.bincount(nodes.point, weight * nodes.log_sigma, minlength=size) / filled
        square = weight * (nodes.log_sigma - self.middle[nodes.point]) ** 2
        spread = np.bincount(nodes.point, square, minlength=size) / filled
        self.spread = np.sqrt(np.maximum(spread, 1e-12))

    def places(self, person: Person, rng: np.random.Generator) -> dict[str, float]:
        """Where each truth fell in its posterior, 0 to 1."""
        found = self._coefficients(person) | self._points(person.points)
        beta = person.coefficients[-self.series.n_levels :]
        below = float(self.fit.levels[-1].below(0.0))
        found["better"] = between([below, 1.0 - below], int(beta[-1] >= 0.0), rng)
        if len(beta) > 1:
            shares = self.fit.p_best(tuple(range(len(beta))), sign=-1.0)
            found["best"] = between(shares, int(np.argmin([0.0, *beta])), rng)
        found["log_likelihood"] = self._log_likelihood(person, rng)
        return found

    def _log_likelihood(self, person: Person, rng: np.random.Generator) -> float:
        """Place of the truth's log-likelihood among those of draws of the whole vector."""
        y, x, half_log_det = whitened(self.series, self._draw(rng))
        drawn = log_likelihood(y, x, half_log_det, draw_coefficients(y, x, person.prior, rng))
        true = log_likelihood(*whitened(self.series, person.points), person.coefficients[None])
        return float(np.sum(drawn < true[0]) + rng.random()) / (DRAWS + 1.0)

    def _coefficients(self, person: Person) -> dict[str, float]:
        fit = self.fit
        named = {"alpha": fit.alpha, "gamma": fit.trend}
        named |= {f"delta_{j}": event for j, event in enumerate(fit.events, start=1)}
        named |= {"pill": fit.pill} if fit.pill is not None else {}
        named |= {f"beta_{k}": level for k, level in enumerate(fit.levels, start=1)}
        truth = WIDTH * person.coefficients
        truth[0] += 0.5 * WIDTH
        return {
            name: float(posterior.below(at))
            for (name, posterior), at in zip(named.items(), truth, strict=True)
        }

    def _points(self, truth: Points) -> dict[str, float]:
        named = {"phi": truth.phi, "w": truth.white, "tau": truth.tau}
        if self.series.is_asymmetric:
            named["tau_off"] = truth.tau_off
        found = {
            name: float(self.weight[self.parameters[:, column] < at[0]].sum())
            for column, (name, at) in enumerate(named.items())
        }
        sigma = Mixture(self.weight, self.middle, self.spread)
        return found | {"sigma": float(sigma.below(truth.log_sigma)[0])}

    def _draw(self, rng: np.random.Generator) -> Points:
        """`DRAWS` points from the engine's posterior."""
        at = rng.choice(len(self.weight), size=DRAWS, p=self.weight / self.weight.sum())
        phi, white, tau, tau_off = self.parameters[at].T
        log_sigma = rng.normal(self.middle[at], self.spread[at])
        return Points(phi=phi, white=white, tau=tau, tau_off=tau_off, log_sigma=log_sigma)


def _exposure(series: Series, points: Points) -> FloatArray:
    """(D, T, q) how far pill and doses have come, for each point."""
    switch, start = series.switches()
    on, off = (-np.expm1(-1.0 / tau)[:, None] for tau in (points.tau, points.tau_off))
    x = np.tile(start, (len(points.tau), 1))
    days = []
    for d in switch:
        x = x + np.where(d > 0.5, on, off) * (d - x)
        days.append(x)
    return np.stack(days, axis=1)


def columns(series: Series, points: Points) -> FloatArray:
    """(D, T, k) level, trend, events, pill and doses with their exposure."""
    exposure = _exposure(series, points)
    given = np.broadcast_to(series.given(), (len(exposure), *series.given().shape))
    return np.concatenate([given, exposure], axis=2)


def whitened(series: Series, points: Points) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scores (D, n) and columns (D, n, k) with noise of variance 1; half the log determinant (D,).

    The prediction error of each day given the days before, for all points side by side.
    """
    score = np.broadcast_to(series.standardised()[:, None], (len(points.phi), len(series.score), 1))
    table = np.concatenate([score, columns(series, points)], axis=2)
    seen = ~np.isnan(series.score)
    slow = 1.0 - points.white
    drift, variance = np.zeros((len(slow), table.shape[2])), slow
    rows, half_log_det = [], np.zeros(len(slow))
    for t in range(len(seen)):
        if seen[t]:
            total = variance + points.white
            gain = variance / total
            error = table[:, t] - drift
            rows.append(error / (np.exp(points.log_sigma) * np.sqrt(total))[:, None])
            half_log_det = half_log_det + points.log_sigma + 0.5 * np.log(total)
            drift = drift + gain[:, None] * error
            variance = variance * (1.0 - gain)
        drift = points.phi[:, None] * drift
        variance = points.phi**2 * variance + (1.0 - points.phi**2) * slow
    white = np.stack(rows, axis=1)
    return white[:, :, 0], white[:, :, 1:], half_log_det


def draw_coefficients(
    y: FloatArray, x: FloatArray, prior: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """(D, k) one draw of the coefficients at each point: the textbook normal posterior."""
    turned = x.transpose(0, 2, 1)
    cov = np.linalg.inv(turned @ x + np.linalg.inv(prior))
    mean = (cov @ (turned @ y[:, :, None]))[:, :, 0]
    draws: FloatArray = mean + np.einsum(
        "dij,dj->di", np.linalg.cholesky(cov), rng.normal(size=mean.shape)
    )
    return draws


def log_likelihood(
    y: FloatArray, x: FloatArray, half_log_det: FloatArray, coefficients: FloatArray
) -> FloatArray:
    """(D,) log density of the days, less a constant."""
    rest = y - np.einsum("dnk,dk->dn", x, coefficients)
    value: FloatArray = -0.5 * (rest**2).sum(axis=1) - half_log_det
    return value


DESIGNS = {
    "gaussian-one-level": one_level,
    "gaussian-two-levels": two_levels,
    "gaussian-asymmetric": asymmetric,
}
MODELS = {
    name: Model(about=(design.__doc__ or "").strip(), place=partial(place, design=design))
    for name, design in DESIGNS.items()
}

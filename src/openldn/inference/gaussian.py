"""The Gaussian family: a daily score as level, trend, events, capsule, doses and noise.

The model is `docs/explanation/the-model.md`; the mathematics at one grid point is `kernel.py`, the
choice of grid points `grid.py`. Here they meet: a `Series` goes in, a `Fit` comes out.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference import grid, kernel, priors
from openldn.inference.mixture import Mixture, Summary, summarise_points
from openldn.inference.normal import log_sum_exp, normal_cdf, normal_quantile
from openldn.inference.priors import BetaPrior

__all__ = [
    "BEST_POINTS",
    "Fit",
    "Nodes",
    "Search",
    "Series",
    "bordered_prior",
    "coefficient_prior",
    "fit",
    "log_likelihood_at",
    "moments_at",
    "parameters_at",
]

FloatArray = NDArray[np.float64]

# Low-discrepancy points behind `p_best`; the error is at most 0.005 (model.md section 1).
BEST_POINTS: Final = 4_096
# Components whose weights together stay below this share are dropped: they move a tail probability
# by less than a hundred thousandth.
DROPPED_SHARE: Final = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One outcome over consecutive days, as numbers.

    Attributes
    ----------
    score
        (T,) in the outcome's own points; NaN on a day whose value is missing or does not count.
    minimum, maximum
        The scale.
    level
        (T,) the level whose exposure grows on that day, 0 for none; already shifted by a day where
        a dose acts on the next day.
    n_levels
        K, in order of dose.
    capsule
        (T,) whether any capsule acts on that day; None leaves the pill effect out of the model.
    events
        (T, J) 1 on days of the event, else 0.
    start_level, start_capsule
        What had been taken steadily before the first day.
    is_asymmetric
        Whether onset and washout have time constants of their own.
    tau_days
        The time constant where it is fixed; None where it is estimated.
    """

    score: FloatArray
    minimum: float
    maximum: float
    level: NDArray[np.int64]
    n_levels: int
    capsule: NDArray[np.bool_] | None
    events: FloatArray
    start_level: int = 0
    start_capsule: bool = False
    is_asymmetric: bool = False
    tau_days: float | None = None

    @property
    def width(self) -> float:
        """R, the width of the scale."""
        return self.maximum - self.minimum

    def standardised(self) -> FloatArray:
        """(T,) scores from the middle of the scale, in widths of the scale."""
        middle = self.minimum + 0.5 * self.width
        scores: FloatArray = (self.score - middle) / self.width
        return scores

    def given(self) -> FloatArray:
        """(T, 2 + J) level, trend and events."""
        recorded = np.flatnonzero(~np.isnan(self.score))
        first, last = int(recorded[0]), int(recorded[-1])
        days = np.arange(len(self.score), dtype=np.float64)
        trend = (days - 0.5 * (first + last)) / (last - first + 1.0)
        return np.column_stack([np.ones_like(trend), trend, self.events])

    def switches(self) -> tuple[FloatArray, FloatArray]:
        """(T, q) columns that exposure follows, and (q,) where it starts: pill, then levels."""
        columns = [self.level == k for k in range(1, self.n_levels + 1)]
        start = [self.start_level == k for k in range(1, self.n_levels + 1)]
        if self.capsule is not None:
            columns.insert(0, self.capsule)
            start.insert(0, self.start_capsule)
        return np.column_stack(columns).astype(np.float64), np.array(start, dtype=np.float64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """The posterior. Effects are in the outcome's own points, larger means a larger score.

    Attributes
    ----------
    levels
        One mixture a level, in order of dose.
    pill, trend, events, alpha
        The other coefficients; `pill` is None where it is not in the model.
    onset_days, offset_days
        tau; `offset_days` only where onset and washout differ.
    noise_sd, phi, white_share
        sigma in points, and the two parameters that share it between drift and scatter.
    grid_points, effective_grid_points
        How the posterior was covered.
    weight, parameters
        (C,) and (C, 5) the components of the mixtures: their weights, and the phi, w, tau_on,
        tau_off and sigma (in points) that each stands for.
    """

    levels: tuple[Mixture, ...]
    pill: Mixture | None
    trend: Mixture
    events: tuple[Mixture, ...]
    alpha: Mixture
    onset_days: Summary
    offset_days: Summary | None
    noise_sd: Summary
    phi: Summary
    white_share: Summary
    grid_points: int
    effective_grid_points: float
    weight: FloatArray
    parameters: FloatArray
    joint_mean: FloatArray
    joint_cov: FloatArray

    def p_best(self, candidates: tuple[int, ...], *, sign: float) -> tuple[float, ...]:
        """Share of the posterior in which each candidate is best; the first number is for none.

        Parameters
        ----------
        candidates
            Indices into `levels`.
        sign
            -1 where a lower score is better, 1 where a higher one is.

        Returns
        -------
        tuple
            1 + len(candidates) numbers that add up to 1. From `BEST_POINTS` low-discrepancy points
            over the mixture; exact for a single candidate.
        """
        if len(candidates) == 1:
            below = float(self.levels[candidates[0]].below(0.0))
            benefit = below if sign < 0 else 1.0 - below
            return (1.0 - benefit, benefit)
        chosen = list(candidates)
        u = grid.low_discrepancy(BEST_POINTS, len(chosen) + 1)
        component = np.searchsorted(np.cumsum(self.weight), u[:, 0] * self.weight.sum())
        component = np.minimum(component, len(self.weight) - 1)
        cov = self.joint_cov[component][:, chosen][:, :, chosen]
        root = np.linalg.cholesky(cov)
        draws = self.joint_mean[component][:, chosen] + np.einsum(
            "nij,nj->ni", root, normal_quantile(u[:, 1:])
        )
        with_none = np.column_stack([np.zeros(BEST_POINTS), sign * draws])
        wins = np.bincount(with_none.argmax(axis=1), minlength=len(chosen) + 1)
        return tuple(float(share) for share in wins / BEST_POINTS)


def fit(series: Series, *, prior: BetaPrior) -> Fit:
    """Fit one series.

    Raises
    ------
    GridTooHard
        When the posterior cannot be covered with the largest grid.
    """
    search = Search(series, prior)
    found = grid.explore(search.visit, 4 if series.is_asymmetric else 3)
    return search.collect(found)


class Search:
    """Keeps what the kernel returned at each visited point, until the weights are known.

    `fit` is a search from its beginning to its end; checks of the posterior open it in between.
    """

    def __init__(self, series: Series, prior: BetaPrior) -> None:
        """Take the days apart as the kernel wants them."""
        self.series = series
        self.given = series.given()
        self.switch, self.start = series.switches()
        self.y = series.standardised()
        self.has_pill = series.capsule is not None
        self.prior = bordered_prior(
            n_events=series.events.shape[1],
            has_pill=self.has_pill,
            n_levels=series.n_levels,
            prior=prior,
        )
        self.parameters: list[FloatArray] = []
        self.sheets: list[Nodes] = []

    def visit(self, z: FloatArray) -> FloatArray:
        """Log likelihood, coefficients and sigma integrated out, at (n, d) points."""
        points = parameters_at(z)
        if self.series.tau_days is not None:
            points[:, 2:] = self.series.tau_days
        return self.visit_at(points)

    def visit_at(self, points: FloatArray) -> FloatArray:
        """The same at (n, 4) points given as phi, w, tau_on and tau_off."""
        room, k, q = len(points) * kernel.NODES, len(self.prior) - 1, self.switch.shape[1]
        total = np.empty(len(points))
        nodes = Nodes.empty(room, k=k, q=q)
        count = kernel.compiled()(
            points,
            self.y,
            self.given,
            self.switch,
            self.start,
            self.prior,
            np.array(priors.LOG_SIGMA),
            total,
            nodes.point,
            nodes.log_weight,
            nodes.log_sigma,
            nodes.mean,
            nodes.variance,
            nodes.joint,
        )
        nodes.point[:count] += sum(len(points) for points in self.parameters)
        self.sheets.append(nodes.take(slice(count)))
        self.parameters.append(points)
        return total

    def collect(self, found: grid.Grid) -> Fit:
        """Weigh every node and write the posterior down."""
        parameters = np.concatenate(self.parameters)
        nodes = Nodes.concatenate(self.sheets)
        log_weight = nodes.log_weight + found.log_importance[nodes.point]
        weight = np.exp(log_weight - log_sum_exp(log_weight))
        # What is dropped adds up to at most DROPPED_SHARE.
        kept = np.flatnonzero(weight > DROPPED_SHARE / len(weight))
        nodes, weight = nodes.take(kept), weight[kept] / weight[kept].sum()
        at_point = _sum_by(nodes.point, weight, len(parameters))
        width = self.series.width
        n_events = self.series.events.shape[1]
        n_given = 2 + n_events
        first_level = n_given + self.has_pill

        def mixture(j: int, *, offset: float = 0.0) -> Mixture:
            return Mixture(
                weight, width * nodes.mean[:, j] + offset, width * np.sqrt(nodes.variance[:, j])
            )

        return Fit(
            levels=tuple(mixture(first_level + k) for k in range(self.series.n_levels)),
            pill=mixture(n_given) if self.has_pill else None,
            trend=mixture(1),
            events=tuple(mixture(2 + j) for j in range(n_events)),
            alpha=mixture(0, offset=self.series.minimum + 0.5 * width),
            onset_days=summarise_points(parameters[:, 2], at_point),
            offset_days=(
                summarise_points(parameters[:, 3], at_point) if self.series.is_asymmetric else None
            ),
            noise_sd=_noise_sd(nodes, weight).scaled(width),
            phi=summarise_points(parameters[:, 0], at_point),
            white_share=summarise_points(parameters[:, 1], at_point),
            grid_points=len(parameters),
            effective_grid_points=found.effective,
            weight=weight,
            parameters=np.column_stack([parameters[nodes.point], width * np.exp(nodes.log_sigma)]),
            joint_mean=width * nodes.mean[:, first_level:],
            joint_cov=width**2 * nodes.joint[:, int(self.has_pill) :, int(self.has_pill) :],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Nodes:
    """Components of the mixture: their grid points, and what the kernel found there."""

    point: NDArray[np.int64]
    log_weight: FloatArray
    log_sigma: FloatArray
    mean: FloatArray
    variance: FloatArray
    joint: FloatArray

    @classmethod
    def empty(cls, room: int, *, k: int, q: int) -> "Nodes":
        """Room for the kernel to write into; what it does not fill is never touched."""
        return cls(
            point=np.empty(room, dtype=np.int64),
            log_weight=np.empty(room),
            log_sigma=np.empty(room),
            mean=np.empty((room, k)),
            variance=np.empty((room, k)),
            joint=np.empty((room, q, q)),
        )

    @classmethod
    def concatenate(cls, sheets: "list[Nodes]") -> "Nodes":
        """Put sheets end to end."""
        return cls(**{n: np.concatenate([getattr(s, n) for s in sheets]) for n in cls.__slots__})

    def take(self, kept: "NDArray[np.int64] | slice") -> "Nodes":
        """Some of them."""
        return Nodes(**{n: getattr(self, n)[kept] for n in self.__slots__})


def parameters_at(z: FloatArray) -> FloatArray:
    """(n, 4) phi, w, tau_on, tau_off from (n, 3 or 4) points of the standard normal space."""
    phi = priors.PHI_RANGE[0] + (priors.PHI_RANGE[1] - priors.PHI_RANGE[0]) * normal_cdf(z[:, 0])
    w = priors.W_RANGE[0] + (priors.W_RANGE[1] - priors.W_RANGE[0]) * normal_cdf(z[:, 1])
    tau = np.exp(priors.LOG_TAU[0] + priors.LOG_TAU[1] * z[:, 2:])
    return np.column_stack([phi, w, tau[:, 0], tau[:, -1]])


def bordered_prior(*, n_events: int, has_pill: bool, n_levels: int, prior: BetaPrior) -> FloatArray:
    """Precision of the coefficients bordered by precision times mean, as `kernel.begin` takes it.

    Returns
    -------
    ndarray
        (k + 1, k + 1) in widths of the scale: alpha, gamma, events, pill, levels in order of dose.
    """
    precision, mean = _coefficient_prior(n_events, has_pill, n_levels, prior)
    pull = precision @ mean
    return np.block([[precision, pull[:, None]], [pull, mean @ pull]])


def _coefficient_prior(
    n_events: int, has_pill: bool, n_levels: int, prior: BetaPrior
) -> tuple[FloatArray, FloatArray]:
    """Precision (k, k) and mean (k,) of the coefficients, in widths of the scale."""
    independent = [priors.ALPHA_SD, priors.GAMMA_SD] + [priors.DELTA_SD] * n_events
    if has_pill:
        independent.append(priors.PILL_SD)
    n = len(independent)
    cov = np.zeros((n + n_levels, n + n_levels))
    cov[range(n), range(n)] = np.square(independent)
    order = np.arange(n_levels)
    apart = np.abs(order[:, None] - order[None, :])
    cov[n:, n:] = prior.sd**2 * priors.LEVEL_CORRELATION**apart
    mean = np.zeros(n + n_levels)
    mean[n:] = prior.mean
    precision: FloatArray = np.linalg.inv(cov).astype(np.float64)
    return precision, mean


def _noise_sd(nodes: Nodes, weight: FloatArray) -> Summary:
    """Summary of sigma: at each grid point log sigma is close to normal, its moments are known."""
    _, group = np.unique(nodes.point, return_inverse=True)
    groups = int(group.max()) + 1
    at_point = _sum_by(group, weight, groups)
    middle = _sum_by(group, weight * nodes.log_sigma, groups) / at_point
    spread = _sum_by(group, weight * (nodes.log_sigma - middle[group]) ** 2, groups) / at_point
    logs = Mixture(at_point, middle, np.sqrt(np.maximum(spread, 1e-12))).summary()
    sigma = np.exp(nodes.log_sigma)
    mean = float((weight * sigma).sum())
    return Summary(
        mean=mean,
        sd=float((weight * (sigma - mean) ** 2).sum()) ** 0.5,
        q025=float(np.exp(logs.q025)),
        q05=float(np.exp(logs.q05)),
        q50=float(np.exp(logs.q50)),
        q95=float(np.exp(logs.q95)),
        q975=float(np.exp(logs.q975)),
    )


def _sum_by(group: NDArray[np.int64], value: FloatArray, groups: int) -> FloatArray:
    """Add up values group by group, (groups,)."""
    total: FloatArray = np.bincount(group, value, minlength=groups).astype(np.float64)
    return total


def coefficient_prior(series: Series, prior: BetaPrior) -> tuple[FloatArray, FloatArray]:
    """Precision (k, k) and mean (k,) of the coefficients of a series, in widths of the scale.

    In the order of its columns: level, trend, events, then capsule if it is there, then doses.
    """
    return _coefficient_prior(
        series.events.shape[1], series.capsule is not None, series.n_levels, prior
    )


def log_likelihood_at(series: Series, *, prior: BetaPrior, points: FloatArray) -> FloatArray:
    """Log likelihood, coefficients and sigma integrated out, at (n, 4) phi, w, tau_on, tau_off."""
    return Search(series, prior).visit_at(points)


def moments_at(
    series: Series, *, prior: BetaPrior, points: FloatArray, log_weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of each level with phi, w and tau confined to given points.

    For many diaries that differ little from one that was fitted: the points of that fit serve all.

    Parameters
    ----------
    points, log_weight
        (n, 4) and (n,): the points, and the log of prior density over the density of the points.

    Returns
    -------
    tuple
        (K,) and (K,), in the outcome's own points.
    """
    search = Search(series, prior)
    search.visit_at(points)
    nodes = search.sheets[0]
    log_node = nodes.log_weight + log_weight[nodes.point]
    weight = np.exp(log_node - log_sum_exp(log_node))[:, None]
    first = nodes.mean.shape[1] - series.n_levels
    at = nodes.mean[:, first:]
    mean = (weight * at).sum(axis=0)
    variance = (weight * (nodes.variance[:, first:] + (at - mean) ** 2)).sum(axis=0)
    return series.width * mean, series.width**2 * variance

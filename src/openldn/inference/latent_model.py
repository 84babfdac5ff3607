"""What the families binary, ordinal and count share: a `Series` goes in, a `LatentFit` comes out.

The mathematics at one grid point is `latent.py`, the choice of grid points `grid.py`. How scores
are coded and which priors hold is said by each family, in `binary.py`, `ordinal.py` and `count.py`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference import grid, latent, priors
from openldn.inference.gaussian import Series
from openldn.inference.mixture import Mixture, Summary, summarise_points
from openldn.inference.normal import log_sum_exp, normal_cdf, normal_quantile
from openldn.inference.priors import LatentPriors

__all__ = ["Draws", "LatentFit", "LatentModel", "Search", "fit"]

FloatArray = NDArray[np.float64]

# Every weighted draw becomes a narrow normal of this many posterior SDs, all pulled in so that mean
# and spread stay (West, J. R. Stat. Soc. B 55, 1993): the quantiles have no steps.
SMOOTHING: Final = 0.1
QUARTERS: Final = (0.25, 0.75)
MIDDLE_HALF: Final = 1.349  # standard deviations between the quartiles of a normal
# The draws of a grid point all count for nothing below this share of the whole posterior.
DROPPED_SHARE: Final = 1e-7
# What numbers the pairs of draws are made of. Nothing depends on chance: the same diary gives the
# same numbers, and so the same answer.
SEED: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentModel:
    """One family for one outcome.

    Attributes
    ----------
    code
        The kernel's name for the family.
    priors
        The family's column of model.md section 4.
    n_cuts
        Steps of the scale less one where there are cutpoints, else 0.
    step
        Points of the outcome in one step.
    beta_sd
        Prior SD of the effect of a level, on the link scale.
    """

    code: int
    priors: LatentPriors
    n_cuts: int
    step: float
    beta_sd: float

    @property
    def has_alpha(self) -> bool:
        """Whether the person's level is a coefficient; cutpoints hold it otherwise."""
        return self.n_cuts == 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentFit:
    """The posterior; larger means a larger score.

    A difference in points is the average over the days used, every other term and the wandering as
    drawn (model.md section 4); it has the sign of its coefficient in every draw.

    Attributes
    ----------
    levels, pill, trend, events
        As in the Gaussian `Fit`, in points. The trend's difference is between the first and the
        last day used.
    link_levels, link_pill, link_events
        The coefficients themselves, on the link scale.
    without
        Mean answer on the days used if no level acted, in points.
    onset_days, offset_days, phi
        As in the Gaussian `Fit`.
    wander_sd
        su, on the link scale.
    dispersion
        r, for counts: the variance is mu + mu^2 / r.
    grid_points, effective_grid_points, effective_draws
        How the posterior was covered.
    """

    levels: tuple[Mixture, ...]
    pill: Mixture | None
    trend: Mixture
    events: tuple[Mixture, ...]
    link_levels: tuple[Mixture, ...]
    link_pill: Mixture | None
    link_trend: Mixture
    link_events: tuple[Mixture, ...]
    without: Mixture
    onset_days: Summary
    offset_days: Summary | None
    phi: Summary
    wander_sd: Summary
    dispersion: Summary | None
    grid_points: int
    effective_grid_points: float
    effective_draws: float
    weight: FloatArray
    beta: FloatArray

    def p_best(self, candidates: tuple[int, ...], *, sign: float) -> tuple[float, ...]:
        """As the Gaussian `Fit.p_best`, from the weighted draws."""
        if len(candidates) == 1:
            below = float(self.link_levels[candidates[0]].below(0.0))
            benefit = below if sign < 0 else 1.0 - below
            return (1.0 - benefit, benefit)
        effects = sign * self.beta[:, list(candidates)]
        best = np.column_stack([np.zeros(len(effects)), effects]).argmax(axis=1)
        wins = np.bincount(best, self.weight, minlength=len(candidates) + 1)
        return tuple(float(share) for share in wins)


def fit(series: Series, *, model: LatentModel) -> LatentFit:
    """Fit one series whose scores are already in whole steps from the least answer.

    Raises
    ------
    GridTooHard
        When the posterior cannot be covered with the largest grid.
    """
    search = Search(series, model)
    found = grid.explore(search.visit, search.dimensions)
    return search.collect(found)


class Search:
    """Keeps what the kernel returned at each visited point, until the weights are known.

    `fit` is a search from its beginning to its end; checks of the posterior open it in between.
    """

    def __init__(self, series: Series, model: LatentModel) -> None:
        """Take the days apart as the kernel wants them."""
        self.series = series
        self.model = model
        self.day = np.flatnonzero(~np.isnan(series.score))
        self.y = series.score[self.day]
        self.given = np.ascontiguousarray(series.given()[self.day, 0 if model.has_alpha else 1 :])
        self.switch, self.start = series.switches()
        self.has_pill = series.capsule is not None
        self.precision, self.prior_mean = _theta_prior(series, model)
        self.mode = self.prior_mean.copy()
        self.wandering = np.zeros(len(self.day))
        self.spread = np.zeros(len(self.day))
        self.generator = np.random.Generator(np.random.PCG64(SEED))
        self.sheets: list[Draws] = []

    @property
    def dimensions(self) -> int:
        """phi, su, tau; then tau_off where it differs, then log r for counts."""
        return 3 + self.series.is_asymmetric + (self.model.code == latent.COUNT)

    def visit(self, z: FloatArray) -> FloatArray:
        """Log likelihood, all but the grid's own parameters integrated out, at (n, d) points."""
        points = self._parameters(z)
        n, k = len(points), len(self.prior_mean)
        shape = (n, latent.PAIRS, k + len(self.day))
        total = np.empty(n)
        draws = Draws.empty(points, k=k, columns=k - self.model.n_cuts + 1)
        latent.compiled()(
            points,
            self.model.code,
            self.y,
            self.day,
            self.given,
            self.switch,
            self.start,
            self.series.n_levels,
            self.model.n_cuts,
            self.precision,
            self.prior_mean,
            self.generator.standard_normal(shape),
            self.mode,
            self.wandering,
            self.spread,
            total,
            draws.log_weight,
            draws.theta,
            draws.effect,
        )
        self.sheets.append(draws)
        return total

    def collect(self, found: grid.Grid) -> LatentFit:
        """Weigh every draw and write the posterior down."""
        draws = Draws.concatenate(self.sheets)
        log_weight = draws.log_weight + found.log_importance[:, None]
        shares = np.exp(log_weight - log_sum_exp(log_weight))
        at_point = shares.sum(axis=1)
        kept = np.flatnonzero(at_point > DROPPED_SHARE)
        weight = shares[kept].ravel() / shares[kept].sum()
        theta = draws.theta[kept].reshape(len(weight), -1)[:, self.model.n_cuts :]
        effect = self.model.step * draws.effect[kept].reshape(len(weight), -1)
        n_given, n_events = self.given.shape[1], self.series.events.shape[1]
        first_level = n_given + self.has_pill
        trend = n_given - n_events - 1

        def points(column: int) -> Mixture:
            return _smoothed(effect[:, 1 + column], weight)

        def link(column: int) -> Mixture:
            return _smoothed(theta[:, column], weight)

        levels = range(first_level, first_level + self.series.n_levels)
        events = range(trend + 1, trend + 1 + n_events)
        parameters = draws.points
        is_count = self.model.code == latent.COUNT
        return LatentFit(
            levels=tuple(map(points, levels)),
            pill=points(n_given) if self.has_pill else None,
            trend=points(trend),
            events=tuple(map(points, events)),
            link_levels=tuple(map(link, levels)),
            link_pill=link(n_given) if self.has_pill else None,
            link_trend=link(trend),
            link_events=tuple(map(link, events)),
            without=_smoothed(self.series.minimum + effect[:, 0], weight),
            onset_days=summarise_points(parameters[:, 2], at_point),
            offset_days=(
                summarise_points(parameters[:, 3], at_point) if self.series.is_asymmetric else None
            ),
            phi=summarise_points(parameters[:, 0], at_point),
            wander_sd=summarise_points(parameters[:, 1], at_point),
            dispersion=summarise_points(parameters[:, 4], at_point) if is_count else None,
            grid_points=len(parameters),
            effective_grid_points=found.effective,
            effective_draws=float(1.0 / (weight * weight).sum()),
            weight=weight,
            beta=theta[:, first_level:],
        )

    def _parameters(self, z: FloatArray) -> FloatArray:
        """(n, 5) phi, su, tau_on, tau_off, r from points of the standard normal space."""
        low, high = priors.PHI_RANGE
        phi = low + (high - low) * normal_cdf(z[:, 0])
        # The upper half of a normal; far out the share rounds to 1, which has no quantile.
        half = np.minimum(0.5 + 0.5 * normal_cdf(z[:, 1]), 1.0 - 1e-15)
        su = self.model.priors.su_sd * normal_quantile(half)
        n_taus = 1 + self.series.is_asymmetric
        tau = np.exp(priors.LOG_TAU[0] + priors.LOG_TAU[1] * z[:, 2 : 2 + n_taus])
        if self.series.tau_days is not None:
            tau[:] = self.series.tau_days
        r = np.ones(len(z))
        if self.model.code == latent.COUNT:
            r = np.exp(priors.LOG_DISPERSION[0] + priors.LOG_DISPERSION[1] * z[:, -1])
        return np.column_stack([phi, su, tau[:, 0], tau[:, -1], r])


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """Grid points, and the weighted draws that the kernel made at each."""

    points: FloatArray
    log_weight: FloatArray
    theta: FloatArray
    effect: FloatArray

    @classmethod
    def empty(cls, points: FloatArray, *, k: int, columns: int) -> "Draws":
        """Room for the kernel to write into."""
        n = len(points)
        return cls(
            points=points,
            log_weight=np.empty((n, latent.DRAWS)),
            theta=np.empty((n, latent.DRAWS, k)),
            effect=np.empty((n, latent.DRAWS, columns)),
        )

    @classmethod
    def concatenate(cls, sheets: "list[Draws]") -> "Draws":
        """Put sheets end to end."""
        return cls(**{n: np.concatenate([getattr(s, n) for s in sheets]) for n in cls.__slots__})


def _theta_prior(series: Series, model: LatentModel) -> tuple[FloatArray, FloatArray]:
    """Precision (k, k) and mean (k,) of cutpoint coordinates and coefficients."""
    of = model.priors
    independent = [1.0] * model.n_cuts
    independent += [of.alpha[1]] if of.alpha is not None else []
    independent += [of.gamma_sd] + [of.delta_sd] * series.events.shape[1]
    independent += [of.pill_sd] if series.capsule is not None else []
    n, n_levels = len(independent), series.n_levels
    cov = np.zeros((n + n_levels, n + n_levels))
    cov[range(n), range(n)] = np.square(independent)
    order = np.arange(n_levels)
    apart = np.abs(order[:, None] - order[None, :])
    cov[n:, n:] = model.beta_sd**2 * priors.LEVEL_CORRELATION**apart
    mean = np.zeros(n + n_levels)
    if of.alpha is not None:
        mean[0] = of.alpha[0]
    precision: FloatArray = np.linalg.inv(cov).astype(np.float64)
    return precision, mean


def _smoothed(value: FloatArray, weight: FloatArray) -> Mixture:
    """Weighted draws as a mixture of narrow normals with the same mean and spread."""
    mean = float((weight * value).sum())
    sd = max(float((weight * (value - mean) ** 2).sum()) ** 0.5, 1e-12)
    order = np.argsort(value, kind="stable")
    reached = np.cumsum(weight[order])
    quarter, three = value[order][np.minimum(np.searchsorted(reached, QUARTERS), len(value) - 1)]
    # The middle half is what a bell is as wide as, whatever its tails hold.
    own = SMOOTHING * max(min(sd, float(three - quarter) / MIDDLE_HALF), 1e-6 * sd)
    pulled = mean + (1.0 - (own / sd) ** 2) ** 0.5 * (value - mean)
    return Mixture(weight, pulled, np.full(len(value), own))

"""The posterior of a coefficient as a finite mixture of normals: every number without sampling."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference.normal import mixture_cdf, mixture_density, normal_quantile

__all__ = ["QUANTILES", "Mixture", "Summary", "summarise_points"]

FloatArray = NDArray[np.float64]

# The quantiles of the answer (contract, section 5).
QUANTILES: Final = (0.025, 0.05, 0.5, 0.95, 0.975)

# The search for a quantile ends at this share of the posterior standard deviation.
QUANTILE_PRECISION: Final = 1e-5


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Mean, spread and five quantiles of one quantity, in its own unit."""

    mean: float
    sd: float
    q025: float
    q05: float
    q50: float
    q95: float
    q975: float

    def scaled(self, factor: float) -> "Summary":
        """The same quantity in a unit `factor` times smaller; `factor` > 0."""
        return Summary(**{name: getattr(self, name) * factor for name in self.__slots__})

    def to_json(self) -> dict[str, float]:
        """Plain numbers under the names of the contract."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Mixture:
    """Normals with weights that add up to 1.

    Attributes
    ----------
    weight, mean, sd
        (C,) each.
    """

    weight: FloatArray
    mean: FloatArray
    sd: FloatArray

    def below(self, at: float | FloatArray) -> FloatArray:
        """P(quantity < at); the shape of `at`."""
        at = np.asarray(at, dtype=np.float64)
        share = mixture_cdf(at.ravel(), self.weight, self.mean, self.sd)
        clipped: FloatArray = np.clip(share, 0.0, 1.0).reshape(at.shape)
        return clipped

    def summary(self) -> Summary:
        """Moments and quantiles; the moments in closed form, the quantiles by Newton steps."""
        mean, sd = self._moments()
        at = self.quantiles(np.array(QUANTILES))
        q025, q05, q50, q95, q975 = (float(q) for q in at)
        return Summary(mean=mean, sd=sd, q025=q025, q05=q05, q50=q50, q95=q95, q975=q975)

    def quantiles(self, target: FloatArray) -> FloatArray:
        """The places below which these shares lie, each above 0 and below 1; by Newton steps."""
        mean, sd = self._moments()
        # Chebyshev's inequality brackets each quantile from mean and sd alone.
        low = mean - sd * np.sqrt(1.0 / target)
        high = mean + sd * np.sqrt(1.0 / (1.0 - target))
        at = mean + sd * normal_quantile(target)
        coarse = self._coarse(mean, sd)
        for _ in range(60):
            miss, slope = coarse._miss(at, target)
            low, high = np.where(miss < 0.0, at, low), np.where(miss < 0.0, high, at)
            step = at - miss / np.maximum(slope, 1e-300)
            following = np.where((step >= low) & (step <= high), step, 0.5 * (low + high))
            settled = np.all(np.abs(following - at) < QUANTILE_PRECISION * sd)
            at = following
            if settled:
                break
        return at

    def moved(self, *, mean: float, sd: float) -> "Mixture":
        """The same shape with another mean and spread; `sd` > 0."""
        middle, now = self._moments()
        stretch = sd / now
        return Mixture(self.weight, mean + stretch * (self.mean - middle), stretch * self.sd)

    def draw(self, generator: np.random.Generator, count: int) -> FloatArray:
        """`count` independent draws."""
        component = generator.choice(len(self.weight), size=count, p=self.weight)
        return generator.normal(self.mean[component], self.sd[component])

    def _moments(self) -> tuple[float, float]:
        mean = _average(self.mean, self.weight)
        return mean, _average(self.sd**2 + (self.mean - mean) ** 2, self.weight) ** 0.5

    def _miss(self, at: FloatArray, target: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far the CDF at each place is above its target, and the density there."""
        parts = (self.weight, self.mean, self.sd)
        return mixture_cdf(at, *parts) - target, mixture_density(at, *parts)

    def _coarse(self, mean: float, sd: float) -> "Mixture":
        """Components alike in mean and spread put together, their moments kept: ten times fewer.

        The bins are a fortieth of the posterior SD in the mean and 2% in the spread. Within a bin
        the first two moments are exact, so the CDF moves by less than a millionth.
        """
        by_mean = np.floor(np.clip((self.mean - mean) / (0.025 * sd), -400, 400)).astype(np.int64)
        by_sd = np.floor(np.log(self.sd / sd) / 0.02).astype(np.int64)
        by_sd -= by_sd.min()
        group = (by_mean - by_mean.min()) * (by_sd.max() + 1) + by_sd
        weight: FloatArray = np.bincount(group, self.weight).astype(np.float64)
        filled = np.flatnonzero(weight)
        weight = weight[filled]
        middle = np.bincount(group, self.weight * self.mean)[filled] / weight
        square = np.bincount(group, self.weight * (self.sd**2 + self.mean**2))[filled] / weight
        return Mixture(weight, middle, np.sqrt(np.maximum(square - middle**2, 1e-12 * sd * sd)))


def summarise_points(value: FloatArray, weight: FloatArray) -> Summary:
    """Summary of a quantity known only at weighted grid points.

    Parameters
    ----------
    value, weight
        (G,) each; the weights add up to 1.

    Returns
    -------
    Summary
        Quantiles interpolate between the middles of the points' weights, so a quantile is never
        outside the points visited.
    """
    mean = _average(value, weight)
    sd = _average((value - mean) ** 2, weight) ** 0.5
    order = np.argsort(value, kind="stable")
    middle = np.cumsum(weight[order]) - 0.5 * weight[order]
    q025, q05, q50, q95, q975 = (float(q) for q in np.interp(QUANTILES, middle, value[order]))
    return Summary(mean=mean, sd=sd, q025=q025, q05=q05, q50=q50, q95=q95, q975=q975)


def _average(value: FloatArray, weight: FloatArray) -> float:
    """Weighted mean. A plain sum: a threaded dot product waits for busy cores on so few numbers."""
    return float((value * weight).sum())

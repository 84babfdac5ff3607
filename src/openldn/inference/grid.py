"""Where to look: an adaptive grid over the parameters that cannot be integrated by hand.

Points live in a space in which the prior is a standard normal. A first sheet of low-discrepancy
points comes from the prior; later sheets come from a heavy-tailed proposal fitted to what was found
so far, with prior points mixed in, and every point is weighted against the mixture of all sheets
(Veach and Guibas, SIGGRAPH 1995; Cornuet and others, Scandinavian Journal of Statistics 39, 2012).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference.normal import log_sum_exp, normal_quantile

__all__ = ["MAX_POINTS", "MIN_EFFECTIVE", "Grid", "GridTooHard", "explore", "low_discrepancy"]

FloatArray = NDArray[np.float64]

# model.md section 3.
MAX_POINTS: Final = 16_384
MIN_EFFECTIVE: Final = 300.0
FIRST_SHEET: Final = 256
NEXT_SHEET: Final = 384
# The search goes on to this many effective points for each dimension while it has room. Against
# the reference runs, 300 in four dimensions left errors near 0.04 posterior SD; the target is 0.05.
WANTED_EFFECTIVE: Final = 150.0
# Two fitted sheets before the first stop: the first fit may rest on few effective points.
MIN_POINTS: Final = FIRST_SHEET + 2 * NEXT_SHEET
# One base a dimension: twelve levels, one choice of component, and one to spare.
PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
# The first few points of the sequence lie along lines in high dimensions.
FIRST_POINT: Final = 500
# Share of prior points in every fitted sheet: bounds the importance weights from above.
PRIOR_SHARE: Final = 0.15
# A fit needs this many effective points; weights are tempered until there are.
FIT_EFFECTIVE: Final = 48.0
# The fitted part, a scale mixture of normals: (share, standard deviations). Heavier than a normal
# and with a closed-form density; beyond it the prior points hold the tail.
FITTED: Final = ((0.55, 1.1), (0.30, 1.9))


class GridTooHard(Exception):
    """The posterior could not be covered with `MAX_POINTS` points."""

    def __init__(self, *, points: int, effective: float) -> None:
        super().__init__(f"{effective:.0f} effective points of {points}")
        self.points = points
        self.effective = effective


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Weighted points.

    Attributes
    ----------
    z
        (G, d) points in the space in which the prior is standard normal.
    log_importance
        (G,) log of prior density over proposal density; add the log likelihood and normalise.
    effective
        Effective number of points (Kish) of the normalised weights.
    """

    z: FloatArray
    log_importance: FloatArray
    effective: float


def low_discrepancy(count: int, dimensions: int, *, skip: int = 0) -> FloatArray:
    """Points that fill the unit cube evenly: Halton's sequence with its digits turned round.

    Parameters
    ----------
    count, dimensions
        Shape of the result; at most `len(PRIMES)` dimensions.
    skip
        How many points of the sequence to pass over first.

    Returns
    -------
    ndarray
        (count, dimensions), each strictly inside 0 and 1.

    References
    ----------
    B. Vandewoestyne and R. Cools, "Good permutations for deterministic scrambled Halton sequences
    in terms of L2-discrepancy", Journal of Computational and Applied Mathematics 189 (2006): each
    digit but zero is replaced by the base minus the digit.
    """
    index = np.arange(skip + FIRST_POINT, skip + FIRST_POINT + count)
    points = np.zeros((count, dimensions))
    for column, base in zip(range(dimensions), PRIMES[:dimensions], strict=True):
        rest, place = index.copy(), 1.0
        while rest.any():
            place /= base
            points[:, column] += place * (-rest % base)
            rest //= base
    return points


def explore(log_likelihood: Callable[[FloatArray], FloatArray], dimensions: int) -> Grid:
    """Spread points until the posterior is covered by at least `MIN_EFFECTIVE` effective ones.

    Parameters
    ----------
    log_likelihood
        Takes (n, d) new points and returns (n,); called once for every sheet, in order.
    dimensions
        d.

    Returns
    -------
    Grid
        Its points stand in the order in which `log_likelihood` saw them.

    Raises
    ------
    GridTooHard
        When `MAX_POINTS` points are not enough.
    """
    z = _sheet(FIRST_SHEET, dimensions, 0)[1]
    value = log_likelihood(z)
    proposals: list[tuple[int, _Proposal]] = [(FIRST_SHEET, _Proposal.prior(dimensions))]
    while True:
        log_importance = _log_normal(z) - _log_mixture(z, proposals)
        log_weight = value + log_importance
        effective = _effective(log_weight)
        is_full = len(z) + NEXT_SHEET > MAX_POINTS
        wanted = MIN_EFFECTIVE if is_full else WANTED_EFFECTIVE * dimensions
        if len(z) >= MIN_POINTS and effective >= wanted:
            return Grid(z=z, log_importance=log_importance, effective=effective)
        if is_full:
            raise GridTooHard(points=len(z), effective=effective)
        proposal = _Proposal.fit(z, log_weight)
        fresh = proposal.sheet(NEXT_SHEET, skip=len(z))
        z = np.concatenate([z, fresh])
        value = np.concatenate([value, log_likelihood(fresh)])
        proposals.append((NEXT_SHEET, proposal))


@dataclass(frozen=True, slots=True)
class _Proposal:
    """Prior plus a scale mixture of normals around `mean` with covariance `root @ root.T`."""

    mean: FloatArray
    root: FloatArray
    shares: tuple[tuple[float, float], ...]

    @classmethod
    def prior(cls, dimensions: int) -> "_Proposal":
        return cls(np.zeros(dimensions), np.eye(dimensions), ())

    @classmethod
    def fit(cls, z: FloatArray, log_weight: FloatArray) -> "_Proposal":
        weight = _tempered(log_weight)
        mean = (weight[:, None] * z).sum(axis=0)
        centred = z - mean
        cov = np.einsum("n,ni,nj->ij", weight, centred, centred)
        # A floor keeps the proposal alive along a direction in which few points carry weight.
        cov += 1e-3 * np.eye(z.shape[1])
        return cls(mean, np.linalg.cholesky(cov), FITTED)

    def sheet(self, count: int, *, skip: int) -> FloatArray:
        """`count` points, the first column of the sequence choosing the part they come from."""
        dimensions = len(self.mean)
        u, normal = _sheet(count, dimensions + 1, skip)
        choice, normal = u[:, 0], normal[:, 1:]
        points: FloatArray = normal.copy()
        lower = PRIOR_SHARE
        for share, width in self.shares:
            chosen = (choice >= lower) & (choice < lower + share)
            points[chosen] = self.mean + width * normal[chosen] @ self.root.T
            lower += share
        return points

    def log_density(self, z: FloatArray) -> FloatArray:
        """Log density at (n, d) points, (n,)."""
        prior = _log_normal(z)
        if not self.shares:
            return prior
        terms = [prior + np.log(PRIOR_SHARE)]
        standard: FloatArray = np.linalg.solve(self.root, (z - self.mean).T).T.astype(np.float64)
        log_det = np.log(np.diag(self.root)).sum()
        for share, width in self.shares:
            terms.append(
                np.log(share)
                + _log_normal(standard / width)
                - log_det
                - len(self.mean) * np.log(width)
            )
        total: FloatArray = np.logaddexp.reduce(terms)
        return total


@lru_cache(maxsize=64)
def _sheet(count: int, dimensions: int, skip: int) -> tuple[FloatArray, FloatArray]:
    """Points of the cube and their normal quantiles: the same for every diary, so made once."""
    u = low_discrepancy(count, dimensions, skip=skip)
    normal = normal_quantile(u)
    u.flags.writeable = normal.flags.writeable = False
    return u, normal


def _log_normal(z: FloatArray) -> FloatArray:
    """Log density of the standard normal, constants kept."""
    density: FloatArray = -0.5 * (z * z).sum(axis=1) - 0.5 * z.shape[1] * np.log(2.0 * np.pi)
    return density


def _log_mixture(z: FloatArray, proposals: list[tuple[int, _Proposal]]) -> FloatArray:
    """Log density of all sheets together, each with its share of the points."""
    total = sum(count for count, _ in proposals)
    terms = [np.log(count / total) + proposal.log_density(z) for count, proposal in proposals]
    mixture: FloatArray = np.logaddexp.reduce(terms)
    return mixture


def _effective(log_weight: FloatArray) -> float:
    """Kish's effective number of points."""
    return math.exp(2.0 * log_sum_exp(log_weight) - log_sum_exp(2.0 * log_weight))


def _tempered(log_weight: FloatArray) -> FloatArray:
    """Normalised weights, flattened by a power until a covariance can be fitted to them."""
    power = 1.0
    while power > 1e-3 and _effective(power * log_weight) < FIT_EFFECTIVE:
        power *= 0.7
    weight: FloatArray = np.exp(power * log_weight - log_sum_exp(power * log_weight))
    return weight

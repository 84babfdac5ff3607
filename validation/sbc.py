"""Simulation-based calibration: whether posteriors are as wide as they should be.

Truths are drawn from the prior, days from the model, and each truth is placed in its posterior.
Over many people the places must be uniform (Talts and others, arXiv:1804.06788), for every reported
quantity and for the joint log-likelihood, without which a posterior that ignores its data would
pass (Modrak and others, Bayesian Analysis, 2023). How far their distribution may stray is told by
simultaneous bands (Säilynoja, Bürkner and Vehtari, Statistics and Computing 32, 2022).

A family plugs in as a `Model`: a function that draws one person, fits her, and says where each
truth fell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

__all__ = ["Band", "Model", "band", "between", "ecdf", "places"]

FloatArray = NDArray[np.float64]

# Where a distribution of places is compared with the uniform one.
STEPS = 100
# Simulated sets of uniform places behind a band; the level itself errs by about 0.002.
SETS = 20_000
SEED = 20_260_101


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """One family in one design.

    Attributes
    ----------
    about
        In words.
    place
        Draws one person with the generator, fits her, and gives the place of each truth in its
        posterior, 0 to 1; an empty mapping where the engine refused.
    is_gated
        Whether its places count for the gate.
    """

    about: str
    place: Callable[[np.random.Generator], dict[str, float]]
    is_gated: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Between what the ECDF of n uniform places stays, (STEPS + 1,) each, all steps at once."""

    at: FloatArray
    low: FloatArray
    high: FloatArray

    def holds(self, curve: FloatArray, *, slack: float = 0.0) -> bool:
        """Whether an ECDF at the steps stays inside; `slack` for one that was rounded."""
        return bool(np.all((curve >= self.low - slack) & (curve <= self.high + slack)))


def places(model: Model, *, seed: int, people: range) -> dict[str, FloatArray]:
    """Places of some people, (n,) for each quantity; NaN where the engine refused."""
    rows = [model.place(np.random.default_rng([seed, number])) for number in people]
    names = max(rows, key=len)
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}


def ecdf(place: FloatArray) -> FloatArray:
    """(STEPS + 1,) share of the places at or below 0, 1/STEPS, .. 1."""
    steps = np.linspace(0.0, 1.0, STEPS + 1)
    share: FloatArray = np.searchsorted(np.sort(place), steps, side="right") / len(place)
    return share


@cache
def band(count: int, level: float) -> Band:
    """Simultaneous band for the ECDF of `count` uniform places.

    At each step the count is binomial; the pointwise level is lowered until the share `level` of
    simulated uniform sets stays inside at all steps (Säilynoja and others, section 2.2).
    """
    steps = np.linspace(0.0, 1.0, STEPS + 1)[1:-1]
    rng = np.random.default_rng([SEED, count])
    increments = rng.multinomial(count, np.full(STEPS, 1.0 / STEPS), size=SETS)
    below = np.cumsum(increments, axis=1)[:, :-1]
    tail = 2.0 * np.minimum(binom.cdf(below, count, steps), binom.sf(below - 1, count, steps)).min(
        axis=1
    )
    pointwise = float(np.quantile(tail, 1.0 - level))
    low = binom.ppf(0.5 * pointwise, count, steps) / count
    high = binom.ppf(1.0 - 0.5 * pointwise, count, steps) / count
    return Band(
        at=np.linspace(0.0, 1.0, STEPS + 1),
        low=np.concatenate([[0.0], low, [1.0]]),
        high=np.concatenate([[0.0], high, [1.0]]),
    )


def between(shares: Sequence[float], truth: int, rng: np.random.Generator) -> float:
    """Place of a category: uniform within its own share, as ties are broken at random."""
    return float(sum(shares[:truth]) + rng.random() * shares[truth])

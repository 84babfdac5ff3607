"""Answers of the families binary, ordinal and count for a virtual person (model.md section 4).

A predictor wanders from day to day; the answer of a day is drawn from it by the family's own rule.
Effects are asked in points of the outcome, so the coefficients are found here: the ones that make
that difference, on average over the days.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openldn.protocol.outcomes import Better, Family, Outcome

__all__ = [
    "LatentPerson",
    "coefficient_for",
    "draw_answers",
    "drifting",
    "expected_points",
    "latent_person",
]

Floats = NDArray[np.float64]

# A larger coefficient than this turns never into always; an effect that would need one is cut
# short, and the truth says what is left of it.
_MOST: Final = 5.0
_DISPERSION: Final = 5.0  # the middle of its prior
# Size of the wandering and of the drift, as shares of the family's prior SD: a believable person.
_SU: Final = {Family.BINARY: 1.0, Family.ORDINAL: 0.6, Family.COUNT: 0.5}
_GAMMA: Final = {Family.BINARY: 0.5, Family.ORDINAL: 0.3, Family.COUNT: 0.2}
_COUNT_MIDDLE: Final = 3.0  # events a day


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentPerson:
    """What is particular to one outcome, on the link scale.

    Attributes
    ----------
    cuts
        Cutpoints (ordinal), all shares alike at predictor 0; empty for the other families.
    dispersion
        r of the counts.
    """

    family: Family
    alpha: float
    gamma: float
    su: float
    cuts: tuple[float, ...]
    dispersion: float


def latent_person(
    outcome: Outcome,
    *,
    place: float,
    drift: float,
    spread: float,
    rounded: Callable[[float], float],
) -> LatentPerson:
    """Make a person from three draws.

    Parameters
    ----------
    place
        How far from the worst end she lies without any treatment, 0 to 1.
    drift
        Standard normal.
    spread
        Size of her wandering, 0 to 1.
    rounded
        Rounds a number of the truth.
    """
    family = outcome.family
    share = 1.0 - place if outcome.better is Better.LOWER else place
    alpha = {
        Family.BINARY: math.log(share / (1.0 - share)),
        Family.ORDINAL: NormalDist().inv_cdf(share),
        Family.COUNT: math.log(2.0 * _COUNT_MIDDLE * share),
    }[family]
    ordered = range(1, outcome.steps) if family is Family.ORDINAL else ()
    return LatentPerson(
        family=family,
        alpha=rounded(alpha),
        gamma=rounded(0.3 * drift * _GAMMA[family]),
        su=rounded((0.3 + 0.7 * spread) * _SU[family]),
        cuts=tuple(rounded(NormalDist().inv_cdf(j / outcome.steps)) for j in ordered),
        dispersion=_DISPERSION,
    )


def drifting(steps: Floats, phi: float) -> Floats:
    """AR(1) with the spread of its steps, stationary from the first day on."""
    wandering = np.empty(len(steps))
    u = steps[0] if len(steps) else 0.0
    for day in range(len(steps)):
        if day:
            u = phi * u + math.sqrt(1 - phi**2) * steps[day]
        wandering[day] = u
    return wandering


def expected_points(outcome: Outcome, person: LatentPerson, predictor: Floats) -> Floats:
    """Expected answer on each day, in points."""
    if person.family is Family.BINARY:
        return outcome.minimum + outcome.width / (1.0 + np.exp(-predictor))
    if person.family is Family.COUNT:
        return outcome.minimum + outcome.step * np.exp(predictor)
    above = [_tail(cut - predictor) for cut in person.cuts]
    points: Floats = outcome.minimum + outcome.step * np.sum(above, axis=0)
    return points


def coefficient_for(
    outcome: Outcome, person: LatentPerson, predictor: Floats, *, points: float
) -> float:
    """Find the coefficient that moves the mean of the expected answers by so many points."""
    before = expected_points(outcome, person, predictor).mean()
    low, high = (-_MOST, 0.0) if points < 0 else (0.0, _MOST)
    for _ in range(60):
        middle = 0.5 * (low + high)
        moved = expected_points(outcome, person, predictor + middle).mean() - before
        low, high = (middle, high) if moved < points else (low, middle)
    return 0.5 * (low + high)


def draw_answers(
    outcome: Outcome, person: LatentPerson, predictor: Floats, rng: np.random.Generator
) -> Floats:
    """Draw the answer of each day, in points, inside the scale."""
    if person.family is Family.COUNT:
        r = person.dispersion
        steps = rng.negative_binomial(r, r / (r + np.exp(predictor))).astype(np.float64)
    elif person.family is Family.BINARY:
        steps = (rng.random(len(predictor)) < 1.0 / (1.0 + np.exp(-predictor))).astype(np.float64)
        return outcome.minimum + outcome.width * steps
    else:
        felt = predictor + rng.standard_normal(len(predictor))
        steps = np.searchsorted(np.array(person.cuts), felt).astype(np.float64)
    return np.minimum(np.round(outcome.minimum + outcome.step * steps, 10), outcome.maximum)


def _tail(at: Floats) -> Floats:
    """Standard normal probability beyond each place."""
    beyond = [0.5 * math.erfc(z / math.sqrt(2.0)) for z in at.tolist()]
    return np.array(beyond)

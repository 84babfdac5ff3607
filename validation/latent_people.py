"""Virtual people of the families binary, ordinal and count: their truths, and the days they make.

Everyone keeps to three pairs of two weeks, a coin for each, a tenth of the days missing. Days are
drawn by the families' own rules (section 4 of the statistical contract), written for this purpose,
so that the engine does not judge itself.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr, ndtri

from openldn.inference import latent, priors
from openldn.inference.gaussian import Series
from openldn.inference.latent_model import LatentModel
from openldn.protocol.outcomes import Family
from validation.gaussian_sbc import one_level

__all__ = ["STEPS", "Truth", "days_of", "expected", "exposure", "from_prior", "model_of"]

FloatArray = NDArray[np.float64]

STEPS = {Family.BINARY: 2, Family.ORDINAL: 5, Family.COUNT: 0}
CODES = {Family.BINARY: latent.BINARY, Family.ORDINAL: latent.ORDINAL, Family.COUNT: latent.COUNT}


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """One person on the link scale; `cuts` for ordinal scales, whose level is then 0."""

    alpha: float
    gamma: float
    beta: float
    phi: float
    su: float
    tau: float
    r: float
    cuts: FloatArray


def model_of(family: Family) -> LatentModel:
    """The family with its default priors, as the engine takes it."""
    of = priors.LATENT[family]
    return LatentModel(
        code=CODES[family],
        priors=of,
        n_cuts=STEPS[family] - 1 if family is Family.ORDINAL else 0,
        step=1.0,
        beta_sd=of.beta_sd["default"],
    )


def from_prior(rng: np.random.Generator, family: Family) -> Truth:
    """A person of whom nothing is known beforehand."""
    of = priors.LATENT[family]
    shares = rng.dirichlet(np.ones(STEPS[family])) if family is Family.ORDINAL else np.empty(0)
    return Truth(
        alpha=rng.normal(*of.alpha) if of.alpha is not None else 0.0,
        gamma=rng.normal(0.0, of.gamma_sd),
        beta=rng.normal(0.0, of.beta_sd["default"]),
        phi=rng.uniform(*priors.PHI_RANGE),
        su=abs(rng.normal(0.0, of.su_sd)),
        tau=float(rng.lognormal(*priors.LOG_TAU)),
        r=float(rng.lognormal(*priors.LOG_DISPERSION)),
        cuts=ndtri(np.clip(np.cumsum(shares)[:-1], 1e-300, 1.0 - 1e-16)),
    )


def days_of(rng: np.random.Generator, family: Family, truth: Truth) -> tuple[Series, FloatArray]:
    """The answers, and the predictor without the dose."""
    design = one_level(rng)
    days = len(design.level)
    blank = _series(family, np.where(design.recorded, 0.0, np.nan), design.level)
    v = np.empty(days)
    value = rng.normal()
    for t in range(days):
        v[t] = value
        value = truth.phi * value + math.sqrt(1.0 - truth.phi**2) * rng.normal()
    rest = truth.alpha + truth.gamma * blank.given()[:, 1] + truth.su * v
    answers = _answers(rng, family, rest + truth.beta * exposure(blank, truth.tau), truth)
    return _series(family, np.where(design.recorded, answers, np.nan), design.level), rest


def _series(family: Family, score: FloatArray, level: NDArray[np.int64]) -> Series:
    return Series(
        score=score,
        minimum=0.0,
        maximum=float(max(STEPS[family] - 1, 1)),
        level=level,
        n_levels=1,
        capsule=None,
        events=np.empty((len(level), 0)),
    )


def exposure(series: Series, tau: float) -> FloatArray:
    """(T,) by the recursion of the model."""
    rate, x, days = -math.expm1(-1.0 / tau), 0.0, []
    for d in series.level:
        x += rate * (d - x)
        days.append(x)
    return np.array(days)


def _answers(rng: np.random.Generator, family: Family, eta: FloatArray, truth: Truth) -> FloatArray:
    if family is Family.BINARY:
        return np.asarray(rng.random(len(eta)) < expit(eta), dtype=np.float64)
    if family is Family.ORDINAL:
        hidden = eta + rng.normal(size=len(eta))
        return np.asarray((hidden[:, None] > truth.cuts).sum(axis=1), dtype=np.float64)
    rates = rng.gamma(truth.r, np.exp(eta) / truth.r)
    return np.asarray(rng.poisson(rates), dtype=np.float64)


def expected(family: Family, eta: FloatArray, cuts: FloatArray) -> FloatArray:
    """Expected answer, in steps."""
    if family is Family.BINARY:
        return np.asarray(expit(eta))
    if family is Family.ORDINAL:
        return np.asarray(ndtr(eta[:, None] - cuts).sum(axis=1))
    return np.asarray(np.exp(eta))

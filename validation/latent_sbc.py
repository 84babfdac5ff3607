"""The families binary, ordinal and count for simulation-based calibration.

Truths come from the priors of the statistical contract, section 4; the wandering of every day is
part of what the posterior must know, because the difference in the outcome's own points depends on
it. As joint quantity serves the log-likelihood with the wandering left out: a function of days and
parameters like any other, and one that notices a posterior that ignores its days.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, ndtr, ndtri

from openldn.inference import grid, latent, latent_model, priors
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.inference.latent_model import LatentModel
from openldn.protocol.outcomes import Family
from validation.gaussian_sbc import one_level
from validation.sbc import Model, between

__all__ = ["MODELS"]

FloatArray = NDArray[np.float64]

# Draws in which the log-likelihood of the truth is placed.
DRAWS = 99
STEPS = {Family.BINARY: 2, Family.ORDINAL: 5, Family.COUNT: 0}
CODES = {Family.BINARY: latent.BINARY, Family.ORDINAL: latent.ORDINAL, Family.COUNT: latent.COUNT}
# With fewer yes-days than this, calibration is reported but not asked for (contract, section 7).
RARE = 5


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


def place(
    rng: np.random.Generator, family: Family, wanted: Callable[[FloatArray], bool]
) -> dict[str, float]:
    """Draw people until the days of one are as wanted, fit her, and place every truth."""
    while True:
        truth = _truth(rng, family)
        series, rest = _days(rng, family, truth)
        if wanted(series.score[~np.isnan(series.score)]):
            break
    of = priors.LATENT[family]
    model = LatentModel(
        code=CODES[family],
        priors=of,
        n_cuts=STEPS[family] - 1 if family is Family.ORDINAL else 0,
        step=1.0,
        beta_sd=of.beta_sd["default"],
    )
    search = latent_model._Search(series, model)
    try:
        explored = grid.explore(search.visit, search.dimensions)
    except GridTooHard:
        return {}
    fit = search.collect(explored)
    seen = ~np.isnan(series.score)
    mean = [_expected(family, rest[seen] + shift, truth.cuts) for shift in (0.0, truth.beta)]
    below = float(fit.link_levels[0].below(0.0))
    found = {
        "gamma": float(fit.link_trend.below(truth.gamma)),
        "beta_1": float(fit.link_levels[0].below(truth.beta)),
        "points_1": float(fit.levels[0].below(float((mean[1] - mean[0]).mean()))),
        "without": float(fit.without.below(float(mean[0].mean()))),
        "better": between([below, 1.0 - below], int(truth.beta >= 0.0), rng),
    }
    return found | _of_points(search, explored, family, truth, rng)


def _of_points(
    search: latent_model._Search,
    explored: grid.Grid,
    family: Family,
    truth: Truth,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Places of what the grid samples, and of the log-likelihood."""
    draws = latent_model._Draws.concatenate(search.sheets)
    log_weight = draws.log_weight + explored.log_importance[:, None]
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    at_point = weight.sum(axis=1)
    named = {"phi": (0, truth.phi), "su": (1, truth.su), "tau": (2, truth.tau)}
    named |= {"r": (4, truth.r)} if family is Family.COUNT else {}
    found = {
        name: float(at_point[draws.points[:, column] < at].sum())
        for name, (column, at) in named.items()
    }
    chosen = rng.choice(weight.size, size=DRAWS, p=weight.ravel())
    drawn = [
        _log_likelihood(search.series, family, _read(draws, int(one), family)) for one in chosen
    ]
    true = _log_likelihood(search.series, family, truth)
    found["log_likelihood"] = float(np.sum(np.array(drawn) < true) + rng.random()) / (DRAWS + 1.0)
    return found


def _read(draws: "latent_model._Draws", at: int, family: Family) -> Truth:
    """One weighted draw as a person."""
    point, number = divmod(at, latent.DRAWS)
    phi, su, tau, _, r = (float(value) for value in draws.points[point])
    theta = draws.theta[point, number]
    n_cuts = len(theta) - 2 if family is Family.ORDINAL else 0
    cuts = np.empty(n_cuts)
    latent.cutpoints(theta, n_cuts, cuts, np.empty((n_cuts, n_cuts)))
    alpha = 0.0 if n_cuts else float(theta[0])
    gamma, beta = (float(value) for value in theta[-2:])
    return Truth(alpha=alpha, gamma=gamma, beta=beta, phi=phi, su=su, tau=tau, r=r, cuts=cuts)


def _truth(rng: np.random.Generator, family: Family) -> Truth:
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


def _days(rng: np.random.Generator, family: Family, truth: Truth) -> tuple[Series, FloatArray]:
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
    answers = _answers(rng, family, rest + truth.beta * _exposure(blank, truth.tau), truth)
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


def _exposure(series: Series, tau: float) -> FloatArray:
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


def _expected(family: Family, eta: FloatArray, cuts: FloatArray) -> FloatArray:
    """Expected answer, in steps."""
    if family is Family.BINARY:
        return np.asarray(expit(eta))
    if family is Family.ORDINAL:
        return np.asarray(ndtr(eta[:, None] - cuts).sum(axis=1))
    return np.asarray(np.exp(eta))


def _log_likelihood(series: Series, family: Family, person: Truth) -> float:
    """Log density of the days with the wandering left out."""
    seen = ~np.isnan(series.score)
    y = series.score[seen]
    eta = person.alpha + person.gamma * series.given()[:, 1]
    eta = (eta + person.beta * _exposure(series, person.tau))[seen]
    if family is Family.BINARY:
        return float(np.sum(y * eta - np.logaddexp(0.0, eta)))
    if family is Family.COUNT:
        r, total = person.r, np.logaddexp(math.log(person.r), eta)
        value = gammaln(y + r) - gammaln(r) + r * (math.log(r) - total) + y * (eta - total)
        return float(value.sum())
    edges = np.concatenate([[-np.inf], person.cuts, [np.inf]])
    step = y.astype(np.int64)
    share = ndtr(edges[step + 1] - eta) - ndtr(edges[step] - eta)
    return float(np.log(np.maximum(share, 1e-300)).sum())


def _anything(score: FloatArray) -> bool:
    return True


def _is_rare(score: FloatArray) -> bool:
    return bool(score.sum() < RARE)


def _is_common(score: FloatArray) -> bool:
    return not _is_rare(score)


MODELS = {
    "binary": Model(
        about=f"Yes or no, three pairs of two weeks, 10% missing, at least {RARE} yes-days",
        place=partial(place, family=Family.BINARY, wanted=_is_common),
    ),
    "binary-rare": Model(
        about=f"The same with fewer than {RARE} yes-days",
        place=partial(place, family=Family.BINARY, wanted=_is_rare),
        is_gated=False,
    ),
    "ordinal": Model(
        about="Five answers in order, three pairs of two weeks, 10% missing",
        place=partial(place, family=Family.ORDINAL, wanted=_anything),
    ),
    "count": Model(
        about="Counts a day, three pairs of two weeks, 10% missing",
        place=partial(place, family=Family.COUNT, wanted=_anything),
    ),
}

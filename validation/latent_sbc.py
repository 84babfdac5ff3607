"""The families binary, ordinal and count for simulation-based calibration.

Truths come from the priors of the statistical contract, section 4; the wandering of every day is
part of what the posterior must know, because the difference in the outcome's own points depends on
it. As joint quantity serves the log-likelihood with the wandering left out: a function of days and
parameters like any other, and one that notices a posterior that ignores its days.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

from openldn.inference import grid, latent, latent_model
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.protocol.outcomes import Family
from validation.latent_people import Truth, days_of, expected, exposure, from_prior, model_of
from validation.sbc import Model, between

__all__ = ["MODELS"]

FloatArray = NDArray[np.float64]

# Draws in which the log-likelihood of the truth is placed.
DRAWS = 99
# With fewer yes-days than this, calibration is reported but not asked for (contract, section 7).
RARE = 5


def place(
    rng: np.random.Generator, family: Family, wanted: Callable[[FloatArray], bool]
) -> dict[str, float]:
    """Draw people until the days of one are as wanted, fit her, and place every truth."""
    while True:
        truth = from_prior(rng, family)
        series, rest = days_of(rng, family, truth)
        if wanted(series.score[~np.isnan(series.score)]):
            break
    search = latent_model.Search(series, model_of(family))
    try:
        explored = grid.explore(search.visit, search.dimensions)
    except GridTooHard:
        return {}
    fit = search.collect(explored)
    seen = ~np.isnan(series.score)
    mean = [expected(family, rest[seen] + shift, truth.cuts) for shift in (0.0, truth.beta)]
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
    search: latent_model.Search,
    explored: grid.Grid,
    family: Family,
    truth: Truth,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Places of what the grid samples, and of the log-likelihood."""
    draws = latent_model.Draws.concatenate(search.sheets)
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


def _read(draws: latent_model.Draws, at: int, family: Family) -> Truth:
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


def _log_likelihood(series: Series, family: Family, person: Truth) -> float:
    """Log density of the days with the wandering left out."""
    seen = ~np.isnan(series.score)
    y = series.score[seen]
    eta = person.alpha + person.gamma * series.given()[:, 1]
    eta = (eta + person.beta * exposure(series, person.tau))[seen]
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

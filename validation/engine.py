"""The engine's side of the study: many series in, what is asked of their posteriors out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta as beta_distribution

from openldn.inference import gaussian, priors
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.inference.normal import normal_cdf

__all__ = ["FIELDS", "answers", "phi_prior"]

FloatArray = NDArray[np.float64]

# What is kept of one posterior of beta: its moments, its 95% interval, the shares of it below the
# truth and below 0, and how well the grid covered it.
FIELDS = ("estimate", "sd", "lower", "upper", "below_truth", "p_benefit", "effective")


def answers(
    batch: Sequence[Series], *, truth: FloatArray, prior: str = "default", phi: str = "uniform"
) -> dict[str, FloatArray]:
    """Fit every series of a batch by the route that a person's own diary takes.

    Parameters
    ----------
    batch
        n series with one level.
    truth
        (n,) the true effects, in points.
    prior, phi
        Priors of the effect and of phi.

    Returns
    -------
    dict
        (n,) for each of `FIELDS`; NaN in all of them where the engine refused.
    """
    with phi_prior(phi):
        rows = [
            _answer(one, truth=float(beta), prior=prior)
            for one, beta in zip(batch, truth, strict=True)
        ]
    return dict(zip(FIELDS, np.array(rows).T, strict=True))


def _answer(series: Series, *, truth: float, prior: str) -> list[float]:
    try:
        fit = gaussian.fit(series, prior=priors.beta_prior(prior))
    except GridTooHard:
        return [np.nan] * len(FIELDS)
    effect = fit.levels[0]
    told = effect.summary()
    below = effect.below(np.array([truth, 0.0]))
    return [told.mean, told.sd, told.q025, told.q975, *below, fit.effective_grid_points]


@contextmanager
def phi_prior(name: str) -> Iterator[None]:
    """Let the engine believe something else of phi: `upward` is Beta(4, 2) on the same range."""
    usual = gaussian._parameters

    def upward(z: FloatArray) -> FloatArray:
        points = usual(z)
        low, high = priors.PHI_RANGE
        share = beta_distribution.ppf(normal_cdf(z[:, 0]), 4.0, 2.0)
        points[:, 0] = low + (high - low) * share
        return points

    gaussian._parameters = upward if name == "upward" else usual
    try:
        yield
    finally:
        gaussian._parameters = usual

"""The engine's side of the study: virtual trials in, what is asked of their posteriors out.

Two routes give the same answer. `alone` is the one that a person's own diary takes; `together` puts
all trials of a cell through the shared grid, as `openldn design` does, and is some ten times
faster. Most cells go together, and the first people of each go alone as well, so that the report
can say how far the two are apart.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta as beta_distribution

from openldn.inference import bulk, gaussian, kernel, priors
from openldn.inference.bulk import Batch
from openldn.inference.grid import GridTooHard
from openldn.inference.normal import normal_cdf
from validation.people import WIDTH, Trials

__all__ = ["ALONE", "TOGETHER", "alone", "together"]

FloatArray = NDArray[np.float64]

# What is kept of a posterior of beta: its moments, the shares of it below the truth and below 0,
# its 95% interval, and whether the shared grid left the trial to the other route.
ALONE = ("estimate", "sd", "below_truth", "p_benefit", "lower", "upper")
TOGETHER = ("estimate", "sd", "below_truth", "p_benefit", "finished_alone")
# Beta(4, 2) on the range of phi: what a prior that leans upward would be.
UPWARD = beta_distribution(4.0, 2.0)


def alone(trials: Trials) -> dict[str, FloatArray]:
    """Each trial by itself; (n,) for each of `ALONE`, NaN in all where the engine refused."""
    prior, batch = priors.beta_prior(trials.setting.prior), _batch(trials)
    with _phi_prior(trials.setting.phi_prior):
        rows = [
            _alone(batch.series(number), prior=prior, truth=float(beta))
            for number, beta in enumerate(trials.beta)
        ]
    return dict(zip(ALONE, np.array(rows).T, strict=True))


def _alone(series: gaussian.Series, *, prior: priors.BetaPrior, truth: float) -> list[float]:
    try:
        effect = gaussian.fit(series, prior=prior).levels[0]
    except GridTooHard:
        return [np.nan] * len(ALONE)
    told = effect.summary()
    below = effect.below(np.array([truth, 0.0]))
    return [told.mean, told.sd, *below, told.q025, told.q975]


def together(trials: Trials, *, pairs: int | None = None) -> dict[str, FloatArray]:
    """All trials at once, whole or after the first `pairs`; (n,) for each of `TOGETHER`.

    The shared grid tells the posterior's share below three places only, so everyone must have the
    same truth.
    """
    effect = trials.setting.effect
    assert effect is not None
    with _phi_prior(trials.setting.phi_prior):
        found = bulk.fit_many(
            _batch(trials, pairs=pairs),
            prior=priors.beta_prior(trials.setting.prior),
            mcid=effect or 1.0,
            sweep=_sweep(trials.setting.phi_prior),
        )
    below_truth = found.below[:, 0 if effect else 1]
    parts = (found.mean, found.sd, below_truth, found.below[:, 1], found.is_finished_alone)
    return dict(zip(TOGETHER, np.array(parts, dtype=np.float64), strict=True))


def _batch(trials: Trials, *, pairs: int | None = None) -> Batch:
    days = trials.setting.days if pairs is None else 2 * pairs * trials.setting.period_days
    level, order = np.unique(trials.level[:, :days], axis=0, return_inverse=True)
    return Batch(
        score=trials.score[:, :days],
        minimum=0.0,
        maximum=WIDTH,
        order=order.ravel().astype(np.int64),
        level=level,
        n_levels=1,
        asked=0,
        capsule=None,
        events=np.empty((len(trials), days, 0)),
    )


def _sweep(phi_prior: str) -> Callable[..., None]:
    """The kernel over the shared grid, its points weighted for another prior of phi if asked."""
    compiled = kernel.compiled_bulk()
    if phi_prior == "uniform":
        return compiled

    def weighted(points: FloatArray, log_importance: FloatArray, *rest: Any) -> None:
        low, high = priors.PHI_RANGE
        lean = UPWARD.logpdf((points[:, 0] - low) / (high - low))
        compiled(points, (log_importance + lean).astype(log_importance.dtype), *rest)

    return weighted


@contextmanager
def _phi_prior(name: str) -> Iterator[None]:
    """Let the route of one diary believe something else of phi."""
    usual = gaussian.parameters_at

    def upward(z: FloatArray) -> FloatArray:
        points = usual(z)
        low, high = priors.PHI_RANGE
        points[:, 0] = low + (high - low) * UPWARD.ppf(normal_cdf(z[:, 0]))
        return points

    # The shared grid is laid out once, by the usual prior, whatever comes later.
    bulk.shared_grid(bulk.POINTS)
    gaussian.parameters_at = upward if name == "upward" else usual
    try:
        yield
    finally:
        gaussian.parameters_at = usual

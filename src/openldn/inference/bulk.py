"""Many series through one shared grid: the full analysis of a virtual trial in microseconds.

The mathematics at a grid point is `kernel.py`, as for one diary. What differs is where the points
lie: the same ones for every trial, chosen before any is seen and weighted by importance
(`docs/explanation/the-model.md`). A trial that they cover too thinly is finished by the adaptive
route, so every trial gets the answer a real one would get, and none is dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference import gaussian, grid, kernel, priors
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.inference.normal import normal_quantile
from openldn.inference.priors import BetaPrior

__all__ = [
    "MIN_EFFECTIVE",
    "POINTS",
    "Batch",
    "Posteriors",
    "SharedGrid",
    "Swept",
    "arguments",
    "concluded",
    "fit_many",
    "shared_grid",
    "swept",
]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

# model.md section 3.
POINTS: Final = 1_024
MIN_EFFECTIVE: Final = 100.0
# How many times denser the next grid is, where one is too thin.
DENSER: Final = 4
# Grid points side by side. Found on two cores with vectors of sixteen: 256 lanes in single
# precision are the fastest from three coefficients to ten.
LANES: Final = 256
# How much denser the points lie toward phi = 0.98 and w = 0.01: the powers of the uniform numbers
# they are made from. Found by counting effective points over virtual people; see
# `benchmarks/README.md`.
PHI_POWER: Final = 1.3
W_POWER: Final = 1.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Many series over the same days of one design, as numbers.

    Attributes
    ----------
    score
        (N, T) in the outcome's own points; NaN on a day whose value is missing or does not count.
    minimum, maximum
        The scale.
    order
        (N,) the row of `level` and `capsule` that each series follows.
    level
        (S, T) the level whose exposure grows on that day, 0 for none.
    n_levels
        K, in order of dose.
    asked
        Index of the level whose effect is asked for, from 0.
    capsule
        (S, T) whether any capsule acts on that day; None leaves the pill effect out.
    events
        (N, T, J) 1 on days of the event, else 0.
    start_level, start_capsule, is_asymmetric
        As for `Series`.
    """

    score: FloatArray
    minimum: float
    maximum: float
    order: IntArray
    level: IntArray
    n_levels: int
    asked: int
    capsule: BoolArray | None
    events: FloatArray
    start_level: int = 0
    start_capsule: bool = False
    is_asymmetric: bool = False

    def __len__(self) -> int:
        return len(self.score)

    def series(self, index: int) -> Series:
        """One series of the batch, as the adaptive route takes it."""
        row = int(self.order[index])
        return Series(
            score=self.score[index],
            minimum=self.minimum,
            maximum=self.maximum,
            level=self.level[row],
            n_levels=self.n_levels,
            capsule=None if self.capsule is None else self.capsule[row],
            events=self.events[index],
            start_level=self.start_level,
            start_capsule=self.start_capsule,
            is_asymmetric=self.is_asymmetric,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Posteriors:
    """What is known of the asked level's effect in each series, in the outcome's own points.

    Attributes
    ----------
    mean, sd
        (N,) of the effect.
    below
        (N, 3) shares of the posterior below minus the MCID, below 0 and below the MCID.
    effective
        (N,) effective points of the shared grid.
    is_refined
        (N,) whether a denser grid was laid over the series, because the first was too thin for it.
    is_finished_alone
        (N,) whether the adaptive route finished the series.
    """

    mean: FloatArray
    sd: FloatArray
    below: FloatArray
    effective: FloatArray
    is_refined: BoolArray
    is_finished_alone: BoolArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What the shared grids say of each series, in widths of the scale.

    Attributes
    ----------
    out
        (N, PARTS) as `kernel.conclude` gives it.
    is_refined
        (N,) whether a denser grid than the first was used.
    thin
        Indices of the series that the last grid covers too thinly still.
    """

    out: FloatArray
    is_refined: BoolArray
    thin: IntArray


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedGrid:
    """The same points for every series.

    Attributes
    ----------
    points
        (C, 4, L) phi, w, tau_on, tau_off, in chunks of lanes.
    log_importance
        (C, L) log of prior density over density of the points.
    """

    points: FloatArray
    log_importance: FloatArray


def fit_many(
    batch: Batch,
    *,
    prior: BetaPrior,
    mcid: float,
    points: int = POINTS,
    most_points: int = POINTS,
    dtype: type[np.floating] = np.float32,
    sweep: Callable[..., None] | None = None,
) -> Posteriors:
    """Fit every series of a batch.

    Parameters
    ----------
    batch
        The series; each with at least one recorded value.
    prior
        Of the effects.
    mcid
        In points of the score.
    points
        Size of the shared grid.
    most_points
        A series that the grid covers too thinly gets one that is four times denser, and so on up
        to this size. More than 1,024 is worth its while on a graphics card only: the processor
        finishes such series one by one in the same time.
    dtype
        Precision of the shared grid; the adaptive route always has double.
    sweep
        What runs the kernel: `kernel.compiled_bulk()` when left out, or `cuda.sweep_trials`.

    Returns
    -------
    Posteriors
        NaN for a series that the adaptive route cannot cover either: a real analysis refuses it.
    """
    sweep = sweep or kernel.compiled_bulk()
    asked = arguments(batch, prior=prior, mcid=mcid, points=points, dtype=dtype)
    found = swept(sweep, asked, most_points=most_points)
    return concluded(batch, found, prior=prior, mcid=mcid)


def swept(
    sweep: Callable[..., None], asked: tuple[NDArray[np.generic], ...], *, most_points: int
) -> Swept:
    """Take trials through the shared grid, and through denser ones where it is too thin for them.

    Parameters
    ----------
    sweep
        `kernel.compiled_bulk()` or `cuda.sweep_trials`.
    asked
        From `arguments`.
    most_points
        Where to end: each grid has `DENSER` times the points of the one before.
    """
    places, importance, y, which, *shared = asked
    has_two_taus = bool((places[:, 2] != places[:, 3]).any())
    out = np.empty((len(y), kernel.PARTS))
    sweep(*asked, out)
    thin, points = np.flatnonzero(_is_thin(out)), DENSER * importance.size
    is_refined = np.zeros(len(y), dtype=np.bool_)
    while len(thin) and points <= most_points:
        denser = shared_grid(points, is_asymmetric=has_two_taus)
        again = (a.astype(y.dtype) for a in (denser.points, denser.log_importance))
        better = np.empty((len(thin), kernel.PARTS))
        sweep(*again, y[thin], which[thin], *shared, better)
        out[thin], is_refined[thin] = better, True
        thin, points = thin[_is_thin(better)], DENSER * points
    return Swept(out=out, is_refined=is_refined, thin=thin)


def _is_thin(out: FloatArray) -> BoolArray:
    """Whether too few points count; also where the numbers ran out of single precision."""
    is_number = np.isfinite(out @ np.ones(kernel.PARTS))  # a sum is finite where all of it is
    return ~(out[:, 0] >= MIN_EFFECTIVE) | ~is_number


def concluded(batch: Batch, swept: Swept, *, prior: BetaPrior, mcid: float) -> Posteriors:
    """Say in points what `swept` found, and finish alone what it left too thin."""
    width, out = batch.maximum - batch.minimum, swept.out
    is_finished_alone = np.zeros(len(out), dtype=np.bool_)
    is_finished_alone[swept.thin] = True
    found = Posteriors(
        mean=width * out[:, 1],
        sd=width * out[:, 2],
        below=out[:, 3:],
        effective=out[:, 0],
        is_refined=swept.is_refined,
        is_finished_alone=is_finished_alone,
    )
    for index in swept.thin:
        _finish(found, batch, int(index), prior=prior, mcid=mcid)
    return found


def _finish(found: Posteriors, batch: Batch, index: int, *, prior: BetaPrior, mcid: float) -> None:
    """The adaptive route for one series."""
    try:
        effect = gaussian.fit(batch.series(index), prior=prior).levels[batch.asked]
    except GridTooHard:
        found.mean[index] = found.sd[index] = np.nan
        found.below[index] = np.nan
        return
    mean = float((effect.weight * effect.mean).sum())
    square = effect.sd**2 + (effect.mean - mean) ** 2
    found.mean[index] = mean
    found.sd[index] = float((effect.weight * square).sum()) ** 0.5
    found.below[index] = effect.below(np.array([-mcid, 0.0, mcid]))


def arguments(
    batch: Batch, *, prior: BetaPrior, mcid: float, points: int, dtype: type[np.floating]
) -> tuple[NDArray[np.generic], ...]:
    """What `kernel.sweep_trials` takes before its result, in one precision."""
    width = batch.maximum - batch.minimum
    found = shared_grid(points, is_asymmetric=batch.is_asymmetric)
    switch, start = _switches(batch)
    given, row = _given(batch)
    floats = [
        found.points,
        found.log_importance,
        (batch.score - batch.minimum - 0.5 * width) / width,
        given,
        switch,
        start,
        _prior(batch, prior),
        np.array(priors.LOG_SIGMA),
        np.array([-mcid, 0.0, mcid]) / width,
    ]
    cast = [np.ascontiguousarray(array, dtype=dtype) for array in floats]
    which = np.column_stack([row, batch.order]).astype(np.int64)
    return (*cast[:3], which, *cast[3:])


@lru_cache(maxsize=8)
def shared_grid(points: int, *, is_asymmetric: bool = False) -> SharedGrid:
    """Low-discrepancy points, denser where the posterior of a slow diary is narrow.

    A uniform number raised to a power crowds toward 0; the importance is one over the density that
    this gives. The time constants keep their prior.

    Parameters
    ----------
    points
        How many; a multiple of the lanes, or fewer than they are.
    is_asymmetric
        Whether onset and washout have a time constant each.
    """
    u = grid.low_discrepancy(points, 4 if is_asymmetric else 3)
    away = u[:, 0] ** PHI_POWER  # from phi's upper end, as a share of its range
    up = u[:, 1] ** W_POWER  # from w's lower end
    z = normal_quantile(np.column_stack([1.0 - away, up, u[:, 2:]]))
    log_importance = np.log(PHI_POWER * u[:, 0] ** (PHI_POWER - 1.0))
    log_importance += np.log(W_POWER * u[:, 1] ** (W_POWER - 1.0))
    lanes = min(LANES, points)
    chunked = gaussian.parameters_at(z).reshape(points // lanes, lanes, 4)
    return SharedGrid(
        points=np.ascontiguousarray(chunked.transpose(0, 2, 1)),
        log_importance=log_importance.reshape(points // lanes, lanes),
    )


def _given(batch: Batch) -> tuple[FloatArray, IntArray]:
    """(G, T, 2 + J) level, trend and events, and the row of each series.

    The trend is centred on a series' recorded days, so few are different where the events are not.
    """
    recorded = ~np.isnan(batch.score)
    n_days = recorded.shape[1]
    span = np.column_stack([recorded.argmax(axis=1), n_days - 1 - recorded[:, ::-1].argmax(axis=1)])
    if (batch.events == batch.events[:1]).all():
        span, row = np.unique(span, axis=0, return_inverse=True)
        events = np.broadcast_to(batch.events[:1], (len(span), *batch.events.shape[1:]))
    else:
        row, events = np.arange(len(batch)), batch.events
    first, last = span.T[..., None]
    days = np.arange(n_days, dtype=np.float64)
    trend = (days - 0.5 * (first + last)) / (last - first + 1.0)
    columns = [np.ones_like(trend)[..., None], trend[..., None], events]
    return np.concatenate(columns, axis=2), row.ravel()


def _switches(batch: Batch) -> tuple[FloatArray, FloatArray]:
    """(S, T, q) and (q,): pill, the other levels, and last the one that is asked for."""
    levels = _levels_asked_last(batch)
    columns = [batch.level == k + 1 for k in levels]
    start = [batch.start_level == k + 1 for k in levels]
    if batch.capsule is not None:
        columns.insert(0, batch.capsule)
        start.insert(0, batch.start_capsule)
    return np.stack(columns, axis=2).astype(np.float64), np.array(start, dtype=np.float64)


def _prior(batch: Batch, prior: BetaPrior) -> FloatArray:
    """The bordered prior with its levels in the order of `_switches`."""
    bordered = gaussian.bordered_prior(
        n_events=batch.events.shape[2],
        has_pill=batch.capsule is not None,
        n_levels=batch.n_levels,
        prior=prior,
    )
    n = len(bordered) - 1 - batch.n_levels
    order = [*range(n), *(n + k for k in _levels_asked_last(batch)), len(bordered) - 1]
    return bordered[np.ix_(order, order)]


def _levels_asked_last(batch: Batch) -> list[int]:
    return [k for k in range(batch.n_levels) if k != batch.asked] + [batch.asked]

"""The posterior of the population: how far people are from each other, and where their centre is.

    beta_i ~ Normal(mu_c, omega^2),   mu_c ~ Normal(mu, kappa^2),   a biased design adds b_D or b_E

What people say enters through tables: for each group the summed log likelihood on a grid of omega
and of the group's own centre m. The grid follows the posterior: at every omega its places of m lie
around that omega's own posterior of m, because with few people or exact ones it is a funnel that no
fixed box could hold. One group is then a sum over the grid; several are explored by the engine's
adaptive points, at which a table is only read.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference import grid
from openldn.inference.mixture import Mixture, Summary, summarise_points
from openldn.inference.normal import log_sum_exp, normal_cdf
from openldn.pooling.crew import Crew, chunks_of, sum_chunk
from openldn.pooling.people import People

__all__ = ["PoolPriors", "Population", "Spread", "TableTooCoarse", "population_of"]

FloatArray = NDArray[np.float64]

# Points along each side of a table while the posterior is being found, then to begin with.
_SEARCH, _FIRST, _MOST = 9, 17, 257
# Half the width of a table in posterior SDs: beyond, a normal holds 4e-8.
_REACH: Final = 5.5
# Heavier tails than a normal's: a table whose edge stands this high beside its top is widened.
_EDGE: Final = 1e-5
# omega's points: down to this below the top of its log density.
_DEPTH: Final = 14.0
_KEPT_SHARE: Final = 0.6
_MOST_PASSES: Final = 60
# What is read between the points agrees with them to this, and every second point to twice this
# (the table itself is then better by far), or the table gets twice as many points.
_MEAN_IN_SD, _SD_SHARE = 0.01, 0.01
# Tables are read between their points by cubics of the log, on about this many places.
_PLACES: Final = 129
# A top between two points that hold it stands above them by less than this.
_SWING: Final = 0.25
_SMALL: Final = 1e-300
# Cells of populations handed on to the people, in posterior SDs: finer where people are few, where
# one person can pull all others along. 50 people take 10,000 cells at most, 1,250 take 400.
_LEAST_WEIGHT: Final = 1e-15
_FINE_CELL, _COARSE_CELL, _PEOPLE_OF_FINE = 0.1, 0.5, 50


class TableTooCoarse(Exception):
    """The posterior could not be held by the largest table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Prior of a spread: `half-normal` or `half-cauchy`, with its scale."""

    kind: str = "half-normal"
    scale: float = 2.0

    def log_density(self, at: FloatArray) -> FloatArray:
        """Log density at spreads of 0 or more."""
        z = at / self.scale
        if self.kind == "half-cauchy":
            cauchy: FloatArray = math.log(2.0 / (math.pi * self.scale)) - np.log1p(z * z)
            return cauchy
        normal: FloatArray = 0.5 * math.log(2.0 / math.pi) - math.log(self.scale) - 0.5 * z * z
        return normal

    @property
    def far(self) -> float:
        """How many scales hold all but a millionth, or for half-Cauchy all that a person says."""
        return 1e4 if self.kind == "half-cauchy" else 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolPriors:
    """Priors of the population, in tenths of the scale (model.md section 6)."""

    mu_sd: float = 2.0
    omega: Spread = Spread()
    kappa: Spread = Spread()
    bias_sd: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Population:
    """What the people say together.

    Attributes
    ----------
    kappa
        None with one condition.
    conditions
        mu_c of each condition.
    biases
        b_D and b_E where such people are in.
    share, share_of
        P(effect of a new person < -mcid) as a quantity with its own uncertainty: of a person of any
        condition, and of each condition.
    nodes
        One (Q, 6) array a group: weight, m, omega squared, mean and variance of the bias, mu.
    """

    mu: Summary
    omega: Summary
    kappa: Summary | None
    conditions: dict[str, Summary]
    biases: dict[str, Summary]
    share: Summary
    share_of: dict[str, Summary]
    nodes: tuple[FloatArray, ...]
    table_points: int
    passes: int


def population_of(people: People, *, priors: PoolPriors, crew: Crew, mcid: float) -> Population:
    """Find the posterior of the population.

    Raises
    ------
    TableTooCoarse, GridTooHard
        When it cannot be covered well enough.
    """
    sums = _Sums(people, crew)
    broad = _broad(people, priors)
    tables = _tables(sums, priors, broad)
    if len(people.groups) == 1:
        found = _one_group(people, tables, priors, mcid)
        while not _is_read(found, tables, priors, broad):
            tables = _finer(sums, tables, priors, broad)
            found = _one_group(people, tables, priors, mcid)
    else:
        found = _Several(people, tables, priors, broad).explored(mcid)
    return replace(found, table_points=len(tables.x), passes=sums.passes)


def _is_read(found: Population, tables: "_Tables", priors: PoolPriors, broad: FloatArray) -> bool:
    """Whether what was read between the points says what the points say."""
    mean, sd = _marginals(tables, _look(tables, priors, broad))[1]
    is_same = abs(found.mu.mean - mean) <= _MEAN_IN_SD * sd
    return bool(is_same and abs(found.mu.sd - sd) <= _SD_SHARE * sd)


class _Sums:
    """Adds up the people, group by group, and counts how often it was asked."""

    def __init__(self, people: People, crew: Crew) -> None:
        chunks = chunks_of(people.groups)
        self._crew, self._groups = crew, [chunk.group for chunk in chunks]
        self._taken = crew.take(chunks)
        self.passes = 0

    def at(self, centre: FloatArray, omega: FloatArray) -> FloatArray:
        """(G, J, K) summed log likelihoods at (G, J, K) centres and (J,) omegas."""
        self.passes += 1
        given = [(centre[group], omega**2) for group in self._groups]
        total = np.zeros_like(centre)
        # In the order of the chunks, so that the digits do not depend on who was quick.
        parts = self._crew.work(sum_chunk, self._taken, given)
        for group, part in zip(self._groups, parts, strict=True):
            total[group] += part
        return total


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tables:
    """Log likelihoods of each group on its own grid.

    Attributes
    ----------
    x
        (J,) omega = unit sinh(x): even steps near 0, where the density is flat, and far reach.
    centre, half
        (G, J) the places of m are centre + half t, t from -1 to 1.
    value
        (G, J, K).
    reach
        (G,) half widths in posterior SDs; grows where tails are heavy.
    """

    unit: float
    reach: FloatArray
    x: FloatArray
    centre: FloatArray
    half: FloatArray
    value: FloatArray

    @property
    def t(self) -> FloatArray:
        return np.linspace(-1.0, 1.0, self.value.shape[2])

    @property
    def omega(self) -> FloatArray:
        omega: FloatArray = self.unit * np.sinh(self.x)
        return omega

    @property
    def even(self) -> FloatArray:
        """Values for reading in between: with log half they are as smooth in x as the evidence."""
        smooth: FloatArray = self.value + np.log(self.half)[..., None]
        return smooth

    @property
    def m(self) -> FloatArray:
        places: FloatArray = self.centre[..., None] + self.half[..., None] * self.t
        return places

    def every_second(self) -> "_Tables":
        return replace(
            self,
            x=self.x[::2],
            centre=self.centre[:, ::2],
            half=self.half[:, ::2],
            value=self.value[:, ::2, ::2],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What the tables say under the broad prior of each centre; (G, J) each, log_x (J,)."""

    mean: FloatArray
    sd: FloatArray
    step: FloatArray
    is_low_open: NDArray[np.bool_]
    is_high_open: NDArray[np.bool_]
    top: NDArray[np.int64]
    log_x: FloatArray


def _broad(people: People, priors: PoolPriors) -> FloatArray:
    """(G,) standard deviation of a prior of each group's centre that holds all the others."""
    several = len(people.conditions) > 1
    kappa = priors.kappa.scale * (10.0 if priors.kappa.kind == "half-cauchy" else 2.0)
    return np.array(
        [
            math.sqrt(
                priors.mu_sd**2
                + (kappa**2 if several else 0.0)
                + (priors.bias_sd**2 if group.bias else 0.0)
            )
            for group in people.groups
        ]
    )


def _look(tables: _Tables, priors: PoolPriors, broad: FloatArray) -> _Look:
    log_p = tables.value - 0.5 * (tables.m / broad[:, None, None]) ** 2
    top = log_p.max(axis=2)
    p = np.exp(log_p - top[..., None])
    total = p.sum(axis=2)
    mean = (p * tables.m).sum(axis=2) / total
    variance = (p * (tables.m - mean[..., None]) ** 2).sum(axis=2) / total
    step = 2.0 * tables.half / (tables.value.shape[2] - 1)
    evidence = (top + np.log(total * step)).sum(axis=0)
    jacobian = np.log(tables.unit * np.cosh(tables.x))
    return _Look(
        mean=mean,
        sd=np.sqrt(variance),
        step=step,
        is_low_open=p[:, :, 0] > _EDGE,
        is_high_open=p[:, :, -1] > _EDGE,
        top=log_p.argmax(axis=2),
        log_x=priors.omega.log_density(tables.omega) + jacobian + evidence,
    )


def _tables(sums: _Sums, priors: PoolPriors, broad: FloatArray) -> _Tables:
    """Find the posterior with few points, then hold it with enough.

    Raises
    ------
    TableTooCoarse
        When it cannot be found, or `_MOST` points a side do not hold it.
    """
    groups = len(broad)
    tables = _Tables(
        unit=priors.omega.scale,
        reach=np.full(groups, _REACH),
        x=np.linspace(0.0, math.asinh(priors.omega.far), _SEARCH),
        centre=np.zeros((groups, _SEARCH)),
        half=np.repeat(_REACH * broad[:, None], _SEARCH, axis=1),
        value=np.zeros((groups, _SEARCH, _SEARCH)),
    )
    tables = _settled(sums, tables, priors, broad)
    tables = _settled(sums, _resized(tables, _FIRST), priors, broad)
    tables = _filled(sums, _smooth(tables, priors, broad))
    while True:
        if _is_fine(tables, priors, broad):
            return tables
        tables = _finer(sums, tables, priors, broad)


def _finer(sums: _Sums, tables: _Tables, priors: PoolPriors, broad: FloatArray) -> _Tables:
    """Twice as many points along each side.

    Raises
    ------
    TableTooCoarse
        When that would be more than `_MOST`.
    """
    size = 2 * len(tables.x) - 1
    if size > _MOST:
        raise TableTooCoarse(f"{len(tables.x)} points a side do not hold the posterior")
    return _filled(sums, _smooth(_filled(sums, _resized(tables, size)), priors, broad))


def _settled(sums: _Sums, tables: _Tables, priors: PoolPriors, broad: FloatArray) -> _Tables:
    """Move the places until they lie around the posterior."""
    for _ in range(_MOST_PASSES):
        tables = _filled(sums, tables)
        look = _look(tables, priors, broad)
        is_kept = look.log_x >= look.log_x.max() - _DEPTH
        moved, is_still = _moved(tables, look, is_kept)
        if is_still:
            x = _next_x(tables.x, is_kept)
            if x is None:
                return tables
            moved = _on(moved, x)
        tables = moved
    raise TableTooCoarse(f"the posterior was not found in {_MOST_PASSES} passes")


def _filled(sums: _Sums, tables: _Tables) -> _Tables:
    return replace(tables, value=sums.at(tables.m, tables.omega))


def _moved(tables: _Tables, look: _Look, is_kept: NDArray[np.bool_]) -> tuple[_Tables, bool]:
    """The next places of m, and whether those that matter stood well already."""
    last = tables.value.shape[2] - 1
    is_open = look.is_low_open | look.is_high_open
    is_resolved = look.sd > 0.5 * look.step
    is_wide = tables.half >= 0.9 * tables.reach[:, None] * look.sd
    is_centred = np.abs(look.mean - tables.centre) <= 0.1 * tables.half
    is_heavy = np.any(is_open & is_resolved & is_kept & is_wide & is_centred, axis=1)
    reach = np.where(is_heavy, np.minimum(1.3 * tables.reach, 100.0), tables.reach)
    half = np.maximum(reach[:, None] * look.sd, look.step)
    centre = look.mean
    # The top lies at or beyond an edge: go there, twice as wide.
    beyond_low, beyond_high = look.top == 0, look.top == last
    centre = np.where(beyond_low, tables.centre - tables.half, centre)
    centre = np.where(beyond_high, tables.centre + tables.half, centre)
    half = np.where(beyond_low | beyond_high, 2.0 * tables.half, half)
    is_near = np.abs(centre - tables.centre) <= 0.1 * tables.half
    is_alike = np.abs(half - tables.half) <= 0.2 * tables.half
    is_still = bool((is_near & is_alike & ~is_open)[:, is_kept].all())
    return replace(tables, centre=centre, half=half, reach=reach), is_still


def _next_x(x: FloatArray, is_kept: NDArray[np.bool_]) -> FloatArray | None:
    """The next places of omega; None when these hold its posterior well."""
    kept = np.flatnonzero(is_kept)
    low, high, last = int(kept[0]), int(kept[-1]), len(x) - 1
    span = x[-1] - x[0]
    is_low_open, is_high_open = low == 0 and x[0] > 0.0, high == last
    if len(kept) >= _KEPT_SHARE * len(x) and not is_low_open and not is_high_open:
        return None
    first = max(0.0, x[0] - 0.5 * span) if is_low_open else x[max(low - 1, 0)]
    end = x[-1] + 0.5 * span if is_high_open else x[min(high + 1, last)]
    return np.linspace(first, end, len(x))


def _on(tables: _Tables, x: FloatArray) -> _Tables:
    """The same places of m, on other omegas."""

    def moved(values: FloatArray) -> FloatArray:
        return np.array([np.interp(x, tables.x, row) for row in values])

    return replace(tables, x=x, centre=moved(tables.centre), half=moved(tables.half))


def _resized(tables: _Tables, size: int) -> _Tables:
    """The same region with other numbers of points; to be filled anew."""
    x = np.linspace(tables.x[0], tables.x[-1], size)
    return replace(_on(tables, x), value=np.zeros((len(tables.centre), size, size)))


def _smooth(tables: _Tables, priors: PoolPriors, broad: FloatArray) -> _Tables:
    """Places that fit closely and are smooth in omega, so that a table can be read in between."""
    look = _look(tables, priors, broad)
    half = np.maximum(tables.reach[:, None] * look.sd, look.step)
    first, last = _ends(tables.x, look.log_x)
    x = np.linspace(first, last, len(tables.x))
    read = _reading(len(x), (x - tables.x[0]) / (tables.x[1] - tables.x[0]))
    return replace(tables, x=x, centre=look.mean @ read.T, half=np.exp(np.log(half) @ read.T))


def _ends(x: FloatArray, log_x: FloatArray) -> tuple[float, float]:
    """Where the log density of x has fallen by `_DEPTH`, on both sides; else the ends of x."""
    above = log_x - log_x.max() + _DEPTH
    kept = np.flatnonzero(above >= 0.0)

    def end(inside: int, outside: int) -> float:
        if not 0 <= outside < len(x):
            return float(x[inside])
        if above[outside] < -3.0 * _DEPTH:
            return float(x[outside])  # a cliff between two points: nobody knows where
        share = above[inside] / (above[inside] - above[outside])
        return float(x[inside] + share * (x[outside] - x[inside]))

    return end(int(kept[0]), int(kept[0]) - 1), end(int(kept[-1]), int(kept[-1]) + 1)


def _is_fine(tables: _Tables, priors: PoolPriors, broad: FloatArray) -> bool:
    """Whether every second point says the same."""
    whole, part = (
        _marginals(one, _look(one, priors, broad)) for one in (tables, tables.every_second())
    )
    is_fine = np.abs(whole[:, 0] - part[:, 0]) <= 2.0 * _MEAN_IN_SD * whole[:, 1]
    is_fine &= np.abs(whole[:, 1] - part[:, 1]) <= 2.0 * _SD_SHARE * whole[:, 1]
    return bool(is_fine.all())


def _marginals(tables: _Tables, look: _Look) -> FloatArray:
    """(1 + G, 2) mean and SD of x, and of each group's centre."""
    weight = _x_weight(look.log_x, tables.x)
    rows = [_mean_sd(tables.x, weight, 0.0)]
    rows += [_mean_sd(m, weight, sd) for m, sd in zip(look.mean, look.sd, strict=True)]
    return np.array(rows)


def _x_weight(log_x: FloatArray, x: FloatArray) -> FloatArray:
    """Trapezoid weights. The density is even in x, so at 0 its half cell is exact."""
    weight = np.exp(log_x - log_x.max())
    weight[0] *= 0.5
    weight[-1] *= 0.5
    normalised: FloatArray = weight / weight.sum()
    return normalised


def _mean_sd(value: FloatArray, weight: FloatArray, sd: FloatArray | float) -> tuple[float, float]:
    mean = float((weight * value).sum())
    return mean, math.sqrt(float((weight * ((value - mean) ** 2 + np.square(sd))).sum()))


def _reading(count: int, at: FloatArray) -> FloatArray:
    """(n, count) weights that read a table of `count` points at (n,) places from 0 to count - 1.

    Cubics through the four nearest points: exact for the log of a normal.
    """
    first = np.clip(np.floor(at).astype(np.int64) - 1, 0, count - 4)
    u = at - first
    near = np.column_stack(
        [
            -(u - 1) * (u - 2) * (u - 3) / 6.0,
            u * (u - 2) * (u - 3) / 2.0,
            -u * (u - 1) * (u - 3) / 2.0,
            u * (u - 1) * (u - 2) / 6.0,
        ]
    )
    weights = np.zeros((len(at), count))
    weights[np.arange(len(at))[:, None], first[:, None] + np.arange(4)] = near
    return weights


def _bounded(values: FloatArray, at: FloatArray) -> FloatArray:
    """(n, ...) a table read at (n,) places; beside a cliff a cubic swings by `_SWING` at most."""
    count = len(values)
    first = np.clip(np.floor(at).astype(np.int64), 0, count - 2)
    low = np.minimum(values[first], values[first + 1]) - _SWING
    high = np.maximum(values[first], values[first + 1]) + _SWING
    bounded: FloatArray = np.clip(_reading(count, at) @ values, low, high)
    return bounded


def _one_group(people: People, tables: _Tables, priors: PoolPriors, mcid: float) -> Population:
    """One condition, no bias: mu is the centre itself, the posterior a sum over the table."""
    size = len(tables.x)
    places = max(_PLACES, size)
    read = _reading(size, np.linspace(0.0, size - 1.0, places))
    x, t = read @ tables.x, np.linspace(-1.0, 1.0, places)
    centre, half = read @ tables.centre[0], np.exp(read @ np.log(tables.half[0]))
    omega = tables.unit * np.sinh(x)
    m = centre[:, None] + half[:, None] * t
    at = np.linspace(0.0, size - 1.0, places)
    likelihood = _bounded(_bounded(tables.even[0], at).T, at).T
    log_p = likelihood - 0.5 * (m / priors.mu_sd) ** 2
    log_p += (priors.omega.log_density(omega) + np.log(np.cosh(x)))[:, None]
    log_p[0] -= math.log(2.0)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    weight, everywhere = p.ravel(), np.repeat(omega, places)
    mu = summarise_points(m.ravel(), weight)
    share = _beyond(m.ravel(), np.square(everywhere), mcid)
    condition = people.groups[0].condition
    shares = summarise_points(share, weight)
    bias = np.zeros_like(weight)
    return Population(
        mu=mu,
        omega=summarise_points(omega, p.sum(axis=1)),
        kappa=None,
        conditions={condition: mu},
        biases={},
        share=shares,
        share_of={condition: shares},
        nodes=(_cells(weight, m.ravel(), everywhere, bias, m.ravel(), people=len(people)),),
        table_points=size,
        passes=0,
    )


def _beyond(centre: FloatArray, variance: FloatArray, mcid: float) -> FloatArray:
    """P(effect < -mcid) of a person around a centre."""
    return normal_cdf((-mcid - centre) / np.sqrt(variance + _SMALL))


def _cells(
    weight: FloatArray,
    m: FloatArray,
    omega: FloatArray,
    bias: FloatArray,
    mu: FloatArray,
    *,
    people: int,
) -> FloatArray:
    """(Q, 6) nodes put together cell by cell, their means kept."""
    cell_sd = min(_FINE_CELL * math.sqrt(max(people / _PEOPLE_OF_FINE, 1.0)), _COARSE_CELL)

    def numbers(value: FloatArray) -> NDArray[np.int64]:
        mean, sd = _mean_sd(value, weight, 0.0)
        z = np.clip((value - mean) / (cell_sd * sd + _SMALL), -1e4, 1e4)
        return np.floor(z).astype(np.int64)

    kept = weight > _LEAST_WEIGHT
    weight, m, omega, bias, mu = (one[kept] / 1.0 for one in (weight, m, omega, bias, mu))
    weight = weight / weight.sum()
    _, cell = np.unique(np.column_stack([numbers(m), numbers(omega)]), axis=0, return_inverse=True)
    cell = cell.ravel()
    total = np.bincount(cell, weight)

    def averaged(value: FloatArray) -> FloatArray:
        average: FloatArray = np.bincount(cell, weight * value) / total
        return average

    middle = averaged(bias)
    variance = averaged((bias - middle[cell]) ** 2)
    return np.column_stack([total, averaged(m), averaged(omega**2), middle, variance, averaged(mu)])


class _Several:
    """Several conditions, or biased designs: points of the population at which tables are read."""

    def __init__(
        self, people: People, tables: _Tables, priors: PoolPriors, broad: FloatArray
    ) -> None:
        self.people, self.tables, self.priors = people, tables, priors
        self.even, self.log_half = tables.even, np.log(tables.half)
        self.conditions = people.conditions
        self.has_kappa = len(self.conditions) > 1
        self.biases = tuple(sorted({group.bias for group in people.groups} - {""}))
        self.members = [
            [g for g, group in enumerate(people.groups) if group.condition == condition]
            for condition in self.conditions
        ]
        look = _look(tables, priors, broad)
        weight = _x_weight(look.log_x, tables.x)
        self.x_mean, self.x_sd = _mean_sd(tables.x, weight, 0.0)
        # The broad prior taken out again: what the people of a group alone say of their centre.
        self.precision = np.maximum(1.0 / look.sd**2 - 1.0 / broad[:, None] ** 2, 1e-9)
        self.said = look.mean / look.sd**2 / self.precision
        self.kappa_unit = float(np.median((weight / np.sqrt(self.precision)).sum(axis=1)))
        self.kappa_far = math.asinh(2.0 * priors.kappa.scale / self.kappa_unit)
        at = int(weight.argmax())
        self.bias_mean, self.bias_root = self._bias_start(self.said[:, at], self.precision[:, at])
        self.points: list[dict[str, FloatArray]] = []

    def explored(self, mcid: float) -> Population:
        """Spread points and put down what they say."""
        found = grid.explore(self.visit, 2 + self.has_kappa + len(self.biases))
        names = self.points[0].keys()
        points = {name: np.concatenate([sheet[name] for sheet in self.points]) for name in names}
        log_weight = points["value"] + found.log_importance
        weight = np.exp(log_weight - log_sum_exp(log_weight))
        kept = weight > 1e-9
        points = {name: value[kept] for name, value in points.items()}
        return self._told(points, weight[kept] / weight[kept].sum(), mcid)

    def visit(self, z: FloatArray) -> FloatArray:
        """Log of target over standard normal, at (n, d) points."""
        point, jacobian = self._point(z)
        value = self._log_posterior(point) + jacobian + 0.5 * (z * z).sum(axis=1)
        # Where nothing was tabulated there is no posterior worth visiting.
        value = np.where(np.isfinite(value), value, -1e12)
        self.points.append({**point, "value": value})
        return value

    def _point(self, z: FloatArray) -> tuple[dict[str, FloatArray], FloatArray]:
        """Places of the population from standard normal ones, and the log of the Jacobian."""
        x = np.abs(self.x_mean + 1.2 * self.x_sd * z[:, 0])
        point = {"x": x, "omega": self.tables.unit * np.sinh(x)}
        jacobian = np.log(self.tables.unit * np.cosh(x))
        at = 1
        kappa = np.zeros(len(z))
        if self.has_kappa:
            y = np.abs(self.kappa_far * z[:, 1])
            kappa = self.kappa_unit * np.sinh(y)
            jacobian = jacobian + np.log(self.kappa_unit * np.cosh(y) * self.kappa_far)
            point["kappa"] = kappa
            at = 2
        bias = self.bias_mean + z[:, at + 1 :] @ self.bias_root.T
        point |= {name: bias[:, i] for i, name in enumerate(self.biases)}
        centre, sd = self._mu_given(point, kappa)
        point["mu"] = centre + 1.2 * sd * z[:, at]
        return point, jacobian + np.log(sd)

    def _read(self, values: FloatArray, x: FloatArray) -> FloatArray:
        """(n, ...) rows of a (J, ...) table at places of x; outside it goes on as its last row."""
        nodes = self.tables.x
        at = (np.clip(x, nodes[0], nodes[-1]) - nodes[0]) / (nodes[1] - nodes[0])
        read: FloatArray = _reading(len(nodes), at) @ values
        return read

    def _mu_given(
        self, point: dict[str, FloatArray], kappa: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Roughly where mu lies, and how widely, given the rest: as if all were normal."""
        total = np.full(len(kappa), 1.0 / self.priors.mu_sd**2)
        pull = np.zeros(len(kappa))
        for members in self.members:
            precision = np.zeros(len(kappa))
            said = np.zeros(len(kappa))
            for g in members:
                own = np.maximum(self._read(self.precision[g], point["x"]), 1e-9)
                precision += own
                said += own * (self._read(self.said[g], point["x"]) - self._bias(point, g))
            shrunk = 1.0 / (kappa**2 + 1.0 / precision)
            total += shrunk
            pull += shrunk * said / precision
        return pull / total, 1.0 / np.sqrt(total)

    def _bias(self, point: dict[str, FloatArray], g: int) -> FloatArray:
        name = self.people.groups[g].bias
        return point[name] if name else np.zeros(len(point["x"]))

    def _bias_start(self, said: FloatArray, precision: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and root of the biases' covariance, as if all were normal and kappa at its scale."""
        names, count = self.biases, len(self.conditions)
        unknowns = 1 + count + len(names)
        inverse = np.zeros((unknowns, unknowns))
        pull = np.zeros(unknowns)
        inverse[0, 0] = 1.0 / self.priors.mu_sd**2
        for c in range(count):
            own = 1.0 / (self.priors.kappa.scale if self.has_kappa else 1e-3) ** 2
            inverse[np.ix_([0, 1 + c], [0, 1 + c])] += own * np.array([[1.0, -1.0], [-1.0, 1.0]])
        for i in range(len(names)):
            inverse[1 + count + i, 1 + count + i] += 1.0 / self.priors.bias_sd**2
        for c, members in enumerate(self.members):
            for g in members:
                name = self.people.groups[g].bias
                at = [1 + c, *([1 + count + names.index(name)] if name else [])]
                inverse[np.ix_(at, at)] += precision[g]
                pull[at] += precision[g] * said[g]
        cov = np.linalg.inv(inverse)
        root = np.linalg.cholesky(cov[1 + count :, 1 + count :]) if names else np.zeros((0, 0))
        return (cov @ pull)[1 + count :], 1.2 * root

    def _log_posterior(self, point: dict[str, FloatArray]) -> FloatArray:
        """Up to a constant, (n,)."""
        value = self.priors.omega.log_density(point["omega"])
        value = value - 0.5 * (point["mu"] / self.priors.mu_sd) ** 2
        for name in self.biases:
            value = value - 0.5 * (point[name] / self.priors.bias_sd) ** 2
        if not self.has_kappa:
            for g in self.members[0]:
                value = value + self._likelihood(g, point["mu"] + self._bias(point, g), point["x"])
            return value
        value = value + self.priors.kappa.log_density(point["kappa"])
        for c, members in enumerate(self.members):
            value = value + self._condition(point, members, keep=f"c{c}")
        return value

    def _condition(
        self, point: dict[str, FloatArray], members: Sequence[int], *, keep: str
    ) -> FloatArray:
        """Log likelihood of one condition, its centre integrated out; keeps that centre's moments.

        The likelihood is taken as straight between 129 places of the centre, against which a normal
        is integrated in closed form, however narrow or wide it is.
        """
        base = max(members, key=lambda g: float(self.precision[g].max()))
        x, kappa = point["x"], np.maximum(point["kappa"], 1e-9)[:, None]
        t = np.linspace(-1.0, 1.0, _PLACES)
        m = self._read(self.tables.centre[base], x)[:, None]
        m = m + np.exp(self._read(self.log_half[base], x))[:, None] * t
        m = m - self._bias(point, base)[:, None]
        log_g = sum(
            (
                self._likelihood(
                    g, (m + self._bias(point, g)[:, None]).ravel(), np.repeat(x, len(t))
                )
                for g in members
            ),
            start=np.zeros(m.size),
        ).reshape(m.shape)
        top = log_g.max(axis=1, keepdims=True)
        weight = _straight(m, point["mu"][:, None], kappa) * np.exp(log_g - top)
        total = weight.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = (weight * m).sum(axis=1) / total
            sd = np.sqrt((weight * (m - mean[:, None]) ** 2).sum(axis=1) / total)
            found: FloatArray = np.log(total) + top[:, 0]
        point[f"{keep} mean"], point[f"{keep} sd"] = mean, sd
        return found

    def _likelihood(self, g: int, m: FloatArray, x: FloatArray) -> FloatArray:
        """(n,) log likelihood of a group at its centre and omega; straight on beyond its table."""
        tables = self.tables
        nodes = tables.x
        last = tables.value.shape[2] - 1
        centre, half = self._read(tables.centre[g], x), np.exp(self._read(self.log_half[g], x))
        t = (m - centre) / half
        inside = np.clip(t, -1.0, 1.0)
        column = 0.5 * (inside + 1.0) * last
        at = (np.clip(x, nodes[0], nodes[-1]) - nodes[0]) / (nodes[1] - nodes[0])
        value = _read_both(self.even[g], at, column) - np.log(half)
        # Slope at the edge, from the last two points of the nearest row.
        row = tables.value[g][np.rint(at).astype(np.int64)]
        low_slope, high_slope = row[:, 1] - row[:, 0], row[:, -1] - row[:, -2]
        beyond = (t - inside) * 0.5 * last
        slope = np.where(t < 0.0, np.maximum(low_slope, 0.0), np.minimum(high_slope, 0.0))
        gone: FloatArray = value + slope * beyond
        return gone

    def _told(self, point: dict[str, FloatArray], weight: FloatArray, mcid: float) -> Population:
        omega2 = point["omega"] ** 2
        kappa = point.get("kappa")
        conditions, share_of, centres = {}, {}, []
        for c, name in enumerate(self.conditions):
            mean, sd = point.get(f"c{c} mean", point["mu"]), point.get(f"c{c} sd")
            centres.append((mean, sd))
            if sd is None:
                conditions[name] = summarise_points(mean, weight)
                share = _beyond(mean, omega2, mcid)
            else:
                sd = np.maximum(sd, 1e-9)
                conditions[name] = Mixture(weight, mean, sd).summary()
                share = _beyond(mean, omega2 + sd**2, mcid)
            share_of[name] = summarise_points(share, weight)
        around = omega2 + (kappa**2 if kappa is not None else 0.0)
        return Population(
            mu=summarise_points(point["mu"], weight),
            omega=summarise_points(point["omega"], weight),
            kappa=None if kappa is None else summarise_points(kappa, weight),
            conditions=conditions,
            biases={name: summarise_points(point[name], weight) for name in self.biases},
            share=summarise_points(_beyond(point["mu"], around, mcid), weight),
            share_of=share_of,
            nodes=tuple(
                self._nodes(point, weight, g, *centres[self.conditions.index(group.condition)])
                for g, group in enumerate(self.people.groups)
            ),
            table_points=0,
            passes=0,
        )

    def _nodes(
        self,
        point: dict[str, FloatArray],
        weight: FloatArray,
        g: int,
        mean: FloatArray,
        sd: FloatArray | None,
    ) -> FloatArray:
        """Populations for the people of one group; the centre's own width by three points."""
        bias = self._bias(point, g)
        if sd is None:
            return _cells(
                weight, mean + bias, point["omega"], bias, point["mu"], people=len(self.people)
            )
        # Gauss and Hermite's rule of three points.
        rule = ((-math.sqrt(3.0), 1.0 / 6.0), (0.0, 2.0 / 3.0), (math.sqrt(3.0), 1.0 / 6.0))
        return _cells(
            np.concatenate([share * weight for _, share in rule]),
            np.concatenate([mean + z * sd + bias for z, _ in rule]),
            *(np.tile(one, 3) for one in (point["omega"], bias, point["mu"])),
            people=len(self.people),
        )


def _read_both(table: FloatArray, row: FloatArray, column: FloatArray) -> FloatArray:
    """(n,) values of a table between its points, cubic in both directions."""
    rows, columns = table.shape
    first_row = np.clip(np.floor(row).astype(np.int64) - 1, 0, rows - 4)
    first_column = np.clip(np.floor(column).astype(np.int64) - 1, 0, columns - 4)
    by_row, by_column = _cubic(row - first_row), _cubic(column - first_column)
    value = np.zeros(len(row))
    for i in range(4):
        for k in range(4):
            value += by_row[i] * by_column[k] * table[first_row + i, first_column + k]
    row_at = np.clip(np.floor(row).astype(np.int64), 0, rows - 2)
    column_at = np.clip(np.floor(column).astype(np.int64), 0, columns - 2)
    corners = [table[row_at + i, column_at + k] for i in (0, 1) for k in (0, 1)]
    low, high = np.minimum.reduce(corners) - _SWING, np.maximum.reduce(corners) + _SWING
    bounded: FloatArray = np.clip(value, low, high)
    return bounded


def _cubic(u: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Weights of points 0, 1, 2 and 3 for reading at u."""
    return (
        -(u - 1.0) * (u - 2.0) * (u - 3.0) / 6.0,
        u * (u - 2.0) * (u - 3.0) / 2.0,
        -u * (u - 1.0) * (u - 3.0) / 2.0,
        u * (u - 1.0) * (u - 2.0) / 6.0,
    )


def _straight(m: FloatArray, mu: FloatArray, kappa: FloatArray) -> FloatArray:
    """(n, M) weights that integrate a function, straight between places m, against a normal."""
    u = (m - mu) / kappa
    below = normal_cdf(u.ravel()).reshape(u.shape)
    density = np.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
    mass = np.diff(below, axis=1)
    step = np.diff(m, axis=1)
    # Share of each cell's mass that belongs to its right end: its mean place within the cell.
    right = (kappa * (density[:, :-1] - density[:, 1:]) + (mu - m[:, :-1]) * mass) / step
    right = np.clip(right, 0.0, mass)
    weights: FloatArray = np.zeros_like(m)
    weights[:, :-1] += mass - right
    weights[:, 1:] += right
    return weights

"""The trials of one question together: rows of a table, each with its bar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from openldn.evidence.conditions import instruments, question
from openldn.evidence.forest import Forest, ForestRow, RowKind, forest
from openldn.evidence.studies import Pool, negative_first, pools, studies
from openldn.web.ask.citing import Link, linked

__all__ = ["Pooled", "PooledRow", "better", "pooled_for"]

# The bar is 100 wide; its words and the numbers stand in HTML beside it.
_WIDTH = 100.0
_ROOM = 0.03  # of the width, left free at each end


@dataclass(frozen=True, kw_only=True, slots=True)
class PooledRow:
    """One trial, the average, or a new trial; places count from the left of the bar."""

    label: Link
    figures: str
    low: str
    middle: str
    high: str
    is_average: bool
    is_prediction: bool
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pooled:
    """One way to put the trials together."""

    title: str
    about: str
    measure: str
    rows: tuple[PooledRow, ...]
    zero: str
    band_left: str
    band_width: str
    band_points: str


def pooled_for(condition_id: str) -> tuple[Pooled, ...]:
    """Give what we pool for a condition."""
    return tuple(_pooled(one.id) for one in pools().values() if one.condition == condition_id)


def better() -> Link:
    """Say what a person calls better, with its source."""
    pain = instruments()["nrs-pain"]
    return Link(words=pain.mcid, url=linked(pain.mcid_source).url)


@cache
def _pooled(pool_id: str) -> Pooled:
    pool = pools()[pool_id]
    plot = forest(pool)
    # The band that the app calls "about the same" wherever it draws pain.
    band = question("pain").mcid
    scale = _Scale(plot, at_least=band)
    return Pooled(
        title=pool.title,
        about=pool.about,
        measure=pool.measure,
        rows=tuple(_row(row, pool, scale) for row in _negative_first(plot)),
        zero=scale.place(0.0),
        band_left=scale.place(-band),
        band_width=f"{2 * band * scale.per_point:.2f}",
        band_points=f"{band:g}",
    )


class _Scale:
    def __init__(self, plot: Forest, *, at_least: float) -> None:
        reach = max(at_least, *(max(abs(row.low), abs(row.high)) for row in plot.rows))
        self._reach = reach * (1 + 2 * _ROOM)
        self.per_point = _WIDTH / (2 * self._reach)

    def place(self, points: float) -> str:
        """Give the distance of a value from the left end; zero is in the middle."""
        return f"{(points + self._reach) * self.per_point:.2f}"


def _negative_first(plot: Forest) -> tuple[ForestRow, ...]:
    ids = tuple(one.study for one in plot.pool.inputs)
    order = [study.name for study in negative_first(ids)]
    trials = [row for row in plot.rows if row.kind is RowKind.TRIAL]
    others = (row for row in plot.rows if row.kind is not RowKind.TRIAL)
    return (*sorted(trials, key=lambda row: order.index(row.label)), *others)


def _row(row: ForestRow, pool: Pool, scale: _Scale) -> PooledRow:
    study = next(
        (studies()[one.study] for one in pool.inputs if studies()[one.study].name == row.label),
        None,
    )
    is_prediction = row.kind is RowKind.PREDICTION
    ends = f"{_points(row.low)} to {_points(row.high)}"
    return PooledRow(
        label=Link(words=row.label, url=study.url if study else ""),
        figures=ends if is_prediction else f"{_points(row.estimate)} ({ends})",
        low=scale.place(row.low),
        middle=scale.place(row.estimate),
        high=scale.place(row.high),
        is_average=row.kind is RowKind.AVERAGE,
        is_prediction=is_prediction,
        note=f"Unconfirmed: {row.unconfirmed}" if row.unconfirmed else "",
    )


def _points(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")

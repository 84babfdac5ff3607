"""Predicted blockade as pictures and tables, from curves that were worked out beforehand.

The model needs NumPy, which the page process never loads: `tools/write_blockade_curves.py` writes
its curves into the package. Picture and table are made from the same numbers in one call.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _

from openldn.pharmacology.table import Facts, Source, Standing, facts
from openldn.protocol.doses import Dose
from openldn.tables import read_table
from openldn.web.ask import citing
from openldn.web.ask.citing import Citation, Link

__all__ = ["Blockade", "Panel", "Row", "Statements", "blockade", "saved"]

_FILE: Final = "blockade_curves.json"
# Hours of the table.
_HOURS: Final = (0, 1, 2, 4, 8, 12, 24, 36, 48)
# With daily doses hour 24 is a dose again, so the middle between two is told.
_BESIDE: Final = {False: 24, True: 12}
_HEIGHT = 10  # of the picture's own box; the style stretches it
_HEADINGS: Final = {
    Standing.MEASURED: "Measured in people or in human cells",
    Standing.DERIVED: "Worked out by us from what was measured",
    Standing.HYPOTHESIS: "Only thought",
    Standing.NOT_FOUND: "Not found in what was read",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One hour: percent blocked, typical person and 90 of 100, in both readings."""

    hour: int
    main: str
    main_band: str
    slower: str
    slower_band: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One dose: paths of the picture in a box of 48 by 10, and the rows of its table."""

    dose: str
    is_comparison_only: bool
    band: str
    main: str
    slower: str
    rows: tuple[Row, ...]
    beside: Row  # whose numbers stand beside the picture
    days_main: str
    days_slower: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Statements:
    """What is known in one way, each with the numbers of its sources."""

    heading: str
    lines: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Blockade:
    """The whole page."""

    is_daily: bool
    panels: tuple[Panel, ...]
    warning: str
    limits: tuple[str, ...]
    statements: tuple[Statements, ...]
    sources: tuple[tuple[str, Citation], ...]


def blockade(*, is_daily: bool) -> Blockade:
    """Give the page for one dose, or for a dose taken every day."""
    prediction = saved()["daily" if is_daily else "single"]
    warning, *limits = prediction["limits"]
    table = facts()
    return Blockade(
        is_daily=is_daily,
        panels=tuple(_panel(dose, is_daily=is_daily) for dose in prediction["doses"]),
        warning=warning,
        limits=tuple(limits),
        statements=tuple(_statements(table, kind) for kind in _HEADINGS),
        sources=tuple((one.id, _citation(one)) for one in _named(table, prediction)),
    )


@cache
def saved() -> Mapping[str, Any]:
    """Read the curves of the package."""
    found: Mapping[str, Any] = json.loads(read_table(_FILE))
    return found


def _panel(dose: Mapping[str, Any], *, is_daily: bool) -> Panel:
    hours, main, slower = dose["hours"], dose["mu"], dose["mu_slower"]
    washout = dose["washout"]["hours"]
    rows = tuple(_row(hour, hours.index(hour), main, slower) for hour in _HOURS)
    return Panel(
        dose=Dose.from_mg(dose["dose_mg"]).text,
        is_comparison_only=dose["is_comparison_only"],
        band=f"{_path(hours, main['q95'])}L{_path(hours, main['q05'], is_back=True)[1:]}Z",
        main=_path(hours, main["typical"]),
        slower=_path(hours, slower["typical"]),
        rows=rows,
        beside=next(row for row in rows if row.hour == _BESIDE[is_daily]),
        days_main=_days(washout["mu"]),
        days_slower=_days(washout["mu_slower"]),
    )


def _path(hours: Sequence[float], shares: Sequence[float], *, is_back: bool = False) -> str:
    points = [
        f"{hour:g} {_HEIGHT * (1 - share):.2f}" for hour, share in zip(hours, shares, strict=True)
    ]
    return "M" + "L".join(reversed(points) if is_back else points)


def _row(
    hour: int, at: int, main: Mapping[str, Sequence[float]], slower: Mapping[str, Sequence[float]]
) -> Row:
    return Row(
        hour=hour,
        main=_percent(main["typical"][at]),
        main_band=_band(main, at),
        slower=_percent(slower["typical"][at]),
        slower_band=_band(slower, at),
    )


def _band(curve: Mapping[str, Sequence[float]], at: int) -> str:
    return _range(_percent(curve["q05"][at]), _percent(curve["q95"][at]))


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _days(hours: Mapping[str, float]) -> str:
    # Rounded outwards: a washout must not look shorter, nor surer, than it is.
    return _range(math.floor(hours["q05"] / 24), math.ceil(hours["q95"] / 24))


def _range(low: object, high: object) -> str:
    return _("{low} to {high}").format(low=low, high=high)


def _named(table: Facts, prediction: Mapping[str, Any]) -> tuple[Source, ...]:
    """Give the sources of the page, in the order of the table."""
    wanted = {one["id"] for one in prediction["citations"]}
    wanted |= {name for statement in table.statements for name in statement.sources}
    return tuple(source for name, source in table.sources.items() if name in wanted)


def _statements(table: Facts, kind: Standing) -> Statements:
    numbers = {
        source.id: number for number, source in enumerate(_named(table, saved()["single"]), 1)
    }
    return Statements(
        heading=_HEADINGS[kind],
        lines=tuple(
            (one.text, tuple((numbers[name], name) for name in one.sources))
            for one in table.statements
            if one.kind is kind
        ),
    )


def _citation(source: Source) -> Citation:
    links = citing.identifiers(pmid=source.pmid, doi=source.doi, url=source.url, other=source.pmcid)
    return Citation(
        name=source.citation,
        authors="",
        title="",
        about_title="",
        printed_in=source.citation,
        links=links or (Link(words="No address was found"),),
        note=source.note,
    )

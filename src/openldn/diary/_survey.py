"""The first look through a diary file: how large it is, and what its columns hold.

Only after all rows were seen is it known whether a column is a side effect (0 to 3 everywhere) or
something else. Sizes are checked on the way, so that a hostile file is refused before the costly
second look, which reads every cell.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import NoReturn, TypedDict

from openldn.diary._cells import (
    ID,
    BadCellError,
    read_date,
    read_day,
    read_grade,
    read_number,
)
from openldn.diary._collect import Collector, shown
from openldn.diary._rows import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row
from openldn.protocol.outcomes import Outcome
from openldn.protocol.problems import InputError, Problem

__all__ = ["RESERVED", "Layout", "survey"]

# The columns with a fixed meaning, in the order in which they are written.
RESERVED = (
    "date",
    "day",
    "arm",
    "dose_mg",
    "taken",
    "period",
    "state",
    "event",
    "note",
    "entered_at",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """What the columns of a file hold, and how its dates become days."""

    width: int
    reserved: Mapping[str, int]  # name to place in the row
    outcomes: Mapping[str, int]
    side_effects: Mapping[str, int]
    ignored: tuple[str, ...]
    rejected: Mapping[str, tuple[Problem, ...]]  # why an ignored column cannot be an outcome
    first_date: date | None  # the date of day 0; None when the file has no dates
    is_anchored: bool  # it is known how dates and day numbers of this file belong together


def survey(
    rows: Iterable[Row], *, outcomes: Sequence[Outcome] | None, start: date | None
) -> Layout:
    """Look through all rows once.

    Parameters
    ----------
    outcomes
        The outcomes asked for; None takes every column of numbers as a possible outcome.
    start
        The date of day 0, where a plan gives it.

    Raises
    ------
    InputError
        When there is no header, no row, or too much of either.
    """
    row_iterator = iter(rows)
    header = _header(row_iterator)
    reserved = {name: header.index(name) for name in RESERVED if name in header}
    wanted = {one.id for one in outcomes or ()}
    columns = [
        _Column(name, place)
        for place, name in enumerate(header)
        if name not in RESERVED and name not in wanted and ID.fullmatch(name)
    ]
    dates = _Dates(reserved)
    first = next(row_iterator, None)
    if first is None:
        _refuse("LDN-D007", "the file", "no rows", "at least one row under the header")
    for count, (line, cells) in enumerate(chain([first], row_iterator), start=1):
        if count > MAX_ROWS or count * len(header) > MAX_CELLS:
            _refuse(
                "LDN-D004",
                f"line {line}",
                f"more than {min(MAX_ROWS, MAX_CELLS // len(header))} rows",
                f"at most {MAX_ROWS} rows and {MAX_CELLS} cells",
            )
        if len(cells) == len(header):
            dates.see(cells)
            for column in columns:
                column.see(line, cells[column.place])
    meanings = _meanings(header, wanted, columns, takes_all=outcomes is None)
    return Layout(
        width=len(header),
        reserved=reserved,
        first_date=start or dates.origin,
        is_anchored=start is not None or dates.is_anchored,
        **meanings,
    )


class _Meanings(TypedDict):
    outcomes: Mapping[str, int]
    side_effects: Mapping[str, int]
    ignored: tuple[str, ...]
    rejected: Mapping[str, tuple[Problem, ...]]


def _meanings(
    header: Sequence[str], wanted: set[str], columns: Sequence["_Column"], *, takes_all: bool
) -> _Meanings:
    places = {name: place for place, name in enumerate(header)}
    side_effects = [one.name for one in columns if one.is_grades]
    outcomes = [name for name in header if name in wanted]
    if takes_all:
        outcomes = [one.name for one in columns if one.is_numbers and not one.is_grades]
    known = {*RESERVED, *outcomes, *side_effects}
    return _Meanings(
        outcomes={name: places[name] for name in outcomes},
        side_effects={name: places[name] for name in side_effects},
        ignored=tuple(name for name in header if name and name not in known),
        rejected={one.name: one.problems for one in columns if not one.is_numbers},
    )


class _Column:
    """A column whose meaning its own cells decide."""

    def __init__(self, name: str, place: int) -> None:
        self.name = name
        self.place = place
        self.is_grades = True
        self._not_numbers = Collector()

    @property
    def is_numbers(self) -> bool:
        return not self._not_numbers.count

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._not_numbers.problems

    def see(self, line: int, cell: str) -> None:
        text = cell.strip()
        if not text or self._not_numbers.lists_no_more:
            return
        if self.is_grades and not _reads(read_grade, text):
            self.is_grades = False
        try:
            read_number(text)
        except BadCellError as bad:
            self._not_numbers.add(
                code=bad.code,
                place=f"line {line}, column {self.name}",
                given=shown(text),
                expected=bad.expected,
                todo=bad.todo,
            )


class _Dates:
    """Finds the date of day 0: from a row with both date and day, else the first date."""

    def __init__(self, reserved: Mapping[str, int]) -> None:
        self._date_at = reserved.get("date")
        self._day_at = reserved.get("day")
        self._from_both: date | None = None
        self._earliest: date | None = None

    @property
    def origin(self) -> date | None:
        return self._from_both or self._earliest

    @property
    def is_anchored(self) -> bool:
        return self._from_both is not None or self._earliest is None

    def see(self, cells: Sequence[str]) -> None:
        if self._date_at is None or self._from_both:
            return
        try:
            on = read_date(cells[self._date_at].strip())
            self._earliest = min(on, self._earliest or on)
            if self._day_at is not None:
                self._from_both = on - timedelta(days=read_day(cells[self._day_at].strip()))
        except (BadCellError, OverflowError):
            return  # told with its line when the row is read


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except BadCellError:
        return False
    return True


def _header(rows: Iterator[Row]) -> list[str]:
    line, cells = next(rows, (0, []))
    if not cells:
        _refuse("LDN-D007", "the file", "no header and no rows", "a header and a row for each day")
    header = [name.strip() for name in cells]
    place = f"line {line}, the header"
    if len(header) > MAX_COLUMNS:
        _refuse("LDN-D004", place, f"{len(header)} columns", f"at most {MAX_COLUMNS} columns")
    doubles = sorted({name for name in header if name and header.count(name) > 1})
    if doubles:
        names = ", ".join(map(shown, doubles[:5]))
        _refuse("LDN-D009", place, f"the same name more than once: {names}", "each name once")
    if "date" not in header and "day" not in header:
        given = f"no date and no day column, but {', '.join(map(shown, header[:5]))}"
        expected = "a column named date or day, and one for each outcome, with commas between"
        _refuse("LDN-D008", place, given, expected)
    return header


def _refuse(code: str, place: str, given: str, expected: str) -> NoReturn:
    raise InputError(
        [
            Problem(
                code=code,
                place=place,
                given=given,
                expected=expected,
                todo="Check that this is a diary file, and see the diary file page of the docs.",
            )
        ]
    )

"""The first look through a diary file: how large it is, and what its columns hold.

The rows are counted before any cell is read, so that an outsized file is refused at once. Only
after all rows were seen is it known whether a column is a side effect (0 to 3 everywhere) or
something else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
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


# Rows looked at together: each distinct cell of a column is then read once, not once a row.
_BLOCK_ROWS = 500


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
    """Look through all rows: count them first, then find what each column holds.

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
    header = _counted(iter(rows))
    reserved = {name: header.index(name) for name in RESERVED if name in header}
    wanted = {one.id for one in outcomes or ()}.difference(RESERVED)
    columns = [
        _Column(name, place, is_tried=outcomes is None)
        for place, name in enumerate(header)
        if name not in RESERVED and name not in wanted and ID.fullmatch(name)
    ]
    dates = _Dates(reserved)
    unsettled: list[_Dates | _Column] = [dates, *columns]
    for block in _blocks(rows, width=len(header)):
        unsettled = [one for one in unsettled if not one.is_settled]
        if not unsettled:
            break
        for one in unsettled:
            one.see(block)
    meanings = _meanings(header, wanted, columns, takes_all=outcomes is None)
    return Layout(
        width=len(header),
        reserved=reserved,
        first_date=start or dates.origin,
        is_anchored=start is not None or dates.is_anchored,
        **meanings,
    )


def _counted(rows: Iterator[Row]) -> list[str]:
    """Give the header, once it is known that there are neither too many rows nor none."""
    header = _header(rows)
    most = min(MAX_ROWS, MAX_CELLS // len(header))
    n_rows = 0
    for line, _ in rows:
        n_rows += 1
        if n_rows > most:
            _refuse(
                "LDN-D004",
                f"line {line}",
                f"more than {most} rows",
                f"at most {MAX_ROWS} rows and {MAX_CELLS} cells",
            )
    if not n_rows:
        _refuse("LDN-D007", "the file", "no rows", "at least one row under the header")
    return header


def _blocks(rows: Iterable[Row], *, width: int) -> Iterator[list[Row]]:
    """Give the rows under the header in lists, without those of another width."""
    below_header = islice(rows, 1, None)
    while block := list(islice(below_header, _BLOCK_ROWS)):
        yield [row for row in block if len(row[1]) == width]


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
    """A column whose meaning its own cells decide.

    Parameters
    ----------
    is_tried
        Whether it may be an outcome, too; else it is a side effect or nothing.
    """

    def __init__(self, name: str, place: int, *, is_tried: bool) -> None:
        self.name = name
        self.is_grades = True
        self._place = place
        self._is_tried = is_tried
        self._not_numbers = Collector()

    @property
    def is_numbers(self) -> bool:
        return not self._not_numbers.count

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._not_numbers.problems

    @property
    def is_settled(self) -> bool:
        """Whether no further row can change what the column is."""
        return not self.is_grades and (not self._is_tried or self._not_numbers.lists_no_more)

    def see(self, rows: Sequence[Row]) -> None:
        texts = {cells[self._place].strip() for _, cells in rows} - {""}
        if self.is_grades:
            self.is_grades = all(_reads(read_grade, text) for text in texts)
        if self._is_tried and not all(_reads(read_number, text) for text in texts):
            self._note_words(rows)

    def _note_words(self, rows: Sequence[Row]) -> None:
        for line, cells in rows:
            text = cells[self._place].strip()
            if not text or self._not_numbers.lists_no_more:
                continue
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

    @property
    def is_settled(self) -> bool:
        """Whether no further row can change where day 0 is."""
        return self._date_at is None or self._from_both is not None

    def see(self, rows: Sequence[Row]) -> None:
        for _, cells in rows:
            if self._date_at is None or self._from_both:
                return
            self._look(cells, self._date_at)

    def _look(self, cells: Sequence[str], date_at: int) -> None:
        try:
            on = read_date(cells[date_at].strip())
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

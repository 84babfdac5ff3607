"""The second look through a diary file: every cell becomes a value or a problem with its line.

Order of rows: a row without `entered_at` may not be for an earlier day than the rows without
`entered_at` above it. A row with `entered_at` may stand anywhere, because late entries and
corrections are made later than the day they are for, and the moment of entry says which counts.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar

from openldn.diary import _cells
from openldn.diary._cells import MAX_DAY, BadCellError
from openldn.diary._collect import Collector, shown
from openldn.diary._rows import Row
from openldn.diary._survey import Layout
from openldn.diary.entries import BEFORE_ALL, Entry
from openldn.protocol.outcomes import Outcome

__all__ = ["MAX_GAP_DAYS", "read_entries"]

# A year without a row: what follows is another trial, with another flare season and another life.
MAX_GAP_DAYS = 366

_T = TypeVar("_T")


def read_entries(
    rows: Iterable[Row],
    *,
    layout: Layout,
    outcomes: Sequence[Outcome],
    start: date | None,
    problems: Collector,
) -> tuple[Entry, ...]:
    """Read every row under the header; what is wrong goes to `problems`."""
    reader = _RowReader(layout=layout, outcomes=outcomes, start=start, problems=problems)
    order = _Order(problems)
    entries = []
    for line, cells in _data_rows(rows):
        entry = reader.read(line, cells)
        if entry:
            order.check(line, entry)
            entries.append(entry)
        if problems.is_full:
            break
    order.check_gaps()
    order.check_periods()
    if not entries and not problems.count:
        problems.add(
            code="LDN-D007",
            place="the file",
            given="no rows with anything in them",
            expected="at least one row under the header",
            todo="Record a day first.",
        )
    return tuple(entries)


def _data_rows(rows: Iterable[Row]) -> Iterable[Row]:
    iterator = iter(rows)
    next(iterator)  # the header
    return iterator


class _RowReader:
    """Reads one row after the other."""

    def __init__(
        self,
        *,
        layout: Layout,
        outcomes: Sequence[Outcome],
        start: date | None,
        problems: Collector,
    ) -> None:
        self._layout = layout
        self._scales = {one.id: one for one in outcomes}
        self._origin = layout.first_date
        self._has_plan_start = start is not None
        self._problems = problems
        self._line = 0
        self._cells: list[str] = []

    def read(self, line: int, cells: list[str]) -> Entry | None:
        """Give the entry of a row; None when the row is empty or its day cannot be told."""
        self._line, self._cells = line, cells
        if not any(map(str.strip, cells)):  # stops at the first cell with something in it
            return None
        if len(cells) != self._layout.width:
            self._problem(
                "LDN-D010",
                given=f"{len(cells)} cells",
                expected=f"{self._layout.width}, as in the header",
                todo="Write one cell for each column; put text with a comma into quotes.",
            )
            return None
        day = self._day()
        scores = {key: self._score(key, at) for key, at in self._layout.outcomes.items()}
        is_too_ill = bool(self._reserved("state", _cells.read_state))
        if is_too_ill:
            self._check_too_ill(scores)
        entry = Entry(
            day=day or 0,  # a row without a day is read all the same, to tell all its problems
            entered_at=self._reserved("entered_at", _cells.read_entered_at),
            arm=self._reserved("arm", _cells.read_arm),
            dose_ug=self._reserved("dose_mg", _cells.read_dose),
            taken=self._reserved("taken", _cells.read_taken),
            period=self._reserved("period", _cells.read_period),
            is_too_ill=is_too_ill,
            scores=scores,
            side_effects={
                key: self._value(key, at, _cells.read_grade)
                for key, at in self._layout.side_effects.items()
            },
            events=self._reserved("event", _cells.read_events) or (),
            note=self._note(),
            line=line,
        )
        return None if day is None else entry

    def _day(self) -> int | None:
        count_before = self._problems.count
        on = self._reserved("date", _cells.read_date)
        number = self._reserved("day", _cells.read_day)
        if self._problems.count > count_before:
            return None
        if on is None and number is None:
            self._problem(
                "LDN-D011",
                given="neither a date nor a day",
                expected="one of them in every row",
                todo="Fill in the date, or take the row out.",
            )
            return None
        if number is not None and on is None and not self._layout.is_anchored:
            self._problem(
                "LDN-D013",
                given=f"day {number} without a date, where other rows have a date without a day",
                expected="dates in all rows, or days in all rows, or one row that has both",
                todo="Two date origins cannot be told from one; fill in the missing dates.",
            )
            return None
        return number if on is None else self._day_of(on, number)

    def _day_of(self, on: date, number: int | None) -> int | None:
        origin = self._origin or on
        day = (on - origin).days
        zero = f"day 0 is {origin.isoformat()}"
        if number is not None and number != day:
            self._problem(
                "LDN-D013",
                given=f"{on.isoformat()} as day {number}",
                expected=f"day {day}, because {zero}",
                todo="Two date origins do not fit into one file; correct the dates or the days.",
            )
            return None
        if 0 <= day <= MAX_DAY:
            return day
        self._problem(
            "LDN-D028",
            given=on.isoformat(),
            expected=f"a date from {origin.isoformat()} on"
            + (", the start of the plan" if self._has_plan_start else ""),
            todo="Correct the date, or keep earlier days in a file of their own.",
        )
        return None

    def _score(self, key: str, at: int) -> float | None:
        value = self._value(key, at, _cells.read_number)
        scale = self._scales.get(key)
        if value is None or scale is None or scale.holds(value):
            return value
        self._problem(
            "LDN-D018",
            column=key,
            given=shown(self._cells[at].strip()),
            expected=f"a value on the scale {scale.minimum:g} to {scale.maximum:g}",
            todo="Correct the value, or leave the cell empty where it is not known.",
        )
        return None

    def _check_too_ill(self, scores: dict[str, float | None]) -> None:
        given = [key for key, value in scores.items() if value is not None]
        if given:
            self._problem(
                "LDN-D030",
                column="state",
                given=f"too-ill beside a score ({', '.join(given[:5])})",
                expected="no score in a row that says too-ill",
                todo="Empty the state if the person could answer, else empty the score.",
            )

    def _note(self) -> str:
        at = self._layout.reserved.get("note")
        return "" if at is None else self._cells[at]

    def _reserved(self, name: str, reader: Callable[[str], _T]) -> _T | None:
        at = self._layout.reserved.get(name)
        if at is None or not self._cells[at]:
            return None
        return self._value(name, at, reader)

    def _value(self, name: str, at: int, reader: Callable[[str], _T]) -> _T | None:
        text = self._cells[at].strip()
        if not text:
            return None
        try:
            return reader(text)
        except BadCellError as bad:
            self._problem(
                bad.code, column=name, given=shown(text), expected=bad.expected, todo=bad.todo
            )
            return None

    def _problem(
        self, code: str, *, given: str, expected: str, todo: str, column: str | None = None
    ) -> None:
        place = f"line {self._line}" + (f", column {column}" if column else "")
        self._problems.add(code=code, place=place, given=given, expected=expected, todo=todo)


class _Order:
    """Checks that rows go forward in time and that no day stands there twice unexplained."""

    def __init__(self, problems: Collector) -> None:
        self._problems = problems
        self._first_line: dict[int, int] = {}
        self._unstamped: set[int] = set()
        self._moments: set[tuple[int, datetime]] = set()
        self._latest_unstamped = -1
        self._periods: list[tuple[int, datetime, int, int]] = []  # day, moment, period, line

    def check(self, line: int, entry: Entry) -> None:
        """Look at the next row."""
        day, at = entry.day, entry.entered_at
        if self._is_double(day, at):
            self._problems.add(
                code="LDN-D015",
                place=f"line {line}",
                given=f"duplicate day: day {day} stands in line {self._first_line[day]} already",
                expected="one row a day, or several that all differ in entered_at",
                todo="Take one row out, give each its entered_at, or split two trials.",
            )
        elif at is None and day < self._latest_unstamped:
            self._problems.add(
                code="LDN-D014",
                place=f"line {line}",
                given=f"out of order: day {day} below day {self._latest_unstamped}",
                expected="rows without entered_at in the order of their days",
                todo="Sort the rows; keep two trials in two files.",
            )
        self._note_row(line, entry)

    def check_gaps(self) -> None:
        """Look for a gap so long that two trials must have been joined."""
        days = sorted(self._first_line)
        for before, after in pairwise(days):
            if after - before > MAX_GAP_DAYS:
                self._problems.add(
                    code="LDN-D029",
                    place=f"line {self._first_line[after]}",
                    given=f"{after - before} days since the row before it",
                    expected=f"at most {MAX_GAP_DAYS} days between two rows of one trial",
                    todo="Correct the date, or keep two trials in two files.",
                )

    def check_periods(self) -> None:
        """Look for periods that begin again: trials put one behind the other."""
        # The row entered last counts for its day, as everywhere.
        counting = {day: (period, line) for day, _, period, line in sorted(self._periods)}
        for (_, (before, line_before)), (day, (period, line)) in pairwise(counting.items()):
            if period < before:
                self._problems.add(
                    code="LDN-D033",
                    place=f"line {line}, column period",
                    given=f"period {period} on day {day}, after period {before}"
                    f" in line {line_before}",
                    expected="period numbers that stay or rise from day to day",
                    todo="Correct the number, or split the file where a second trial begins.",
                )

    def _is_double(self, day: int, at: datetime | None) -> bool:
        if day not in self._first_line:
            return False
        return at is None or day in self._unstamped or (day, at) in self._moments

    def _note_row(self, line: int, entry: Entry) -> None:
        day, at = entry.day, entry.entered_at
        self._first_line.setdefault(day, line)
        if entry.period is not None:
            self._periods.append((day, at or BEFORE_ALL, entry.period, line))
        if at is None:
            self._unstamped.add(day)
            self._latest_unstamped = max(day, self._latest_unstamped)
        else:
            self._moments.add((day, at))

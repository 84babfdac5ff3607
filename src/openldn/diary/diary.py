"""The diary of one person: all entries, and what they say about each day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Self

from openldn.diary._collect import Collector
from openldn.diary._survey import RESERVED
from openldn.diary.entries import DiaryDay, Entry, settle_days
from openldn.protocol.outcomes import Outcome
from openldn.protocol.problems import InputError, Problem

__all__ = ["Diary"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Diary:
    """What one person recorded, in the order of the file."""

    entries: tuple[Entry, ...]
    outcome_ids: tuple[str, ...]
    side_effect_ids: tuple[str, ...] = ()
    first_date: date | None = None  # the calendar date of day 0
    ignored_columns: tuple[str, ...] = ()  # columns of the file that nothing here uses
    # Why a column of the file cannot be an outcome: told only to the one who asks for it.
    rejected: Mapping[str, tuple[Problem, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def read(
        cls,
        path: str | PathLike[str],
        *,
        outcomes: Sequence[Outcome] | None = None,
        start: date | None = None,
    ) -> Self:
        """Read a diary file: CSV, or Parquet by its name.

        Parameters
        ----------
        outcomes
            What was scored. Scales are then checked, and other columns are side effects (0 to 3
            everywhere) or ignored. Without it every column of numbers is a possible outcome, and
            one that holds only 0 to 3 a side effect; `with_outcomes` settles it later.
        start
            The date of day 0, from the plan. Without it day 0 is the first date of the file, or
            what the rows with both a date and a day say.

        Raises
        ------
        InputError
            With every problem of the file.
        """
        from openldn.diary._parquet import ParquetFile, is_parquet
        from openldn.diary._reader import read_entries
        from openldn.diary._rows import CsvFile
        from openldn.diary._survey import survey

        place = Path(path)
        rows = ParquetFile(place) if is_parquet(place) else CsvFile(place)
        layout = survey(rows, outcomes=outcomes, start=start)
        problems = Collector()
        columns = (*layout.outcomes, *layout.side_effects, *layout.ignored)
        problems.add_all(_missing_columns(outcomes or (), columns))
        entries = read_entries(
            rows, layout=layout, outcomes=outcomes or (), start=start, problems=problems
        )
        problems.raise_any()
        return cls(
            entries=entries,
            outcome_ids=tuple(layout.outcomes),
            side_effect_ids=tuple(layout.side_effects),
            first_date=layout.first_date,
            ignored_columns=layout.ignored,
            rejected=layout.rejected,
        )

    @classmethod
    def from_entries(
        cls,
        entries: Iterable[Entry],
        *,
        outcome_ids: Sequence[str] | None = None,
        side_effect_ids: Sequence[str] | None = None,
        first_date: date | None = None,
    ) -> Self:
        """Build a diary from entries, such as those of the app.

        Ids that are not named are taken from the entries, in the order in which they appear.
        """
        kept = tuple(entries)
        if outcome_ids is None:
            outcome_ids = list(dict.fromkeys(key for one in kept for key in one.scores))
        if side_effect_ids is None:
            side_effect_ids = list(dict.fromkeys(key for one in kept for key in one.side_effects))
        return cls(
            entries=kept,
            outcome_ids=tuple(outcome_ids),
            side_effect_ids=tuple(side_effect_ids),
            first_date=first_date,
        )

    def days(self) -> tuple[DiaryDay, ...]:
        """Give every calendar day from the first recorded to the last, gaps included."""
        return tuple(
            settle_days(
                self.entries,
                outcome_ids=self.outcome_ids,
                side_effect_ids=self.side_effect_ids,
            )
        )

    def check(self, outcomes: Sequence[Outcome]) -> tuple[Problem, ...]:
        """Hold the diary against the outcomes asked for: columns there, values on their scales."""
        problems = Collector()
        known = (*self.outcome_ids, *self.side_effect_ids, *self.rejected)
        problems.add_all(_missing_columns(outcomes, known))
        for outcome in outcomes:
            problems.add_all(self.rejected.get(outcome.id, ()))
            for entry in self.entries:
                _check_scale(entry, outcome, problems)
        return problems.problems

    def with_outcomes(self, outcomes: Sequence[Outcome]) -> "Diary":
        """Settle which columns are outcomes; the other columns of scores are left out.

        Raises
        ------
        InputError
            With everything that `check` finds.
        """
        problems = self.check(outcomes)
        if problems:
            raise InputError(problems)
        wanted = tuple(one.id for one in outcomes)
        side_effects = tuple(key for key in self.side_effect_ids if key not in wanted)
        left_out = tuple(key for key in self.outcome_ids if key not in wanted)
        return replace(
            self,
            entries=tuple(_typed(one, wanted, side_effects) for one in self.entries),
            outcome_ids=wanted,
            side_effect_ids=side_effects,
            ignored_columns=(*self.ignored_columns, *left_out),
        )

    def write(self, path: str | PathLike[str], *, comments: Sequence[str] = ()) -> None:
        """Write the diary file, CSV or Parquet by its name, whole or not at all.

        Parameters
        ----------
        comments
            Lines for the top of a CSV file, each behind a `#`; Parquet keeps them in its schema.
        """
        from openldn.diary._parquet import is_parquet, parquet_bytes
        from openldn.diary._writer import csv_text
        from openldn.files import write_atomically

        place = Path(path)
        if is_parquet(place):
            write_atomically(place, parquet_bytes(self, place, comments=tuple(comments)))
        else:
            write_atomically(place, csv_text(self, comments=tuple(comments)))


def _missing_columns(outcomes: Sequence[Outcome], columns: Sequence[str]) -> tuple[Problem, ...]:
    return tuple(
        _missing_column(one.id, columns)
        for one in outcomes
        if one.id in RESERVED or one.id not in columns
    )


def _missing_column(wanted: str, columns: Sequence[str]) -> Problem:
    is_reserved = wanted in RESERVED
    have = ", ".join(columns[:10]) or "none"
    return Problem(
        code="LDN-D026",
        place="the header",
        given=f"{wanted}, a name with a fixed meaning" if is_reserved else f"no column {wanted}",
        expected="another name" if is_reserved else f"a column for the outcome {wanted}",
        todo=f"Other columns of this file: {have}. A column of empty cells is fine.",
    )


def _check_scale(entry: Entry, outcome: "Outcome", problems: Collector) -> None:
    value = entry.scores.get(outcome.id, entry.side_effects.get(outcome.id))
    if value is None or outcome.holds(value):
        return
    where = f"line {entry.line}" if entry.line else f"day {entry.day}"
    problems.add(
        code="LDN-D018",
        place=f"{where}, column {outcome.id}",
        given=f"{value:g}",
        expected=f"a value on the scale {outcome.minimum:g} to {outcome.maximum:g}",
        todo="Correct the value, or leave the cell empty where it is not known.",
    )


def _typed(entry: Entry, outcomes: Sequence[str], side_effects: Sequence[str]) -> Entry:
    return replace(
        entry,
        scores={key: entry.scores.get(key, entry.side_effects.get(key)) for key in outcomes},
        side_effects={key: entry.side_effects.get(key) for key in side_effects},
    )

"""Writes a diary as text that reads back to the same diary, byte for byte the same each time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from openldn.diary._survey import RESERVED
from openldn.diary.entries import Entry
from openldn.protocol.doses import Dose

if TYPE_CHECKING:
    from openldn.diary.diary import Diary

__all__ = ["csv_text", "number_text", "table"]

_NEEDS_QUOTES = frozenset(',"\r\n')


def csv_text(diary: "Diary", *, comments: tuple[str, ...] = ()) -> str:
    """Give the CSV file of a diary, with comment lines above the header."""
    header, rows = table(diary)
    lines = [f"# {line}" for comment in comments for line in comment.splitlines()]
    lines += [",".join(map(_quoted, cells)) for cells in (header, *rows)]
    return "\n".join(lines) + "\n"


def table(diary: "Diary") -> tuple[list[str], Iterator[list[str]]]:
    """Give the header and the rows of a diary as cell texts."""
    has_dates = diary.first_date is not None
    before = [name for name in RESERVED[:7] if has_dates or name != "date"]
    header = [*before, *diary.outcome_ids, *diary.side_effect_ids, *RESERVED[7:]]
    return header, (_cells(diary, entry) for entry in diary.entries)


def number_text(value: float) -> str:
    """Write a number so that it reads back exactly, without a needless `.0`."""
    return repr(float(value)).removesuffix(".0")


def _cells(diary: "Diary", entry: Entry) -> list[str]:
    on = diary.first_date and (diary.first_date + timedelta(days=entry.day)).isoformat()
    scores = (entry.scores.get(key) for key in diary.outcome_ids)
    grades = (entry.side_effects.get(key) for key in diary.side_effect_ids)
    return [
        *([on] if on else []),
        str(entry.day),
        entry.arm or "",
        "" if entry.dose_ug is None else str(Dose(entry.dose_ug).mg),
        "" if entry.taken is None else str(int(entry.taken)),
        "" if entry.period is None else str(entry.period),
        "too-ill" if entry.is_too_ill else "",
        *("" if score is None else number_text(score) for score in scores),
        *("" if grade is None else str(grade) for grade in grades),
        ";".join(entry.events),
        entry.note.replace("\0", ""),  # no reader of text files takes a zero byte
        entry.entered_at.isoformat() if entry.entered_at else "",
    ]


def _quoted(cell: str) -> str:
    # Written here because the csv module of some Python versions leaves a lone \r unquoted.
    if _NEEDS_QUOTES.isdisjoint(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'

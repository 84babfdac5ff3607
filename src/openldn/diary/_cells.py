"""Reads single cells of a diary file: text in, exact value out.

Every reader gets text without blanks at its ends and never an empty one (an empty cell is a
missing value and is settled before). What it cannot read it answers with `BadCellError`.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from openldn.protocol.doses import Dose
from openldn.protocol.plan import Arm

__all__ = [
    "ID",
    "MAX_DAY",
    "BadCellError",
    "read_arm",
    "read_date",
    "read_day",
    "read_dose",
    "read_entered_at",
    "read_events",
    "read_grade",
    "read_number",
    "read_period",
    "read_state",
    "read_taken",
]

# Outcomes are [a-z][a-z0-9_]{0,31}; side effects and events may hold hyphens as well.
ID = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
# One row a day up to the row limit stays legal; a later day is a slip or a second date origin.
MAX_DAY = 199_999
# Other drugs are read as recorded; above 100 g a day it is a slip of the pen in any medicine.
_MAX_DOSE_MG = 100_000
_MAX_NUMBER = 1e9  # no score, count or measurement of a day is larger
_MAX_PERIOD = 9_999

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
# The years catch slips such as 0206; `fromisoformat` alone would also take 20260201 and 2026-W05.
_DATE = re.compile(r"(19|20|21)\d\d-\d\d-\d\d", re.ASCII)
_WHOLE = re.compile(r"(\d{1,9})(\.0*)?", re.ASCII)  # tables saved by other programs hold "3.0"
_NOT_A_NUMBER = {"nan", "na", "n/a", "null", "none", "missing", "inf", "infinity", "#n/a"}
_IS_TAKEN = {"1": True, "0": False, "1.0": True, "0.0": False}


class BadCellError(ValueError):
    """A cell that cannot be read.

    Parameters
    ----------
    code
        Stable problem code.
    expected, todo
        What belongs into the cell, and what to do next.
    """

    def __init__(self, code: str, *, expected: str, todo: str) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected
        self.todo = todo


@lru_cache(maxsize=8192)
def read_date(text: str) -> date:
    """Read a calendar date, YYYY-MM-DD and nothing else."""
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise BadCellError(
            "LDN-D011", expected="a date such as 2026-02-01", todo="Write it as year-month-day."
        ) from None


@lru_cache(maxsize=8192)
def read_day(text: str) -> int:
    """Read a day number, whole and from 0."""
    return _whole(
        text,
        code="LDN-D012",
        most=MAX_DAY,
        expected=f"a whole day number from 0 to {MAX_DAY}",
        todo="Count the days from the first one, which is 0.",
    )


@lru_cache(maxsize=4096)
def read_number(text: str) -> float:
    """Read a score: any finite number of sensible size."""
    value = float(text) if _NUMBER.fullmatch(text) else None
    if value is not None and abs(value) <= _MAX_NUMBER:
        return value
    if value is not None:
        raise BadCellError(
            "LDN-D018", expected="a number on the scale", todo="Check the number for a slip."
        )
    if text.casefold().lstrip("+-") in _NOT_A_NUMBER:
        raise BadCellError(
            "LDN-D017",
            expected="a number, or nothing",
            todo="Leave the cell empty where there is no value.",
        )
    raise BadCellError(
        "LDN-D016",
        expected="a number such as 6 or 6.5",
        todo="Write a number with a point, or leave the cell empty.",
    )


@lru_cache(maxsize=4096)
def read_dose(text: str) -> int:
    """Read a dose in mg and give it in whole micrograms."""
    wrong = BadCellError(
        "LDN-D019",
        expected=f"mg as a decimal from 0 to {_MAX_DOSE_MG}, at most 3 places, such as 1.5",
        todo="Correct the dose; 0 means none was taken, an empty cell means unknown.",
    )
    if not _NUMBER.fullmatch(text) or not 0 <= Decimal(text) <= _MAX_DOSE_MG:
        raise wrong
    try:
        return Dose.from_mg(text).ug
    except ValueError:
        raise wrong from None


def read_arm(text: str) -> Arm:
    """Read the assigned arm."""
    try:
        return Arm(text)
    except ValueError:
        raise BadCellError(
            "LDN-D020",
            expected="active, placebo or none",
            todo="Leave the cell empty while the order is sealed.",
        ) from None


def read_taken(text: str) -> bool:
    """Read whether the capsule was taken."""
    if text not in _IS_TAKEN:
        raise BadCellError(
            "LDN-D021", expected="1, 0 or nothing", todo="Write 1 for taken and 0 for not taken."
        )
    return _IS_TAKEN[text]


@lru_cache(maxsize=4096)
def read_period(text: str) -> int:
    """Read the number of a period, from 1."""
    return _whole(
        text,
        code="LDN-D022",
        least=1,
        most=_MAX_PERIOD,
        expected="a whole number from 1",
        todo="Number the periods of the plan, or leave the cell empty.",
    )


def read_state(text: str) -> bool:
    """Read the state of the day; true when the person was too ill to answer."""
    if text != "too-ill":
        raise BadCellError(
            "LDN-D023",
            expected="too-ill or nothing",
            todo="Write other remarks into the note column.",
        )
    return True


@lru_cache(maxsize=4096)
def read_events(text: str) -> tuple[str, ...]:
    """Read event ids with `;` between them; each is kept once."""
    ids = tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
    if not all(ID.fullmatch(one) for one in ids):
        raise BadCellError(
            "LDN-D024",
            expected="event ids in small letters with ; between, such as flare;infection",
            todo="Write other remarks into the note column.",
        )
    return ids


def read_entered_at(text: str) -> datetime:
    """Read the moment an entry was made, with its offset from universal time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadCellError(
            "LDN-D025",
            expected="a time with its offset, such as 2026-02-01T21:30:00+01:00",
            todo="Write the full time with the offset, or leave the cell empty.",
        )
    return at


@lru_cache(maxsize=4096)
def read_grade(text: str) -> int:
    """Read a side effect: 0 asked and none, 1 mild, 2 moderate, 3 severe."""
    return _whole(
        text,
        code="LDN-D027",
        most=3,
        expected="0, 1, 2 or 3",
        todo="Write 0 none, 1 mild, 2 moderate, 3 severe, or leave the cell empty.",
    )


def _whole(text: str, *, code: str, least: int = 0, most: int, expected: str, todo: str) -> int:
    match = _WHOLE.fullmatch(text)
    if not match or not least <= int(match[1]) <= most:
        raise BadCellError(code, expected=expected, todo=todo)
    return int(match[1])

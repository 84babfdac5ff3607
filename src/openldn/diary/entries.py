"""What was recorded: one `Entry` a row, one `DiaryDay` a calendar day.

An entry is kept as it was written down and never changed. What counts for a day is worked out
from all its entries: the latest score, the sum of the doses, the worst of each side effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from openldn.protocol.plan import Arm

__all__ = ["BEFORE_ALL", "DiaryDay", "Entry", "in_order_of_entry", "settle_days"]

_T = TypeVar("_T")
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)  # the moment of a row that has none


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One row of a diary, as recorded. What was not recorded is None or absent, never zero."""

    day: int  # from 0
    entered_at: datetime | None = None  # with offset; later than the day for late entries
    arm: Arm | None = None  # assigned; None while sealed
    dose_ug: int | None = None  # exact micrograms taken; None while unknown; may exceed 4500
    taken: bool | None = None
    period: int | None = None
    is_too_ill: bool = False
    scores: Mapping[str, float | None] = field(default_factory=dict)
    side_effects: Mapping[str, int | None] = field(default_factory=dict)  # 0 to 3
    events: tuple[str, ...] = ()
    note: str = ""
    line: int | None = field(default=None, compare=False)  # where it stands in the file

    def __post_init__(self) -> None:
        if self.day < 0:
            raise ValueError(f"day {self.day} lies before day 0")
        if self.entered_at is not None and self.entered_at.tzinfo is None:
            raise ValueError(f"{self.entered_at} has no offset, so entries cannot be put in order")


@dataclass(frozen=True, kw_only=True, slots=True)
class DiaryDay:
    """What counts for one calendar day, recorded or not.

    Every outcome and side effect of the diary is a key; None means that nothing was recorded.
    """

    day: int
    arm: Arm | None
    dose_ug: int | None  # the sum of the day; None while no dose is known
    taken: bool | None
    period: int | None
    is_too_ill: bool  # could not answer, and gave no score at another time of that day
    scores: Mapping[str, float | None]
    side_effects: Mapping[str, int | None]
    events: tuple[str, ...]
    notes: tuple[str, ...]
    n_entries: int


def in_order_of_entry(entries: Sequence[Entry]) -> list[Entry]:
    """Sort by day, and within a day by the moment of entry (a row without one comes first)."""
    return sorted(entries, key=lambda one: (one.day, one.entered_at or BEFORE_ALL))


def settle_days(
    entries: Sequence[Entry], *, outcome_ids: Sequence[str], side_effect_ids: Sequence[str]
) -> Iterator[DiaryDay]:
    """Give what counts for every calendar day from the first to the last, gaps included."""
    next_day: int | None = None
    for day, group in groupby(in_order_of_entry(entries), key=attrgetter("day")):
        for empty in range(day if next_day is None else next_day, day):
            yield _settled(empty, (), outcome_ids, side_effect_ids)
        yield _settled(day, tuple(group), outcome_ids, side_effect_ids)
        next_day = day + 1


def _settled(
    day: int,
    entries: tuple[Entry, ...],
    outcome_ids: Sequence[str],
    side_effect_ids: Sequence[str],
) -> DiaryDay:
    arm = _latest([one.arm for one in entries])
    doses = [one.dose_ug for one in entries if one.dose_ug is not None]
    dose_ug = sum(doses) if doses else None
    # A later row that leaves a score empty says nothing about it: the earlier value stands.
    scores = {key: _latest([one.scores.get(key) for one in entries]) for key in outcome_ids}
    has_score = any(value is not None for value in scores.values())
    return DiaryDay(
        day=day,
        arm=arm,
        dose_ug=dose_ug,
        taken=_taken(_latest([one.taken for one in entries]), dose_ug, arm),
        period=_latest([one.period for one in entries]),
        is_too_ill=any(one.is_too_ill for one in entries) and not has_score,
        scores=scores,
        side_effects={
            key: _worst([one.side_effects.get(key) for one in entries]) for key in side_effect_ids
        },
        events=tuple(dict.fromkeys(event for one in entries for event in one.events)),
        notes=tuple(one.note for one in entries if one.note),
        n_entries=len(entries),
    )


def _latest(values: Sequence[_T | None]) -> _T | None:
    return next((value for value in reversed(values) if value is not None), None)


def _worst(grades: Sequence[int | None]) -> int | None:
    # A harm of the morning is not undone by a good evening.
    return max((grade for grade in grades if grade is not None), default=None)


def _taken(recorded: bool | None, dose_ug: int | None, arm: Arm | None) -> bool | None:
    # Contract: the default is 1 where a dose was recorded or the capsule was a placebo.
    if recorded is None and (dose_ug or arm is Arm.PLACEBO):
        return True
    return recorded

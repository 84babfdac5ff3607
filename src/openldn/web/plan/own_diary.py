"""A diary without a plan: which questions, which evening, and what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from openldn.diary import Diary
from openldn.diary import Entry as DiaryEntry
from openldn.web.access.models import Person
from openldn.web.plan.models import OwnDiary, OwnEntry

__all__ = ["Asked", "begin", "current", "diary_of", "questions_of", "record", "undo"]

HIGHEST = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One question of an evening, with what was answered."""

    id: str
    label: str
    low: str  # what 0 is
    high: str
    bars: tuple[tuple[int, bool], ...]  # key, and whether it is the chosen one
    score: int | None
    is_left_out: bool
    row: int | None  # that Undo takes back


def current(person: Person) -> OwnDiary | None:
    """Give the diary that is kept now. Once a trial begins, its evenings take over."""
    diary = person.own_diaries.last()
    if diary is None or person.trials.filter(created_at__gte=diary.begun_at).exists():
        return None
    return diary


@transaction.atomic
def begin(*, person: Person, items: Iterable[Mapping[str, Any]], now: datetime) -> OwnDiary:
    """Begin a diary with these scores. The same ones again begin none."""
    questions = [{key: item[key] for key in ("id", "label", "better")} for item in items]
    held = current(person)
    if held is not None and held.questions == questions:
        return held
    return OwnDiary.objects.create(
        person=person, questions=questions, start=now.date(), begun_at=now
    )


@transaction.atomic
def record(*, diary: OwnDiary, day: int, question: str, score: int | None, now: datetime) -> None:
    """Add an answer; None: left out. The answer that counts already adds none."""
    held = in_force(diary, day).get(question)
    if held is None or held.score != score or (score is None) != _is_left_out(held):
        kind = OwnEntry.Kind.LEFT_OUT if score is None else OwnEntry.Kind.GIVEN
        _add(diary, day, question, kind, score, now)


@transaction.atomic
def undo(*, diary: OwnDiary, day: int, question: str, row: int | None, now: datetime) -> None:
    """Take back the answer that this row holds, if it still counts."""
    held = in_force(diary, day).get(question)
    if held is not None and held.pk == row:
        _add(diary, day, question, OwnEntry.Kind.UNDONE, None, now)


def in_force(diary: OwnDiary, day: int) -> dict[str, OwnEntry]:
    """Find what counts on a day: the latest row of each question that was not undone."""
    return _stacked(diary.entries.filter(day=day)).get(day, {})


def questions_of(diary: OwnDiary, day: int, *, ends: tuple[str, str]) -> list[Asked]:
    """Give the questions of a day.

    Parameters
    ----------
    ends
        What the worst and the best end are called.
    """
    held = in_force(diary, day)
    return [_asked(one, held.get(one["id"]), ends) for one in diary.questions]


def diary_of(diary: OwnDiary) -> Diary:
    """Write the diary as the file that every command reads. Nothing in it is about a capsule."""
    by_day = _stacked(diary.entries.all())
    ids = [one["id"] for one in diary.questions]
    return Diary.from_entries(
        [_entry(day, by_day[day], ids) for day in sorted(by_day)],
        outcome_ids=ids,
        side_effect_ids=[],
        first_date=diary.start,
    )


def day_of(diary: OwnDiary, when: date) -> int:
    """Give the day number of a date: 0 is the first evening."""
    return (when - diary.start).days


def _stacked(entries: Iterable[OwnEntry]) -> dict[int, dict[str, OwnEntry]]:
    rows: dict[tuple[int, str], list[OwnEntry]] = {}
    for entry in entries:
        stack = rows.setdefault((entry.day, entry.question), [])
        if entry.kind != OwnEntry.Kind.UNDONE:
            stack.append(entry)
        elif stack:
            stack.pop()
    held: dict[int, dict[str, OwnEntry]] = {}
    for (day, question), stack in rows.items():
        if stack:
            held.setdefault(day, {})[question] = stack[-1]
    return held


def _asked(one: Mapping[str, Any], held: OwnEntry | None, ends: tuple[str, str]) -> Asked:
    worst, best = ends
    is_lower = one["better"] == "lower"
    score = held.score if held else None

    return Asked(
        id=one["id"],
        label=one["label"],
        low=best if is_lower else worst,
        high=worst if is_lower else best,
        bars=tuple((key, key == score) for key in range(HIGHEST + 1)),
        score=score,
        is_left_out=_is_left_out(held),
        row=held.pk if held else None,
    )


def _is_left_out(held: OwnEntry | None) -> bool:
    return held is not None and held.kind == OwnEntry.Kind.LEFT_OUT


def _entry(day: int, held: Mapping[str, OwnEntry], ids: Iterable[str]) -> DiaryEntry:
    scores = {one: held[one].score if one in held else None for one in ids}
    return DiaryEntry(
        day=day,
        entered_at=max(row.entered_at for row in held.values()),
        arm=None,
        dose_ug=None,
        taken=None,
        period=None,
        is_too_ill=False,
        scores={one: None if score is None else float(score) for one, score in scores.items()},
        side_effects={},
        events=(),
        note="",
        line=None,
    )


def _add(
    diary: OwnDiary, day: int, question: str, kind: str, score: int | None, now: datetime
) -> None:
    OwnEntry.objects.create(
        person=diary.person,
        diary=diary,
        day=day,
        question=question,
        kind=kind,
        score=score,
        entered_at=now,
    )

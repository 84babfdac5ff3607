"""From rows that are only ever added to what counts now, day by day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from openldn.diary import Diary
from openldn.diary import Entry as DiaryEntry
from openldn.protocol.calendar import PlannedDay, planned_on
from openldn.protocol.doses import Dose
from openldn.protocol.plan import Arm
from openldn.web.person import items, red_flags
from openldn.web.person.models import Entry, Trial

__all__ = [
    "Held",
    "HeldByDay",
    "diary_of",
    "events_of",
    "in_force",
    "is_given",
    "is_recorded",
    "level",
    "number",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """The answer that counts for one item of one day."""

    value: str | None  # None: left out
    entered_at: datetime
    row: int  # of the row that holds it; a larger one was entered later


HeldByDay = dict[int, dict[str, Held]]


def in_force(entries: Iterable[Entry]) -> HeldByDay:
    """Find what counts: the latest row of each item that was not undone."""
    rows: dict[tuple[int, str], list[Held]] = {}
    for entry in entries:
        stack = rows.setdefault((entry.day, entry.item), [])
        if entry.kind != Entry.Kind.UNDONE:
            value = entry.value if entry.kind == Entry.Kind.GIVEN else None
            stack.append(Held(value=value, entered_at=entry.entered_at, row=entry.pk))
        elif stack:
            stack.pop()
    held: HeldByDay = {}
    for (day, item), stack in rows.items():
        if stack:
            held.setdefault(day, {})[item] = stack[-1]
    return held


def is_given(day: Mapping[str, Held], item: str) -> bool:
    """Tell whether an item has an answer that was not left out."""
    held = day.get(item)
    return held is not None and held.value is not None


def is_recorded(day: Mapping[str, Held]) -> bool:
    """Tell whether a day holds a score, or that the person was too ill to give one."""
    return any(
        held.value is not None and (item == items.ILL or item.startswith("outcome:"))
        for item, held in day.items()
    )


def events_of(day: Mapping[str, Held]) -> tuple[str, ...]:
    """Name the events and the red flags of a day as the diary file does."""
    happened = (known.id for known in items.EVENTS if is_given(day, items.event(known.id)))
    flags = (one for one in red_flags.ids() if is_given(day, items.red_flag(one)))
    return (*happened, *map(red_flags.event_id, flags))


def diary_of(trial: Trial) -> Diary:
    """Write the trial as the diary that the engine and the file know.

    While the order is sealed, arm and dose are empty: nobody knows them.
    """
    by_day = in_force(trial.entries.all())
    return Diary.from_entries(
        [_entry_of(trial, day, by_day[day]) for day in sorted(by_day)],
        outcome_ids=[outcome.id for outcome in trial.plan.outcomes],
        side_effect_ids=[effect.id for effect in items.SIDE_EFFECTS],
        first_date=trial.start,
    )


def _entry_of(trial: Trial, day: int, held: Mapping[str, Held]) -> DiaryEntry:
    planned = planned_on(trial.plan, day, order=trial.order)
    taken = _taken(held)
    # A day that she was too ill to answer has no score, also where one was tapped before.
    is_too_ill = is_given(held, items.ILL)
    scored = {} if is_too_ill else held
    return DiaryEntry(
        day=day,
        entered_at=max(answer.entered_at for answer in held.values()),
        arm=planned.arm,
        dose_ug=_dose_ug(planned, taken, items.dose_of(_value(held, items.CAPSULE))),
        taken=taken,
        period=planned.period,
        is_too_ill=is_too_ill,
        scores={
            outcome.id: number(scored.get(items.outcome(outcome.id)))
            for outcome in trial.plan.outcomes
        },
        side_effects={
            effect.id: level(held.get(items.side_effect(effect.id)))
            for effect in items.SIDE_EFFECTS
        },
        events=events_of(held),
        note=_text(held.get(items.NOTE)),
        line=None,
    )


def _taken(held: Mapping[str, Held]) -> bool | None:
    answer = held.get(items.CAPSULE)
    return None if answer is None or answer.value is None else answer.value != "0"


def _dose_ug(planned: PlannedDay, taken: bool | None, another: Dose | None) -> int | None:
    if another is not None:
        return another.ug
    if planned.arm in (Arm.NONE, Arm.PLACEBO) or taken is False:
        return 0
    if planned.dose is None or taken is None:
        return None
    return planned.dose.ug


def _value(held: Mapping[str, Held], item: str) -> str | None:
    answer = held.get(item)
    return None if answer is None else answer.value


def number(answer: Held | None) -> float | None:
    """Return a score. None: it was left out, or nobody answered."""
    return None if answer is None or answer.value is None else float(answer.value)


def level(answer: Held | None) -> int | None:
    """Return how bad a side effect was, 0 to 3. None: it was left out, or nobody answered."""
    return None if answer is None or answer.value is None else int(answer.value)


def _text(answer: Held | None) -> str:
    return "" if answer is None or answer.value is None else answer.value

"""What the check-in shows: one evening, its questions, and which of them is open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from openldn.protocol.calendar import planned_on
from openldn.protocol.outcomes import Better, Outcome
from openldn.protocol.plan import Arm, Plan
from openldn.web.person import dates, items, pauses, records, red_flags
from openldn.web.person.models import Trial
from openldn.web.person.records import Held

__all__ = [
    "SIDES",
    "Evening",
    "Key",
    "Listed",
    "Question",
    "evening_of",
    "events_of",
    "side_effects_of",
    "warning_signs_of",
]

_UNDO_FOR = timedelta(minutes=10)
_MOST_KEYS = 11  # a finer scale gets a number field
_PIECE = 25  # of the progress meter: 22 and a gap of 3
SIDES = "side-effects"  # the one question that stands for the whole list


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One big button."""

    value: str
    text: str
    bar: str  # class of the bar in the key: how far up the scale it lies
    spoken: str  # what is read aloud instead of the text, where the text is too short
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of the evening, open or folded."""

    number: int
    item: str
    title: str  # of the folded row
    words: str
    hint: str
    low: str
    high: str
    keys: tuple[Key, ...]
    style: str  # scale | number | choice | sides
    said: str | None  # what was answered; None: not yet
    can_undo: bool
    row: int | None  # that Undo takes back
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A side effect or an event with its state."""

    item: str
    label: str
    keys: tuple[Key, ...]
    is_given: bool
    row: int | None  # that Undo takes back
    what_to_do: str = ""  # at once, where it is a warning sign


@dataclass(frozen=True, kw_only=True, slots=True)
class Evening:
    """Everything about one day that the check-in shows."""

    when: date
    day: int
    words: str  # the date in words
    total_days: int
    is_yesterday: bool
    is_too_ill: bool
    ill_row: int | None  # that Undo takes back
    questions: tuple[Question, ...]
    events: tuple[str, ...]
    warning_signs: tuple[str, ...]
    is_paused: bool  # no capsule is asked about
    note: str
    has_yesterday: bool
    yesterday: str  # its weekday

    @property
    def n_answered(self) -> int:
        """How many questions have an answer."""
        return sum(question.said is not None for question in self.questions)

    @property
    def open(self) -> tuple[Question, ...]:
        """The open question, if there is one."""
        return tuple(question for question in self.questions if question.is_open)

    @property
    def before(self) -> tuple[Question, ...]:
        """The rows above the open question: the one just answered, so that Undo is at hand.

        All others stand below it, so that its keys fit a phone without scrolling.
        """
        return tuple(row for row in self._folded if row.can_undo or not self.open)

    @property
    def after(self) -> tuple[Question, ...]:
        """The rows below the open question."""
        return tuple(row for row in self._folded if row not in self.before)

    @property
    def _folded(self) -> tuple[Question, ...]:
        return tuple(row for row in self.questions if row.said is not None and not row.is_open)

    @property
    def meter(self) -> tuple[tuple[int, bool], ...]:
        """Left edge and state of each piece of the progress meter."""
        return tuple(
            (_PIECE * i, question.said is not None) for i, question in enumerate(self.questions)
        )

    @property
    def meter_width(self) -> int:
        """How wide the meter is, in its own units."""
        return _PIECE * len(self.questions) - 3

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is left to ask."""
        return self.n_answered == len(self.questions)

    @property
    def progress(self) -> str:
        """How far the evening is, in words."""
        left = len(self.questions) - self.n_answered
        words = f"{self.n_answered} of {len(self.questions)} answered."
        return words + {0: " All done.", 1: " Last one."}.get(left, "")


def evening_of(trial: Trial, when: date, *, now: datetime, change: int | None = None) -> Evening:
    """Build one evening; `change` opens an answered question again."""
    day = trial.day_of(when)
    entries = trial.entries.filter(day=day)
    held = records.in_force(entries).get(day, {})
    is_yesterday = when < now.date()
    is_paused = pauses.is_paused_on(trial, when, now=now)
    drafts = _questions(trial, day, held, is_yesterday=is_yesterday, is_paused=is_paused)
    opened = change if change is not None else _first_unanswered(drafts)
    latest = max(held.values(), key=lambda answer: answer.row, default=None)
    yesterday = when - timedelta(days=1)
    return Evening(
        when=when,
        day=day,
        words=dates.in_words(when),
        total_days=trial.plan.total_days,
        is_yesterday=is_yesterday,
        is_too_ill=records.is_given(held, items.ILL),
        ill_row=_row(held, items.ILL),
        questions=tuple(
            _numbered(draft, number, opened=opened, latest=latest, now=now)
            for number, draft in enumerate(drafts, start=1)
        ),
        events=tuple(
            event.label for event in items.EVENTS if records.is_given(held, items.event(event.id))
        ),
        warning_signs=tuple(
            flag.name
            for flag in red_flags.known()
            if records.is_given(held, items.red_flag(flag.id))
        ),
        is_paused=is_paused,
        note=_value(held, items.NOTE) or "",
        has_yesterday=not is_yesterday and day >= 1,
        yesterday=f"{yesterday:%A}",
    )


def side_effects_of(trial: Trial, day: int) -> tuple[Listed, ...]:
    """List the side effects of a day with four keys each."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    return tuple(
        _listed(items.side_effect(known.id), known.label, held, _SEVERITY_KEYS)
        for known in items.SIDE_EFFECTS
    )


def events_of(trial: Trial, day: int) -> tuple[Listed, ...]:
    """List the events of a day with a key each."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    return tuple(
        _listed(items.event(known.id), known.label, held, (("1", "Yes, today"),))
        for known in items.EVENTS
    )


def warning_signs_of(trial: Trial, day: int) -> tuple[Listed, ...]:
    """List the red flags of a day with a key each, and what to do at once."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    return tuple(
        replace(
            _listed(items.red_flag(known.id), known.name, held, (("1", "Yes, today"),)),
            what_to_do=known.what_to_do,
        )
        for known in red_flags.known()
    )


_SEVERITY_KEYS = tuple((str(level), word) for level, word in enumerate(items.SEVERITIES))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """A question before it is known which one is open."""

    item: str
    title: str
    words: str
    hint: str = ""
    low: str = ""
    high: str = ""
    keys: tuple[Key, ...]
    style: str
    said: str | None
    rows: tuple[Held, ...]


def _questions(
    trial: Trial, day: int, held: Mapping[str, Held], *, is_yesterday: bool, is_paused: bool
) -> list[_Draft]:
    plan = trial.plan
    planned = planned_on(plan, day)
    when = "yesterday" if is_yesterday else "today"
    drafts = []
    # While the trial is paused no capsule is asked about; what she has said about one is shown.
    is_asked = not is_paused or items.CAPSULE in held
    if planned.arm is not Arm.NONE and is_asked:
        drafts.append(_capsule(plan, held, when))
    drafts += [_scale(outcome, held, when) for outcome in plan.outcomes]
    return [*drafts, _sides(held, when)]


def _capsule(plan: Plan, held: Mapping[str, Held], when: str) -> _Draft:
    what = "capsule" if plan.drug.form == "capsule" else "dose"
    if when == "today" and plan.drug.time != "morning":
        when = "tonight"
    answers = {"1": "Taken", "0": "Not taken"}
    return _Draft(
        item=items.CAPSULE,
        title=what.capitalize(),
        words=f"Did you take your {what} {when}?",
        keys=_choice_keys((("1", "Taken"), ("0", "Not taken")), _value(held, items.CAPSULE)),
        style="choice",
        said=_said(held, items.CAPSULE, answers),
        rows=_rows(held, (items.CAPSULE,)),
    )


def _scale(outcome: Outcome, held: Mapping[str, Held], when: str) -> _Draft:
    item = items.outcome(outcome.id)
    low_is_good = outcome.better is Better.LOWER
    name = outcome.label[0].lower() + outcome.label[1:]
    low, high = ("none", "worst imaginable") if low_is_good else ("worst", "best imaginable")
    value = _value(held, item)
    said = _said(held, item, {})
    return _Draft(
        item=item,
        title=outcome.label,
        words=f"How {'bad' if low_is_good else 'good'} was your {name} {when}?",
        hint="The whole day. A first guess is fine.",
        low=f"{outcome.minimum:g} = {low}",
        high=f"{outcome.maximum:g} = {high}",
        keys=_scale_keys(outcome, low=low, high=high, value=value),
        style="scale" if outcome.steps <= _MOST_KEYS else "number",
        said=f"{said} of {outcome.maximum:g}" if value is not None else said,
        rows=_rows(held, (item,)),
    )


def _sides(held: Mapping[str, Held], when: str) -> _Draft:
    listed = tuple(items.side_effect(known.id) for known in items.SIDE_EFFECTS)
    rows = _rows(held, listed)
    return _Draft(
        item=SIDES,
        title="Side effects",
        words=f"Any side effects {when}?",
        hint="Sleep, dreams, stomach, headache, anything new.",
        keys=(),
        style="sides",
        said=_sides_said(held) if rows else None,
        rows=rows,
    )


def _sides_said(held: Mapping[str, Held]) -> str:
    found = []
    is_asked = False
    for known in items.SIDE_EFFECTS:
        level = _value(held, items.side_effect(known.id))
        is_asked = is_asked or level is not None
        if level not in (None, "0"):
            found.append(f"{known.label}: {items.SEVERITIES[int(level or 0)].lower()}")
    return "; ".join(found) or ("None" if is_asked else "Left out")


def _scale_keys(outcome: Outcome, *, low: str, high: str, value: str | None) -> tuple[Key, ...]:
    if outcome.steps > _MOST_KEYS:
        return ()
    keys = []
    for step in range(outcome.steps):
        text = f"{outcome.minimum + step * outcome.step:g}"
        end = {0: low, outcome.steps - 1: high}.get(step)
        keys.append(
            Key(
                value=text,
                text=text,
                bar=f"r{round(10 * step / (outcome.steps - 1))}",
                spoken=f"{text}, {end}" if end else "",
                is_chosen=text == value,
            )
        )
    return tuple(keys)


def _choice_keys(choices: tuple[tuple[str, str], ...], value: str | None) -> tuple[Key, ...]:
    return tuple(
        Key(value=choice, text=text, bar="", spoken="", is_chosen=choice == value)
        for choice, text in choices
    )


def _listed(
    item: str, label: str, held: Mapping[str, Held], choices: tuple[tuple[str, str], ...]
) -> Listed:
    value = _value(held, item)
    return Listed(
        item=item,
        label=label,
        keys=_choice_keys(choices, value),
        is_given=value is not None,
        row=_row(held, item),
    )


def _numbered(
    draft: _Draft, number: int, *, opened: int | None, latest: Held | None, now: datetime
) -> Question:
    is_latest = latest is not None and any(row.row == latest.row for row in draft.rows)
    return Question(
        number=number,
        item=draft.item,
        title=draft.title,
        words=draft.words,
        hint=draft.hint,
        low=draft.low,
        high=draft.high,
        keys=draft.keys,
        style=draft.style,
        said=draft.said,
        can_undo=is_latest and latest is not None and now - latest.entered_at < _UNDO_FOR,
        row=max((row.row for row in draft.rows), default=None),
        is_open=number == opened,
    )


def _first_unanswered(drafts: list[_Draft]) -> int | None:
    return next((i for i, draft in enumerate(drafts, start=1) if draft.said is None), None)


def _value(held: Mapping[str, Held], item: str) -> str | None:
    answer = held.get(item)
    return None if answer is None else answer.value


def _row(held: Mapping[str, Held], item: str) -> int | None:
    answer = held.get(item)
    return None if answer is None else answer.row


def _said(held: Mapping[str, Held], item: str, words: Mapping[str, str]) -> str | None:
    """Return the answer in words, or None where there is none yet."""
    if item not in held:
        return None
    value = held[item].value
    return "Left out" if value is None else words.get(value, value)


def _rows(held: Mapping[str, Held], wanted: tuple[str, ...]) -> tuple[Held, ...]:
    return tuple(held[item] for item in wanted if item in held)

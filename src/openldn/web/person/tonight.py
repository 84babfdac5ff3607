"""What the check-in shows: one evening, its questions, and which of them is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from openldn.web.languages.tables import said
from openldn.web.person import dates, items, pauses, records, red_flags
from openldn.web.person.listed import Key, Listed
from openldn.web.person.models import Trial
from openldn.web.person.questions import Draft, drafts_of, value_of
from openldn.web.person.records import Held

__all__ = ["Evening", "Question", "evening_of"]

_UNDO_FOR = timedelta(minutes=10)
_PIECE = 25  # of the progress meter: 22 and a gap of 3


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
    listed: tuple[Listed, ...] = ()  # the side effects that can be ticked
    dose: str = ""  # in milligrams, where another one than the planned was taken
    plans: str = ""  # what the plan says about tonight's dose, while that is no secret


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
    def answered_items(self) -> str:
        """The items that have an answer, for a device that asks by itself later."""
        ill = (items.ILL,) if self.is_too_ill else ()
        done = (question.item for question in self.questions if question.said is not None)
        return " ".join((*ill, *done))

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
        facts = {"answered": self.n_answered, "questions": len(self.questions)}
        if left == 0:
            return _("%(answered)d of %(questions)d answered. All done.") % facts
        if left == 1:
            return _("%(answered)d of %(questions)d answered. Last one.") % facts
        return _("%(answered)d of %(questions)d answered.") % facts


def evening_of(trial: Trial, when: date, *, now: datetime, change: int | None = None) -> Evening:
    """Build one evening; `change` opens an answered question again."""
    day = trial.day_of(when)
    entries = trial.entries.filter(day=day)
    held = records.in_force(entries).get(day, {})
    is_yesterday = when < now.date()
    is_paused = pauses.is_paused_on(trial, when, now=now)
    drafts = drafts_of(trial, day, held, is_yesterday=is_yesterday, is_paused=is_paused)
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
            _(event.label)
            for event in items.EVENTS
            if records.is_given(held, items.event(event.id))
        ),
        warning_signs=tuple(
            said(flag.name)
            for flag in red_flags.known()
            if records.is_given(held, items.red_flag(flag.id))
        ),
        is_paused=is_paused,
        note=value_of(held, items.NOTE) or "",
        has_yesterday=not is_yesterday and day >= 1,
        yesterday=date_format(yesterday, "l"),
    )


def _numbered(
    draft: Draft, number: int, *, opened: int | None, latest: Held | None, now: datetime
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
        listed=draft.listed,
        dose=draft.dose,
        plans=draft.plans,
    )


def _first_unanswered(drafts: list[Draft]) -> int | None:
    return next((i for i, draft in enumerate(drafts, start=1) if draft.said is None), None)


def _row(held: Mapping[str, Held], item: str) -> int | None:
    answer = held.get(item)
    return None if answer is None else answer.row

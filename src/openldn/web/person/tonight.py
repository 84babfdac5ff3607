"""What the check-in shows: one evening, its questions, and which of them is open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openldn.protocol.calendar import PlannedDay, planned_on
from openldn.protocol.outcomes import Better, Outcome
from openldn.protocol.plan import Arm, Plan
from openldn.web.person import dates, items, pauses, records, red_flags
from openldn.web.person.models import Trial
from openldn.web.person.records import Held
from openldn.web.person.taps import SIDES

__all__ = [
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

_TONIGHT, _TODAY, _YESTERDAY = "tonight", "today", "yesterday"
# Whole sentences, so that other languages can turn them round.
_TAKEN_WORDS = {
    ("capsule", _TONIGHT): gettext_lazy("Did you take your capsule tonight?"),
    ("capsule", _TODAY): gettext_lazy("Did you take your capsule today?"),
    ("capsule", _YESTERDAY): gettext_lazy("Did you take your capsule yesterday?"),
    ("dose", _TONIGHT): gettext_lazy("Did you take your dose tonight?"),
    ("dose", _TODAY): gettext_lazy("Did you take your dose today?"),
    ("dose", _YESTERDAY): gettext_lazy("Did you take your dose yesterday?"),
}
_HOW_BAD = {
    _TODAY: gettext_lazy("How bad was your %(name)s today?"),
    _YESTERDAY: gettext_lazy("How bad was your %(name)s yesterday?"),
}
_HOW_GOOD = {
    _TODAY: gettext_lazy("How good was your %(name)s today?"),
    _YESTERDAY: gettext_lazy("How good was your %(name)s yesterday?"),
}
_ANY_SIDES = {
    _TODAY: gettext_lazy("Any side effects today?"),
    _YESTERDAY: gettext_lazy("Any side effects yesterday?"),
}


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
    listed: tuple["Listed", ...] = ()  # the side effects that can be ticked
    dose: str = ""  # in milligrams, where another one than the planned was taken
    plans: str = ""  # what the plan says about tonight's dose, while that is no secret


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
            _(event.label)
            for event in items.EVENTS
            if records.is_given(held, items.event(event.id))
        ),
        warning_signs=tuple(
            flag.name
            for flag in red_flags.known()
            if records.is_given(held, items.red_flag(flag.id))
        ),
        is_paused=is_paused,
        note=_value(held, items.NOTE) or "",
        has_yesterday=not is_yesterday and day >= 1,
        yesterday=date_format(yesterday, "l"),
    )


def side_effects_of(trial: Trial, day: int) -> tuple[Listed, ...]:
    """List the side effects of a day with four keys each."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    return tuple(
        _listed(items.side_effect(known.id), _(known.label), held, _severity_keys())
        for known in items.SIDE_EFFECTS
    )


def events_of(trial: Trial, day: int) -> tuple[Listed, ...]:
    """List the events of a day with a key each."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    return tuple(
        _listed(items.event(known.id), _(known.label), held, (("1", _("Yes, today")),))
        for known in items.EVENTS
    )


def warning_signs_of(trial: Trial, day: int) -> tuple[Listed, ...]:
    """List the red flags of a day with a key each, and what to do at once."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    return tuple(
        replace(
            _listed(items.red_flag(known.id), known.name, held, (("1", _("Yes, today")),)),
            what_to_do=known.what_to_do,
        )
        for known in red_flags.known()
    )


def _severity_keys(*, first: int = 0) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(level), _(word)) for level, word in enumerate(items.SEVERITIES) if level >= first
    )


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
    listed: tuple[Listed, ...] = ()
    dose: str = ""
    plans: str = ""


def _questions(
    trial: Trial, day: int, held: Mapping[str, Held], *, is_yesterday: bool, is_paused: bool
) -> list[_Draft]:
    plan = trial.plan
    planned = planned_on(plan, day)
    when = _YESTERDAY if is_yesterday else _TODAY
    drafts = []
    # While the trial is paused no capsule is asked about; what she has said about one is shown.
    is_asked = not is_paused or items.CAPSULE in held
    if planned.arm is not Arm.NONE and is_asked:
        drafts.append(_capsule(plan, held, when, planned))
    drafts += [_scale(outcome, held, when) for outcome in plan.outcomes]
    return [*drafts, _sides(held, when)]


def _capsule(plan: Plan, held: Mapping[str, Held], when: str, planned: PlannedDay) -> _Draft:
    what = "capsule" if plan.drug.form == "capsule" else "dose"
    if when == _TODAY and plan.drug.time != "morning":
        when = _TONIGHT
    value = _value(held, items.CAPSULE)
    dose = items.dose_of(value)
    answers = {"1": _("Taken"), "0": _("Not taken")}
    if dose is not None:
        answers[value or ""] = _("%(dose)s mg taken") % {"dose": number_format(dose.mg)}
    return _Draft(
        item=items.CAPSULE,
        title=_("Capsule") if what == "capsule" else _("Dose"),
        words=str(_TAKEN_WORDS[what, when]),
        keys=_choice_keys((("1", _("Taken")), ("0", _("Not taken"))), value),
        style="choice",
        said=_said(held, items.CAPSULE, answers),
        rows=_rows(held, (items.CAPSULE,)),
        dose=number_format(dose.mg) if dose else "",
        plans=_planned_words(planned),
    )


def _planned_words(planned: PlannedDay) -> str:
    """Say what the plan gives, where a day is open; a hidden day is the same for every order."""
    if planned.dose is None or not planned.dose.ug:
        return ""
    return _("Your plan: %(dose)s mg.") % {"dose": number_format(planned.dose.mg)}


def _scale(outcome: Outcome, held: Mapping[str, Held], when: str) -> _Draft:
    item = items.outcome(outcome.id)
    low_is_good = outcome.better is Better.LOWER
    name = outcome.label[0].lower() + outcome.label[1:]
    low, high = _ends(low_is_good=low_is_good)
    value = _value(held, item)
    said = _said(held, item, {})
    return _Draft(
        item=item,
        title=outcome.label,
        words=str((_HOW_BAD if low_is_good else _HOW_GOOD)[when]) % {"name": name},
        hint=_("The whole day. A first guess is fine."),
        low=f"{outcome.minimum:g} = {low}",
        high=f"{outcome.maximum:g} = {high}",
        keys=_scale_keys(outcome, low=low, high=high, value=value),
        style="scale" if outcome.steps <= _MOST_KEYS else "number",
        said=_of(said, outcome.maximum) if value is not None else said,
        rows=_rows(held, (item,)),
    )


def _ends(*, low_is_good: bool) -> tuple[str, str]:
    if low_is_good:
        return _("none"), _("worst imaginable")
    return _("worst"), _("best imaginable")


def _of(said: str | None, most: float) -> str:
    return _("%(score)s of %(most)s") % {"score": said, "most": f"{most:g}"}


def _sides(held: Mapping[str, Held], when: str) -> _Draft:
    listed = tuple(items.side_effect(known.id) for known in items.SIDE_EFFECTS)
    rows = _rows(held, listed)
    return _Draft(
        item=SIDES,
        title=_("Side effects"),
        words=str(_ANY_SIDES[when]),
        hint=_("Sleep, dreams, stomach, headache, anything new."),
        keys=(),
        style="sides",
        said=_sides_said(held) if rows else None,
        rows=rows,
        listed=tuple(
            _listed(items.side_effect(known.id), _(known.label), {}, _severity_keys(first=1))
            for known in items.SIDE_EFFECTS
        ),
    )


def _sides_said(held: Mapping[str, Held]) -> str:
    found = []
    is_asked = False
    for known in items.SIDE_EFFECTS:
        level = _value(held, items.side_effect(known.id))
        is_asked = is_asked or level is not None
        if level not in (None, "0"):
            found.append(f"{_(known.label)}: {_(items.SEVERITIES[int(level or 0)]).lower()}")
    return "; ".join(found) or (_("None") if is_asked else _("Left out"))


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
        listed=draft.listed,
        dose=draft.dose,
        plans=draft.plans,
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
    return _("Left out") if value is None else words.get(value, value)


def _rows(held: Mapping[str, Held], wanted: tuple[str, ...]) -> tuple[Held, ...]:
    return tuple(held[item] for item in wanted if item in held)

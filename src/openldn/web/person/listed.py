"""Lists of a day, each line with its keys: side effects, events, warning signs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from openldn.web.languages.tables import said
from openldn.web.person import items, records, red_flags
from openldn.web.person.models import Trial
from openldn.web.person.records import Held

__all__ = [
    "Key",
    "Listed",
    "choice_keys",
    "events_of",
    "side_effects_of",
    "to_tick",
    "warning_signs_of",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One big button."""

    value: str
    text: str
    bar: str  # class of the bar in the key: how far up the scale it lies
    spoken: str  # what is read aloud instead of the text, where the text is too short
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A side effect or an event with its state."""

    item: str
    label: str
    keys: tuple[Key, ...]
    is_given: bool
    row: int | None  # that Undo takes back
    what_to_do: str = ""  # at once, where it is a warning sign


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
            _listed(items.red_flag(known.id), said(known.name), held, (("1", _("Yes, today")),)),
            what_to_do=known.what_to_do,
        )
        for known in red_flags.known()
    )


def to_tick() -> tuple[Listed, ...]:
    """List the side effects with a chip for each grade, and none of them chosen."""
    grades = _severity_keys(first=1)
    return tuple(
        _listed(items.side_effect(known.id), _(known.label), {}, grades)
        for known in items.SIDE_EFFECTS
    )


def choice_keys(choices: tuple[tuple[str, str], ...], value: str | None) -> tuple[Key, ...]:
    """Give a key for each choice, and say which one was chosen."""
    return tuple(
        Key(value=choice, text=text, bar="", spoken="", is_chosen=choice == value)
        for choice, text in choices
    )


def _severity_keys(*, first: int = 0) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(level), _(word)) for level, word in enumerate(items.SEVERITIES) if level >= first
    )


def _listed(
    item: str, label: str, held: Mapping[str, Held], choices: tuple[tuple[str, str], ...]
) -> Listed:
    answer = held.get(item)
    value = answer.value if answer else None
    return Listed(
        item=item,
        label=label,
        keys=choice_keys(choices, value),
        is_given=value is not None,
        row=answer.row if answer else None,
    )

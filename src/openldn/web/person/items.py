"""What can be answered about a day, and which answers are accepted."""

import math
from dataclasses import dataclass

from openldn.protocol.outcomes import Outcome
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError, Problem

__all__ = [
    "CAPSULE",
    "EVENTS",
    "ILL",
    "NOTE",
    "SEVERITIES",
    "SIDE_EFFECTS",
    "Named",
    "accepted",
    "check_known",
    "event",
    "not_an_answer",
    "outcome",
    "side_effect",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """Something on a list of ours: its id in files and its name on pages."""

    id: str
    label: str


CAPSULE = "capsule"
ILL = "ill"
NOTE = "note"

# What people on low-dose naltrexone report most often, in our own words (standards.md section 4).
SIDE_EFFECTS = (
    Named(id="vivid_dreams", label="Vivid dreams"),
    Named(id="broken_sleep", label="Broken sleep"),
    Named(id="headache", label="Headache"),
    Named(id="feeling_sick", label="Feeling sick"),
    Named(id="something_else", label="Something else"),
)
EVENTS = (
    Named(id="flare", label="A flare"),
    Named(id="infection", label="An infection"),
    Named(id="steroid_burst", label="Steroids for a few days"),
    Named(id="vaccination", label="A vaccine"),
    Named(id="medicine_change", label="Another medicine began, changed or ended"),
)
SEVERITIES = ("None", "Mild", "Moderate", "Severe")  # 0 to 3, as in the diary file
_NOTE_LENGTH = 2000


def outcome(outcome_id: str) -> str:
    """Name the item of an outcome."""
    return f"outcome:{outcome_id}"


def side_effect(effect_id: str) -> str:
    """Name the item of a side effect."""
    return f"side:{effect_id}"


def event(event_id: str) -> str:
    """Name the item of an event."""
    return f"event:{event_id}"


def accepted(plan: Plan, item: str, value: str) -> str:
    """Return the answer as it is kept.

    Raises
    ------
    InputError
        When this item or this value cannot be, with what is expected.
    """
    value = value.strip()
    kind, _, name = item.partition(":")
    if kind == "outcome":
        return _score(_outcome_of(plan, name), value)
    if item == NOTE:
        value = _text(value)
        if 0 < len(value) <= _NOTE_LENGTH:
            return value
    elif value in _choices(item):
        return value
    raise InputError([not_an_answer(item, value)])


def check_known(plan: Plan, item: str) -> None:
    """Refuse an item that the plan and our lists do not know.

    Raises
    ------
    InputError
        With what is expected.
    """
    kind, _, name = item.partition(":")
    if kind == "outcome":
        _outcome_of(plan, name)
    elif item != NOTE and not _choices(item):
        raise InputError([not_an_answer(item, "")])


def _text(value: str) -> str:
    """Keep letters and line breaks; drop signs that no one can see."""
    lines = value.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(filter(str.isprintable, line)) for line in lines).strip()


def _choices(item: str) -> tuple[str, ...]:
    if item == CAPSULE:
        return ("0", "1")
    if item == ILL or item in map(event, (known.id for known in EVENTS)):
        return ("1",)
    if item in map(side_effect, (known.id for known in SIDE_EFFECTS)):
        return ("0", "1", "2", "3")
    return ()


def _outcome_of(plan: Plan, name: str) -> Outcome:
    for known in plan.outcomes:
        if known.id == name:
            return known
    raise InputError([not_an_answer(name, "")])


def _score(known: Outcome, value: str) -> str:
    try:
        number = float(value.replace(",", "."))
    except ValueError:
        number = math.nan
    if known.holds(number):
        return f"{number:g}"
    raise InputError(
        [
            Problem(
                code="LDN-W011",
                place=known.label,
                given=f"“{value[:40]}”" if value else "nothing",
                expected=f"a number from {known.minimum:g} to {known.maximum:g}",
                todo="Write such a number, or leave the question out.",
            )
        ]
    )


def not_an_answer(item: str, value: str) -> Problem:
    """Say that a form holds what no page of ours asks."""
    return Problem(
        code="LDN-W010",
        place="This form",
        given=f"“{value[:40] or item[:40]}”",
        expected="one of the answers on the page",
        todo="Open the page again and choose an answer.",
    )

"""The draft of a plan: every step saved, none lost, and no old tab writes over a newer one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from openldn.web.access.models import Person
from openldn.web.person.models import Trial
from openldn.web.plan.models import Draft

__all__ = [
    "StaleDraft",
    "answers_at",
    "answers_of",
    "freeze",
    "number_of",
    "put_away",
    "save",
    "was_frozen_with",
]

Answers = dict[str, Any]


class StaleDraft(Exception):
    """Another tab saved the draft since this page was shown."""


def latest(person: Person) -> Draft | None:
    """Give the row that counts."""
    return person.drafts.last()


def number_of(person: Person) -> int:
    """Give the number of the latest row; 0 before the first."""
    row = latest(person)
    return row.number if row else 0


def answers_of(person: Person) -> Answers:
    """Give what was answered so far; nothing after a freeze."""
    row = latest(person)
    return dict(row.answers) if row and row.kind == Draft.Kind.SAVED else {}


def answers_at(person: Person, number: int) -> Answers:
    """Give what an earlier row held, so that a page can tell what has changed since."""
    row = person.drafts.filter(number=number, kind=Draft.Kind.SAVED).first()
    return dict(row.answers) if row else {}


def save(
    *, person: Person, seen: int, step: str, changes: Mapping[str, Any], now: datetime
) -> Answers:
    """Add the answers of a step, and give the whole draft.

    Parameters
    ----------
    seen
        The number of the draft that the page showed.

    Raises
    ------
    StaleDraft
        When another tab saved something else meanwhile. Nothing is written.
    """
    kept = answers_of(person)
    merged = {**kept, **changes}
    # What was agreed is agreed no more once anything in it has changed.
    if step != "agree" and merged != kept:
        merged.pop("plan_toml", None)
    if merged == kept:
        return kept  # a second tap on the same button
    _add(person, seen, kind=Draft.Kind.SAVED, step=step, answers=merged, saved_at=now)
    return merged


def freeze(*, person: Person, seen: int, trial: Trial, now: datetime) -> None:
    """Note that a trial began with the draft."""
    _add(person, seen, kind=Draft.Kind.FROZEN, trial=trial, saved_at=now)


def was_frozen_with(person: Person, number: int) -> bool:
    """Tell whether the draft of this number is the one that its trial began with."""
    return Draft.objects.filter(person=person, number=number + 1, kind=Draft.Kind.FROZEN).exists()


def put_away(*, person: Person, seen: int, now: datetime) -> None:
    """Begin anew. The rows stay."""
    if answers_of(person):
        _add(person, seen, kind=Draft.Kind.PUT_AWAY, saved_at=now)


def _add(person: Person, seen: int, **facts: Any) -> None:
    if number_of(person) != seen:
        raise StaleDraft
    try:
        with transaction.atomic():
            Draft.objects.create(person=person, number=seen + 1, **facts)
    except IntegrityError as error:
        raise StaleDraft from error

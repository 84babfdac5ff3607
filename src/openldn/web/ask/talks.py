"""Writing down how a talk went. Rows are only ever added; a slip is taken back by a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from openldn.web.access.models import Person
from openldn.web.ask.models import Talk

__all__ = ["note", "take_back"]


@transaction.atomic
def note(*, person: Person, facts: Mapping[str, Any], now: datetime) -> None:
    """Add a talk. The same one again, as by a double tap, adds none."""
    if not person.talks.in_force().filter(**facts).exists():
        Talk.objects.create(person=person, **facts, noted_at=now)


@transaction.atomic
def take_back(*, person: Person, row: int | None, now: datetime) -> None:
    """Take back the talk that this row holds, if it still counts."""
    talk = person.talks.in_force().filter(pk=row).first() if row is not None else None
    if talk is not None:
        facts = {"day": talk.day, "said": talk.said}
        Talk.objects.create(person=person, **facts, noted_at=now, takes_back=talk)

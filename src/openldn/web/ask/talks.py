"""Writing down how a talk went. Rows are only ever added; a slip is taken back by a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from openldn.web.ask.models import Talk

__all__ = ["note", "take_back"]


@transaction.atomic
def note(*, facts: Mapping[str, Any], now: datetime) -> None:
    """Add a talk. The same one again, as by a double tap, adds none."""
    if not Talk.objects.in_force().filter(**facts).exists():
        Talk.objects.create(**facts, noted_at=now)


@transaction.atomic
def take_back(*, row: int | None, now: datetime) -> None:
    """Take back the talk that this row holds, if it still counts."""
    talk = Talk.objects.in_force().filter(pk=row).first() if row is not None else None
    if talk is not None:
        Talk.objects.create(day=talk.day, said=talk.said, noted_at=now, takes_back=talk)

"""One tap of a check-in: what a form says, and keeping it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from openldn.web.person import actions, items
from openldn.web.person.models import Trial
from openldn.web.person.numbers import whole_number

__all__ = ["SIDES", "Tap", "keep"]

SIDES = "side-effects"  # the one question that stands for the whole list
_WISHES = ("undo", "skip", "value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tap:
    """What one form of a check-in says, wherever it was filled in."""

    item: str
    wish: str  # value | skip | undo
    value: str = ""
    dose: str = ""  # in milligrams, where another one than the planned was taken
    row: int | None = None  # that an undo takes back
    grades: Mapping[str, str] = field(default_factory=dict)  # of the side effects that were ticked

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Tap":
        """Read the fields of a form."""
        return cls(
            item=fields.get("item", ""),
            wish=next((word for word in _WISHES if word in fields), "value"),
            value=fields.get("value", ""),
            dose=fields.get("dose_mg", ""),
            row=whole_number(fields.get("row", "")),
            grades={name: fields[name] for name in fields if name.startswith("side:")},
        )


@transaction.atomic(savepoint=False)  # all of it, or what stands around it, is taken back
def keep(tap: Tap, *, trial: Trial, day: int, now: datetime) -> None:
    """Keep one tap.

    Raises
    ------
    InputError
        When the item or the value cannot be, with what is expected.
    """
    item = tap.item
    if item == SIDES:
        _keep_side_effects(tap, trial=trial, day=day, now=now)
    elif tap.wish == "undo":
        actions.undo(trial=trial, day=day, item=item, row=tap.row, now=now)
    elif tap.wish == "skip" or (item == items.NOTE and not tap.value.strip()):
        actions.leave_out(trial=trial, day=day, item=item, now=now)
    else:
        value = _value(tap)
        actions.record(trial=trial, day=day, item=item, value=value, now=now)


def _value(tap: Tap) -> str:
    if tap.item == items.CAPSULE and tap.value == items.ANOTHER_DOSE:
        return items.dose_value(tap.dose)
    return tap.value


def _keep_side_effects(tap: Tap, *, trial: Trial, day: int, now: datetime) -> None:
    if tap.wish == "undo":
        actions.undo_side_effects(trial=trial, day=day, row=tap.row, now=now)
        return
    for item, grade in tap.grades.items():
        actions.record(trial=trial, day=day, item=item, value=grade, now=now)
    level = "0" if tap.wish == "value" else None
    actions.record_side_effects(trial=trial, day=day, level=level, now=now)

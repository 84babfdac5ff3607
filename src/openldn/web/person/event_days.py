"""Events with their dates: what is noted, in stretches of days, and days noted afterwards."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openldn.web.person import actions, dates, items, records
from openldn.web.person.models import Trial

__all__ = ["EventDays", "EventDaysForm", "keep_days", "noted", "take_back_days"]

_DATE = forms.DateInput(attrs={"type": "date"})


@dataclass(frozen=True, kw_only=True, slots=True)
class EventDays:
    """One event on days in a row."""

    item: str
    label: str
    first: int
    last: int
    words: str  # from when to when


class EventDaysForm(forms.Form):
    """One event, its first day and its last."""

    item = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        error_messages={
            "required": gettext_lazy("Choose what happened."),
            "invalid_choice": gettext_lazy("Choose what happened from the list."),
        },
    )
    first = forms.DateField(
        label=gettext_lazy("First day"),
        widget=_DATE,
        error_messages={
            "required": gettext_lazy("Write the first day."),
            "invalid": gettext_lazy("Write the first day like 2026-11-30."),
        },
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Leave it empty if it was one day."),
        widget=_DATE,
        required=False,
        error_messages={"invalid": gettext_lazy("Write the last day like 2026-11-30.")},
    )

    def __init__(self, *args: Any, trial: Trial, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._from, self._to = trial.start, min(today, trial.last_date)
        choice = self.fields["item"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "")] + [
            (items.event(known.id), _(known.label)) for known in items.EVENTS
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse days that the trial has not had; every problem is told at once."""
        cleaned = super().clean() or {}
        first = cleaned.get("first")
        last = cleaned.get("last") or first
        for name, given in (("first", first), ("last", cleaned.get("last"))):
            if given is not None and not self._from <= given <= self._to:
                self.add_error(name, self._outside(given))
        if first and last and last < first and not self.errors:
            self.add_error("last", _("The last day is before the first. Change one of them."))
        return cleaned | {"last": last}

    def _outside(self, given: date) -> str:
        return _(
            "%(given)s is no day of this trial so far. Write a day from %(first)s to %(last)s."
        ) % {
            "given": given.isoformat(),
            "first": self._from.isoformat(),
            "last": self._to.isoformat(),
        }


@transaction.atomic
def keep_days(*, trial: Trial, item: str, first: date, last: date, now: datetime) -> None:
    """Note an event on each day from the first to the last. Days that have it stay as they are."""
    for day in range(trial.day_of(first), trial.day_of(last) + 1):
        actions.record(trial=trial, day=day, item=item, value="1", now=now)


@transaction.atomic
def take_back_days(*, trial: Trial, item: str, first: int, last: int, now: datetime) -> None:
    """Take an event back on days in a row, if it is one that this page lists just so."""
    if (item, first, last) not in {(one.item, one.first, one.last) for one in noted(trial)}:
        return
    held = records.in_force(trial.entries.filter(item=item))
    for day in range(first, last + 1):
        actions.undo(trial=trial, day=day, item=item, row=held[day][item].row, now=now)


def noted(trial: Trial) -> tuple[EventDays, ...]:
    """List the events of a trial in stretches of days, the latest first."""
    held = records.in_force(trial.entries.filter(item__startswith="event:"))
    found = []
    for known in items.EVENTS:
        item = items.event(known.id)
        days = sorted(day for day, answers in held.items() if records.is_given(answers, item))
        for _gap, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
            stretch = [day for _place, day in run]
            found.append(_stretch(trial, item, _(known.label), stretch[0], stretch[-1]))
    return tuple(sorted(found, key=lambda one: (-one.last, -one.first, one.item)))


def _stretch(trial: Trial, item: str, label: str, first: int, last: int) -> EventDays:
    begins, ends = trial.date_of(first), trial.date_of(last)
    words = dates.in_words(begins)
    if last > first:
        facts = {"first": dates.day_month(begins), "last": dates.day_month(ends)}
        words = _("%(first)s to %(last)s") % facts
    return EventDays(item=item, label=label, first=first, last=last, words=words)

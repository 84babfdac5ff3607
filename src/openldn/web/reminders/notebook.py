"""The evenings on which a person's note is open, as reminders need to know them."""

from collections.abc import Iterator
from datetime import date, timedelta

from openldn.web.access.models import Person
from openldn.web.person import records

__all__ = ["evenings", "is_waiting"]

_FAR = 366  # days: more than any calendar needs to hold at a time


def is_waiting(person: Person, day: date) -> bool:
    """Tell whether the note of an evening is open, and nothing is written in it yet."""
    trial = person.trials.current()
    if trial is None or not 0 <= trial.day_of(day) < trial.plan.total_days:
        return False
    number = trial.day_of(day)
    held = records.in_force(trial.entries.filter(day=number)).get(number, {})
    return not records.is_recorded(held)


def evenings(person: Person, *, today: date) -> Iterator[date]:
    """Give each evening from today on to the last, whatever is written in it."""
    trial = person.trials.current()
    if trial is None:
        return
    first, last = max(today, trial.start), trial.last_date
    for ahead in range(min((last - first).days + 1, _FAR)):
        yield first + timedelta(days=ahead)

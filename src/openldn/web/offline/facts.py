"""What a device needs to ask the questions of an evening by itself.

No answer, no arm and no dose is in it; the device locks it away all the same.
"""

from datetime import date, datetime, timedelta
from typing import Any

from openldn.protocol.calendar import planned_on
from openldn.protocol.plan import Arm
from openldn.web.offline.receiving import diary_mark
from openldn.web.person import dates, items
from openldn.web.person.listed import Key
from openldn.web.person.models import Trial
from openldn.web.person.tonight import Question, evening_of

__all__ = ["facts_of"]

_AHEAD = 30  # days without a connection; after them the app must be opened once


def facts_of(trial: Trial, *, now: datetime) -> dict[str, Any]:
    """Give the questions of a trial, and the days on which a device may ask them."""
    today = now.date()
    days = [day for day in _days(trial, today) if 0 <= day < trial.plan.total_days]
    asking = _asking(trial, days, today)
    return {
        "diary": diary_mark(trial),
        "days": [_day(trial, day) for day in days],
        "questions": [] if asking is None else _questions(trial, asking, now, is_past=False),
        "past": [] if asking is None else _questions(trial, asking, now, is_past=True),
    }


def _days(trial: Trial, today: date) -> range:
    first = trial.day_of(today)
    return range(first - 1, first + _AHEAD)


def _asking(trial: Trial, days: list[int], today: date) -> int | None:
    """Choose the day whose questions stand for all: with a capsule, if any day ahead has one."""
    ahead = [day for day in days if day >= trial.day_of(today)] or days
    with_capsule = (day for day in ahead if _asks_capsule(trial, day))
    return next(with_capsule, ahead[0] if ahead else None)


def _asks_capsule(trial: Trial, day: int) -> bool:
    return planned_on(trial.plan, day).arm is not Arm.NONE


def _day(trial: Trial, day: int) -> dict[str, Any]:
    when = trial.date_of(day)
    return {
        "day": day,
        "date": when.isoformat(),
        "words": dates.in_words(when),
        "asks_capsule": _asks_capsule(trial, day),
    }


def _questions(trial: Trial, day: int, now: datetime, *, is_past: bool) -> list[dict[str, Any]]:
    """Word the questions as on their evening, or on the day after it."""
    when = trial.date_of(day)
    seen_from = now + (when - now.date()) + timedelta(days=is_past)
    evening = evening_of(trial, when, now=seen_from)
    return [_question(one) for one in evening.questions]


def _question(one: Question) -> dict[str, Any]:
    return {
        "item": one.item,
        "is_capsule": one.item == items.CAPSULE,
        "title": one.title,
        "words": one.words,
        "hint": one.hint,
        "low": one.low,
        "high": one.high,
        "style": one.style,
        "keys": [_key(key) for key in one.keys],
        "listed": [
            {"item": listed.item, "label": listed.label, "keys": [_key(key) for key in listed.keys]}
            for listed in one.listed
        ],
    }


def _key(key: Key) -> dict[str, str]:
    return {"value": key.value, "text": key.text, "bar": key.bar, "spoken": key.spoken}

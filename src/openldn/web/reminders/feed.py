"""The private calendar: each evening to come, in the person's own zone, as RFC 5545 writes it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import translation
from icalendar import Alarm, Event
from icalendar import Calendar as Document

from openldn.web.reminders.models import Calendar, Wish
from openldn.web.reminders.moments import leaves_at
from openldn.web.reminders.words import SENTENCE
from openldn.web.reminders.zone_rules import rules_of

__all__ = ["written"]

_MAKER = "-//Evening note//Reminders//EN"  # not our name: it stands for the medicine
_LASTS = timedelta(minutes=10)
_YEAR = timedelta(days=366)
_LOOK_AGAIN = timedelta(hours=12)


def written(calendar: Calendar, wish: Wish, evenings: Iterable[date]) -> bytes:
    """Write the feed. The same wish and evenings give the same bytes."""
    with translation.override(wish.read_in):
        words = str(SENTENCE)
    moments = {day: leaves_at(day, wish.at, wish.zone) for day in evenings}
    document = _empty(words)
    if moments:
        # A year to either side, so that every reader finds the change before and after.
        rules = rules_of(wish.zone, min(moments) - _YEAR, max(moments) + _YEAR)
        document.add_component(rules)
    for day, moment in moments.items():
        if moment is not None:
            document.add_component(_event(calendar, wish, day, moment, words))
    return bytes(document.to_ical())


def _empty(name: str) -> Document:
    document = Document()
    document.add("prodid", _MAKER)
    document.add("version", "2.0")
    document.add("calscale", "GREGORIAN")
    document.add("x-wr-calname", name)
    document.add("refresh-interval", _LOOK_AGAIN, parameters={"value": "DURATION"})
    document.add("x-published-ttl", "PT12H")
    return document


def _event(calendar: Calendar, wish: Wish, day: date, moment: datetime, words: str) -> Event:
    event = Event()
    event.add("uid", f"{day:%Y%m%d}-{calendar.name}")
    event.add("dtstamp", wish.changed_at)
    event.add("sequence", wish.changes)
    event.add("dtstart", moment.astimezone(wish.zone))
    event.add("duration", _LASTS)
    event.add("summary", words)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # she is not busy then
    event.add_component(_alarm(words))
    return event


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(0))
    alarm.add("description", words)
    return alarm

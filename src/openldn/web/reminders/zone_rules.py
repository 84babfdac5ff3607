"""The changes of a zone's clock, written into a calendar as RFC 5545 section 3.6.5 asks.

The library that writes the rest (icalendar 7.3.2) names the clock time after a change into summer
time, where the standard asks for the one before it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

__all__ = ["rules_of"]

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


def rules_of(zone: ZoneInfo, first: date, last: date) -> Timezone:
    """Write every change of the clock between two dates, and how it stood before."""
    start = datetime.combine(first, time(), UTC)
    rules = Timezone()
    rules.add("tzid", zone.key)
    rules.add_component(_stretch(zone, start, before=start))
    for change in _changes(zone, start, datetime.combine(last, time(), UTC)):
        rules.add_component(_stretch(zone, change, before=change - _SECOND))
    return rules


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Find the first second of each new offset: no zone changes twice within a day."""
    while start < end:
        if _offset(zone, start) != _offset(zone, start + _DAY):
            yield _change_within(zone, start, start + _DAY)
        start += _DAY


def _change_within(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Halve the day until the second is found."""
    offset = _offset(zone, low)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
    return high


def _stretch(
    zone: ZoneInfo, moment: datetime, *, before: datetime
) -> TimezoneStandard | TimezoneDaylight:
    local = moment.astimezone(zone)
    stretch = TimezoneDaylight() if local.dst() else TimezoneStandard()
    # The clock time of the change on the clock that stood until then.
    stretch.add("dtstart", moment.replace(tzinfo=None) + _offset(zone, before))
    stretch.add("tzoffsetfrom", _offset(zone, before))
    stretch.add("tzoffsetto", _offset(zone, moment))
    stretch.add("tzname", local.tzname())
    return stretch


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()

"""When an evening's reminder is due: from a clock time and a zone to one moment.

Pure: time arrives as an argument.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["LATE", "due_evening", "leaves_at"]

LATE = timedelta(hours=3)  # a reminder that could not leave in time leaves until then


def leaves_at(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Give the one moment of a clock time on a calendar day, in UTC.

    Where the clock shows the time twice, it is the first. Where a change skips it, it is as far
    before the change as the clock jumps, so that it stays on its own evening: 23:30 is 22:30
    where the hour before midnight is left out. None: the zone left out the whole day.
    """
    wanted = datetime.combine(day, at)
    first = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wanted:
        return first
    before = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return before if before.astimezone(zone).date() == day else None


def due_evening(now: datetime, at: time, zone: ZoneInfo) -> date | None:
    """Give the evening whose reminder is due at a moment: never before, three hours at most after.

    It ends at the person's midnight too: then tonight's note is another one.
    """
    today = now.astimezone(zone).date()
    due = leaves_at(today, at, zone)
    return today if due is not None and due <= now < due + LATE else None

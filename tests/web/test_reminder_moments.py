"""The moment of an evening: right across every change of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from openldn.web.reminders.moments import due_evening, leaves_at

_EIGHT = time(20, 0)


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        # the day before a change, and the day of it
        ("Europe/Oslo", date(2027, 3, 27), _EIGHT, "2027-03-27T19:00"),
        ("Europe/Oslo", date(2027, 3, 28), _EIGHT, "2027-03-28T18:00"),
        ("Europe/Oslo", date(2027, 10, 31), _EIGHT, "2027-10-31T19:00"),
        ("America/New_York", date(2027, 3, 13), _EIGHT, "2027-03-14T01:00"),
        ("America/New_York", date(2027, 3, 14), _EIGHT, "2027-03-15T00:00"),
        ("America/New_York", date(2027, 11, 7), _EIGHT, "2027-11-08T01:00"),
        # half an hour of summer time
        ("Australia/Lord_Howe", date(2027, 4, 3), _EIGHT, "2027-04-03T09:00"),
        ("Australia/Lord_Howe", date(2027, 4, 4), _EIGHT, "2027-04-04T09:30"),
        ("Australia/Lord_Howe", date(2027, 10, 3), _EIGHT, "2027-10-03T09:00"),
        ("Asia/Kolkata", date(2027, 3, 28), _EIGHT, "2027-03-28T14:30"),
        # Greenland leaves out the hour before midnight: as far before the change, at 22:30
        ("America/Nuuk", date(2027, 3, 27), time(23, 30), "2027-03-28T00:30"),
        ("America/Nuuk", date(2027, 3, 28), time(23, 30), "2027-03-29T00:30"),
        # and has it twice in autumn: the first
        ("America/Nuuk", date(2027, 10, 30), time(23, 30), "2027-10-31T00:30"),
        ("America/Nuuk", date(2027, 10, 31), time(23, 30), "2027-11-01T01:30"),
    ],
)
def test_a_reminder_leaves_at_one_moment(zone: str, day: date, at: time, moment: str) -> None:
    """Checked against the published offsets of each zone."""
    found = leaves_at(day, at, ZoneInfo(zone))
    assert found == datetime.fromisoformat(f"{moment}+00:00")
    assert found.astimezone(ZoneInfo(zone)).date() == day


def test_a_day_that_a_zone_left_out_has_no_evening() -> None:
    """Samoa went from 29 to 31 December 2011."""
    zone = ZoneInfo("Pacific/Apia")
    assert leaves_at(date(2011, 12, 30), _EIGHT, zone) is None
    assert leaves_at(date(2011, 12, 31), _EIGHT, zone) is not None


@pytest.mark.parametrize(
    ("zone", "change", "at"),
    [
        ("Europe/Oslo", date(2027, 3, 28), _EIGHT),
        ("Europe/Oslo", date(2027, 10, 31), _EIGHT),
        ("America/New_York", date(2027, 11, 7), _EIGHT),
        ("Australia/Lord_Howe", date(2027, 10, 3), _EIGHT),
        ("Asia/Kolkata", date(2027, 3, 28), _EIGHT),
        ("America/Nuuk", date(2027, 3, 27), time(23, 30)),
        ("America/Nuuk", date(2027, 10, 30), time(23, 59)),
    ],
)
def test_each_evening_is_due_from_its_moment_until_three_hours_or_midnight(
    zone: str, change: date, at: time
) -> None:
    """Minute by minute over three days: one unbroken stretch an evening, on its own date."""
    place = ZoneInfo(zone)
    start = datetime.combine(change - timedelta(days=1), time(), place).astimezone(UTC)
    seen: dict[date, list[datetime]] = {}
    for minute in range(73 * 60):  # the day of a change may have 25 hours
        now = start + timedelta(minutes=minute)
        if (day := due_evening(now, at, place)) is not None:
            seen.setdefault(day, []).append(now)
    assert list(seen) == [change + timedelta(days=ahead) for ahead in (-1, 0, 1)]
    for day, moments in seen.items():
        assert moments[0] == leaves_at(day, at, place)
        assert moments[-1] - moments[0] == timedelta(minutes=len(moments) - 1)
        assert len(moments) <= 180
        assert {moment.astimezone(place).date() for moment in moments} == {day}


def test_three_hours_late_is_too_late() -> None:
    """A second before it is due, and three hours after, nothing is."""
    zone, day = ZoneInfo("Europe/Oslo"), date(2027, 3, 28)
    due = datetime(2027, 3, 28, 18, 0, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert due_evening(due - second, _EIGHT, zone) is None
    assert due_evening(due, _EIGHT, zone) == day
    assert due_evening(due + timedelta(hours=3) - second, _EIGHT, zone) == day
    assert due_evening(due + timedelta(hours=3), _EIGHT, zone) is None

"""The private calendar: what a calendar program reads from it, and who may fetch it."""

import io
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical
from django.test import Client

from openldn.web.access import people
from openldn.web.person import clock
from openldn.web.person.models import Trial
from openldn.web.reminders import choosing, feed
from openldn.web.reminders.models import Calendar, Wish
from openldn.web.reminders.moments import leaves_at
from support.web import NOW

_ZONES = ("Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Nuuk")
_FIRST = date(2027, 3, 1)
_EVENINGS = [_FIRST + timedelta(days=ahead) for ahead in range(270)]


def _read(text: bytes) -> icalendar.Calendar:
    found = icalendar.Calendar.from_ical(text)
    assert isinstance(found, icalendar.Calendar)
    return found


def _moment(event: icalendar.Event) -> datetime:
    start = event.start
    assert isinstance(start, datetime)
    return start


def _wish(zone: str, at: time = time(20, 0)) -> Wish:
    return Wish(zone_name=zone, at=at, changed_at=datetime(2027, 1, 1, tzinfo=UTC))


def _address(owner: Client) -> str:
    owner.post("/reminders", {"do": "calendar", "zone": "Europe/Oslo"})
    return f"/calendar/{Calendar.objects.get().secret}.ics"


@pytest.mark.parametrize("zone", _ZONES)
def test_a_calendar_program_that_knows_no_zones_finds_every_moment(zone: str) -> None:
    """Read by another library, by the rules in the file alone: each evening at its own moment."""
    wish = _wish(zone, time(23, 30) if zone == "America/Nuuk" else time(20, 0))
    text = feed.written(Calendar(), wish, _EVENINGS).decode()
    rules = tzical(io.StringIO(text)).get(zone)
    starts = re.findall(rf"DTSTART;TZID={zone}:(\w+)\r\nDURATION", text)
    assert len(starts) == len(_EVENINGS)
    for day, start in zip(_EVENINGS, starts, strict=True):
        local = datetime.strptime(start, "%Y%m%dT%H%M%S").replace(tzinfo=rules)
        assert local.date() == day
        # The offset by the file's rules; the hour that comes twice is its first.
        assert local.astimezone(UTC) == leaves_at(day, wish.at, wish.zone)


@pytest.mark.parametrize("zone", _ZONES)
def test_the_rules_of_the_zone_hold_at_every_hour(zone: str) -> None:
    """Two years, hour by hour, against the zone data of the system."""
    text = feed.written(Calendar(), _wish(zone), _EVENINGS).decode()
    rules = tzical(io.StringIO(text)).get(zone)
    start = datetime.combine(_FIRST - timedelta(days=300), time(), UTC)
    for hour in range(2 * 365 * 24):
        moment = start + timedelta(hours=hour)
        local = moment.astimezone(ZoneInfo(zone))
        if local.fold == 0:  # a time that comes twice has two offsets, and the file means the first
            assert local.replace(tzinfo=rules).utcoffset() == local.utcoffset(), moment


def test_the_feed_holds_every_evening_to_the_last_so_that_nobody_need_open_the_app(
    owner: Client, running: Trial
) -> None:
    """Fetched once and never again, it still reminds on each evening of the plan."""
    document = _read(owner.get(_address(owner)).content)
    days = [_moment(event).date() for event in document.events]
    assert days[0] == NOW.astimezone(ZoneInfo("Europe/Oslo")).date()
    assert days[-1] == running.last_date
    assert days == sorted(set(days))
    alarms = document.walk("VALARM")
    assert len(alarms) == len(days)
    assert {alarm["trigger"].to_ical() for alarm in alarms} == {b"P0D"}


def test_an_evening_keeps_its_name_when_time_zone_and_address_change(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs know an entry by its UID: it moves, and none is doubled; SEQUENCE grows."""
    first = owner.get(_address(owner)).content
    owner.post("/reminders", {"do": "evening", "at": "21:15", "zone_name": "America/New_York"})
    second = owner.get(_address(owner)).content
    names = [re.findall(rb"UID:(\S+)", text) for text in (first, second)]
    assert set(names[0]) == set(names[1])
    assert len(set(names[0])) == len(names[0])
    assert b"SEQUENCE:0" in first
    assert b"SEQUENCE:1" in second
    assert b"T211500" in second
    later = NOW + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    third = owner.get(_address(owner)).content
    assert set(re.findall(rb"UID:(\S+)", third)) < set(names[0])


def test_the_feed_is_the_same_whatever_is_written(owner: Client, running: Trial) -> None:
    """Who has the address does not learn whether the diary is kept."""
    address = _address(owner)
    before = owner.get(address).content
    owner.post("/", {"day": "14", "item": "outcome:pain", "value": "3"})
    assert running.entries.filter(day=14).exists()
    assert owner.get(address).content == before


def test_whoever_knows_the_address_gets_the_calendar(
    stranger: Client, owner: Client, running: Trial
) -> None:
    """A calendar program has no session; GET and HEAD are all it may do."""
    address = _address(owner)
    answer = stranger.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert stranger.head(address).status_code == 200
    assert stranger.post(address).status_code == 405


def test_a_changed_and_a_closed_address_are_like_one_that_never_was(
    stranger: Client, owner: Client, running: Trial
) -> None:
    """The same 404 to the last byte, and the new address opens."""
    first = _address(owner)
    never = stranger.get("/calendar/no-such-address.ics")
    assert never.status_code == 404
    second = _address(owner)
    assert second != first
    assert stranger.get(second).status_code == 200
    answer = stranger.get(first)
    assert (answer.status_code, answer.content) == (404, never.content)
    owner.post("/reminders", {"do": "stop-calendar"})
    assert stranger.get(second).content == never.content


def test_the_address_is_beyond_guessing(owner: Client) -> None:
    """256 bit of the system's chance."""
    secret = Calendar.objects.get().secret if _address(owner) else ""
    assert len(secret) >= 43


def test_without_a_diary_the_calendar_is_empty_and_opens(owner: Client) -> None:
    """It is a calendar all the same, so that a program goes on asking."""
    document = _read(owner.get(_address(owner)).content)
    assert document.walk("VEVENT") == []


def test_after_the_last_day_nothing_is_in_it(owner: Client, over: Trial) -> None:
    """The plan is over: so are the evenings."""
    assert b"VEVENT" not in owner.get(_address(owner)).content


def test_another_person_s_calendar_keeps_its_own_secret(owner: Client) -> None:
    """Changing an address twice leaves one row, and the uid of its entries."""
    _address(owner)
    name = Calendar.objects.get().name
    choosing.change_address(people.owner(), now=NOW)
    assert Calendar.objects.get().name == name


def test_a_calendar_speaks_the_language_that_was_chosen_since(
    owner: Client, stranger: Client, running: Trial
) -> None:
    """The reminder was set on an English page; the choice of Norwegian came later."""
    address = _address(owner)
    assert "Your evening note is open" in stranger.get(address).content.decode()
    owner.post("/language", {"language": "nb"})
    assert "Kveldsnotatet ditt er åpent" in stranger.get(address).content.decode()

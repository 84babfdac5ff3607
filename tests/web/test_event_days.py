"""Events with dates: noted on every day of a stretch, and taken back whole."""

from datetime import timedelta

import pytest
from django.test import Client

from openldn.web.person import actions, records
from openldn.web.person.models import Entry, Trial
from support.web import NOW, ORDER, seal_of, visible

_FLARE = {"item": "event:flare", "first": "2026-11-17", "last": "2026-11-19"}


def _flares(trial: Trial) -> list[int]:
    days = records.diary_of(trial).days()
    return [day.day for day in days if "flare" in day.events]


def test_an_event_is_noted_on_every_day_of_its_dates(owner: Client, running: Trial) -> None:
    """Three days are three entries; sent twice they stay three, and the page tells the stretch."""
    for _ in range(2):
        assert owner.post("/events/days", _FLARE).status_code == 302
    assert _flares(running) == [9, 10, 11]
    kept = running.entries.filter(item="event:flare")
    assert kept.count() == 3
    assert {entry.entered_at for entry in kept} == {NOW}
    assert "A flare 17 November to 19 November" in visible(owner.get("/events/days").content)


def test_one_day_needs_no_last_day(owner: Client, running: Trial) -> None:
    """An empty last day is the first."""
    owner.post("/events/days", _FLARE | {"last": ""})
    assert _flares(running) == [9]


def test_a_stretch_is_taken_back_whole_and_only_once(owner: Client, running: Trial) -> None:
    """A form of a stretch that is not there any more, or never was, takes back nothing."""
    owner.post("/events/days", _FLARE)
    back = {"item": "event:flare", "first": "9", "last": "11", "undo": "1"}
    for other in ({"first": "10"}, {"last": "12"}, {"item": "event:infection"}, {"first": "x"}):
        owner.post("/events/days", back | other)
    assert _flares(running) == [9, 10, 11]
    for _ in range(2):
        owner.post("/events/days", back)
    assert _flares(running) == []
    assert running.entries.filter(kind="undone").count() == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"item": ""}, "Choose what happened."),
        ({"item": "event:party"}, "Choose what happened from the list."),
        ({"first": ""}, "Write the first day."),
        ({"first": "yesterday"}, "Write the first day like"),
        ({"last": "2026-13-01"}, "Write the last day like"),
        ({"last": "2026-11-23"}, "2026-11-23 is no day of this trial so far"),
        ({"first": "2026-11-07"}, "Write a day from 2026-11-08 to 2026-11-22"),
        ({"last": "2026-11-16"}, "The last day is before the first"),
        ({"first": "0001-01-01", "last": "9999-12-31"}, "9999-12-31 is no day of this trial"),
    ],
)
def test_dates_that_cannot_be_are_refused_in_words(
    owner: Client, running: Trial, change: dict[str, str], words: str
) -> None:
    """Nothing is noted, and what was typed is still in the form."""
    before = Entry.objects.count()
    answer = owner.post("/events/days", _FLARE | change)
    assert answer.status_code == 422
    assert words in visible(answer.content)
    assert Entry.objects.count() == before
    assert f'value="{(_FLARE | change)["first"]}"' in answer.content.decode() or not change.get(
        "first", "x"
    )


def test_every_problem_is_told_at_once(owner: Client, running: Trial) -> None:
    """Three mistakes, three lines."""
    answer = owner.post("/events/days", {"item": "", "first": "", "last": "x"})
    assert (
        visible(answer.content).count("Write the")
        + visible(answer.content).count("Choose what happened.")
        == 3
    )


def test_before_the_first_day_and_after_the_seal_nothing_is_noted(
    owner: Client, over: Trial
) -> None:
    """A trial that is over and sealed takes events still; an opened one does not."""
    flare = {"item": "event:flare", "first": over.start.isoformat()}
    assert owner.post("/events/days", flare).status_code == 302
    assert _flares(over) == [0]
    opened = seal_of(ORDER, is_open=True)
    actions.open_seal(trial=over, seal=opened, is_code_kept=True, today=NOW.date())
    rows = over.entries.count()
    later = flare | {"first": (over.start + timedelta(days=1)).isoformat()}
    assert owner.post("/events/days", later)["Location"] == "/"
    assert over.entries.count() == rows

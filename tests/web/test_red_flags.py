"""A red flag or a severe side effect shows at once what to do, is kept, and is never silent."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from openldn.evidence.side_effects import side_effects
from openldn.inference.course import COVARIATE_EVENTS
from openldn.web.access import people
from openldn.web.person import actions, clock, items, notices, records, red_flags
from openldn.web.person.models import Entry, Told, Trial
from support.reading import grade
from support.web import NOW, PLAN, visible

_TABLE = {key: row for key, row in side_effects().items() if row.is_red_flag}
_SHOWN_ON = ("/", "/yesterday", "/side-effects", "/warning-signs", "/events", "/note", "/trial")
_HARDEST = 8.0  # reading grade, standards.md section 3


def _words(client: Client, path: str = "/") -> str:
    return visible(client.get(path).content)


def _flag(client: Client, effect_id: str, page: str = "/warning-signs") -> str:
    sent = {"item": items.red_flag(effect_id), "value": "1", "day": "14"}
    return visible(client.post(page, sent, follow=True).content)


@pytest.mark.parametrize("effect_id", _TABLE)
@pytest.mark.parametrize("page", ["/side-effects", "/warning-signs"])
def test_a_red_flag_says_at_once_what_to_do_and_is_kept(
    owner: Client, running: Trial, effect_id: str, page: str
) -> None:
    """One tap: the words of the table stand above everything, and the diary file has it."""
    before = _words(owner, page)
    assert _TABLE[effect_id].name in before
    assert _TABLE[effect_id].what_to_do in before
    words = _flag(owner, effect_id, page)
    assert f"Warning sign {_TABLE[effect_id].name} You noted it for 22 November." in words
    assert words.count(_TABLE[effect_id].what_to_do) == 2
    assert records.diary_of(running).days()[14].events == (f"red-flag-{effect_id}",)
    assert f"red-flag-{effect_id}" in owner.get("/diary.csv").content.decode()


@pytest.mark.parametrize("path", _SHOWN_ON)
def test_it_stands_on_every_page_that_shows_notices(
    owner: Client, running: Trial, path: str
) -> None:
    """Wherever she goes next, also a month later, until somebody was told."""
    _flag(owner, "liver")
    assert 'role="alert"><p><span class="chip stop">' in owner.get(path).content.decode()
    assert _TABLE["liver"].what_to_do in _words(owner, path)


def test_it_stays_until_she_notes_that_somebody_was_told(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days do not silence it; her note does, can be undone, and tells of these days alone."""
    _flag(owner, "liver")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=40))
    assert _TABLE["liver"].what_to_do in _words(owner, "/trial")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    (moment,) = re.findall(r'name="moment" value="([^"]+)"', owner.get("/").content.decode())
    answer = owner.post("/told", {"moment": moment, "page": "warning_signs"}, follow=True)
    words = visible(answer.content)
    assert "Liver injury. You noted on 22 November that Dr B knows." in words
    assert "Warning sign Liver" not in words
    owner.post("/told", {"undo": f"red-flag:liver {Told.objects.get().pk}"})
    assert "Warning sign Liver injury" in _words(owner)


def test_a_new_entry_after_the_note_is_told_anew(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note is about what stood there; the same sign entered again is another one."""
    _flag(owner, "liver")
    owner.post("/told", {"moment": "red-flag:liver 14"})
    assert "Warning sign Liver" not in _words(owner)
    row = running.entries.get(item="red-flag:liver").pk
    owner.post("/warning-signs", {"item": "red-flag:liver", "undo": "1", "row": str(row)})
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=3))
    assert "Warning sign Liver injury" in _flag(owner, "liver")


def test_undo_takes_the_notice_away_and_keeps_the_rows(owner: Client, running: Trial) -> None:
    """A slip of the finger; both rows stay."""
    _flag(owner, "allergy")
    row = running.entries.get(item="red-flag:allergy").pk
    sent = {"item": "red-flag:allergy", "undo": "1", "row": str(row)}
    words = visible(owner.post("/warning-signs", sent, follow=True).content)
    assert "You noted it" not in words
    assert running.entries.filter(item="red-flag:allergy").count() == 2
    assert records.diary_of(running).days()[-1].day == 13


def test_a_double_tap_is_one_entry(owner: Client, running: Trial) -> None:
    """The same key twice, as on a slow line."""
    _flag(owner, "allergy")
    _flag(owner, "allergy")
    assert running.entries.filter(item="red-flag:allergy").count() == 1


@pytest.mark.parametrize("effect", items.SIDE_EFFECTS)
@pytest.mark.parametrize("level", ["0", "1", "2", "3"])
def test_severe_and_nothing_less_makes_a_notice(
    owner: Client, running: Trial, effect: items.Named, level: str
) -> None:
    """What the table says, or where it has no row, whom to call."""
    sent = {"item": items.side_effect(effect.id), "value": level, "day": "14"}
    words = visible(owner.post("/side-effects", sent, follow=True).content)
    assert (f"{effect.label}: severe You noted it as severe for 22 November." in words) is (
        level == "3"
    )
    if level == "3":
        row = red_flags.of_app(effect.id)
        assert (row is None) is (effect.id == "something_else")
        assert row is None or row.what_to_do in words
        assert "Call Dr B before your next capsule." in words
        assert "call emergency care and say that you take naltrexone" in words


def test_what_needs_emergency_care_stands_first(owner: Client, running: Trial) -> None:
    """Whatever was tapped first, and whatever else is open."""
    actions.add_medicine(trial=running, name="tramadol", now=NOW)
    for effect_id in ("liver", "disease-flare", "opioid-withdrawal"):
        _flag(owner, effect_id)
    heads = [one.head for one in notices.notices_of(running, now=NOW).open]
    assert heads[0] == "Sudden opioid withdrawal"
    assert "This trial is paused" in heads
    urgent = {key for key, row in _TABLE.items() if red_flags.is_urgent(row)}
    assert urgent == {"opioid-withdrawal", "allergy", "low-mood-suicidal"}


@pytest.mark.parametrize("begins_in", [9, -60])
def test_outside_of_the_days_of_a_trial_it_says_what_to_do(owner: Client, begins_in: int) -> None:
    """Before the first day and after the last there is nothing to tap, and all to read."""
    actions.add_trial(
        person=people.owner(), plan_toml=PLAN, start=NOW.date() + timedelta(days=begins_in)
    )
    assert "Something frightens me" in _words(owner)
    words = _words(owner, "/warning-signs")
    assert all(row.what_to_do in words for row in _TABLE.values())
    assert "Yes, today" not in words
    sent = {"item": "red-flag:liver", "value": "1"}
    assert owner.post("/warning-signs", sent).status_code == 422
    assert not Entry.objects.exists()


def test_without_a_trial_it_can_be_read(owner: Client) -> None:
    """Nobody is asked for a plan first."""
    words = _words(owner, "/warning-signs")
    assert all(row.what_to_do in words for row in _TABLE.values())


def test_the_evening_leads_there_in_one_tap(owner: Client, running: Trial) -> None:
    """Also when she was too ill to answer, and for yesterday."""
    assert 'href="/warning-signs"' in owner.get("/").content.decode()
    owner.post("/", {"item": "ill", "value": "1"})
    assert 'href="/warning-signs"' in owner.get("/").content.decode()
    yesterday = owner.get("/yesterday").content.decode()
    assert 'href="/yesterday/side-effects#warning-signs"' in yesterday


@pytest.mark.parametrize(
    "tap",
    [
        {"item": "red-flag:liver", "value": "2"},
        {"item": "red-flag:liver", "skip": "1"},
        {"item": "red-flag:headache", "value": "1"},
        {"item": "red-flag:<b>", "value": "1"},
    ],
)
def test_what_is_no_red_flag_is_refused(owner: Client, running: Trial, tap: dict[str, str]) -> None:
    """Nothing is saved, and the page says what is expected."""
    before = Entry.objects.count()
    assert owner.post("/warning-signs", tap).status_code == 422
    assert Entry.objects.count() == before


def test_a_tap_after_midnight_belongs_to_the_day_that_was_shown(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of the day before, tapped later: kept for that day, and told."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=3))
    words = _flag(owner, "liver")
    assert running.entries.get(item="red-flag:liver").day == 14
    assert "You noted it for 22 November." in words


def test_the_events_of_the_app_are_those_of_the_analysis() -> None:
    """Every event that the model corrects for can be tapped under its very name."""
    ids = [known.id for known in items.EVENTS]
    assert set(COVARIATE_EVENTS) <= set(ids)
    assert set(ids) == {*COVARIATE_EVENTS, "flare"}


def test_rows_of_an_earlier_version_reach_the_diary_by_the_new_names(running: Trial) -> None:
    """What was stored as steroid_burst and medicine_change still counts, and can be undone."""
    for item in ("event:steroid_burst", "event:medicine_change"):
        Entry.objects.create(
            trial=running, day=14, item=item, kind="given", value="1", entered_at=NOW
        )
    assert records.diary_of(running).days()[14].events == (
        "steroid-burst",
        "other-medicine-change",
    )
    item = items.event("steroid-burst")
    row = running.entries.get(item="event:steroid_burst").pk
    actions.undo(trial=running, day=14, item=item, row=row, now=NOW)
    assert records.diary_of(running).days()[14].events == ("other-medicine-change",)


def test_notices_of_red_flags_are_easy_to_read(running: Trial) -> None:
    """Our own sentences around the words of the table."""
    for effect_id in _TABLE:
        item = items.red_flag(effect_id)
        actions.record(trial=running, day=14, item=item, value="1", now=NOW)
    for effect in items.SIDE_EFFECTS:
        item = items.side_effect(effect.id)
        actions.record(trial=running, day=14, item=item, value="3", now=NOW)
    shown = notices.notices_of(running, now=NOW).open
    assert len(shown) == 12
    for one in shown:
        text = " ".join([*one.reasons, one.what_next, one.more])
        assert grade(text) <= _HARDEST, (grade(text), text)

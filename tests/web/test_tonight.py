"""The check-in: every tap is kept, nothing is lost, bad input is answered in words."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from openldn.diary import Diary
from openldn.web.access import people
from openldn.web.person import actions, clock, items, records
from openldn.web.person.models import Entry, Trial
from support.web import NOW, answer_no_opioids, visible


@pytest.fixture
def quiet(running: Trial) -> Trial:
    """The questions that come before its period are answered."""
    answer_no_opioids(running, 3)
    return running


def _held(trial: Trial, day: int = 14) -> dict[str, str | None]:
    by_day = records.in_force(trial.entries.all())
    return {item: answer.value for item, answer in by_day.get(day, {}).items()}


def _undo(client: Client, item: str, path: str = "/") -> dict[str, str]:
    """Read from the page what the Undo of an item sends."""
    fields = rf'value="{item}"><input type="hidden" name="row" value="(\d+)"'
    (row,) = re.findall(fields, client.get(path).content.decode())
    return {"item": item, "undo": "1", "row": row}


def _open_question(client: Client, path: str = "/") -> str:
    html = client.get(path).content
    start = html.index(b"<legend>") + len(b"<legend>")
    return html[start : html.index(b"</legend>")].decode()


def test_a_good_day_is_one_tap_per_outcome_plus_two(owner: Client, quiet: Trial) -> None:
    """Every tap leads on to the next question."""
    taps = [
        {"item": "capsule", "value": "1"},
        {"item": "outcome:pain", "value": "6"},
        {"item": "outcome:energy", "value": "3"},
        {"item": "side-effects", "value": "0"},
    ]
    questions = []
    for tap in taps:
        questions.append(_open_question(owner))
        assert owner.post("/", tap).status_code == 302
    assert questions == [
        "Did you take your capsule tonight?",
        "How bad was your muscle pain today?",
        "How good was your energy today?",
        "Any side effects today?",
    ]
    assert "That is all for tonight" in visible(owner.get("/").content)
    held = _held(quiet)
    assert held["outcome:pain"] == "6"
    assert {held[items.side_effect(effect.id)] for effect in items.SIDE_EFFECTS} == {"0"}


def test_the_scale_has_one_button_for_each_step(owner: Client, running: Trial) -> None:
    """Eleven buttons from 0 to 10, each a button of a form of its own question."""
    owner.post("/", {"item": "capsule", "value": "1"})
    html = owner.get("/").content.decode()
    for step in range(11):
        assert f'name="value" value="{step}"' in html
    assert 'aria-label="10, worst imaginable"' in html


def test_a_change_counts_and_the_earlier_value_is_kept(owner: Client, running: Trial) -> None:
    """Corrections are new rows."""
    owner.post("/", {"item": "outcome:pain", "value": "6"})
    owner.post("/", {"item": "outcome:pain", "value": "4"})
    assert _held(running)["outcome:pain"] == "4"
    kept = running.entries.filter(day=14, item="outcome:pain").values_list("value", flat=True)
    assert list(kept) == ["6", "4"]


def test_undo_brings_back_the_answer_before(owner: Client, running: Trial) -> None:
    """Undo takes back one tap; undoing again opens the question."""
    for value in ("6", "4"):
        owner.post("/", {"item": "outcome:pain", "value": value})
    owner.post("/", _undo(owner, "outcome:pain"))
    assert _held(running)["outcome:pain"] == "6"
    owner.post("/", _undo(owner, "outcome:pain"))
    assert "outcome:pain" not in _held(running)
    owner.post("/", {"item": "outcome:pain", "undo": "1", "row": ""})
    assert running.entries.filter(day=14, item="outcome:pain").count() == 4


def test_a_double_tap_is_one_answer(owner: Client, running: Trial) -> None:
    """The same answer twice adds one row, so that one Undo takes it back."""
    for _ in range(2):
        owner.post("/", {"item": "outcome:pain", "value": "6"})
    assert running.entries.filter(day=14, item="outcome:pain").count() == 1
    owner.post("/", _undo(owner, "outcome:pain"))
    assert "outcome:pain" not in _held(running)


def test_undo_is_offered_for_ten_minutes_and_change_for_ever(
    owner: Client, quiet: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row folds to Undo first, to Change later."""
    owner.post("/", {"item": "capsule", "value": "1"})
    assert "Undo" in visible(owner.get("/").content)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    words = visible(owner.get("/").content)
    assert "Undo" not in words
    assert "Change" in words


def test_change_opens_an_answered_question_with_its_key_pressed(
    owner: Client, running: Trial
) -> None:
    """The key that was chosen says so to screen readers."""
    owner.post("/", {"item": "outcome:pain", "value": "6"})
    html = owner.get("/?change=2").content.decode()
    assert 'value="6" class="r6" aria-pressed="true"' in html


@pytest.mark.parametrize("change", ["0", "99", "-1", "x", "²", "9" * 400, "9" * 5000])
def test_a_wrong_number_in_the_address_does_no_harm(
    owner: Client, running: Trial, change: str
) -> None:
    """Whatever stands behind ?change=, there is a page."""
    assert owner.get("/", {"change": change}).status_code == 200


def test_leaving_out_is_missing_and_never_zero(owner: Client, running: Trial) -> None:
    """A question that was left out is folded, and its score is empty in the diary."""
    owner.post("/", {"item": "outcome:pain", "skip": "1"})
    assert "Left out" in visible(owner.get("/").content)
    (day,) = [day for day in records.diary_of(running).days() if day.day == 14]
    assert day.scores["pain"] is None


def test_too_ill_is_one_tap_and_counts_as_an_entry(owner: Client, quiet: Trial) -> None:
    """The state is recorded, can be undone, and shows no question."""
    owner.post("/", {"item": "ill", "value": "1"})
    page = owner.get("/").content
    assert b"<legend>" not in page
    assert "This counts as an entry" in visible(page)
    assert records.diary_of(quiet).days()[14].is_too_ill
    owner.post("/", _undo(owner, "ill"))
    assert "ill" not in _held(quiet)


@pytest.mark.parametrize(
    "tap",
    [
        {"item": "outcome:pain", "value": "11"},
        {"item": "outcome:pain", "value": "-1"},
        {"item": "outcome:pain", "value": "nan"},
        {"item": "outcome:pain", "value": "1_0"},
        {"item": "outcome:pain", "value": "-0"},
        {"item": "outcome:pain", "value": "5.5"},
        {"item": "outcome:pain", "value": "1e999"},
        {"item": "outcome:pain", "value": ""},
        {"item": "outcome:mood", "value": "3"},
        {"item": "capsule", "value": "2"},
        {"item": "side:headache", "value": "4"},
        {"item": "side:baldness", "value": "1"},
        {"item": "event:party", "value": "1"},
        {"item": "note", "value": "x" * 2001},
        {"item": "outcome:mood", "skip": "1"},
        {"item": "whatever", "skip": "1"},
        {"item": "ill", "skip": "1"},
        {"item": "event:flare", "skip": "1"},
        {"item": "x" * 500, "value": "1"},
        {"item": "arm", "value": "active"},
        {"item": "capsule", "value": "another", "dose_mg": "4.501"},
        {"item": "capsule", "value": "another", "dose_mg": "0"},
        {"item": "capsule", "value": "another", "dose_mg": "-1"},
        {"item": "capsule", "value": "another", "dose_mg": "nan"},
        {"item": "capsule", "value": "another", "dose_mg": "1e999"},
        {"item": "capsule", "value": "another", "dose_mg": "1.00001"},
        {"item": "capsule", "value": "another", "dose_mg": ""},
        {"item": "capsule", "value": "another"},
        {"item": "capsule", "value": "6 mg"},
        {"item": "side-effects", "value": "0", "side:headache": "4"},
        {"item": "side-effects", "value": "0", "side:baldness": "1"},
        {},
    ],
)
def test_what_cannot_be_is_refused_in_words(
    owner: Client, running: Trial, tap: dict[str, str]
) -> None:
    """Nothing is saved, and the page says what is expected."""
    before = Entry.objects.count()
    answer = owner.post("/", tap)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("typed", "kept", "ug"),
    [
        ("4.5", "4.5 mg", 4500),
        ("0,75", "0.75 mg", 750),
        (" 3 ", "3 mg", 3000),
        ("1.50", "1.5 mg", 1500),
    ],
)
def test_another_dose_reaches_the_diary_as_what_was_taken(
    owner: Client, running: Trial, tmp_path: Path, typed: str, kept: str, ug: int
) -> None:
    """Exact, also on a hidden day; a tap on Taken afterwards makes it unknown again."""
    tap = {"item": "capsule", "value": "another", "dose_mg": typed}
    assert owner.post("/", tap).status_code == 302
    assert _held(running)["capsule"] == kept
    day = records.diary_of(running).days()[14]
    assert (day.dose_ug, day.taken) == (ug, True)
    file = tmp_path / "diary.csv"
    file.write_bytes(owner.get("/diary.csv").content)
    assert Diary.read(file, outcomes=running.plan.outcomes).days()[14].dose_ug == ug
    owner.post("/", {"item": "capsule", "value": "1"})
    assert records.diary_of(running).days()[14].dose_ug is None
    owner.post("/", {"item": "capsule", "value": "0"})
    assert records.diary_of(running).days()[14].dose_ug == 0


def test_a_dose_above_the_limit_is_refused_with_the_reason_and_kept_in_the_field(
    owner: Client, running: Trial
) -> None:
    """The page says why, whom to call if more was taken, and shows what was typed."""
    tap = {"item": "capsule", "value": "another", "dose_mg": "6<b>"}
    words = visible(owner.post("/", tap | {"dose_mg": "6"}).content)
    assert "“6” mg. Expected: a number above 0, and 4.5 or less" in words
    assert "call your prescriber" in words
    assert 'value="6&lt;b&gt;"' in owner.post("/", tap).content.decode()


def test_side_effects_that_were_ticked_are_kept_together_and_the_rest_are_none(
    owner: Client, running: Trial
) -> None:
    """One save, one Undo; what was told before on its own page stays."""
    owner.post("/side-effects", {"item": "side:broken_sleep", "value": "3"})
    tap = {"item": "side-effects", "value": "0", "side:headache": "2"}
    owner.post("/", tap)
    held = _held(running)
    graded = [held[items.side_effect(one.id)] for one in items.SIDE_EFFECTS]
    assert graded == ["0", "3", "2", "0", "0"]


def test_what_a_person_writes_is_shown_and_never_run(owner: Client, running: Trial) -> None:
    """A note with markup stays text."""
    owner.post("/note", {"value": "<script>alert(1)</script>"})
    html = owner.get("/").content.decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_note_keeps_its_lines_and_reaches_the_diary(owner: Client, running: Trial) -> None:
    """Line breaks stay, invisible signs go, and the diary file reads back."""
    owner.post("/note", {"value": 'Swollen hands,\r\n"bad"\x00\x1b[2J'})
    assert _held(running)["note"] == 'Swollen hands,\n"bad"[2J'
    assert b'"bad""' in owner.get("/diary.csv").content


def test_each_side_effect_has_four_keys_and_the_rest_can_be_none(
    owner: Client, running: Trial
) -> None:
    """One tap per side effect, then one for all others; the first answer stands."""
    assert owner.post("/side-effects", {"item": "side:headache", "value": "2"}).status_code == 302
    owner.post("/side-effects", {"item": "side-effects", "value": "0"})
    held = _held(running)
    assert held["side:headache"] == "2"
    assert held["side:vivid_dreams"] == "0"
    owner.post("/", {"item": "capsule", "value": "1"})
    assert "Headache: moderate" in visible(owner.get("/").content)


def test_undo_of_none_takes_back_all_that_came_with_it(owner: Client, running: Trial) -> None:
    """One tap put five zeros there; one tap takes them away."""
    owner.post("/", {"item": "side-effects", "value": "0"})
    owner.post("/", _undo(owner, "side-effects"))
    assert not [item for item in _held(running) if item.startswith("side:")]


def test_an_event_can_be_told_and_taken_back(owner: Client, running: Trial) -> None:
    """Events reach the diary by their ids."""
    owner.post("/events", {"item": "event:flare", "value": "1"})
    assert "A flare" in visible(owner.get("/").content)
    assert records.diary_of(running).days()[14].events == ("flare",)
    owner.post("/events", _undo(owner, "event:flare", "/events"))
    assert "event:flare" not in _held(running)


def test_yesterday_is_open_and_marked_late(owner: Client, running: Trial) -> None:
    """An answer for yesterday belongs to yesterday, and when it was entered is kept."""
    owner.post("/yesterday", {"item": "outcome:pain", "value": "9"})
    assert _held(running, day=13)["outcome:pain"] == "9"
    assert "outcome:pain" not in _held(running, day=14)
    row = running.entries.filter(day=13, item="outcome:pain").last()
    assert row is not None
    assert row.entered_at == NOW


def test_the_day_is_the_persons_own(owner: Client, running: Trial) -> None:
    """At 21:30 five hours east of London it is still the person's Sunday."""
    assert "Sunday 22 November" in visible(owner.get("/").content)
    assert "Day 15 of 38" in visible(owner.get("/").content)


def test_a_tap_after_midnight_belongs_to_the_evening_that_was_shown(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of day 15, tapped three hours later, is an answer about day 15."""
    assert 'name="day" value="14"' in owner.get("/").content.decode()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=3))
    answer = owner.post("/", {"item": "outcome:pain", "value": "6", "day": "14"})
    assert answer["Location"] == "/yesterday"
    assert _held(running, day=14)["outcome:pain"] == "6"
    assert "outcome:pain" not in _held(running, day=15)


@pytest.mark.parametrize("day", ["13", "12", "15", "-1", "x", ""])
@pytest.mark.parametrize("page", ["/", "/events", "/note"])
def test_the_page_of_a_closed_day_saves_nothing(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch, day: str, page: str
) -> None:
    """Left open for days: the page says which day it is now, and asks again."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=2))
    before = Entry.objects.count()
    tap = {"/": "outcome:pain", "/events": "event:flare", "/note": "note"}[page]
    answer = owner.post(page, {"item": tap, "value": "1", "day": day})
    if day == "15":  # yesterday by now, and still open
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert "the page of another day" in visible(answer.content)
    assert Entry.objects.count() == before


def test_before_the_first_day_it_says_when_it_begins(owner: Client) -> None:
    """Nothing can be entered before day 0."""
    from support.web import PLAN

    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=NOW.date() + timedelta(days=9))
    assert "Your first evening is Tuesday 1 December" in visible(owner.get("/").content)
    owner.post("/", {"item": "capsule", "value": "1"})
    assert not Entry.objects.exists()


def test_after_the_last_day_it_leads_to_the_answer(owner: Client, over: Trial) -> None:
    """The evening after the last day asks nothing, and yesterday is still open."""
    words = visible(owner.get("/").content)
    assert "All days are behind you" in words
    assert "Fill in yesterday" in words


def test_without_a_trial_the_way_leads_to_the_safety_questions(owner: Client) -> None:
    """The first page of an empty folder is the gate."""
    assert owner.get("/")["Location"] == "/start"


@pytest.mark.parametrize(
    ("path", "item", "value"),
    [
        ("/", "outcome:pain", "6"),
        ("/", "side-effects", "0"),
        ("/", "ill", "1"),
        ("/events", "event:flare", "1"),
    ],
)
def test_a_repeated_undo_takes_back_nothing_more(
    owner: Client, quiet: Trial, path: str, item: str, value: str
) -> None:
    """Sent twice by a slow line, one Undo stays one: the form names the row."""
    before = "4" if item == "outcome:pain" else value
    for given in (before, value):
        owner.post(path, {"item": item, "value": given})
    undo = _undo(owner, item, path)
    owner.post(path, undo)
    once = quiet.entries.count()
    owner.post(path, undo)
    assert quiet.entries.count() == once


@pytest.mark.parametrize(
    ("path", "item", "value"),
    [
        ("/", "outcome:pain", "7"),
        ("/note", "note", "A last word"),
        ("/side-effects", "side:headache", "2"),
        ("/events", "event:flare", "1"),
    ],
)
def test_the_last_evening_after_midnight_is_kept_as_yesterday(
    owner: Client, over: Trial, path: str, item: str, value: str
) -> None:
    """The page of the last day, tapped when the trial is over by the clock, loses nothing."""
    answer = owner.post(path, {"item": item, "value": value, "day": "37"})
    assert answer["Location"] == "/yesterday"
    assert _held(over, day=37)[item] == value


@pytest.mark.parametrize("path", ["/", "/yesterday", "/note", "/events", "/side-effects"])
def test_an_answer_for_no_open_day_is_never_lost_silently(
    owner: Client, over: Trial, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Days after the end the page says that nothing was saved."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=3))
    answer = owner.post(path, {"item": "capsule", "value": "1", "day": "37"})
    assert answer.status_code == 422
    assert "Nothing was saved" in visible(answer.content)


@pytest.mark.parametrize("taps", [("outcome:pain", "ill"), ("ill", "outcome:pain")])
def test_the_diary_of_a_day_too_ill_reads_back(
    owner: Client, running: Trial, tmp_path: Path, taps: tuple[str, str]
) -> None:
    """A score beside too-ill is kept in the database and is no score of the diary."""
    for item in taps:
        owner.post("/", {"item": item, "value": "1"})
    path = tmp_path / "diary.csv"
    path.write_bytes(owner.get("/diary.csv").content)
    day = Diary.read(path, outcomes=running.plan.outcomes).days()[14]
    assert day.is_too_ill
    assert day.scores["pain"] is None


def test_what_was_left_out_never_happened(owner: Client, running: Trial) -> None:
    """A row of an earlier version that leaves out too-ill or an event says neither."""
    for item in ("ill", "event:flare"):
        Entry.objects.create(
            trial=running, day=14, item=item, kind=Entry.Kind.LEFT_OUT, entered_at=NOW
        )
    day = records.diary_of(running).days()[14]
    assert not day.is_too_ill
    assert day.events == ()
    assert "Too ill to answer" not in owner.get("/").content.decode().split('id="question"')[1][:60]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\tb", "a b"),
        ("20\u00a0mg", "20 mg"),
        ("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,
        ("\U0001f469\u200d\U0001f52c",) * 2,
        ("abc\u202ecba\u2066", "abccba"),
        ("a\u2028b\u3000c", "a b c"),
    ],
)
def test_a_note_is_kept_as_it_was_written(
    owner: Client, running: Trial, written: str, kept: str
) -> None:
    """Joiners shape letters and signs; only what steers a screen goes, and spaces are spaces."""
    owner.post("/note", {"value": written})
    assert _held(running)["note"] == kept


def test_a_note_that_is_too_long_is_given_back_with_the_limit(
    owner: Client, running: Trial
) -> None:
    """The words stay in the field, and the limit is named."""
    answer = owner.post("/note", {"value": "x" * 2001})
    assert answer.status_code == 422
    assert "2,001 characters. Expected: 2,000 or fewer" in visible(answer.content)
    assert "x" * 2001 in answer.content.decode()

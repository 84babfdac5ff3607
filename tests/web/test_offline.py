"""Entries that were made on a device: taken exactly once, on the right day, or refused in words."""

import gzip
import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from openldn.web.access import people
from openldn.web.offline.models import Received
from openldn.web.offline.receiving import diary_mark
from openldn.web.person import actions, clock, items, records
from openldn.web.person.models import Entry, Trial
from support.web import NOW, ORDER, OTHER_ORDER, PLAN, add_evenings, pause, seal_of, visible


def _send(client: Client, trial: Trial, **fields: str) -> dict[str, object]:
    sent = {"entry_id": str(uuid4()), "diary": diary_mark(trial), "day": "14"} | fields
    answer: dict[str, object] = client.post("/kept/entry", sent).json()
    return answer


def _value(trial: Trial, item: str, day: int = 14) -> str | None:
    held = records.in_force(trial.entries.all()).get(day, {}).get(item)
    return held.value if held else None


def _why(answer: dict[str, object]) -> str:
    assert answer["state"] == "refused"
    return json.dumps(answer["why"], ensure_ascii=False)


def test_an_entry_that_comes_twice_is_kept_once(owner: Client, running: Trial) -> None:
    """Replayed after other answers, the same id changes nothing any more."""
    first = {"entry_id": str(uuid4()), "item": "outcome:pain", "value": "6"}
    assert _send(owner, running, **first) == {"state": "kept"}
    owner.post("/", {"item": "outcome:pain", "value": "4"})
    rows = running.entries.count()
    for _ in range(2):
        assert _send(owner, running, **first) == {"state": "kept"}
    assert running.entries.count() == rows
    assert _value(running, "outcome:pain") == "4"


def test_a_form_and_the_queue_that_bring_the_same_entry_are_one(
    owner: Client, running: Trial
) -> None:
    """The page sent it, no reply came, and the device sends it again later."""
    fields = {"entry_id": str(uuid4()), "item": "outcome:pain", "value": "6"}
    answer = owner.post("/", fields | {"day": "14"})
    assert answer["Location"] == f"/?kept={fields['entry_id']}"
    owner.post("/", {"item": "outcome:pain", "value": "4"})
    assert _send(owner, running, **fields) == {"state": "kept"}
    assert _value(running, "outcome:pain") == "4"


def test_a_page_tells_the_device_which_entry_is_settled(owner: Client, running: Trial) -> None:
    """Saved or shown again to be mended, and nothing else: only ids come back."""
    entry_id = str(uuid4())
    assert f'data-settled="{entry_id}"' in owner.get("/", {"kept": entry_id}).content.decode()
    wrong = {"entry_id": entry_id, "item": "outcome:pain", "value": "99"}
    answer = owner.post("/", wrong)
    assert answer.status_code == 422
    assert f'data-settled="{entry_id}"' in answer.content.decode()
    hostile = owner.get("/", {"kept": '"><script>alert(1)</script>'}).content
    assert b"<script>" not in hostile


def test_what_is_refused_does_not_use_up_its_id(owner: Client, running: Trial) -> None:
    """The same entry, mended, is taken."""
    fields = {"entry_id": str(uuid4()), "item": "outcome:pain"}
    assert "a whole number from 0 to 10" in _why(_send(owner, running, **fields, value="11"))
    assert not Received.objects.exists()
    assert _send(owner, running, **fields, value="10") == {"state": "kept"}


@pytest.mark.parametrize("entry_id", ["", "x", "1" * 5000, "\0"])
def test_an_entry_without_an_id_is_refused(owner: Client, running: Trial, entry_id: str) -> None:
    """Without an id it could be doubled, so no device may send one."""
    _why(_send(owner, running, entry_id=entry_id, item="outcome:pain", value="3"))
    assert _value(running, "outcome:pain") is None


@pytest.mark.parametrize("day", ["15", "38", "-1", "x", "", "9" * 18, "9" * 400])
def test_an_impossible_day_is_refused_with_the_days_that_are_possible(
    owner: Client, running: Trial, day: str
) -> None:
    """A clock that is ahead sends tomorrow: the words name the days, and nothing is kept."""
    why = _why(_send(owner, running, day=day, item="outcome:pain", value="3"))
    assert "a day from Sunday 8 November to Sunday 22 November" in why
    assert "Your answer is still on this phone" in why


def test_a_day_long_ago_is_taken_and_marked_late(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A week without a connection loses nothing; the server's own time says when it came."""
    later = NOW + timedelta(days=7)
    monkeypatch.setattr(clock, "now", lambda: later)
    said = {"item": "outcome:pain", "value": "8", "said_at": NOW.isoformat()}
    assert _send(owner, running, **said) == {"state": "kept"}
    row = running.entries.filter(day=14, item="outcome:pain").get()
    assert row.entered_at == later
    assert Received.objects.get().said_at == NOW
    assert "recorded a day late" in visible(owner.get("/trial").content)


@pytest.mark.parametrize(
    "said_at", ["", "x", "2026-11-22T20:00", "9999-12-31T23:59:59+00:00", "1970-01-01T00:00:00Z"]
)
def test_a_clock_that_cannot_be_is_not_believed(
    owner: Client, running: Trial, said_at: str
) -> None:
    """The day is what was answered; a moment that cannot be is that of the server."""
    assert _send(owner, running, item="ill", value="1", said_at=said_at) == {"state": "kept"}
    assert Received.objects.get().said_at == NOW


def test_an_older_answer_from_a_second_device_does_not_overtake(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both stay on record; the one that was given later counts, whichever comes last."""
    owner.post("/", {"item": "outcome:pain", "value": "4"})
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    older = (NOW - timedelta(minutes=30)).isoformat()
    _send(owner, running, item="outcome:pain", value="9", said_at=older)
    assert _value(running, "outcome:pain") == "4"
    kept = running.entries.filter(day=14, item="outcome:pain").values_list("kind", "value")
    assert list(kept) == [("given", "4"), ("given", "9"), ("undone", "")]
    newer = (NOW + timedelta(minutes=30)).isoformat()
    _send(owner, running, item="outcome:pain", value="7", said_at=newer)
    assert _value(running, "outcome:pain") == "7"


def test_two_answers_that_waited_count_in_the_order_they_were_given(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two taps without a connection counts, though the first came after it too."""
    for minute, value in ((0, "3"), (2, "9"), (1, "5")):
        came = NOW + timedelta(hours=1, seconds=minute)
        monkeypatch.setattr(clock, "now", lambda came=came: came)
        said_at = (NOW + timedelta(minutes=minute)).isoformat()
        sent = {"item": "outcome:pain", "value": value, "said_at": said_at}
        assert _send(owner, running, **sent) == {"state": "kept"}
        assert _value(running, "outcome:pain") == ("3" if minute == 0 else "9")


def test_a_note_without_a_connection_adds_to_the_one_it_could_not_show(
    owner: Client, running: Trial
) -> None:
    """Neither is lost, whichever was written first; sent twice, it stands there once."""
    assert 'name="adds"' in owner.get("/kept").content.decode()
    owner.post("/note", {"value": "Walked to the lake", "day": "14"})
    earlier = (NOW - timedelta(minutes=30)).isoformat()
    sent = {"entry_id": str(uuid4()), "item": "note", "value": "Slept badly", "adds": "1"}
    for _ in range(2):
        assert _send(owner, running, **sent, said_at=earlier) == {"state": "kept"}
    assert _value(running, "note") == "Walked to the lake\nSlept badly"
    assert "LDN-" not in _why(_send(owner, running, item="note", value="x" * 1990, adds="1"))


def test_a_severe_side_effect_that_comes_late_is_still_told(owner: Client, running: Trial) -> None:
    """That nothing was tapped on another device afterwards does not silence it."""
    owner.post("/", {"item": "side-effects", "value": "0"})
    earlier = (NOW - timedelta(minutes=30)).isoformat()
    sent = {"item": "side-effects", "value": "0", "side:headache": "3", "side:vivid_dreams": "1"}
    assert _send(owner, running, **sent, said_at=earlier) == {"state": "kept"}
    assert (_value(running, "side:headache"), _value(running, "side:vivid_dreams")) == ("3", "0")
    assert "severe" in visible(owner.get("/").content).lower()


def test_an_entry_of_another_plan_waits(owner: Client, running: Trial) -> None:
    """It is not put into the plan that runs now, and it is not refused either."""
    answer = _send(owner, running, diary="another", item="outcome:pain", value="3")
    assert answer == {"state": "other"}
    assert _value(running, "outcome:pain") is None


def test_a_tab_with_an_old_plan_saves_nothing(owner: Client, running: Trial) -> None:
    """Its form names the plan it was made for, and the page says so."""
    answer = owner.post("/", {"diary": "another", "item": "outcome:pain", "value": "3"})
    assert answer.status_code == 422
    assert "the page of another plan" in visible(answer.content)
    assert _value(running, "outcome:pain") is None


def test_after_the_seal_was_opened_nothing_new_is_taken(owner: Client, over: Trial) -> None:
    """What was received before is still known, so that the device may forget it."""
    sent = {"entry_id": str(uuid4()), "day": "37", "item": "outcome:pain", "value": "3"}
    assert _send(owner, over, **sent) == {"state": "kept"}
    opened = seal_of(ORDER, is_open=True)
    actions.open_seal(trial=over, seal=opened, is_code_kept=True, today=NOW.date())
    rows = over.entries.count()
    assert _send(owner, over, **sent) == {"state": "kept"}
    assert "after the seal was opened" in _why(
        _send(owner, over, day="36", item="outcome:pain", value="3")
    )
    assert over.entries.count() == rows


def test_the_questions_name_no_drug_no_arm_and_no_answer(owner: Client, running: Trial) -> None:
    """What a device may hold for a month says what is asked, and nothing of what was answered."""
    owner.post("/note", {"value": "Swollen hands"})
    owner.post("/", {"item": "outcome:pain", "value": "6"})
    said = owner.get("/kept/facts").json()
    del said["token"], said["diary"]  # letters drawn by chance, which may spell anything
    text = json.dumps(said).lower()
    assert "how bad was your muscle pain today?" in text
    for secret in ("naltrexone", "ldn", "placebo", "active", "swollen", "mg", "is_chosen"):
        assert secret not in text


def test_the_questions_are_the_same_for_every_order(owner: Client) -> None:
    """Two trials that differ in their sealed order alone ask the same on every day."""
    seen = []
    for order in (ORDER, OTHER_ORDER):
        seal = seal_of(order, is_open=False)
        start = NOW.date() - timedelta(days=14)
        trial = actions.add_trial(person=people.owner(), plan_toml=PLAN, start=start, seal=seal)
        add_evenings(trial, range(14))
        facts = owner.get("/kept/facts").json()
        seen.append({name: facts[name] for name in ("days", "questions", "past")})
    assert seen[0] == seen[1]
    assert [day["day"] for day in seen[0]["days"]] == list(range(13, 38))


def test_the_questions_follow_the_plan(owner: Client, running: Trial) -> None:
    """Worded for the evening and for the day after; a paused trial asks about no capsule."""
    facts = owner.get("/kept/facts").json()
    assert facts["questions"][0]["words"] == "Did you take your capsule tonight?"
    assert facts["past"][0]["words"] == "Did you take your capsule yesterday?"
    assert datetime.fromisoformat(facts["now"]) == NOW
    pause(running)
    words = [one["words"] for one in owner.get("/kept/facts").json()["questions"]]
    assert words[0] == "How bad was your muscle pain today?"


def test_before_and_after_a_trial_the_device_asks_nothing(owner: Client, over: Trial) -> None:
    """No day is open, so none is offered, but for the last evening."""
    facts = owner.get("/kept/facts").json()
    assert [day["day"] for day in facts["days"]] == [37]


def test_without_a_trial_there_is_nothing_to_ask(owner: Client) -> None:
    """The page of the device says so by itself."""
    assert owner.get("/kept/facts").json()["diary"] is None
    sent = {"entry_id": str(uuid4()), "day": "1", "item": "ill", "value": "1"}
    assert owner.post("/kept/entry", sent).json() == {"state": "other"}


def test_a_token_is_asked_for(owner: Client, running: Trial) -> None:
    """Another site cannot send an entry in her name; the device gets its token with the facts."""
    strict = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    strict.cookies = owner.cookies
    fields = {"entry_id": str(uuid4()), "diary": diary_mark(running), "day": "14"}
    fields |= {"item": "outcome:pain", "value": "3"}
    assert strict.post("/kept/entry", fields).status_code == 403
    token = strict.get("/kept/facts").json()["token"]
    answer = strict.post("/kept/entry", fields, headers={"x-csrftoken": token})
    assert answer.json() == {"state": "kept"}


def test_the_worker_names_files_that_are_there_and_no_person(
    owner: Client, running: Trial, stranger: Client
) -> None:
    """Everything that it keeps is served, and the one page that it keeps is the same for all."""
    text = owner.get("/worker.js").content.decode()
    (line,) = [line for line in text.splitlines() if line.startswith("const FILES = ")]
    files = json.loads(line.removeprefix("const FILES = ").removesuffix(";"))
    for name in files:
        answer = owner.get(name)
        assert answer.status_code == 200, name
        answer.close()
    page = owner.get("/kept").content
    Entry.objects.create(
        trial=running, day=14, item=items.NOTE, kind="given", value="Secret", entered_at=NOW
    )
    assert owner.get("/kept").content == page
    for secret in (b"Muscle", b"Dr B", b"csrf", b"naltrexone"):
        assert secret not in page


def test_the_app_can_be_installed(owner: Client) -> None:
    """The description has a name that tells of no drug on the screen, and icons of both sizes."""
    answer = owner.get("/app.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    facts = answer.json()
    assert facts["short_name"] == "Evening note"
    for icon in facts["icons"]:
        picture = owner.get(icon["src"])
        assert b"".join(picture).startswith(b"\x89PNG")
        picture.close()
    assert b'rel="manifest"' in owner.get("/help").content


def test_files_travel_compressed_and_pages_do_not(owner: Client, running: Trial) -> None:
    """A page holds secrets, whose guesses a compressed length would answer."""
    takes = {"accept-encoding": "gzip"}
    file = owner.get("/static/person/app.css", headers=takes)
    assert file["Content-Encoding"] == "gzip"
    text = gzip.decompress(b"".join(file))
    file.close()
    plain = owner.get("/static/person/app.css")
    assert b"".join(plain) == text
    plain.close()
    assert "Content-Encoding" not in owner.get("/", headers=takes)


def test_leaving_empties_the_browser(owner: Client) -> None:
    """The header does it also where no script ran."""
    assert owner.post("/leave")["Clear-Site-Data"] == '"storage"'

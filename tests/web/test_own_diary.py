"""A diary without a plan: scores each evening, and nothing about taking anything."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from openldn.diary import Diary
from openldn.protocol.outcomes import Role, parse_outcome_option
from openldn.web.access import people
from openldn.web.person import actions, clock
from openldn.web.plan import own_diary
from openldn.web.plan.models import OwnDiary, OwnEntry
from support.planning import fill, walk
from support.web import NOW, PLAN, SEAL, visible


@pytest.fixture
def diary(owner: Client) -> OwnDiary:
    """A diary that was begun this evening."""
    walk(owner, until="worth")
    assert owner.post("/my-diary/begin")["Location"] == "/my-diary"
    return OwnDiary.objects.get()


def _tap(owner: Client, diary: OwnDiary, *, page: str = "/my-diary", **sent: object) -> int:
    day = own_diary.day_of(diary, clock.today())
    facts = {"day": day, "question": "pain", **sent}
    return owner.post(page, facts).status_code


def _scores(diary: OwnDiary, day: int = 0) -> dict[str, int | None]:
    return {name: row.score for name, row in own_diary.in_force(diary, day).items()}


def test_it_begins_after_three_steps_and_no_prescriber(owner: Client) -> None:
    """The page leads to the steps that choose what to score, and then it begins."""
    assert "First choose what to score" in visible(owner.get("/my-diary/begin").content)
    assert owner.post("/my-diary/begin")["Location"] == "/plan/condition"
    walk(owner, until="worth")
    assert "Worn out" in visible(owner.get("/my-diary/begin").content)
    for _tap in range(2):
        assert owner.post("/my-diary/begin")["Location"] == "/my-diary"
    assert OwnDiary.objects.count() == 1
    assert owner.get("/", follow=True).redirect_chain[-1][0] == "/my-diary"


def test_beside_a_running_trial_no_diary_begins(owner: Client) -> None:
    """Its evenings would be watched by none of the moments that the plan names."""
    walk(owner, until="worth")
    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=NOW.date(), seal=SEAL)
    for reply in (owner.get("/my-diary/begin"), owner.post("/my-diary/begin")):
        assert (reply.status_code, reply["Location"]) == (302, "/")
    assert not OwnDiary.objects.exists()


def test_nothing_in_it_is_about_a_capsule_or_a_dose(owner: Client, diary: OwnDiary) -> None:
    """No plan, no dose, no word about taking anything."""
    words = visible(owner.get("/my-diary").content).lower()
    main = words.partition("each tap saves")[2].partition("openldn records")[0]
    for word in ("capsule", "dose", "take", "ldn", " mg"):
        assert word not in main, word


def test_a_tap_saves_and_can_be_undone_and_changed(owner: Client, diary: OwnDiary) -> None:
    """The latest counts, each row stays, the same tap twice is one."""
    assert _tap(owner, diary, score="6") == 302
    assert _tap(owner, diary, score="6") == 302
    assert _tap(owner, diary, score="4") == 302
    assert OwnEntry.objects.count() == 2
    assert _scores(diary) == {"pain": 4}
    row = own_diary.in_force(diary, 0)["pain"].pk
    assert _tap(owner, diary, undo=row) == 302
    assert _tap(owner, diary, undo=row) == 302
    assert _scores(diary) == {"pain": 6}
    assert _tap(owner, diary, skip="1") == 302
    assert _scores(diary) == {"pain": None}
    assert "Left out." in visible(owner.get("/my-diary").content)


@pytest.mark.parametrize("score", ["11", "-1", "x", "", "٣", "9" * 30])
def test_what_is_no_key_is_refused_in_words(owner: Client, diary: OwnDiary, score: str) -> None:
    """Nothing is kept."""
    assert _tap(owner, diary, score=score) == 422
    assert not OwnEntry.objects.exists()


def test_an_unknown_question_is_not_found(owner: Client, diary: OwnDiary) -> None:
    """The ids of the page are the only ones."""
    assert _tap(owner, diary, question="energy", score="1") == 404


def test_yesterday_can_be_filled_and_no_other_day(
    owner: Client, diary: OwnDiary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page left open over midnight keeps nothing, and says so."""
    later = NOW + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = "/my-diary?yesterday=1"
    assert owner.post(page, {"day": "0", "question": "pain", "score": "3"})["Location"] == page
    assert _scores(diary) == {"pain": 3}
    stale = owner.post("/my-diary", {"day": "0", "question": "pain", "score": "8"})
    assert stale.status_code == 422
    assert "of another evening" in visible(stale.content)
    assert (_scores(diary), _scores(diary, 1)) == ({"pain": 3}, {})


def test_the_file_is_a_diary_that_every_command_reads(
    owner: Client, diary: OwnDiary, tmp_path: Path
) -> None:
    """Scores and dates; dose, arm and capsule stay empty."""
    _tap(owner, diary, score="6")
    content = owner.get("/my-diary/diary.csv").content
    path = tmp_path / "diary.csv"
    path.write_bytes(content)
    header = next(line for line in content.decode().splitlines() if not line.startswith("#"))
    assert "pain" in header.split(",")
    pain = parse_outcome_option("pain:0-10:lower", role=Role.PRIMARY)
    (entry,) = Diary.read(path, outcomes=[pain]).entries
    assert (entry.scores["pain"], entry.dose_ug, entry.taken, entry.arm) == (6, None, None, None)


def test_a_plan_can_follow_and_the_diary_stays(owner: Client, diary: OwnDiary) -> None:
    """Once a trial begins its evenings take over; the rows are there for ever."""
    _tap(owner, diary, score="6")
    assert 'href="/plan/worth"' in owner.get("/start?plan=1").content.decode()
    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=NOW.date(), seal=SEAL)
    assert own_diary.current(people.owner()) is None
    assert owner.get("/").status_code == 200
    assert OwnEntry.objects.count() == 1


def test_other_questions_begin_another_diary(owner: Client, diary: OwnDiary) -> None:
    """What was asked before stays with the diary in which it was asked."""
    fill(owner, "matters", {"chosen": ["low_mood"], "own_1": "", "own_2": ""})
    worded = {"label_low_mood": "Low mood", "better_low_mood": "lower", "primary": "low_mood"}
    fill(owner, "words", worded)
    owner.post("/my-diary/begin")
    assert [len(one.questions) for one in OwnDiary.objects.all()] == [3, 1]

"""Many persons in one database: each sees their own records, and nobody else's."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.ask import talks
from openldn.web.ask.models import Talk
from openldn.web.person import actions
from openldn.web.person.models import Trial
from support.web import NOW, PLAN


@pytest.fixture
def other(owner: Client) -> Person:
    """Somebody else, who came to this database after the owner."""
    people.owner()
    return Person.objects.create()


def test_somebody_elses_trial_is_no_trial_of_mine(owner: Client, other: Person) -> None:
    """With the trial of another person in the database, each page is that of a newcomer."""
    actions.add_trial(person=other, plan_toml=PLAN, start=NOW.date())
    for page in ("/", "/trial", "/answer", "/medicines", "/going-on", "/diary.csv"):
        assert owner.get(page)["Location"] == "/start", page
    assert owner.post("/answer/ask").status_code == 404


def test_what_somebody_else_answered_begins_no_plan_of_mine(owner: Client, other: Person) -> None:
    """Safety answers are good for the person who gave them."""
    check = actions.answer_safety_questions(
        person=other, answers={}, names=[], touched=[], decision=None, now=NOW
    )
    assert owner.get("/start/plan")["Location"] == "/start/questions"
    with pytest.raises(actions.PlanRefused):
        actions.begin_trial(plan_toml=PLAN, start=NOW.date(), seal=None, check=check, today=NOW)
    assert not Trial.objects.exists()


def test_a_trial_of_somebody_else_does_not_stand_in_my_way(other: Person, running: Trial) -> None:
    """Two persons can each have a trial that runs."""
    begun = actions.add_trial(person=other, plan_toml=PLAN, start=NOW.date())
    assert other.trials.current() == begun
    assert people.owner().trials.current() == running


def test_a_talk_of_somebody_else_is_neither_shown_nor_taken_back(
    owner: Client, other: Person
) -> None:
    """Its number, put into a form, finds nothing."""
    facts = {"day": NOW.date(), "said": "no", "reason": "Their own words"}
    talks.note(person=other, facts=facts, now=NOW)
    assert b"Their own words" not in owner.get("/talk").content
    owner.post("/talk", {"undo": str(Talk.objects.get().pk)})
    assert other.talks.in_force().count() == 1


def test_the_owner_of_local_mode_is_the_first_person(owner: Client, rf: RequestFactory) -> None:
    """Asking twice makes no second person, and without a session there is none."""
    request = rf.get("/")
    assert people.known(request) is None
    request.session = owner.session
    assert people.of(request) == people.of(request) == people.owner()
    assert Person.objects.count() == 1
    request.session.flush()
    with pytest.raises(Http404):
        people.of(request)


def _migrate(folder: Path, *target: str) -> None:
    command = [sys.executable, "-m", "django", "migrate", "-v", "0", *target]
    known = {"DJANGO_SETTINGS_MODULE": "openldn.web.config.settings", "OPENLDN_DATA": str(folder)}
    subprocess.run(command, check=True, env={**os.environ, **known})


def _ask(folder: Path, *questions: str) -> list[object]:
    with contextlib.closing(sqlite3.connect(folder / "openldn.sqlite3")) as database, database:
        return [database.execute(question).fetchone() for question in questions]


def test_rows_from_before_belong_to_the_owner(tmp_path: Path) -> None:
    """An upgrade gives every trial, check and talk to one person, and guards them as before."""
    _migrate(tmp_path, "person", "0006")
    _migrate(tmp_path, "ask", "0001")
    _ask(
        tmp_path,
        "INSERT INTO person_safetycheck (id, answered_at, answers, touched, decision_by)"
        " VALUES (7, '2026-01-01', '{}', '[]', '')",
        "INSERT INTO person_trial (created_at, plan_toml, start, safety_check_id, is_invented,"
        " commitment) VALUES ('2026-01-01', 'x', '2026-01-01', 7, 0, '')",
        "INSERT INTO ask_talk (day, who, said, reason, change, noted_at)"
        " VALUES ('2026-01-01', '', 'no', '', '', '2026-01-01')",
    )
    _migrate(tmp_path)
    tables = ("person_safetycheck", "person_trial", "ask_talk")
    owners = _ask(tmp_path, *(f"SELECT count(*), min(person_id) FROM {one}" for one in tables))
    assert owners == [(1, 1)] * 3
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        _ask(tmp_path, "DELETE FROM ask_talk")


def test_an_empty_database_has_no_person(tmp_path: Path) -> None:
    """Nobody is made up where there was nothing to own."""
    _migrate(tmp_path)
    assert _ask(tmp_path, "SELECT count(*) FROM access_person") == [(0,)]

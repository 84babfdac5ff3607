"""Plans in the making, notes and diaries of somebody else are not there."""

import json

import pytest
from django.test import Client

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.person import actions
from openldn.web.plan import own_diary
from openldn.web.plan.models import Amendment, Draft, Expectation
from support.planning import STEPS, fill, walk
from support.web import NOW, PLAN


@pytest.fixture
def other(owner: Client) -> Person:
    """Somebody else, who came to this database after the owner."""
    people.owner()
    return Person.objects.create()


def test_drafts_and_diaries_of_somebody_else_are_not_there(owner: Client, other: Person) -> None:
    """Another person's plan in the making, forecasts and scores show nowhere."""
    walk(owner, until="design")
    drafts = list(Draft.objects.all())
    Draft.objects.bulk_create(
        Draft(
            person=other,
            number=one.number,
            kind=one.kind,
            step=one.step,
            answers=json.loads(json.dumps(one.answers).replace("Aches", "Secret ache")),
            saved_at=one.saved_at,
        )
        for one in drafts
    )
    diary = own_diary.begin(
        person=other, items=[{"id": "x", "label": "Secret score", "better": "lower"}], now=NOW
    )
    for page in ("/start?plan=1", "/plan/words", "/plan/design", "/my-diary/begin"):
        answer = owner.get(page)
        assert answer.status_code == 200
        assert b"Secret" not in answer.content
    assert owner.get("/my-diary")["Location"] == "/start"
    assert owner.get("/my-diary/diary.csv")["Location"] == "/start"
    assert owner.post("/my-diary", {"day": "0", "question": "x", "score": "1"}).status_code == 302
    assert not diary.entries.exists()
    assert fill(owner, "worth", STEPS["worth"]).status_code == 302


def test_a_frozen_plan_of_somebody_else_is_not_there(owner: Client, other: Person) -> None:
    """Nor can anything be noted about it."""
    actions.add_trial(person=other, plan_toml=PLAN, start=NOW.date())
    for page in ("/plan/frozen", "/plan/frozen/change", "/plan/expect", "/plan/plan.toml"):
        assert owner.get(page)["Location"] == "/start", page
    change = {"what": "dose", "old": "a", "new": "b", "on": "2026-11-22", "reason": "c"}
    owner.post("/plan/frozen/change", {**change, "is_code_broken": "no", "seen": "0"})
    owner.post("/plan/expect", {"said": "better", "sure": "1"})
    assert not Amendment.objects.exists()
    assert not Expectation.objects.exists()

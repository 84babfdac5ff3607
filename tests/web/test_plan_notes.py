"""Changes to a frozen plan, and what was expected before it began."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.person import actions, clock, tasks
from openldn.web.person.models import Answer, Trial
from openldn.web.plan import noting
from openldn.web.plan.models import Amendment, Expectation
from support.web import NOW, ORDER, PLAN, SEAL, seal_of, visible

CHANGE = {
    "what": "dose",
    "old": "3 mg",
    "new": "1.5 mg",
    "on": NOW.date().isoformat(),
    "reason": "Bad dreams\nfor a week",
    "is_code_broken": "no",
}
EXPECTED = {"said": "better", "sure": "7", "why": "A friend <b> felt better"}


@pytest.fixture
def fresh(db: None) -> Trial:
    """A trial that begins today."""
    return actions.add_trial(person=people.owner(), plan_toml=PLAN, start=NOW.date(), seal=SEAL)


@pytest.fixture(autouse=True)
def made_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of these tests were made on the evening of the tests."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def _amend(owner: Client, trial: Trial, **changed: str) -> int:
    seen = str(trial.amendments.count())
    return owner.post("/plan/frozen/change", {"seen": seen, **CHANGE, **changed}).status_code


def test_a_change_keeps_old_and_new_value_reason_and_day(owner: Client, running: Trial) -> None:
    """It stands on the page of the plan, of the trial and of the change; the plan is as it was."""
    assert _amend(owner, running) == 302
    row = Amendment.objects.get()
    assert (row.old, row.new, row.reason) == ("3 mg", "1.5 mg", "Bad dreams\nfor a week")
    for page in ("/plan/frozen", "/trial", "/plan/frozen/change"):
        words = visible(owner.get(page).content)
        assert "Before: “3 mg”. Now: “1.5 mg”." in words, page
        assert "No period was opened." in words, page
    running.refresh_from_db()
    assert running.plan_toml == PLAN


@pytest.mark.parametrize("nothing", ["\u202e", "\x01", " "])
def test_a_reason_of_signs_that_nobody_sees_is_none(
    owner: Client, running: Trial, nothing: str
) -> None:
    """What only steers a screen is dropped; a change without any reason left is not kept."""
    assert _amend(owner, running, reason=nothing) == 422
    assert not Amendment.objects.exists()


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"what": ""}, "Choose what changed"),
        ({"old": " "}, "Write what the plan said before"),
        ({"new": "x" * 201}, "200"),
        ({"reason": ""}, "Write why"),
        ({"is_code_broken": ""}, "Answer yes or no: was a period opened?"),
        ({"on": "2026-11-23"}, "Expected: a day from 2026-11-08 to 2026-11-22"),
        ({"on": "2020-01-01"}, "Expected: a day from 2026-11-08"),
    ],
)
def test_half_a_change_is_refused_and_stays_on_the_page(
    owner: Client, running: Trial, changed: dict[str, str], complaint: str
) -> None:
    """In words, with what was typed."""
    reply = owner.post("/plan/frozen/change", {"seen": "0", **CHANGE, **changed})
    assert reply.status_code == 422
    assert complaint in visible(reply.content)
    assert "Bad dreams" in reply.content.decode() or "reason" in changed
    assert not Amendment.objects.exists()


def test_a_double_tap_notes_one_change_and_another_tab_is_told(
    owner: Client, running: Trial
) -> None:
    """The same change twice is one; a different one from an old page is not written over it."""
    for _tap in range(2):
        sent = {"seen": "0", **CHANGE}
        assert owner.post("/plan/frozen/change", sent)["Location"] == "/plan/frozen"
    assert Amendment.objects.count() == 1
    reply = owner.post("/plan/frozen/change", {"seen": "0", **CHANGE, "new": "2 mg"})
    assert reply.status_code == 422
    assert "before another change was noted" in visible(reply.content)
    assert 'name="seen" value="1"' in reply.content.decode()


def test_the_grade_hears_of_a_change_after_the_first_hidden_day(over: Trial) -> None:
    """A change before the hidden days is none of its business, and an opened period is."""
    assert _reasons(over) >= {"guesses-unknown"}
    assert not _reasons(over) & {"plan-changed", "code-broken"}
    _note(over, day=1)
    assert "plan-changed" not in _reasons(over)
    _note(over, day=2)
    assert "plan-changed" in _reasons(over)
    _note(over, day=1, is_code_broken=True)
    assert {"plan-changed", "code-broken"} <= _reasons(over)


def _note(trial: Trial, *, day: int, is_code_broken: bool = False) -> None:
    facts = {**CHANGE, "on": trial.date_of(day), "is_code_broken": is_code_broken}
    seen = trial.amendments.count()
    noting.amend(person=_person(), trial=trial, seen=seen, facts=facts, now=NOW)


def _person() -> Person:
    return people.owner()


def _reasons(trial: Trial) -> set[str]:
    if trial.released_seal is None:
        opened = seal_of(ORDER, is_open=True)
        actions.open_seal(trial=trial, seal=opened, is_code_kept=True, today=clock.today())
    asked = actions.ask_for_answer(trial=trial, now=NOW)
    tasks.compute_answer.call(asked.pk)
    saved = Answer.objects.get(pk=asked.pk).saved
    assert saved is not None
    return {reason["code"] for reason in saved["design"]["grade_reasons"]}


def test_what_is_expected_is_asked_once_before_the_start(owner: Client, fresh: Trial) -> None:
    """The frozen plan and the trial lead there; the answer is kept, and asked no more."""
    assert 'href="/plan/expect"' in owner.get("/plan/frozen").content.decode()
    assert 'href="/plan/expect"' in owner.get("/trial").content.decode()
    assert owner.post("/plan/expect", EXPECTED)["Location"] == "/plan/frozen"
    kept = Expectation.objects.get()
    assert (kept.said, kept.sure, kept.why) == ("better", 7, "A friend <b> felt better")
    assert 'href="/plan/expect"' not in owner.get("/trial").content.decode()
    page = owner.get("/plan/expect").content
    assert "You expected to feel: Better. How sure, from 0 to 10: 7." in visible(page)
    assert b"friend &lt;b&gt;" in page


def test_a_second_answer_changes_nothing(owner: Client, fresh: Trial) -> None:
    """The same one again is a double tap; another one is refused."""
    for _tap in range(2):
        assert owner.post("/plan/expect", EXPECTED).status_code == 302
    reply = owner.post("/plan/expect", {**EXPECTED, "said": "worse"})
    assert reply.status_code == 422
    assert "Nothing was changed" in visible(reply.content)
    assert Expectation.objects.get().said == "better"


def test_the_question_can_be_left_out(owner: Client, fresh: Trial) -> None:
    """Seen and left open is kept as that."""
    assert owner.post("/plan/expect", {"skip": "1"}).status_code == 302
    assert Expectation.objects.get().said == "skipped"
    assert "You left this question out." in visible(owner.get("/plan/expect").content)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"said": ""}, "Choose one, or leave the question out."),
        ({"sure": ""}, "Choose how sure you are"),
        ({"sure": "11"}, "11"),
        ({"why": "x" * 2001}, "2000"),
    ],
)
def test_half_an_expectation_is_refused(
    owner: Client, fresh: Trial, changed: dict[str, str], complaint: str
) -> None:
    """In words; nothing is kept."""
    reply = owner.post("/plan/expect", {**EXPECTED, **changed})
    assert reply.status_code == 422
    assert complaint in visible(reply.content)
    assert not Expectation.objects.exists()


def test_after_the_first_day_it_is_too_late(owner: Client, running: Trial) -> None:
    """What is said later would know how it went."""
    assert 'href="/plan/expect"' not in owner.get("/trial").content.decode()
    reply = owner.post("/plan/expect", EXPECTED)
    assert reply.status_code == 422
    assert "asked only before the start" in visible(owner.get("/plan/expect").content)
    assert not Expectation.objects.exists()


def test_the_answer_shows_what_was_expected(owner: Client, over: Trial) -> None:
    """Beside it, and with the word that it did not enter."""
    noting.expect(
        person=_person(),
        trial=over,
        facts={"said": "worse", "sure": 3, "why": ""},
        now=NOW - timedelta(days=39),
    )
    _reasons(over)
    words = visible(owner.get("/answer").content)
    assert "You expected to feel: Worse. How sure, from 0 to 10: 3." in words
    assert "It did not enter the result." in words


@pytest.mark.parametrize("change", ["UPDATE plan_{} SET id = id", "DELETE FROM plan_{}"])
@pytest.mark.parametrize("table", ["amendment", "expectation"])
def test_the_database_keeps_every_row(owner: Client, fresh: Trial, table: str, change: str) -> None:
    """No program can change or delete one."""
    _amend(owner, fresh)
    owner.post("/plan/expect", EXPECTED)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))

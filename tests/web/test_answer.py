"""From the last day to the answer: the seal, the work, the words."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from openldn import sealing
from openldn.protocol.plan import Plan
from openldn.report.page import AnswerPage
from openldn.web.access import people
from openldn.web.person import actions, clock, tasks
from openldn.web.person.models import Answer, Trial
from openldn.web.person.records import diary_of
from support.web import NOW, ORDER, OTHER_ORDER, PLAN, add_evenings, seal_of, visible

OPENED = seal_of(ORDER, is_open=True)
_OPEN_PLAN = (
    PLAN.replace("blinded-withdrawal", "open-reversal")
    .replace('scheme = "paired"\n', "")
    .replace("ramp = [{days = 2, fraction = 0.5}]\n", "")
)


def _file(seal: object) -> SimpleUploadedFile:
    return SimpleUploadedFile("seal.json", json.dumps(seal).encode())


def _opened(trial: Trial) -> Answer:
    actions.open_seal(trial=trial, seal=OPENED, is_code_kept=True, today=clock.today())
    return actions.ask_for_answer(trial=trial, now=clock.now())


def test_before_the_end_the_page_says_when(owner: Client, running: Trial) -> None:
    """No comparison, no button: the date on which the answer can come."""
    words = visible(owner.get("/answer").content)
    assert "The last day is Tuesday 15 December" in words
    assert owner.post("/answer/ask").status_code == 404
    assert not Answer.objects.exists()


def test_a_seal_opens_after_the_last_day_only(running: Trial) -> None:
    """Even with the right file in hand, a running trial stays sealed."""
    from openldn.protocol.problems import InputError

    with pytest.raises(InputError, match="a trial that still runs"):
        actions.open_seal(trial=running, seal=OPENED, is_code_kept=True, today=clock.today())


def test_the_opened_seal_starts_the_work(
    owner: Client, over: Trial, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """The right file is kept, the task is queued once, the page looks again by itself."""
    with django_capture_on_commit_callbacks(execute=True):
        owner.post("/answer/seal", {"seal": _file(OPENED), "was_told": "no"})
    over.refresh_from_db()
    assert over.order == ORDER
    assert over.is_code_kept
    page = owner.get("/answer").content
    assert b'http-equiv="refresh"' in page
    with django_capture_on_commit_callbacks(execute=True):
        owner.post("/answer/ask")
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize(
    ("seal", "complaint"),
    [
        (seal_of(ORDER, is_open=False), "still closed"),
        (seal_of(OTHER_ORDER, is_open=True), "another seal than the one you added"),
        (OPENED | {"order": "active"}, "seal.commitment"),
        (OPENED | {"salt": "00" * 32}, "seal.commitment"),
        ([1, 2], "This file is not a seal"),
        ({}, "another seal"),
    ],
)
def test_a_wrong_seal_opens_nothing(
    owner: Client, over: Trial, seal: object, complaint: str
) -> None:
    """Closed, swapped, changed or foreign: refused in words, and the trial stays sealed."""
    answer = owner.post("/answer/seal", {"seal": _file(seal), "was_told": "no"})
    assert answer.status_code == 422
    assert complaint in visible(answer.content)
    over.refresh_from_db()
    assert over.is_sealed
    assert not Answer.objects.exists()


def test_the_answer_is_worked_out_and_told(owner: Client, over: Trial) -> None:
    """The real engine: sentence, hundred icons, days, harms, limits, detail, printed page."""
    answer = _opened(over)
    tasks.compute_answer.call(answer.pk)
    words = visible(owner.get("/answer").content)
    order = [
        "A summary of your own records, to read with your prescriber",
        "muscle pain",
        "How sure is that?",
        "Day by day",
        "The good and the bad, side by side",
        "What this cannot tell you",
        "Details for the doctor",
        "To talk about at the visit",
    ]
    places = [words.find(head) for head in order]
    assert -1 not in places
    assert places == sorted(places)
    answer.refresh_from_db()
    assert answer.saved["design"]["grade"] in "ABCDE"
    printed = owner.get("/answer/page-for-doctor.pdf")
    assert printed.content.startswith(b"%PDF")


def test_the_seal_of_the_command_line_fits_from_start_to_answer(owner: Client) -> None:
    """Drawn and boxed by `randomise`, promised at the start, opened with the passphrase."""
    passphrase = "correct horse battery staple"
    drawn = sealing.randomise(Plan.from_toml(PLAN.encode()), passphrase=passphrase)
    start = NOW.date() - timedelta(days=38)
    trial = actions.add_trial(person=people.owner(), plan_toml=PLAN, start=start, seal=drawn.seal)
    add_evenings(trial, range(38))
    opened = sealing.open_box(drawn.seal, key=passphrase)
    released = sealing.release(drawn.seal, opened)
    owner.post("/answer/seal", {"seal": _file(released), "was_told": "yes"})
    trial.refresh_from_db()
    assert trial.order == opened.order
    assert trial.is_code_kept is False


def test_an_open_trial_needs_no_seal(owner: Client) -> None:
    """An open reversal goes from its last day to the button, and to an answer of its kind."""
    trial = actions.add_trial(
        person=people.owner(), plan_toml=_OPEN_PLAN, start=NOW.date() - timedelta(days=60)
    )
    add_evenings(trial, range(trial.plan.total_days))
    assert "Work out my answer" in visible(owner.get("/answer").content)
    owner.post("/answer/ask")
    tasks.compute_answer.call(Answer.objects.get().pk)
    assert "Day by day" in visible(owner.get("/answer").content)


def test_an_analysis_that_refuses_says_why(owner: Client, db: None) -> None:
    """Three recorded days are too few: reasons, equal dignity, and no number."""
    trial = actions.add_trial(
        person=people.owner(), plan_toml=PLAN, start=NOW.date() - timedelta(days=40)
    )
    add_evenings(trial, range(3, 6))
    tasks.compute_answer.call(_opened(trial).pk)
    found = Answer.objects.get()
    assert found.state == Answer.State.REFUSED
    words = visible(owner.get("/answer").content)
    assert "These records do not hold an answer" in words
    assert len(found.refusal) >= 1


def test_our_own_mistake_is_called_one(
    owner: Client, over: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the work breaks, the page says so, nothing is lost, and it can be tried again."""
    answer = _opened(over)

    def broken(trial: Trial) -> dict[str, object]:
        raise RuntimeError("broken")

    monkeypatch.setattr(tasks, "_found", broken)
    with pytest.raises(RuntimeError):
        tasks.compute_answer.call(answer.pk)
    words = visible(owner.get("/answer").content)
    assert "We made a mistake" in words
    assert "broken" not in words


def test_work_that_was_cut_off_is_queued_again_but_not_for_ever(over: Trial) -> None:
    """After a crash the answer is asked for again; after two it counts as failed."""
    answer = _opened(over)
    tasks.queue(answer.pk)
    DBTaskResult.objects.update(status="RUNNING")
    actions.resume_unfinished_answers()
    (task,) = DBTaskResult.objects.all()
    assert task.status == "READY"
    Answer.objects.update(attempts=actions.MOST_ATTEMPTS)
    actions.forgive_attempts()  # the app was closed and opened: no crash, no count
    actions.resume_unfinished_answers()
    assert DBTaskResult.objects.count() == 1
    Answer.objects.update(attempts=actions.MOST_ATTEMPTS)
    actions.resume_unfinished_answers()
    answer.refresh_from_db()
    assert answer.state == Answer.State.FAILED
    assert not DBTaskResult.objects.exists()


def test_pages_are_answered_without_the_engine() -> None:
    """A process that loads every page module has loaded no numerical library."""
    program = (
        "import os, sys, django\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'openldn.web.config.settings'\n"
        "from openldn.web.config.wsgi import application\n"
        "from django.urls import get_resolver\n"
        "get_resolver().reverse_dict\n"
        "heavy = {'numpy', 'numba', 'scipy', 'typst', 'openldn.inference', 'openldn.virtual'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_seal_opens_once(owner: Client, over: Trial) -> None:
    """A second post changes nothing, also not what was said about the code, and says so."""
    owner.post("/answer/seal", {"seal": _file(OPENED), "was_told": "yes"})
    again = owner.post("/answer/seal", {"seal": _file(OPENED), "was_told": "no"})
    assert again.status_code == 422
    assert "Nothing was changed" in visible(again.content)
    over.refresh_from_db()
    assert over.is_code_kept is False
    assert over.answers.count() == 1


def test_an_order_that_was_never_promised_is_graded_and_told(owner: Client) -> None:
    """Without a seal at the start the answer does not rest on what nobody can check."""
    start = NOW.date() - timedelta(days=38)
    trial = actions.add_trial(person=people.owner(), plan_toml=PLAN, start=start)
    add_evenings(trial, range(38))
    answer = _opened(trial)
    tasks.compute_answer.call(answer.pk)
    answer.refresh_from_db()
    codes = {reason["code"] for reason in answer.saved["design"]["grade_reasons"]}
    assert {"plan-change-unknown", "code-unknown"} <= codes
    assert "No seal was added before the first day" in visible(owner.get("/answer").content)


def test_an_answer_says_the_same_however_its_keys_are_ordered(over: Trial) -> None:
    """PostgreSQL gives the keys of a saved answer back in an order of its own.

    Every sentence and picture is the same; the list of the method, at the end, is in that order.
    """
    opened = seal_of(ORDER, is_open=True)
    actions.open_seal(trial=over, seal=opened, is_code_kept=True, today=NOW.date())
    tasks.compute_answer.call(actions.ask_for_answer(trial=over, now=NOW).pk)
    saved = Answer.objects.get().saved
    assert saved is not None
    facts = {"diary": diary_of(over), "plan": over.plan, "order": over.order}
    as_saved = AnswerPage.build(saved, **facts).body
    elsewhere = AnswerPage.build(_as_postgresql_orders(saved), **facts).body
    before, _, method = as_saved.partition("<dt>family</dt>")
    assert method
    assert elsewhere.startswith(before)
    assert sorted(re.findall(r"[\w.]+", elsewhere)) == sorted(re.findall(r"[\w.]+", as_saved))


def _as_postgresql_orders(value: object) -> Any:
    """Order keys as jsonb does: short ones first, then by their letters."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key), key))
        return {key: _as_postgresql_orders(value[key]) for key in keys}
    return [_as_postgresql_orders(one) for one in value] if isinstance(value, list) else value

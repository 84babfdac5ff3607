"""A touched stop rule pauses the trial, and only a prescriber's recorded decision lets it go on."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from openldn.inference import Conduct, analyse
from openldn.web.access import people
from openldn.web.person import (
    actions,
    clock,
    items,
    medicines,
    notices,
    pauses,
    period_questions,
    records,
    screens,
    tasks,
)
from openldn.web.person.models import Answer, Decision, Pause, Trial
from support.reading import grade
from support.web import (
    NOW,
    ORDER,
    OTHER_ORDER,
    PLAN,
    answer_no_opioids,
    names_placebo,
    seal_of,
    visible,
)

_EVERYWHERE = (
    *("/", "/yesterday", "/side-effects", "/warning-signs", "/events", "/note", "/trial"),
    *("/medicines", "/going-on", "/answer", "/help", "/known"),
)
_DECIDED = {"by": "Dr B", "on": "2026-11-22", "is_yes": "on"}
_HARDEST = 8.0  # reading grade, standards.md section 3


def _words(client: Client, path: str = "/") -> str:
    return visible(client.get(path).content)


def _add(client: Client, name: str) -> None:
    assert client.post("/medicines", {"name": name}).status_code == 302


def _end(client: Client, trial: Trial, days_ago: int) -> None:
    row = next(one.row for one in medicines.in_force(trial) if one.ended_on is None)
    last_day = (clock.today() - timedelta(days=days_ago)).isoformat()
    assert client.post("/medicines", {"row": str(row), "last_day": last_day}).status_code == 302


def _take_back(client: Client, trial: Trial) -> None:
    row = medicines.in_force(trial)[0].latest_row
    client.post("/medicines", {"row": str(row), "undo": "1"})


def _tap(client: Client, value: str, question: str = "opioid-now") -> None:
    sent = {"period": "3", "question": question, "value": value}
    assert client.post("/period-questions", sent).status_code == 302


def _undo_answer(client: Client, trial: Trial) -> None:
    row = max(one.pk for one in period_questions.in_force(trial)[3].values())
    client.post("/period-questions", {"period": "3", "row": str(row), "undo": "1"})


def _decide(client: Client, **other: str) -> HttpResponse:
    """Send the form of the page, as it stands now."""
    html = client.get("/going-on").content.decode()
    shown = re.findall(r'name="cause" value="([^"]+)"', html)
    return client.post("/going-on", _DECIDED | {"cause": shown} | other)


def _kinds(trial: Trial) -> list[str]:
    return [row.kind for row in trial.pauses.all()]


def _is_paused(trial: Trial) -> bool:
    return pauses.pause_now(trial, today=clock.today()) is not None


@pytest.mark.parametrize("path", _EVERYWHERE)
def test_a_medicine_that_touches_a_stop_rule_pauses_the_trial(
    owner: Client, running: Trial, path: str
) -> None:
    """At once, in the same request, and it is said on top of every page."""
    assert "This trial is paused" not in _words(owner, path)
    _add(owner, "tramadol 50 mg")
    words = _words(owner, path)
    assert "This trial is paused" in words
    assert "Talk to Dr B before the next capsule." in words
    row = Pause.objects.get()
    assert (row.kind, row.on) == ("paused", NOW.date())
    assert "opioid-now" in row.rules


@pytest.mark.parametrize("question", period_questions.QUESTIONS)
def test_a_yes_before_a_period_pauses_the_trial(
    owner: Client, running: Trial, question: period_questions.Question
) -> None:
    """Each question of a period touches a stop rule."""
    _tap(owner, "1", question.id)
    assert "This trial is paused" in _words(owner)
    assert Pause.objects.get().rules == [question.touches]


def test_while_paused_no_capsule_is_asked_and_all_else_is(owner: Client, running: Trial) -> None:
    """Scores, side effects and events are kept as before."""
    assert "Did you take your capsule tonight?" in _words(owner)
    _add(owner, "tramadol")
    words = _words(owner)
    assert "Did you take your capsule" not in words
    assert "you are asked about your scores and side effects alone." in words
    for item, value in (("outcome:pain", "6"), ("side-effects", "0"), ("event:flare", "1")):
        owner.post("/", {"item": item, "value": value, "day": "14"})
    held = records.in_force(running.entries.all())[14]
    assert held["outcome:pain"].value == "6"
    assert held["side:headache"].value == "0"
    assert "Did you take your capsule" in _words(owner, "/yesterday?change=1")


def test_a_capsule_that_was_taken_is_kept_all_the_same(owner: Client, running: Trial) -> None:
    """From a page that was open before the pause: a fact is never refused."""
    _add(owner, "tramadol")
    owner.post("/", {"item": "capsule", "value": "1", "day": "14"})
    assert records.in_force(running.entries.all())[14]["capsule"].value == "1"
    assert "Capsule Taken" in _words(owner)


def test_it_cannot_go_on_while_a_stop_rule_is_touched(owner: Client, running: Trial) -> None:
    """No decision lifts a stop: refused with the rule, and nothing is written."""
    _add(owner, "tramadol")
    words = _words(owner, "/going-on")
    assert "The trial cannot go on yet" in words
    assert "Record the decision" not in words
    answer = owner.post("/going-on", _DECIDED)
    assert answer.status_code == 422
    assert "a stop rule that is still touched: opioid-now" in visible(answer.content)
    with pytest.raises(actions.InputError, match="LDN-W041"):
        actions.go_on(trial=running, shown=(), by="Dr B", on=NOW.date(), now=NOW)
    assert _kinds(running) == ["paused"]
    assert not Decision.objects.exists()


def test_it_goes_on_by_a_recorded_decision(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait is over, the prescriber has decided: who, when, and from which day."""
    _add(owner, "tramadol")
    _end(owner, running, 0)
    later = NOW + timedelta(days=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    words = _words(owner)
    assert "No stop rule is touched any more. The trial waits for the prescriber." in words
    assert "Did you take your capsule" not in words
    for _ in range(2):  # a double submit
        assert _decide(owner)["Location"] == "/trial"
    assert _kinds(running) == ["paused", "resumed"]
    (span,) = pauses.spans(running)
    assert (span.first, span.end, span.by) == (NOW.date(), later.date(), "Dr B")
    assert "Did you take your capsule" in _words(owner)
    assert (
        "Paused on 22 November for 11 days. Dr B decided on 22 November that it goes on."
        in _words(owner, "/trial")
    )


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"by": ""}, "Write the name of the prescriber"),
        ({"on": "2026-11-23"}, "This day lies ahead"),
        ({"on": "<b>"}, "Write the day like 2026-11-30"),
        ({"is_yes": ""}, "Without the prescriber"),
        ({"by": "x" * 10_000}, "at most 80 characters"),
    ],
)
def test_half_a_decision_is_none(
    owner: Client, running: Trial, given: dict[str, str], complaint: str
) -> None:
    """Who, when and yes belong together, also to go on."""
    _tap(owner, "1")
    _tap(owner, "0")
    answer = _decide(owner, **given)
    assert answer.status_code == 422
    assert complaint in visible(answer.content)
    assert _kinds(running) == ["paused"]


def test_another_answer_does_not_end_a_pause_by_itself(owner: Client, running: Trial) -> None:
    """What was said stands until the prescriber has decided; an Undo of it ends the pause."""
    _tap(owner, "1")
    _tap(owner, "0")
    assert _is_paused(running)
    _undo_answer(owner, running)
    assert _is_paused(running)
    _undo_answer(owner, running)
    assert not _is_paused(running)
    assert _kinds(running) == ["paused", "taken-back"]
    assert "The entry that had paused it was undone." in _words(owner, "/trial")


def test_undo_of_the_medicine_ends_its_pause_and_no_other(owner: Client, running: Trial) -> None:
    """Two reasons: taking one back leaves the other, and an Undo of something else changes none."""
    _add(owner, "tramadol")
    _tap(owner, "1")
    _undo_answer(owner, running)
    assert _is_paused(running)
    _tap(owner, "1")
    _take_back(owner, running)
    assert _is_paused(running)
    _undo_answer(owner, running)
    assert not _is_paused(running)


def test_a_late_take_back_leaves_the_pause_to_the_prescriber(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip is undone at once. Days later the medicine leaves the list, and the pause stays."""
    _add(owner, "Tramadol 50 mg")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=2))
    _take_back(owner, running)
    assert not any(one.name == "Tramadol 50 mg" for one in medicines.in_force(running))
    assert "This trial is paused" in _words(owner)
    assert _decide(owner).status_code == 302
    assert "This trial is paused" not in _words(owner)


def test_the_undo_of_something_else_does_not_end_a_pause(owner: Client, running: Trial) -> None:
    """A changed answer is no Undo, whatever is undone beside it."""
    _tap(owner, "1")
    _tap(owner, "0")
    _add(owner, "ibuprofen")
    _take_back(owner, running)
    assert _is_paused(running)


def test_a_medicine_to_ask_about_is_a_notice_and_no_pause(owner: Client, running: Trial) -> None:
    """It stays until the decision is recorded, and the next unknown name asks anew."""
    _add(owner, "Zorkomycin")
    assert not _is_paused(running)
    for path in ("/", "/trial", "/medicines"):
        assert "A question for your prescriber" in _words(owner, path)
    assert "Did you take your capsule tonight?" in _words(owner)
    _decide(owner)
    assert "A question for your prescriber" not in _words(owner)
    assert Decision.objects.get().causes == [f"{medicines.in_force(running)[0].key}:not-recognised"]
    _add(owner, "Blorkomycin")
    assert "A question for your prescriber" in _words(owner)


def test_an_open_question_needs_its_decision_before_a_trial_goes_on(
    owner: Client, running: Trial
) -> None:
    """One form settles both, and names the question first."""
    _add(owner, "Zorkomycin")
    _tap(owner, "1")
    _tap(owner, "0")
    words = _words(owner, "/going-on")
    assert "Zorkomycin" in words
    assert "Before the trial goes on" in words
    _decide(owner)
    assert not _is_paused(running)
    assert pauses.blocking(running, today=NOW.date()) == ()


def test_a_no_before_a_later_period_lifts_what_an_earlier_one_touched(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest answer to a question is the one that holds."""
    _tap(owner, "1")
    later = NOW + timedelta(days=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert pauses.stops(pauses.blocking(running, today=later.date()))
    answer_no_opioids(running, 4, now=later)
    assert not pauses.stops(pauses.blocking(running, today=later.date()))
    assert _is_paused(running)


def test_a_rule_that_an_update_brings_is_not_silent(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is known to be an opioid only now pauses the trial without another tap."""
    _add(owner, "ibuprofen")
    opioid = screens.screened("tramadol")
    monkeypatch.setattr(screens, "screened", lambda name, days_ago=None: opioid)
    assert not running.pauses.exists()
    words = _words(owner)
    assert "This trial is paused" in words
    assert "Did you take your capsule" not in words
    _take_back(owner, running)
    assert _kinds(running) == ["paused", "taken-back"]


def test_a_trial_that_only_will_begin_is_paused_too(owner: Client) -> None:
    """Before the first capsule, and its days are counted from the first day of the plan."""
    trial = actions.add_trial(
        person=people.owner(), plan_toml=PLAN, start=NOW.date() + timedelta(days=2)
    )
    _add(owner, "tramadol")
    assert "This trial is paused" in _words(owner)
    assert pauses.paused_days(trial) == 38


def test_after_the_last_day_there_is_nothing_to_pause(owner: Client, over: Trial) -> None:
    """The medicine is still screened."""
    _add(owner, "tramadol")
    assert not over.pauses.exists()
    words = _words(owner, "/medicines")
    assert "This trial is paused" not in words
    assert "Rule opioid-now." in words


def _sorted(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_paused_days_reach_the_answer(
    owner: Client, over: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are counted, the days stay as assigned, and one sentence says so."""
    start = NOW - timedelta(days=38)
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=20))
    _add(owner, "Zorkomycin")
    tapped = start + timedelta(days=20)
    actions.answer_period_question(
        trial=over, period=4, question="opioid-now", answer=True, now=tapped
    )
    actions.answer_period_question(
        trial=over, period=4, question="opioid-now", answer=False, now=tapped
    )
    later = start + timedelta(days=25)
    shown = [cause.name for cause in pauses.blocking(over, today=later.date())]
    actions.go_on(trial=over, shown=shown, by="Dr B", on=later.date(), now=later)
    assert pauses.paused_days(over) == 5
    monkeypatch.setattr(clock, "now", lambda: NOW)
    actions.open_seal(
        trial=over, seal=seal_of(ORDER, is_open=True), is_code_kept=True, today=NOW.date()
    )
    answer = actions.ask_for_answer(trial=over, now=NOW)
    tasks.compute_answer.call(answer.pk)
    saved = Answer.objects.get(pk=answer.pk).saved
    assert saved is not None
    said = [line for line in saved["limits"] if "paused" in line]
    assert said == [
        "The trial was paused on 5 days. They are compared as what was assigned, so a difference "
        "may look smaller than it is."
    ]
    without = analyse(
        records.diary_of(over),
        plan=over.plan,
        order=over.order,
        conduct=Conduct(is_plan_unchanged=True, is_code_kept=True),
    ).to_json()
    # PostgreSQL keeps what an answer says, and not the order of its keys.
    assert _sorted(without["outcomes"]) == _sorted(saved["outcomes"])
    assert not [line for line in without["limits"] if "paused" in line]


def test_swapped_orders_give_the_same_pages_of_a_paused_trial(owner: Client) -> None:
    """Red flag, severe, medicine and pause: two sealed trials differ in no byte."""
    seen = []
    for other in (ORDER, OTHER_ORDER):
        trial = actions.add_trial(
            person=people.owner(),
            plan_toml=PLAN,
            start=NOW.date() - timedelta(days=14),
            seal=seal_of(other, is_open=False),
        )
        for item, value in (
            (items.red_flag("liver"), "1"),
            (items.red_flag("allergy"), "1"),
            (items.side_effect("headache"), "3"),
        ):
            actions.record(trial=trial, day=14, item=item, value=value, now=NOW)
        for name in ("tramadol", "Zorkomycin", "levothyroxine"):
            actions.add_medicine(trial=trial, name=name, now=NOW)
        pages = [owner.get(path).content for path in (*_EVERYWHERE, "/diary.csv")]
        assert not any(names_placebo(page) for page in pages[:-3] + pages[-1:])
        seen.append([_without_rows(page) for page in pages])
    assert seen[0] == seen[1]


def _without_rows(page: bytes) -> bytes:
    """Take out what differs from one trial to the next: tokens, and numbers of rows."""
    page = re.sub(rb'name="(csrfmiddlewaretoken|row|diary)" value="[\w-]+"', b"", page)
    return re.sub(rb'"last-\d+"', b"", page)


def test_notices_of_a_pause_are_easy_to_read_and_instruct_nobody(running: Trial) -> None:
    """Our own sentences; the reasons are the rules' own."""
    actions.add_medicine(trial=running, name="tramadol", now=NOW)
    actions.add_medicine(trial=running, name="Zorkomycin", now=NOW)
    shown = notices.notices_of(running, now=NOW).open
    assert [one.head for one in shown] == ["This trial is paused", "Your list of medicines"]
    for one in shown:
        text = " ".join([*one.reasons, one.what_next, one.more])
        assert grade(text) <= _HARDEST, (grade(text), text)
        assert not re.search(r"\b(start|stop|skip) (taking|the|your) ", text)


@pytest.mark.parametrize("model", [Pause, Decision])
def test_rows_of_a_pause_are_only_ever_added(
    owner: Client, running: Trial, model: type[Pause | Decision]
) -> None:
    """The database itself refuses to change or delete one."""
    _tap(owner, "1")
    _tap(owner, "0")
    _decide(owner)
    assert model.objects.exists()
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        model.objects.update(noted_at=NOW)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_a_decision_is_about_no_more_than_its_page_showed(owner: Client, running: Trial) -> None:
    """A name that was added meanwhile is not decided along: the page is shown anew."""
    _add(owner, "Zorkomycin")
    old = re.findall(r'name="cause" value="([^"]+)"', owner.get("/going-on").content.decode())
    _add(owner, "Blorkomycin")
    answer = owner.post("/going-on", _DECIDED | {"cause": old})
    assert answer.status_code == 422
    assert "a page from before this came: Blorkomycin" in visible(answer.content)
    assert 'value="Dr B"' in answer.content.decode()
    assert not Decision.objects.exists()
    _decide(owner)
    assert len(Decision.objects.get().causes) == 2


def test_nothing_is_open_says_so(owner: Client, running: Trial) -> None:
    """The address without a pause, and a form sent to it, write nothing."""
    assert "Nothing is open" in _words(owner, "/going-on")
    owner.post("/going-on", _DECIDED)
    assert not Decision.objects.exists()

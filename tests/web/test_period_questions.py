"""Before each period: the opioid questions, whatever it holds. A yes is never silent."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from openldn.protocol.safety import GATE_QUESTIONS, RULES, Question, Severity
from openldn.web.access import people
from openldn.web.person import actions, clock, period_questions
from openldn.web.person.models import PeriodAnswer, Trial
from support.web import NOW, PLAN, answer_no_opioids, visible

# The fixture's today, day 14, is the first day of period 3; each period lasts 6 days.
_FIRST = "Do you use any opioid now, even only when needed?"
_BY_ID = {question.id: question for question in period_questions.QUESTIONS}


def _go_to(monkeypatch: pytest.MonkeyPatch, days: float) -> datetime:
    """Move the clock to some days after NOW."""
    moment = NOW + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def _words(client: Client, path: str = "/") -> str:
    return visible(client.get(path).content)


def _answer(client: Client, question: str, value: str, period: int = 3) -> int:
    tap = {"period": str(period), "question": question, "value": value}
    return client.post("/period-questions", tap).status_code


def test_now_and_recent_opioids_are_asked_and_nothing_that_a_day_cannot_change() -> None:
    """Those questions of the gate whose rules speak of opioids, each a stop rule."""
    assert list(_BY_ID) == [
        "opioid-now",
        "opioid-last-10-days",
        "opioid-long-acting",
        "kratom-last-14-days",
    ]
    assert set(period_questions.QUESTIONS) <= set(GATE_QUESTIONS)
    assert all(RULES[one.touches].severity is Severity.STOP for one in _BY_ID.values())


def test_they_come_first_on_the_first_day(owner: Client, running: Trial) -> None:
    """Above the questions of the evening, one after the other."""
    for question in period_questions.QUESTIONS:
        words = _words(owner)
        assert "Period 3 begins today" in words
        assert words.index(question.text) < words.index("Did you take your capsule tonight?")
        assert _answer(owner, question.id, "0") == 302
    assert "4 of 4 answered, each with no" in _words(owner)
    assert running.period_answers.count() == 4


@pytest.mark.parametrize(
    ("days", "heading"),
    [
        (-1, "Period 3 begins tomorrow"),
        (0, "Period 3 begins today"),
        (2, "Period 3 began on Sunday 22 November"),
        (4, "Period 3 began on Sunday 22 November"),
        (5, "Period 4 begins tomorrow"),
        (23, "Period 6 began on Thursday 10 December"),
    ],
)
def test_they_are_asked_from_the_evening_before_until_they_are_answered(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch, days: int, heading: str
) -> None:
    """Every evening again, for as long as the period lasts; then for the next one."""
    now = _go_to(monkeypatch, days)
    assert heading in _words(owner)
    assert _FIRST in _words(owner)
    period = int(heading.split()[1])
    answer_no_opioids(running, period, now=now)
    _go_to(monkeypatch, days + 1 / 24)
    assert _FIRST not in _words(owner)


@pytest.mark.parametrize("days", [-13.9, 24, 60])
def test_they_are_not_asked_outside_of_periods(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch, days: float
) -> None:
    """The first open day, and after the last day."""
    _go_to(monkeypatch, days)
    assert _FIRST not in _words(owner)


def test_whatever_the_design_each_period_is_asked_about(owner: Client) -> None:
    """An open plan with capsule-free periods asks too."""
    plan = PLAN.replace("blinded-withdrawal", "open-randomised")
    actions.add_trial(person=people.owner(), plan_toml=plan, start=NOW.date() - timedelta(days=1))
    assert "Period 1 begins tomorrow" in _words(owner)
    assert _FIRST in _words(owner)


def test_an_open_question_never_blocks_an_evening(owner: Client, running: Trial) -> None:
    """All scores are saved while nothing about opioids was answered, and it still asks."""
    for tap in (
        {"item": "capsule", "value": "1"},
        {"item": "outcome:pain", "value": "6"},
        {"item": "outcome:energy", "value": "3"},
        {"item": "side-effects", "value": "0"},
    ):
        assert owner.post("/", tap).status_code == 302
    words = _words(owner)
    assert "That is all for tonight" in words
    assert _FIRST in words


@pytest.mark.parametrize("question", period_questions.QUESTIONS, ids=lambda one: one.id)
def test_a_yes_says_why_and_what_to_do_with_its_source(
    owner: Client, running: Trial, question: Question
) -> None:
    """At once, on every page, and it never tells what to take."""
    rule = RULES[question.touches]
    _answer(owner, question.id, "1")
    for path in ("/", "/trial", "/events", "/yesterday"):
        words = _words(owner, path)
        for expected in (
            "A safety rule is touched",
            rule.why,
            "Talk to Dr B before your next capsule, and say what you took and when.",
            "call emergency care and say that you take naltrexone",
            f"Rule {rule.id}. Source: {', '.join(rule.source)}.",
        ):
            assert expected in words, path


def test_a_yes_stays_for_its_period_and_longer_until_she_told(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noted, it is still there, smaller, as long as the answers of this period stand."""
    _answer(owner, "opioid-last-10-days", "1")
    _go_to(monkeypatch, 7)
    assert "I have told Dr B" in _words(owner)
    owner.post("/told", {"moment": "safety:opioid-recent-short 14"})
    assert "A safety rule is touched" not in _words(owner)
    _answer(owner, "opioid-last-10-days", "1", period=4)
    owner.post("/told", {"moment": "safety:opioid-recent-short 21"})
    words = _words(owner)
    assert "A safety rule is touched" in words
    assert "You noted on 29 November that Dr B knows." in words
    assert "I have told" not in words


def test_a_second_yes_on_the_same_evening_is_told_anew(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note is about the answer that it followed, not about the day."""
    _answer(owner, "opioid-now", "1")
    owner.post("/told", {"moment": "safety:opioid-now 14"})
    assert "I have told" not in _words(owner)
    for minutes, value in ((1, "0"), (2, "1")):
        _go_to(monkeypatch, minutes / 1440)
        _answer(owner, "opioid-now", value)
    assert "I have told Dr B" in _words(owner)


def test_a_yes_that_was_a_slip_can_be_taken_back_and_changed(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Undo first, Change later; every row is kept."""
    _answer(owner, "opioid-now", "1")
    row = running.period_answers.get().pk
    for _ in range(2):  # sent twice, it is one Undo
        owner.post("/period-questions", {"period": "3", "undo": "1", "row": str(row)})
    assert "A safety rule is touched" not in _words(owner)
    assert _FIRST in _words(owner)
    _answer(owner, "opioid-now", "1")
    _go_to(monkeypatch, 1)
    assert "Change my answers" in _words(owner)
    reopened = owner.get("/?ask=1").content.decode()
    assert all(question.text in reopened for question in period_questions.QUESTIONS)
    assert 'value="1" aria-pressed="true"' in reopened
    tap = {"period": "3", "question": "opioid-now", "value": "0", "reopened": "1"}
    assert owner.post("/period-questions", tap)["Location"] == "/?ask=1"
    assert "A safety rule is touched" not in _words(owner)
    assert list(running.period_answers.values_list("answer", flat=True)) == [
        True,
        None,
        True,
        False,
    ]


def test_a_double_tap_is_one_answer(owner: Client, running: Trial) -> None:
    """So that one Undo takes it back."""
    for _ in range(2):
        _answer(owner, "opioid-now", "0")
    assert running.period_answers.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"period": "9"},
        {"period": "4"},  # its evening has not come
        {"period": "2"},  # it is over
        {"period": "0"},
        {"period": "-1"},
        {"period": "x"},
        {"period": "²"},
        {"period": "9" * 400},
        {"question": "adult"},
        {"question": "x" * 400},
        {"value": "2"},
        {"value": ""},
    ],
)
def test_what_was_not_asked_is_refused_in_words(
    owner: Client, running: Trial, change: dict[str, str]
) -> None:
    """Nothing is saved, and the page still asks."""
    tap = {"period": "3", "question": "opioid-now", "value": "0"} | change
    answer = owner.post("/period-questions", tap)
    assert answer.status_code == 422
    assert _FIRST in visible(answer.content)
    assert not PeriodAnswer.objects.exists()


def test_without_a_trial_there_is_nothing_to_answer(owner: Client) -> None:
    """The way leads to the gate."""
    assert owner.post("/period-questions", {"period": "1"})["Location"] == "/start"
    assert owner.post("/told", {"moment": "x 1"})["Location"] == "/start"


def test_answers_are_no_part_of_the_diary(owner: Client, running: Trial) -> None:
    """An answer on the evening before makes no row for a day that has not come."""
    before = owner.get("/diary.csv").content
    answer_no_opioids(running, 3)
    assert owner.get("/diary.csv").content == before


def test_answers_are_only_ever_added(running: Trial) -> None:
    """The database itself refuses to change or delete one."""
    answer_no_opioids(running, 3)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        PeriodAnswer.objects.update(answer=True)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        PeriodAnswer.objects.all()._raw_delete("default")


def test_a_period_before_the_first_never_reaches_the_table(running: Trial) -> None:
    """Period numbers begin at 1."""
    with pytest.raises(IntegrityError), transaction.atomic():
        PeriodAnswer.objects.create(
            trial=running, period=0, question="opioid-now", answer=False, answered_at=NOW
        )

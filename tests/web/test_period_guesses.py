"""After each blinded period: what she thinks it held, and what the grade makes of it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from openldn.protocol.plan import Arm
from openldn.web.access import people
from openldn.web.person import actions, clock, tasks
from openldn.web.person.models import Answer, PeriodGuess, Trial
from support.web import NOW, ORDER, PLAN, add_evenings, seal_of, visible

# The fixture's today, day 14, is the first day of period 3: period 2 ended on day 13.
_ASKS = "What do you think the capsules of period"
_GUESS = {"period": "2", "guess": "ldn", "sure": "6", "reason": "side-effect"}
# Periods of 10 days, so that a pair can be complete with the values that a grade asks for.
_LONG_PLAN = PLAN.replace("period_days = 6", "period_days = 10").replace("days = 2,", "days = 3,")
_RIGHT = ["ldn" if arm is Arm.ACTIVE else "placebo" for arm in ORDER]


def _go_to(monkeypatch: pytest.MonkeyPatch, days: float) -> datetime:
    """Move the clock to some days after NOW."""
    moment = NOW + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def _words(client: Client, path: str = "/") -> str:
    return visible(client.get(path).content)


def test_it_comes_below_the_evening(owner: Client, running: Trial) -> None:
    """Scores are asked before the guess can colour them, and each choice is a full one."""
    words = _words(owner)
    assert words.index("Did you take your capsule tonight?") < words.index(f"{_ASKS} 2 held?")
    for choice in ("LDN", "Placebo", "I don’t know", "I felt better", "Side effect", "Leave out"):
        assert choice in words


@pytest.mark.parametrize(
    ("days", "period"),
    [(-2, None), (-1, 2), (1, 2), (2, None), (4, None), (5, 3), (7, 3), (23, 6), (25, 6)],
)
def test_it_is_asked_from_the_last_day_until_two_days_later(
    owner: Client,
    running: Trial,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    period: int | None,
) -> None:
    """Also after the last day of all, while the seal is closed; then no more."""
    _go_to(monkeypatch, days)
    words = _words(owner)
    assert (f"{_ASKS} {period} held?" in words) is (period is not None)
    assert (_ASKS in words) is (period is not None)


def test_the_open_days_and_the_time_after_are_not_asked_about(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the first two days nor the third day after the last."""
    for days in (-14, -13, 26):
        _go_to(monkeypatch, days)
        assert _ASKS not in _words(owner)


@pytest.mark.parametrize("kind", ["open-randomised", "open-reversal"])
def test_an_open_design_never_asks(owner: Client, kind: str) -> None:
    """She knows what she takes: a form that was made up is refused."""
    plan = PLAN.replace("blinded-withdrawal", kind)
    if kind == "open-reversal":
        plan = plan.replace('scheme = "paired"\n', "")
        plan = plan.replace("ramp = [{days = 2, fraction = 0.5}]\n", "")
    trial = actions.add_trial(
        person=people.owner(), plan_toml=plan, start=NOW.date() - timedelta(days=14)
    )
    for period in trial.plan.periods:
        assert _ASKS not in _words(owner)
        answer = owner.post("/period-guess", _GUESS | {"period": str(period.number)})
        assert answer.status_code == 422
    assert not PeriodGuess.objects.exists()


def test_after_the_reveal_no_guess_is_taken(owner: Client, over: Trial) -> None:
    """What is known cannot be guessed, and a guess is not taken back any more."""
    assert owner.post("/period-guess", _GUESS | {"period": "6"}).status_code == 302
    row = str(over.period_guesses.get().pk)
    opened = seal_of(ORDER, is_open=True)
    actions.open_seal(trial=over, seal=opened, is_code_kept=True, today=clock.today())
    for form in (_GUESS | {"period": "6"}, {"period": "6", "undo": "1", "row": row}):
        assert owner.post("/period-guess", form).status_code == 422
    assert over.period_guesses.count() == 1
    assert "your guess" not in _words(owner)


def test_the_last_guess_comes_before_the_seal(owner: Client, over: Trial) -> None:
    """The page that opens the seal leads to the guess for as long as it is open."""
    assert "Guess first" in _words(owner, "/answer")
    owner.post("/period-guess", _GUESS | {"period": "6"})
    words = _words(owner, "/answer")
    assert "Guess first" not in words
    assert "Open the seal" in words


def test_a_saved_guess_is_shown_and_can_be_taken_back_for_ten_minutes(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it stays, and is in nobody's way; every row is kept."""
    for _ in range(2):  # a double tap is one guess
        assert owner.post("/period-guess", _GUESS)["Location"] == "/#guess"
    assert "LDN, sure 6 of 10, Side effect, saved" in _words(owner)
    undo = {"period": "2", "undo": "1", "row": str(running.period_guesses.get().pk)}
    for _ in range(2):
        owner.post("/period-guess", undo)
    assert _ASKS in _words(owner)
    owner.post("/period-guess", _GUESS | {"guess": "placebo"})
    latest = str(running.period_guesses.last().pk)
    _go_to(monkeypatch, 10 / 1440)
    assert "your guess" not in _words(owner)
    owner.post("/period-guess", undo | {"row": latest})
    assert owner.post("/period-guess", _GUESS).status_code == 422  # there is one already
    said = list(running.period_guesses.values_list("said", flat=True))
    assert said == ["ldn", "taken-back", "placebo"]


def test_a_guess_that_was_left_out_is_kept_as_that(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked, not answered: it is not asked again."""
    owner.post("/period-guess", {"period": "2", "skip": "1", "guess": "ldn"})
    assert "Left out, saved" in _words(owner)
    _go_to(monkeypatch, 1)
    assert _ASKS not in _words(owner)
    row = running.period_guesses.get()
    assert (row.said, row.confidence, row.reason) == ("skipped", None, "")


def test_not_to_know_needs_no_number_and_no_reason(owner: Client, running: Trial) -> None:
    """It is an answer by itself."""
    owner.post("/period-guess", {"period": "2", "guess": "dont-know", "sure": "", "save": "1"})
    assert "I don’t know, saved" in _words(owner)


def test_half_a_guess_is_refused_and_stays_typed(owner: Client, running: Trial) -> None:
    """All that is missing is said at once, and nothing has to be chosen again."""
    answer = owner.post("/period-guess", {"period": "2", "guess": "placebo", "save": "1"})
    assert answer.status_code == 422
    words = visible(answer.content)
    assert "How sure you are" in words
    assert "Your main reason" in words
    assert 'value="placebo" checked' in answer.content.decode()
    assert not PeriodGuess.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"period": "1"},  # its days are behind
        {"period": "3"},  # it is not over
        {"period": "x"},
        {"guess": "active"},
        {"guess": "skipped"},
        {"guess": "<b>" * 400},
        {"sure": "11"},
        {"sure": "-1"},
        {"sure": "9" * 400},
        {"reason": "heard"},
    ],
)
def test_what_was_not_asked_is_refused_in_words(
    owner: Client, running: Trial, change: dict[str, str]
) -> None:
    """Nothing is saved, and the page still asks."""
    answer = owner.post("/period-guess", _GUESS | change)
    assert answer.status_code == 422
    assert f"{_ASKS} 2 held?" in visible(answer.content)
    assert not PeriodGuess.objects.exists()


def test_an_open_guess_never_blocks_an_evening(owner: Client, running: Trial) -> None:
    """All scores are saved while it waits."""
    for tap in (
        {"item": "capsule", "value": "1"},
        {"item": "outcome:pain", "value": "6"},
        {"item": "outcome:energy", "value": "3"},
        {"item": "side-effects", "value": "0"},
    ):
        assert owner.post("/", tap).status_code == 302
    words = _words(owner)
    assert "That is all for tonight" in words
    assert _ASKS in words


def test_without_a_trial_there_is_nothing_to_guess(owner: Client) -> None:
    """The way leads to the gate."""
    assert owner.post("/period-guess", _GUESS)["Location"] == "/start"


def test_guesses_are_only_ever_added(owner: Client, running: Trial) -> None:
    """The database itself refuses to change or delete one."""
    owner.post("/period-guess", _GUESS)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        PeriodGuess.objects.update(said="placebo")
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        PeriodGuess.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("guesses", "reason", "letter", "code"),
    [
        (["dont-know", *_RIGHT[1:]], "side-effect", "A", None),
        (_RIGHT, "felt-better", "A", None),
        (_RIGHT, "side-effect", "B", "blinding-lost"),
        (["skip", *_RIGHT[1:]], "side-effect", "B", "guesses-unknown"),
    ],
)
def test_the_grade_rests_on_the_guesses(
    owner: Client,
    monkeypatch: pytest.MonkeyPatch,
    guesses: Sequence[str],
    reason: str,
    letter: str,
    code: str | None,
) -> None:
    """A flawless trial is an A; right and sure without a feeling, or one left out, is a breach."""
    start = NOW.date()
    seal = seal_of(ORDER, is_open=False, plan_toml=_LONG_PLAN)
    trial = actions.add_trial(person=people.owner(), plan_toml=_LONG_PLAN, start=start, seal=seal)
    add_evenings(trial, range(trial.plan.total_days))
    for period, guess in zip(trial.plan.periods, guesses, strict=True):
        _go_to(monkeypatch, period.last_day)
        form = {"period": str(period.number), "guess": guess, "sure": "9", "reason": reason}
        sent = form | ({"skip": "1"} if guess == "skip" else {"save": "1"})
        assert owner.post("/period-guess", sent).status_code == 302
    _go_to(monkeypatch, trial.plan.total_days)
    opened = seal_of(ORDER, is_open=True, plan_toml=_LONG_PLAN)
    file = SimpleUploadedFile("seal.json", json.dumps(opened).encode())
    assert owner.post("/answer/seal", {"seal": file, "was_told": "no"}).status_code == 302
    tasks.compute_answer.call(Answer.objects.get().pk)
    design = Answer.objects.get().saved["design"]
    codes = {one["code"] for one in design["grade_reasons"]} - {"randomised-blinded"}
    assert (design["grade"], codes) == (letter, {code} if code else set())

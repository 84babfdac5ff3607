"""Everything that writes. One transaction each; what was acknowledged is on disk."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from openldn.protocol import seal as sealed
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError, Problem
from openldn.web.person import items, period_questions, records, tasks, watching
from openldn.web.person.models import Answer, Entry, PeriodAnswer, SafetyCheck, Told, Trial
from openldn.web.person.records import Held

__all__ = [
    "MOST_ATTEMPTS",
    "PlanRefused",
    "add_trial",
    "answer_period_question",
    "answer_safety_questions",
    "ask_for_answer",
    "begin_trial",
    "forgive_attempts",
    "leave_out",
    "open_seal",
    "record",
    "record_side_effects",
    "resume_unfinished_answers",
    "take_back_note",
    "tell",
    "undo",
    "undo_period_answer",
    "undo_side_effects",
]

_WHOM_LENGTH = 200  # of the column
_STILL_CLOSED = "LDN-S002"  # of protocol.seal: as it should be at the start
MOST_ATTEMPTS = 2  # an answer that ended the worker twice is our mistake, not bad luck


class PlanRefused(Exception):
    """A trial runs already, or the safety questions have to be answered anew."""


@transaction.atomic
def record(*, trial: Trial, day: int, item: str, value: str, now: datetime) -> None:
    """Add an answer about a day. The answer that counts already, as by a double tap, adds none."""
    kept = items.accepted(trial.plan, item, value)
    held = _held(trial, day, item)
    if held is None or held.value != kept:
        _add(trial, day, item, Entry.Kind.GIVEN, kept, now)


@transaction.atomic
def leave_out(*, trial: Trial, day: int, item: str, now: datetime) -> None:
    """Note that a question was seen and left open."""
    items.check_known(trial.plan, item)
    held = _held(trial, day, item)
    if held is None or held.value is not None:
        _add(trial, day, item, Entry.Kind.LEFT_OUT, "", now)


@transaction.atomic
def undo(*, trial: Trial, day: int, item: str, row: int | None, now: datetime) -> None:
    """Take back the answer that this row holds, if it still counts; the one before counts again."""
    held = _held(trial, day, item)
    if held is not None and held.row == row:
        _add(trial, day, item, Entry.Kind.UNDONE, "", now)


@transaction.atomic
def record_side_effects(*, trial: Trial, day: int, level: str | None, now: datetime) -> None:
    """Give every listed side effect that has no answer yet the same one (None: left out)."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    for effect in items.SIDE_EFFECTS:
        item = items.side_effect(effect.id)
        if item in held:
            continue
        if level is None:
            leave_out(trial=trial, day=day, item=item, now=now)
        else:
            record(trial=trial, day=day, item=item, value=level, now=now)


@transaction.atomic
def undo_side_effects(*, trial: Trial, day: int, row: int | None, now: datetime) -> None:
    """Take back the side effects that were entered together last, if this is their latest row."""
    held = records.in_force(trial.entries.filter(day=day)).get(day, {})
    listed = {item: held[item] for item in held if item.startswith("side:")}
    newest = max(listed.values(), key=lambda answer: answer.row, default=None)
    if newest is None or newest.row != row:
        return
    latest = newest.entered_at
    for item, answer in listed.items():
        if answer.entered_at == latest:
            _add(trial, day, item, Entry.Kind.UNDONE, "", now)


@transaction.atomic
def answer_period_question(
    *, trial: Trial, period: int, question: str, answer: bool, now: datetime
) -> None:
    """Keep an answer to a question that comes before a period. The same one again adds none."""
    _check_asked(trial, period, question, now)
    held = period_questions.in_force(trial).get(period, {}).get(question)
    if held is None or held.answer is not answer:
        _add_period_answer(trial, period, question, answer, now)


@transaction.atomic
def undo_period_answer(*, trial: Trial, period: int, row: int | None, now: datetime) -> None:
    """Take back the latest answer about a period, if it is this row; the one before counts."""
    held = period_questions.in_force(trial).get(period, {})
    latest = max(held.values(), key=lambda row: row.pk, default=None)
    if latest is not None and latest.pk == row:
        _add_period_answer(trial, period, latest.question, None, now)


@transaction.atomic
def tell(*, trial: Trial, rule: str, days: Collection[int], whom: str, now: datetime) -> None:
    """Note that somebody was told of a rule and of the days that met it."""
    Told.objects.create(
        trial=trial, rule=rule, days=sorted(days), whom=whom[:_WHOM_LENGTH], noted_at=now
    )


@transaction.atomic
def take_back_note(*, trial: Trial, rule: str, row: int | None, now: datetime) -> None:
    """Take back the latest note about a rule, if it is this row: the rule is shown again."""
    notes = watching.notes_of(trial).get(rule)
    if notes and notes[-1].pk == row:
        note = notes[-1]
        Told.objects.create(
            trial=trial,
            rule=rule,
            days=note.days,
            whom=note.whom,
            noted_at=now,
            is_taken_back=True,
        )


@transaction.atomic
def answer_safety_questions(
    *,
    answers: Mapping[str, bool | None],
    touched: list[str],
    decision: tuple[str, date] | None,
    now: datetime,
) -> SafetyCheck:
    """Keep what was answered before a plan, and which rules it touched."""
    by, on = decision or ("", None)
    return SafetyCheck.objects.create(
        answers=dict(answers), touched=touched, decision_by=by, decision_on=on, answered_at=now
    )


@transaction.atomic
def begin_trial(
    *,
    plan_toml: str,
    start: date,
    seal: Mapping[str, Any] | None,
    check: SafetyCheck,
    today: date,
) -> Trial:
    """Begin the person's own trial, after the safety questions were answered for it.

    Raises
    ------
    PlanRefused
        When a trial is not over, or these are not the latest answers, or already had their plan.
    InputError
        When the seal does not fit.
    """
    latest = SafetyCheck.objects.last()
    is_used = Trial.objects.filter(safety_check=check).exists()
    # Asked again here, where no other request can write: two taps must not begin two trials.
    if Trial.objects.running(today=today) or latest != check or is_used:
        raise PlanRefused
    return add_trial(plan_toml=plan_toml, start=start, seal=seal, check=check)


@transaction.atomic
def add_trial(
    *,
    plan_toml: str,
    start: date,
    seal: Mapping[str, Any] | None = None,
    check: SafetyCheck | None = None,
    is_invented: bool = False,
) -> Trial:
    """Begin a trial: the plan is kept byte for byte and does not change any more."""
    plan = Plan.from_toml(plan_toml.encode())
    if seal is not None:
        _refuse_start_seal(seal, plan)
    return Trial.objects.create(
        plan_toml=plan_toml,
        start=start,
        # Of the seal only the promise is kept: it says nothing about the order.
        commitment=str(seal["commitment"]) if seal else "",
        safety_check=check,
        is_invented=is_invented,
    )


@transaction.atomic
def open_seal(*, trial: Trial, seal: Mapping[str, Any], is_code_kept: bool, today: date) -> None:
    """Take in the released order of a trial that is over, once."""
    trial.refresh_from_db()
    if trial.released_seal is not None:
        raise InputError([_opened_before()])
    if not trial.is_over(today):
        raise InputError([_too_early(trial)])
    if trial.commitment and seal.get("commitment") != trial.commitment:
        raise InputError([_other_promise()])
    problems = sealed.verify(seal) or sealed.verify_with_plan(seal, trial.plan)
    if problems:
        raise InputError(problems)
    trial.released_seal = dict(seal)
    trial.is_code_kept = is_code_kept
    trial.save(update_fields=["released_seal", "is_code_kept"])


@transaction.atomic
def ask_for_answer(*, trial: Trial, now: datetime) -> Answer:
    """Queue the work on an answer."""
    answer = Answer.objects.create(trial=trial, asked_at=now)
    transaction.on_commit(partial(tasks.queue, answer.pk))
    return answer


def forgive_attempts() -> None:
    """Begin to count anew: that the app was closed in the middle of the work is no mistake."""
    Answer.objects.filter(state=Answer.State.ASKED).update(attempts=0)


def resume_unfinished_answers() -> None:
    """Queue again what was asked for and never finished, because a worker ended early."""
    tasks.forget_unfinished()
    for answer in Answer.objects.filter(state=Answer.State.ASKED):
        if answer.attempts < MOST_ATTEMPTS:
            tasks.queue(answer.pk)
        else:
            answer.state = Answer.State.FAILED
            answer.save(update_fields=["state"])


def _add(trial: Trial, day: int, item: str, kind: str, value: str, now: datetime) -> None:
    Entry.objects.create(trial=trial, day=day, item=item, kind=kind, value=value, entered_at=now)


def _held(trial: Trial, day: int, item: str) -> Held | None:
    found = records.in_force(trial.entries.filter(day=day, item=item))
    return found.get(day, {}).get(item)


def _add_period_answer(
    trial: Trial, period: int, question: str, answer: bool | None, now: datetime
) -> None:
    PeriodAnswer.objects.create(
        trial=trial, period=period, question=question, answer=answer, answered_at=now
    )


def _check_asked(trial: Trial, period: int, question: str, now: datetime) -> None:
    """Refuse a question that is not asked, and a period that is not due."""
    asked = {one.id for one in period_questions.QUESTIONS}
    day = trial.day_of(now.date())
    due = period_questions.asked_about(trial.plan, day)
    if question not in asked or due is None or period != due.number:
        raise InputError([items.not_an_answer(question, str(period))])


def _refuse_start_seal(seal: Mapping[str, Any], plan: Plan) -> None:
    """Refuse what is no closed seal of this plan."""
    if {"salt", "order"} & seal.keys():
        raise InputError([_opened_at_start()])
    problems = [one for one in sealed.verify(seal) if one.code != _STILL_CLOSED]
    problems = problems or list(sealed.verify_with_plan(seal, plan))
    if problems:
        raise InputError(problems)


def _opened_at_start() -> Problem:
    return Problem(
        code="LDN-W023",
        place="seal.json",
        given="a seal that was opened already",
        expected="the closed seal of this plan: before the first day nobody may know the order",
        todo="Draw a new order with openldn randomise, and add the seal that it writes.",
    )


def _opened_before() -> Problem:
    return Problem(
        code="LDN-W024",
        place="The seal",
        given="a second time",
        expected="to be opened once",
        todo="Nothing was changed. What was kept the first time stays.",
    )


def _too_early(trial: Trial) -> Problem:
    return Problem(
        code="LDN-W021",
        place="The seal",
        given="a trial that still runs",
        expected="the last day to be over",
        todo=f"Come back after {trial.last_date.isoformat()}.",
    )


def _other_promise() -> Problem:
    return Problem(
        code="LDN-W022",
        place="seal.json",
        given="another seal than the one you added at the start",
        expected="the same commitment as at the start",
        todo="Ask the pharmacist for the seal of this trial.",
    )

"""Everything that writes. One transaction each; what was acknowledged is on disk."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from openldn.protocol import seal as sealed
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError, Problem
from openldn.web.access.models import Person
from openldn.web.person import (
    gate,
    items,
    medicines,
    pauses,
    period_guesses,
    period_questions,
    records,
    tasks,
    watching,
)
from openldn.web.person.medicines import Medicine
from openldn.web.person.models import (
    Answer,
    Decision,
    Entry,
    MedicineNote,
    Pause,
    PeriodAnswer,
    PeriodGuess,
    SafetyCheck,
    Told,
    Trial,
)
from openldn.web.person.period_guesses import GuessGiven
from openldn.web.person.records import Held

__all__ = [
    "MOST_ATTEMPTS",
    "PlanRefused",
    "add_medicine",
    "add_trial",
    "answer_period_question",
    "answer_safety_questions",
    "ask_for_answer",
    "begin_trial",
    "end_medicine",
    "forgive_attempts",
    "go_on",
    "guess_period",
    "leave_out",
    "open_seal",
    "record",
    "record_side_effects",
    "resume_unfinished_answers",
    "skip_guess",
    "take_back_medicine",
    "take_back_note",
    "tell",
    "undo",
    "undo_guess",
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
    kind = Entry.Kind.LEFT_OUT if level is None else Entry.Kind.GIVEN
    listed = (items.side_effect(effect.id) for effect in items.SIDE_EFFECTS)
    rows = [
        Entry(trial=trial, day=day, item=item, kind=kind, value=level or "", entered_at=now)
        for item in listed
        if item not in held
    ]
    Entry.objects.bulk_create(rows)  # at once: this is the last tap of every evening


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
        _keep_pause(trial, now)
        _add_period_answer(trial, period, question, answer, now)
        _keep_pause(trial, now)


@transaction.atomic
def undo_period_answer(*, trial: Trial, period: int, row: int | None, now: datetime) -> None:
    """Take back the latest answer about a period, if it is this row; the one before counts."""
    held = period_questions.in_force(trial).get(period, {})
    latest = max(held.values(), key=lambda row: row.pk, default=None)
    if latest is not None and latest.pk == row:
        _keep_pause(trial, now)
        _add_period_answer(trial, period, latest.question, None, now)
        _keep_pause(trial, now)


@transaction.atomic
def guess_period(*, trial: Trial, period: int, given: GuessGiven, now: datetime) -> None:
    """Keep the guess about a period, once. The same one again, as by a double tap, adds none.

    Raises
    ------
    InputError
        When no guess about this period is due, or another one is kept already.
    """
    _check_guess_due(trial, period, now)
    held = period_guesses.in_force(trial).get(period)
    if held is None:
        _add_guess(trial, period, given, now)
    elif (held.said, held.confidence, held.reason) != (given.said, given.confidence, given.reason):
        raise InputError([_guessed_before(period)])


@transaction.atomic
def skip_guess(*, trial: Trial, period: int, now: datetime) -> None:
    """Note that she was asked for a guess and left it out.

    Raises
    ------
    InputError
        When no guess about this period is due, or one is kept already.
    """
    given = GuessGiven(said=PeriodGuess.Said.SKIPPED)
    guess_period(trial=trial, period=period, given=given, now=now)


@transaction.atomic
def undo_guess(*, trial: Trial, period: int, row: int | None, now: datetime) -> None:
    """Take back the guess about a period, if it is this row and was only just kept.

    Raises
    ------
    InputError
        When no guess about this period is due any more.
    """
    _check_guess_due(trial, period, now)
    held = period_guesses.in_force(trial).get(period)
    if held and held.pk == row and now - held.guessed_at < period_guesses.UNDO_FOR:
        _add_guess(trial, period, GuessGiven(said=PeriodGuess.Said.TAKEN_BACK), now)


@transaction.atomic
def add_medicine(*, trial: Trial, name: str, now: datetime) -> None:
    """Add a medicine in use. The same name again, as by a double tap, adds none.

    Raises
    ------
    InputError
        When the name cannot be kept, or the list is full.
    """
    kept = medicines.accepted_name(name)
    held = medicines.in_force(trial)
    if any(one.ended_on is None and one.name.casefold() == kept.casefold() for one in held):
        return
    if len(held) >= medicines.MOST:
        raise InputError([medicines.too_many(len(held) + 1)])
    _keep_pause(trial, now)
    _add_medicine_note(trial, now, kind=MedicineNote.Kind.IN_USE, name=kept)
    _keep_pause(trial, now)


@transaction.atomic
def end_medicine(*, trial: Trial, row: int | None, last_day: str, now: datetime) -> None:
    """Note the last day of use of a medicine.

    Raises
    ------
    InputError
        When it is not in use, or the day cannot be.
    """
    found = _medicine_of(trial, row)
    if found is None:
        raise InputError([medicines.not_on_the_list()])
    noted, today = found.noted_at.astimezone(now.tzinfo).date(), now.date()
    ended = medicines.accepted_end(last_day, noted=noted, today=today)
    if found.ended_on == ended:
        return  # a second tap on the same button
    if found.ended_on is not None:
        raise InputError([medicines.not_on_the_list()])
    _keep_pause(trial, now)
    kind = MedicineNote.Kind.ENDED
    _add_medicine_note(trial, now, kind=kind, about_id=found.row, ended_on=ended)
    _keep_pause(trial, now)


@transaction.atomic
def take_back_medicine(*, trial: Trial, row: int | None, now: datetime) -> None:
    """Take back the latest note about a medicine, if it is this row."""
    if row is None or row not in {one.latest_row for one in medicines.in_force(trial)}:
        return
    note = trial.medicine_notes.get(pk=row)
    _keep_pause(trial, now)
    MedicineNote.objects.create(
        trial=trial,
        about_id=note.about_id or note.pk,
        kind=MedicineNote.Kind.TAKEN_BACK,
        noted_at=now,
    )
    _undo_change(trial, _day_of_change(note), now)
    _keep_pause(trial, now)


@transaction.atomic
def go_on(*, trial: Trial, shown: Collection[str], by: str, on: date, now: datetime) -> None:
    """Record what a prescriber decided about the open rules. It ends a pause.

    Parameters
    ----------
    shown
        Names of the touches that the page showed: the decision is about no others.

    Raises
    ------
    InputError
        While a stop rule is touched, which no decision lifts, or when another touch came meanwhile.
    """
    _keep_pause(trial, now)
    causes = pauses.blocking(trial, today=now.date())
    if found := pauses.stops(causes):
        raise InputError([pauses.not_yet(found)])
    if new := [cause for cause in causes if cause.name not in shown]:
        raise InputError([pauses.not_shown(new)])
    is_paused = bool(pauses.open_causes(trial))
    if not causes and not is_paused:
        return  # a second tap on the same button
    decision = _add_decision(trial, (cause.name for cause in causes), by=by, on=on, now=now)
    if is_paused:
        kind = Pause.Kind.RESUMED
        Pause.objects.create(trial=trial, kind=kind, on=now.date(), decision=decision, noted_at=now)


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
    person: Person,
    answers: Mapping[str, bool | None],
    names: Iterable[str],
    touched: list[str],
    decision: tuple[str, date] | None,
    now: datetime,
) -> SafetyCheck:
    """Keep what was answered before a plan, the medicines in use, and which rules they touched."""
    by, on = decision or ("", None)
    return SafetyCheck.objects.create(
        person=person,
        answers=dict(answers),
        medicines=list(names),
        touched=touched,
        decision_by=by,
        decision_on=on,
        answered_at=now,
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
        When a trial is not over, these are not the latest answers, they already had their plan, or
        they touch a rule that keeps a plan from beginning.
    InputError
        When the seal does not fit, or a condition of the plan touches a rule that blocks it.
    """
    person = Person.objects.select_for_update().get(pk=check.person_id)
    latest = person.safety_checks.last()
    is_used = Trial.objects.filter(safety_check=check).exists()
    # Asked again here, where no other request can write: two taps must not begin two trials.
    if person.trials.running(today=today) or latest != check or is_used or gate.is_blocked(check):
        raise PlanRefused
    if problems := gate.problems_of_plan(Plan.from_toml(plan_toml.encode()), check):
        raise InputError(problems)
    return add_trial(person=person, plan_toml=plan_toml, start=start, seal=seal, check=check)


@transaction.atomic
def add_trial(
    *,
    person: Person,
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
    trial = Trial.objects.create(
        person=person,
        plan_toml=plan_toml,
        start=start,
        # Of the seal only the promise is kept: it says nothing about the order.
        commitment=str(seal["commitment"]) if seal else "",
        safety_check=check,
        is_invented=is_invented,
    )
    if check is not None:
        _begin_medicines(trial, check)
    return trial


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


def _add(trial: Trial, day: int, item: str, kind: str, value: str, now: datetime) -> Entry:
    return Entry.objects.create(
        trial=trial, day=day, item=item, kind=kind, value=value, entered_at=now
    )


def _held(trial: Trial, day: int, item: str) -> Held | None:
    found = records.in_force(trial.entries.filter(day=day, item=item))
    return found.get(day, {}).get(item)


def _add_period_answer(
    trial: Trial, period: int, question: str, answer: bool | None, now: datetime
) -> None:
    PeriodAnswer.objects.create(
        trial=trial, period=period, question=question, answer=answer, answered_at=now
    )


def _add_guess(trial: Trial, period: int, given: GuessGiven, now: datetime) -> None:
    PeriodGuess.objects.create(
        trial=trial,
        period=period,
        said=given.said,
        confidence=given.confidence,
        reason=given.reason,
        guessed_at=now,
    )


def _check_guess_due(trial: Trial, period: int, now: datetime) -> None:
    """Refuse a guess about a period that is not due, or after the seal was opened."""
    trial.refresh_from_db()
    due = period_guesses.asked_about(trial, trial.day_of(now.date()))
    if due is None or period != due.number:
        raise InputError([items.not_an_answer("period", str(period))])


def _keep_pause(trial: Trial, now: datetime) -> None:
    """Pause the trial if a stop rule is touched that has not paused it yet.

    A pause ends here only when every entry that had paused it was undone at once, as a slip is, and
    nothing else is touched; later only a prescriber's decision ends it. It is called before a
    change as well, for what an update has brought to light.
    """
    today = now.date()
    if trial.is_over(today):
        return
    found = pauses.stops(pauses.standing(trial, today=today))
    held = pauses.open_causes(trial)
    new = [cause for cause in found if cause.entry not in held]
    if new:
        Pause.objects.create(
            trial=trial,
            kind=Pause.Kind.PAUSED,
            on=today,
            rules=list(dict.fromkeys(cause.rule.id for cause in new)),
            causes=list(dict.fromkeys(cause.entry for cause in new)),
            noted_at=now,
        )
    elif (
        held
        and not found
        and not held & pauses.kept_causes(trial)
        and pauses.is_fresh(trial, now=now)
    ):
        Pause.objects.create(trial=trial, kind=Pause.Kind.TAKEN_BACK, on=today, noted_at=now)


def _add_decision(
    trial: Trial, causes: Iterable[str], *, by: str, on: date, now: datetime
) -> Decision:
    return Decision.objects.create(trial=trial, causes=sorted(causes), by=by, on=on, noted_at=now)


def _begin_medicines(trial: Trial, check: SafetyCheck) -> None:
    """Begin the list of a trial with what was in use before it, and what was decided about it."""
    now = check.answered_at
    for name in check.medicines or ():
        MedicineNote.objects.create(
            trial=trial, kind=MedicineNote.Kind.IN_USE, name=name, is_change=False, noted_at=now
        )
    if check.decision_on is not None:
        day = now.astimezone().date()
        causes = [cause.name for cause in pauses.blocking(trial, today=day)]
        _add_decision(trial, causes, by=check.decision_by, on=check.decision_on, now=now)


def _medicine_of(trial: Trial, row: int | None) -> Medicine | None:
    return next((one for one in medicines.in_force(trial) if one.row == row), None)


def _add_medicine_note(trial: Trial, now: datetime, **facts: Any) -> None:
    """Add a note about a medicine, and that day's event, unless the day has it already."""
    note = MedicineNote(trial=trial, noted_at=now, **facts)
    day = trial.day_of(_day_of_change(note))
    item = items.event(items.MEDICINE_CHANGE)
    if 0 <= day < trial.plan.total_days and _held(trial, day, item) is None:
        note.event = _add(trial, day, item, Entry.Kind.GIVEN, "1", now)
    note.save()


def _undo_change(trial: Trial, when: date, now: datetime) -> None:
    """Take back the event of a day that a note had added, if no other note tells of that day."""
    left = medicines.notes_in_force(trial)
    if any(note.is_change and _day_of_change(note) == when for note in left):
        return
    day, item = trial.day_of(when), items.event(items.MEDICINE_CHANGE)
    held = _held(trial, day, item)
    if held is not None and trial.medicine_notes.filter(event=held.row).exists():
        _add(trial, day, item, Entry.Kind.UNDONE, "", now)


def _day_of_change(note: MedicineNote) -> date:
    when: date = note.ended_on or note.noted_at.astimezone().date()
    return when


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


def _guessed_before(period: int) -> Problem:
    return Problem(
        code="LDN-W014",
        place=f"Your guess about period {period}",
        given="a second time",
        expected="one guess for each period",
        todo="Nothing was changed. What was kept the first time stays.",
    )


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

"""Work for the worker: the answer of a trial.

This module and its like in other rooms alone know the task library, so that a later Django with its
own is a small change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from openldn.web.person.models import Answer, PeriodGuess

if TYPE_CHECKING:
    from openldn.inference import Guess, Said
    from openldn.inference.answer import Answer as EngineAnswer
    from openldn.protocol.plan import Arm
    from openldn.web.person.models import Trial

__all__ = ["analysed", "compute_answer", "forget_unfinished", "queue"]

Found = dict[str, Any]  # the fields of an answer that the work fills in


@task()
def compute_answer(answer_id: int) -> None:
    """Work out one answer and keep it."""
    asked = Answer.objects.filter(pk=answer_id)
    asked.update(attempts=F("attempts") + 1)
    answer = asked.select_related("trial").get()
    try:
        found = _found(answer.trial)
    except Exception:
        asked.update(state=Answer.State.FAILED)
        raise  # the task library keeps where it went wrong
    asked.update(**found)
    from openldn.web.know.tasks import queue_if_open

    queue_if_open(asked.select_related("trial").get())


def queue(answer_id: int) -> None:
    """Hand an answer to the worker."""
    compute_answer.enqueue(answer_id)


def forget_unfinished() -> None:
    """Drop tasks that no worker will come back to."""
    unfinished = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    DBTaskResult.objects.filter(status__in=unfinished).delete()


def analysed(trial: Trial) -> EngineAnswer:
    """Run the engine on a trial; the same trial gives the same answer.

    Raises
    ------
    AnalysisRefused
        When no answer can be given, with the reason.
    """
    # The engine is loaded here, in the worker, and nowhere else in the web.
    from openldn.inference import Conduct, analyse
    from openldn.virtual import null_trials
    from openldn.web.person import pauses
    from openldn.web.person.records import diary_of
    from openldn.web.plan import noting

    # A plan file cannot change once it is added, changes are noted beside it, and its seal holds
    # the hash of its bytes. Without that promise before the first day, nothing shows that the order
    # or the plan was not chosen later.
    is_code_kept = False if noting.is_code_broken(trial) else trial.is_code_kept
    is_changed = noting.changed_after_hidden_days(trial)
    conduct = Conduct(
        is_plan_unchanged=False if is_changed else True if trial.is_promised else None,
        is_code_kept=is_code_kept if trial.is_promised or not is_code_kept else None,
        guesses=_guesses(trial),
        said=_said(trial),
        paused_days=pauses.paused_days(trial),
    )
    return analyse(
        diary_of(trial),
        plan=trial.plan,
        order=trial.order,
        conduct=conduct,
        null_trials=null_trials,
    )


def _found(trial: Trial) -> Found:
    from openldn.inference import AnalysisRefused

    try:
        answer = analysed(trial)
    except AnalysisRefused as refusal:
        sentences = [f"{problem.given}. {problem.todo}" for problem in refusal.problems]
        return {"state": Answer.State.REFUSED, "refusal": sentences}
    saved = answer.to_json()
    return {
        "state": Answer.State.READY,
        "saved": saved,
        "page_for_doctor": _page_for_doctor(saved, trial),
    }


def _guesses(trial: Trial) -> tuple[Guess, ...] | None:
    """Give the guesses of every period. None: one is missing, so what she saw is not recorded.

    "I don't know" is an answer, and no guess. A guess that was left out is missing: it may be the
    one that would have shown that the blinding was lost.
    """
    from openldn.inference import Guess

    said, why = _said(trial), PeriodGuess.Why
    if not {period.number for period in trial.plan.periods} <= {one.period for one in said}:
        return None
    return tuple(
        Guess(
            period=one.period,
            arm=one.arm,
            confidence=one.confidence,
            is_from_feeling=one.reason in (why.BETTER, why.WORSE),
        )
        for one in said
        if one.arm is not None and one.confidence is not None
    )


def _said(trial: Trial) -> tuple[Said, ...]:
    """Give every answer to the question what a period held, by period."""
    from openldn.inference import Said
    from openldn.web.person import period_guesses

    return tuple(
        Said(
            period=number,
            arm=_arm_guessed(row.said),
            confidence=row.confidence,
            reason=row.reason,
        )
        for number, row in sorted(period_guesses.in_force(trial).items())
        if row.said != PeriodGuess.Said.SKIPPED
    )


def _arm_guessed(said: str) -> Arm | None:
    from openldn.protocol.plan import Arm

    arms = {PeriodGuess.Said.LDN: Arm.ACTIVE, PeriodGuess.Said.PLACEBO: Arm.PLACEBO}
    return arms.get(PeriodGuess.Said(said))


def _page_for_doctor(saved: dict[str, Any], trial: Trial) -> bytes:
    from openldn.report import render_pdf
    from openldn.web.person.records import diary_of

    return render_pdf(saved, diary=diary_of(trial), plan=trial.plan, order=trial.order)

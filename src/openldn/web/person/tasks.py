"""Work for the worker: the answer of a trial.

The one module that knows the task library, so that a later Django with its own is one change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from openldn.web.person.models import Answer

if TYPE_CHECKING:
    from openldn.web.person.models import Trial

__all__ = ["compute_answer", "forget_unfinished", "queue"]

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


def queue(answer_id: int) -> None:
    """Hand an answer to the worker."""
    compute_answer.enqueue(answer_id)


def forget_unfinished() -> None:
    """Drop tasks that no worker will come back to."""
    unfinished = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    DBTaskResult.objects.filter(status__in=unfinished).delete()


def _found(trial: Trial) -> Found:
    # The engine is loaded here, in the worker, and nowhere else in the web.
    from openldn.inference import AnalysisRefused, Conduct, analyse
    from openldn.virtual import null_trials
    from openldn.web.person import pauses
    from openldn.web.person.records import diary_of

    # A plan cannot change once it is added, and its seal holds the hash of its bytes. Without that
    # promise before the first day, nothing shows that the order or the plan was not chosen later.
    paused = pauses.paused_days(trial)
    conduct = Conduct(
        is_code_kept=False if trial.is_code_kept is False else None, paused_days=paused
    )
    if trial.is_promised:
        conduct = Conduct(
            is_plan_unchanged=True, is_code_kept=trial.is_code_kept, paused_days=paused
        )
    try:
        answer = analyse(
            diary_of(trial),
            plan=trial.plan,
            order=trial.order,
            conduct=conduct,
            null_trials=null_trials,
        )
    except AnalysisRefused as refusal:
        sentences = [f"{problem.given}. {problem.todo}" for problem in refusal.problems]
        return {"state": Answer.State.REFUSED, "refusal": sentences}
    saved = answer.to_json()
    return {
        "state": Answer.State.READY,
        "saved": saved,
        "page_for_doctor": _page_for_doctor(saved, trial),
    }


def _page_for_doctor(saved: dict[str, Any], trial: Trial) -> bytes:
    from openldn.report import render_pdf
    from openldn.web.person.records import diary_of

    return render_pdf(saved, diary=diary_of(trial), plan=trial.plan, order=trial.order)

"""Work for the worker: what would make an open answer clearer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_tasks import task

from openldn.web.know import another_trial
from openldn.web.know.models import AnotherTrial, KeptPage
from openldn.web.person.models import Answer
from openldn.web.person.records import diary_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["look_ahead", "queue_forgotten", "queue_if_open"]


@task()
def look_ahead(answer_id: int) -> None:
    """Run virtual trials after one answer, and let its page be told anew."""
    answer = Answer.objects.select_related("trial__person").get(pk=answer_id)
    # The row stands first, so that work which ends the worker is not begun again and again.
    row, is_new = AnotherTrial.objects.get_or_create(
        answer=answer, defaults={"person": answer.trial.person}
    )
    if not is_new:
        return
    row.found = another_trial.forecast_of(
        answer.saved or {}, plan=answer.trial.plan, diary=diary_of(answer.trial)
    )
    row.save(update_fields=["found"])
    KeptPage.objects.filter(answer=answer).delete()


def queue_if_open(answer: Answer) -> None:
    """Hand an answer to the worker if its question stayed open."""
    if answer.saved and another_trial.is_asked_for(answer.saved, answer.trial.plan):
        look_ahead.enqueue(answer.pk)


def queue_forgotten() -> None:
    """Queue what a worker that ended early never began."""
    waiting: Iterable[Answer] = Answer.objects.filter(
        state=Answer.State.READY, another_trial=None
    ).select_related("trial")
    for answer in waiting:
        queue_if_open(answer)

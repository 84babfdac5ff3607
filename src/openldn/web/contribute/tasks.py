"""Work for the worker: the contribution file of an answer, made by the engine."""

import secrets
from typing import Any

from django.db.models import F
from django_tasks import task

from openldn.web.contribute.models import Offer

__all__ = ["make_file", "queue"]

_ID_BYTES = 16  # 128 random bits


@task()
def make_file(offer_id: int) -> None:
    """Make one file and keep it, to be looked at."""
    asked = Offer.objects.filter(pk=offer_id)
    asked.update(attempts=F("attempts") + 1)
    offer = asked.select_related("answer__trial").get()
    try:
        found = _found(offer)
    except Exception:
        asked.update(state=Offer.State.FAILED)
        raise  # the task library keeps where it went wrong
    asked.update(**found)


def queue(offer_id: int) -> None:
    """Hand the making of a file to the worker."""
    make_file.enqueue(offer_id)


def _found(offer: Offer) -> dict[str, Any]:
    # The engine is loaded here, in the worker, and nowhere else in the web.
    from openldn.inference import AnalysisRefused
    from openldn.pooling.contribution import contribution_of
    from openldn.web.person.tasks import analysed

    trial = offer.answer.trial
    try:
        contribution = contribution_of(
            analysed(trial), contribution_id=secrets.token_hex(_ID_BYTES), plan=trial.plan
        )
    except AnalysisRefused as refusal:
        sentences = [f"{problem.given}. {problem.todo}" for problem in refusal.problems]
        return {"state": Offer.State.REFUSED, "refusal": sentences}
    return {"state": Offer.State.READY, "file": contribution.to_json()}

"""A trial with its answer, as the worker would have saved it."""

from functools import cache
from typing import Any

from openldn.web.person import actions, tasks
from openldn.web.person.models import Answer, Trial
from support.web import NOW, ORDER, seal_of

__all__ = ["give_answer"]

_PAGE = b"%PDF-1.7 the page for the doctor"


def give_answer(trial: Trial) -> Answer:
    """Open the seal of a trial that is over, and save its answer; the engine runs once."""
    seal = seal_of(ORDER, is_open=True)
    actions.open_seal(trial=trial, seal=seal, is_code_kept=True, today=NOW.date())
    return Answer.objects.create(
        trial=trial,
        asked_at=NOW,
        state=Answer.State.READY,
        saved=_saved(_Once(trial)),
        page_for_doctor=_PAGE,
    )


class _Once:
    """A trial that looks like every other one to the cache: they hold the same evenings."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Once)


@cache
def _saved(once: _Once) -> dict[str, Any]:
    saved: dict[str, Any] = tasks.analysed(once.trial).to_json()
    return saved

"""Work for the worker: virtual trials of one design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django_tasks import task

from openldn.web.plan.models import Forecast

if TYPE_CHECKING:
    from openldn.protocol.plan import Plan
    from openldn.virtual.trials import Block, Tally

__all__ = ["TRIALS", "compute_forecast", "queue"]

TRIALS = 400  # a chance near one half is then known to 2.5 in 100
_SEED = 1


@task()
def compute_forecast(forecast_id: int) -> None:
    """Run the virtual trials of one design and keep the counts."""
    asked = Forecast.objects.filter(pk=forecast_id)
    asked.update(attempts=F("attempts") + 1)
    forecast = asked.get()
    if forecast.state == Forecast.State.READY:
        return
    try:
        found = _found(forecast)
    except Exception:
        asked.update(state=Forecast.State.FAILED)
        raise  # the task library keeps where it went wrong
    asked.update(state=Forecast.State.READY, found=found)


def queue(forecast_id: int) -> None:
    """Hand a forecast to the worker."""
    compute_forecast.enqueue(forecast_id)


def _found(forecast: Forecast) -> dict[str, dict[str, int]]:
    # The engine is loaded here, in the worker, and nowhere else in the web.
    from openldn.protocol.plan import Plan
    from openldn.virtual.spread import run_all

    plan = Plan.from_toml(forecast.plan_toml.encode())
    worth_it, nothing = (_blocks(plan, effect) for effect in (_effect(plan), 0.0))

    def progress(done: int, total: int) -> None:
        Forecast.objects.filter(pk=forecast.pk).update(done=done, pieces=total)

    progress(0, len(worth_it) + len(nothing))
    tallies = run_all([*worth_it, *nothing], progress=progress)
    return {
        "worth_it": _counts(tallies[: len(worth_it)]),
        "nothing": _counts(tallies[len(worth_it) :]),
    }


def _effect(plan: Plan) -> float:
    """The difference that would be worth it, toward better."""
    from openldn.protocol.outcomes import Better

    mcid = plan.primary.mcid
    return -mcid if plan.primary.better is Better.LOWER else mcid


def _blocks(plan: Plan, effect: float) -> list[Block]:
    from openldn.virtual.assumptions import Assumptions
    from openldn.virtual.trials import BLOCK, Block

    assumed = Assumptions.believable(plan.primary)
    return [
        Block(
            plan=plan,
            effect=effect,
            assumptions=assumed,
            seed=_SEED,
            number=number,
            count=min(BLOCK, TRIALS - first),
        )
        for number, first in enumerate(range(0, TRIALS, BLOCK))
    ]


def _counts(tallies: list[Tally]) -> dict[str, int]:
    """Add up: clear and right, clear and wrong, and all."""
    clear = sum(one.benefit + one.harm - one.misleading for one in tallies)
    return {
        "clear": clear,
        "wrong": sum(one.misleading for one in tallies),
        "trials": sum(one.trials for one in tallies),
    }

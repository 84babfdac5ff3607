"""Notes about a frozen plan, for the pages of the trial and of the answer."""

from django import template

from openldn.web.person import clock, dates
from openldn.web.person.models import Trial
from openldn.web.plan import noting
from openldn.web.plan.models import Expectation

__all__ = ["amendments_of", "expectation_of", "frozen_plan_of"]

register = template.Library()


@register.inclusion_tag("plan/_amendments.html")
def amendments_of(trial: Trial) -> dict[str, object]:
    """List what changed, oldest first."""
    rows = trial.amendments.all()
    return {"amendments": [(row, f"{dates.day_month(row.on)} {row.on.year}") for row in rows]}


@register.inclusion_tag("plan/_expectation.html")
def expectation_of(trial: Trial) -> dict[str, object]:
    """Tell what was expected before the start."""
    return {"kept": Expectation.objects.filter(trial=trial).first()}


@register.inclusion_tag("plan/_on_trial.html")
def frozen_plan_of(trial: Trial) -> dict[str, object]:
    """Give the way to the frozen plan, what changed, and the one question before the start."""
    can_expect = noting.can_expect(trial, today=clock.today())
    return {"can_expect": can_expect, **amendments_of(trial)}

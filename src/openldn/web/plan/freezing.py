"""From a draft to a trial: the plan file that was agreed, the seal, the safety gate."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError, Problem
from openldn.web.access.models import Person
from openldn.web.person import actions
from openldn.web.person.models import SafetyCheck, Trial
from openldn.web.plan import drafts, making

__all__ = ["freeze", "settle"]


def settle(*, person: Person, seen: int, changes: Mapping[str, Any], now: datetime) -> None:
    """Write the plan file that was agreed. Its bytes stay while nothing in the draft changes.

    Raises
    ------
    StaleDraft
        When another tab saved something else meanwhile.
    InputError
        With every problem of the plan.
    """
    answers = {**drafts.answers_of(person), **changes}
    text = making.text_of(making.plan_of(answers))
    Plan.from_toml(text.encode())
    settled = {**changes, "plan_toml": text}
    drafts.save(person=person, seen=seen, step="agree", changes=settled, now=now)


@transaction.atomic
def freeze(
    *,
    person: Person,
    seen: int,
    seal: Mapping[str, Any] | None,
    check: SafetyCheck,
    now: datetime,
) -> Trial:
    """Begin the trial of a draft, once.

    Raises
    ------
    StaleDraft
        When the draft was saved, frozen or put away since the page was shown.
    PlanRefused
        When a trial runs, or the safety questions have to be answered anew.
    InputError
        When the seal does not fit, or a condition of the plan touches a rule that blocks it.
    """
    answers = drafts.answers_of(person)
    if drafts.number_of(person) != seen or "plan_toml" not in answers:
        raise drafts.StaleDraft
    if is_too_late(answers, today=now.date()):
        raise InputError([_started(answers["start"])])
    trial = actions.begin_trial(
        plan_toml=answers["plan_toml"],
        start=date.fromisoformat(answers["start"]),
        seal=seal,
        check=check,
        today=now.date(),
    )
    drafts.freeze(person=person, seen=seen, trial=trial, now=now)
    return trial


def is_too_late(answers: Mapping[str, Any], *, today: date) -> bool:
    """Tell whether the first dose would lie behind us: its days have no scores before it."""
    plan = making.plan_of(answers)
    before = max(plan.design.baseline_days, 1)
    return today >= date.fromisoformat(answers["start"]) + timedelta(days=before)


def _started(start: str) -> Problem:
    return Problem(
        code="LDN-W033",
        place="The first day",
        given=f"{start}, and the days before LDN are over",
        expected="a plan whose first weeks of scores are still ahead or have just begun",
        todo="Choose another first day in the calendar, and agree on it again. "
        "A drawn plan then needs a new draw.",
    )

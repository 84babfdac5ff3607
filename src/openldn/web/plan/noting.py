"""What is noted about a frozen plan: its changes, and what was expected of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from openldn.protocol.problems import InputError, Problem
from openldn.web.access.models import Person
from openldn.web.person.models import Trial
from openldn.web.plan.models import Amendment, Expectation

__all__ = [
    "amend",
    "can_expect",
    "changed_after_hidden_days",
    "expect",
    "frozen_on",
    "is_code_broken",
]


def frozen_on(trial: Trial) -> date:
    """Give the person's own day on which the plan was frozen, or its first day if that was before.

    A trial that was begun on paper can have changed before it stood here.
    """
    return min(trial.created_at.astimezone().date(), trial.start)


@transaction.atomic
def amend(
    *, person: Person, trial: Trial, seen: int, facts: Mapping[str, Any], now: datetime
) -> None:
    """Add a change to a frozen plan. A second tap on the same button adds none.

    Parameters
    ----------
    seen
        How many changes the page showed.

    Raises
    ------
    InputError
        When another change was noted meanwhile.
    """
    _one_at_a_time(trial)
    held = list(trial.amendments.all())
    if len(held) == seen:
        Amendment.objects.create(person=person, trial=trial, number=seen + 1, noted_at=now, **facts)
    elif not any(_says(one, facts) for one in held[seen:]):
        raise InputError([_changed_meanwhile()])


@transaction.atomic
def expect(*, person: Person, trial: Trial, facts: Mapping[str, Any], now: datetime) -> None:
    """Keep what is expected, once. The same again, as by a double tap, adds nothing.

    Raises
    ------
    InputError
        When the trial has begun, or something else is kept already.
    """
    _one_at_a_time(trial)
    held = Expectation.objects.filter(trial=trial).first()
    if held is not None:
        if any(getattr(held, name) != value for name, value in facts.items()):
            raise InputError([_expected_before()])
        return
    if not can_expect(trial, today=now.date()):
        raise InputError([_too_late()])
    Expectation.objects.create(person=person, trial=trial, said_at=now, **facts)


def can_expect(trial: Trial, *, today: date) -> bool:
    """Tell whether the trial has not begun: until its first evening is over."""
    return trial.day_of(today) <= 0 and not Expectation.objects.filter(trial=trial).exists()


def changed_after_hidden_days(trial: Trial) -> bool:
    """Tell whether the plan was changed on or after the first day of its drawn part."""
    first = trial.plan.first_randomised_day
    return first is not None and any(
        trial.day_of(one.on) >= first for one in trial.amendments.all()
    )


def is_code_broken(trial: Trial) -> bool:
    """Tell whether a change says that a period was opened."""
    return any(one.is_code_broken for one in trial.amendments.all())


def _one_at_a_time(trial: Trial) -> None:
    """Let a second tap wait for the first, so that it finds what the first one wrote."""
    Trial.objects.select_for_update().get(pk=trial.pk)


def _says(one: Amendment, facts: Mapping[str, Any]) -> bool:
    return all(getattr(one, name) == value for name, value in facts.items())


def _changed_meanwhile() -> Problem:
    return Problem(
        code="LDN-W030",
        place="This change",
        given="a page from before another change was noted",
        expected="a page that shows every change",
        todo="Look at the list below. If yours is not on it, save again.",
    )


def _expected_before() -> Problem:
    return Problem(
        code="LDN-W031",
        place="What you expect",
        given="a second time",
        expected="one answer before the start",
        todo="Nothing was changed. What was kept the first time stays.",
    )


def _too_late() -> Problem:
    return Problem(
        code="LDN-W032",
        place="What you expect",
        given="after the first day",
        expected="an answer before the start",
        todo="Nothing was kept: an answer given now would know how it went.",
    )

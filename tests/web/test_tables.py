"""The tables: no migration is missing, and the database refuses nonsense."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from openldn.web.person.models import Answer, Entry, SafetyCheck, Trial
from support.web import NOW


def test_no_migration_is_missing(db: None) -> None:
    """Models and migrations say the same."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("kind", "value"), [("given", ""), ("left-out", "3"), ("undone", "3"), ("guessed", "")]
)
def test_an_entry_has_a_value_exactly_when_one_was_given(
    running: Trial, kind: str, value: str
) -> None:
    """A value beside "left out", or none beside "given", never reaches the table."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            trial=running, day=3, item="capsule", kind=kind, value=value, entered_at=NOW
        )


@pytest.mark.parametrize("half", [{"decision_by": "Dr B"}, {"decision_on": NOW.date()}])
def test_a_decision_has_both_a_name_and_a_day(db: None, half: dict[str, object]) -> None:
    """Half a decision never reaches the table."""
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyCheck.objects.create(answers={}, touched=[], answered_at=NOW, **half)


@pytest.mark.parametrize(
    ("state", "saved"), [("ready", None), ("asked", {"kind": "answer"}), ("failed", {})]
)
def test_an_answer_is_saved_exactly_when_it_is_ready(
    running: Trial, state: str, saved: dict[str, object] | None
) -> None:
    """An answer that is ready and empty, or saved and not ready, never reaches the table."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(trial=running, asked_at=NOW, state=state, saved=saved)


def test_a_day_before_the_first_never_reaches_the_table(running: Trial) -> None:
    """Day numbers begin at 0."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            trial=running,
            day=running.day_of(running.start - timedelta(days=1)),
            item="capsule",
            kind="given",
            value="1",
            entered_at=NOW,
        )

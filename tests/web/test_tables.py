"""The tables: no migration is missing, and the database refuses nonsense."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from openldn.web.access import people
from openldn.web.person.models import (
    Answer,
    Decision,
    Entry,
    MedicineNote,
    Pause,
    PeriodGuess,
    SafetyCheck,
    Trial,
)
from openldn.web.person.models.append_only import AppendOnly
from support.web import NOW

_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def test_no_migration_is_missing(db: None) -> None:
    """Models and migrations say the same."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_table_of_records_refuses_to_change(db: None) -> None:
    """Each table of rows that are only ever added has both triggers, whatever a migration did."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor])
        found = {name for (name,) in cursor.fetchall()}
    kept = [one for one in apps.get_models() if issubclass(one, AppendOnly)]
    assert Entry in kept
    assert found == {
        f"{one._meta.db_table}_no_{act}" for one in kept for act in ("update", "delete")
    }


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "in-use"},
        {"kind": "in-use", "name": "ibuprofen", "ended_on": NOW.date()},
        {"kind": "ended"},
        {"kind": "taken-back"},
        {"kind": "guessed", "name": "ibuprofen"},
    ],
)
def test_half_a_note_about_a_medicine_never_reaches_the_table(
    running: Trial, facts: dict[str, object]
) -> None:
    """The first row names it, an end has its day, and each later row says about which it is."""
    with pytest.raises(IntegrityError), transaction.atomic():
        MedicineNote.objects.create(trial=running, noted_at=NOW, **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"said": "ldn", "reason": "no-reason"},
        {"said": "placebo", "confidence": 5},
        {"said": "placebo", "confidence": 11, "reason": "no-reason"},
        {"said": "ldn", "confidence": 5, "reason": "heard"},
        {"said": "dont-know", "confidence": 11},
        {"said": "dont-know", "reason": "heard"},
        {"said": "skipped", "confidence": 5},
        {"said": "taken-back", "reason": "no-reason"},
        {"said": "active"},
        {"said": "dont-know", "period": 0},
    ],
)
def test_half_a_guess_never_reaches_the_table(running: Trial, facts: dict[str, object]) -> None:
    """A guess has how sure and why; one that was left out or taken back has neither."""
    with pytest.raises(IntegrityError), transaction.atomic():
        PeriodGuess.objects.create(trial=running, guessed_at=NOW, **({"period": 2} | facts))


def test_nothing_goes_on_without_a_decision(running: Trial) -> None:
    """A pause that ends without a prescriber never reaches the table, nor one without a name."""
    for kind in ("resumed", "guessed"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pause.objects.create(trial=running, kind=kind, on=NOW.date(), noted_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(trial=running, causes=[], by="", on=NOW.date(), noted_at=NOW)


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
        SafetyCheck.objects.create(
            person=people.owner(), answers={}, touched=[], answered_at=NOW, **half
        )


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

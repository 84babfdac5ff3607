"""While the order is sealed, nothing on a page or in the database can show it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.person import actions
from openldn.web.person.models import Entry, Trial
from support.web import NOW, ORDER, OTHER_ORDER, PLAN, add_evenings, names_placebo, seal_of

_PAGES = (
    *("/", "/trial", "/answer", "/yesterday", "/side-effects", "/diary.csv"),
    *(
        "/warning-signs",
        "/medicines",
        "/going-on",
        "/my-data",
        "/events/days",
        "/kept",
        "/reminders",
    ),
    *("/plan/frozen", "/plan/frozen/change", "/plan/expect", "/plan/plan.toml"),
    *("/share", "/share/links", "/story", "/contribute", "/found", "/export"),
)


def _database() -> str:
    """Write out every row of every table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [repr(row) for row in cursor.fetchall()]
    return "\n".join(rows)


def test_the_database_of_a_running_trial_holds_no_order(running: Trial) -> None:
    """No column of any table holds an arm, the order or the salt."""
    everything = _database()
    assert "Muscle pain" in everything
    for secret in ("placebo", "active,", "5a5a5a", "salt"):
        assert secret not in everything


def test_a_seal_that_was_opened_too_early_is_refused_in_words(db: None) -> None:
    """Given an opened seal at the start, nothing of it is kept and no trial begins."""
    with pytest.raises(InputError, match="opened already"):
        actions.add_trial(
            person=people.owner(),
            plan_toml=PLAN,
            start=NOW.date() - timedelta(days=14),
            seal=seal_of(ORDER, is_open=True),
        )
    assert not Trial.objects.exists()
    assert "placebo" not in _database()


@pytest.mark.parametrize("language", ["en", "nb", "es"])
def test_swapped_orders_give_the_same_pages(owner: Client, language: str) -> None:
    """Two trials that differ in their sealed order alone look the same to the last byte."""
    owner.post("/language", {"language": language})
    seen = []
    for order in (ORDER, OTHER_ORDER):
        trial = actions.add_trial(
            person=people.owner(),
            plan_toml=PLAN,
            start=NOW.date() - timedelta(days=14),
            seal=seal_of(order, is_open=False),
        )
        add_evenings(trial, range(14))
        seen.append([_without_token(owner.get(page).content) for page in _PAGES])
    assert seen[0] == seen[1]


def test_the_diary_of_a_running_trial_has_no_arm_and_no_dose(owner: Client, running: Trial) -> None:
    """Open days tell both; hidden days leave both cells empty, and capsules stay capsules."""
    lines = owner.get("/diary.csv").content.decode().splitlines()
    header = next(line for line in lines if not line.startswith("#")).split(",")
    rows = [dict(zip(header, line.split(","), strict=False)) for line in lines[1:]]
    hidden = [row for row in rows if row.get("period")]
    assert len(hidden) == 12
    assert {row["arm"] for row in hidden} == {""}
    assert {row["dose_mg"] for row in hidden} == {""}
    assert {row["taken"] for row in hidden} == {"1"}


@pytest.mark.parametrize("language", ["en", "nb", "es"])
def test_pages_of_a_running_trial_name_no_arm(owner: Client, running: Trial, language: str) -> None:
    """What LDN is held against is named as one of her choices of a guess, and nowhere else."""
    owner.post("/language", {"language": language})
    for page in _PAGES:
        assert not names_placebo(owner.get(page).content), page


def test_what_she_guessed_shows_nothing_of_the_order(owner: Client) -> None:
    """A guess that is right and one that is wrong give the same pages, but for her own words."""
    seen = []
    for order in (ORDER, OTHER_ORDER):
        actions.add_trial(
            person=people.owner(),
            plan_toml=PLAN,
            start=NOW.date() - timedelta(days=14),
            seal=seal_of(order, is_open=False),
        )
        guess = {"period": "2", "guess": "ldn", "sure": "9", "reason": "side-effect"}
        answer = owner.post("/period-guess", guess)
        pages = [_without_token(owner.get(page).content) for page in _PAGES]
        seen.append([answer["Location"].encode(), *pages])
    assert seen[0] == seen[1]


def _without_token(page: bytes) -> bytes:
    """Take out what differs from one reading to the next: tokens, and numbers of rows."""
    import re

    return re.sub(rb'name="(csrfmiddlewaretoken|row|diary)" value="[\w-]+"', b"", page)


def test_rows_are_only_ever_added(running: Trial) -> None:
    """The database itself refuses to change or delete an entry, however it is asked."""
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        Entry.objects.update(value="0")
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        Entry.objects.all()._raw_delete("default")
    entry = Entry.objects.all()[0]
    with pytest.raises(TypeError, match="add a new one"):
        entry.save()
    with pytest.raises(TypeError, match="add a new one"):
        entry.delete()

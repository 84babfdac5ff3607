"""Taking everything along and erasing it: complete over every table, for one person alone."""

import csv
import http.cookiejar
import io
import json
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from openldn.diary import Diary
from openldn.protocol.plan import Plan
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.contribute import giving
from openldn.web.keeping import erasing, scrubbing, triggers
from openldn.web.keeping.belongings import NOBODYS, belongings, rows_of
from openldn.web.keeping.export import exported
from openldn.web.person import actions
from openldn.web.person.models import Entry, Trial
from support.everything import fill
from support.serving import run_serve, served
from support.web import NOW, ORDER, OTHER_ORDER, PLAN, add_evenings, seal_of, visible

WORD = "Quillfeather"
OTHER = "Marlinspike"


@pytest.fixture
def two(db: None) -> tuple[Person, Person]:
    """Two people with a row each in every table."""
    one, other = people.owner(), Person.objects.create()
    fill(one, WORD)
    fill(other, OTHER)
    return one, other


def rows(person: Person) -> dict[type[models.Model], int]:
    """Count the rows of a person, table by table."""
    return {model: rows_of(model, way, person).count() for model, way in belongings().items()}


def test_every_table_belongs_to_a_person_or_says_why_not() -> None:
    """A new table is exported and erased, or it is named with its reason."""
    tables = {model._meta.label for model in apps.get_models()}
    owned = {model._meta.label for model in belongings()}
    assert tables - owned <= set(NOBODYS)  # a server has tables of accounts beside the app's
    assert not owned & set(NOBODYS)


def test_the_export_holds_every_row_of_hers_and_nothing_of_others(
    two: tuple[Person, Person],
) -> None:
    """Each table has her rows, as JSON and as CSV; another person's words are nowhere."""
    content = exported(two[0], now=NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        whole = json.loads(packed.read("everything.json"))
        for model, way in belongings().items():
            table = model._meta.db_table
            expected = [str(pk) for pk in rows_of(model, way, two[0]).values_list("pk", flat=True)]
            assert expected, f"no row of {table} to look for: see tests/support/everything.py"
            key = model._meta.pk.attname
            assert [str(row[key]) for row in whole["tables"][table]] == expected
            text = packed.read(f"tables/{table}.csv").decode()
            told = list(csv.DictReader(io.StringIO(text)))
            assert [row[key] for row in told] == expected
            assert set(told[0]) == {field.attname for field in model._meta.concrete_fields}
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert WORD.encode() in everything
    assert OTHER.encode() not in everything


def test_no_cell_of_a_table_is_a_formula(db: None) -> None:
    """Where a spreadsheet would reckon, an apostrophe stands before; the JSON is exact."""
    person = people.owner()
    fill(person, "=HYPERLINK(1)")
    with zipfile.ZipFile(io.BytesIO(exported(person, now=NOW))) as packed:
        for name in packed.namelist():
            if name.startswith("tables/") or name == "audit-trail.csv":
                rows = csv.reader(io.StringIO(packed.read(name).decode()))
                assert not [cell for row in rows for cell in row if cell.startswith("=")], name
        talk = json.loads(packed.read("everything.json"))["tables"]["ask_talk"][0]
    assert talk["who"] == "=HYPERLINK(1)"


def test_the_export_can_be_read_by_our_own_readers(
    two: tuple[Person, Person], tmp_path: Path
) -> None:
    """The plan has its bytes, the diary its evenings, the seal its promise; the trail has all."""
    with zipfile.ZipFile(io.BytesIO(exported(two[0], now=NOW))) as packed:
        plan = packed.read("trials/1/plan.toml")
        (tmp_path / "diary.csv").write_bytes(packed.read("trials/1/diary.csv"))
        seal = json.loads(packed.read("trials/1/seal.json"))
        trail = list(csv.DictReader(io.StringIO(packed.read("audit-trail.csv").decode())))
        pages = [name for name in packed.namelist() if name.endswith(".pdf")]
    trial = two[0].trials.get()
    assert Plan.from_toml(plan).sha256 == trial.plan.sha256
    diary = Diary.read(tmp_path / "diary.csv", outcomes=trial.plan.outcomes, start=trial.start)
    assert len(diary.days()) == 15  # the medicine of the 15th day is an event of its own
    assert seal["commitment"] == trial.commitment
    whens = [line["when"] for line in trail]
    assert whens == sorted(whens)
    entries = [line for line in trail if line["row"].startswith("person_entry ")]
    assert len(entries) == trial.entries.count()
    assert "files/person_answer-" in pages[0]


def test_the_export_of_a_sealed_trial_shows_no_arm(db: None) -> None:
    """Two orders that were drawn give the same file, but for the promise that hides them."""
    seen = []
    for order in (ORDER, OTHER_ORDER):
        person = Person.objects.create()
        seal = seal_of(order, is_open=False)
        start = NOW.date()
        trial = actions.add_trial(person=person, plan_toml=PLAN, start=start, seal=seal)
        add_evenings(trial, range(1))
        with zipfile.ZipFile(io.BytesIO(exported(person, now=NOW))) as packed:
            parts = {name: packed.read(name).decode() for name in packed.namelist()}
        text = json.dumps(parts).replace(trial.commitment, "PROMISE")
        seen.append(re.sub(r"\d+", "", text))
    assert seen[0] == seen[1]
    assert "placebo" not in seen[0]


def test_the_page_hands_out_the_file_to_her_alone(
    owner: Client, stranger: Client, running: Trial
) -> None:
    """One button; a stranger finds a closed door."""
    assert b"/export.zip" in owner.get("/export").content
    file = owner.get("/export.zip")
    assert file["Content-Disposition"] == 'attachment; filename="openldn-records-2026-11-22.zip"'
    assert zipfile.ZipFile(io.BytesIO(file.content)).testzip() is None
    assert stranger.get("/export.zip").status_code == 403


def test_erasing_leaves_no_row_of_hers_and_every_row_of_others(two: tuple[Person, Person]) -> None:
    """Over every table there is; what she gave to the pool is out of it."""
    before = rows(two[1])
    assert all(rows(two[0]).values())
    assert all(before.values())
    assert erasing.erase(two[0])
    assert not any(rows(two[0]).values())
    assert rows(two[1]) == before
    assert [file["id"] for file in giving.pool_files()] == [f"{two[1].pk:032x}"]
    with connection.cursor() as cursor:
        text = ""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text += repr(cursor.fetchall())
    assert WORD not in text
    assert OTHER in text


def test_after_erasing_rows_are_only_ever_added_again(two: tuple[Person, Person]) -> None:
    """The triggers are back, every one with the same words; a delete is refused as before."""
    before = triggers.installed(connection)
    erasing.erase(two[0])
    assert triggers.installed(connection) == before
    assert len(before) > 20
    for change in (Entry.objects.all()._raw_delete, lambda _: Entry.objects.update(value="0")):
        with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
            change("default")


def test_an_erasure_that_fails_changes_nothing(
    two: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it or none of it; the triggers never stay away."""
    before, guards = rows(two[0]), triggers.installed(connection)

    def broken() -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(DBTaskResult.objects, "all", broken)
    with pytest.raises(RuntimeError):
        erasing.erase(two[0])
    assert rows(two[0]) == before
    assert triggers.installed(connection) == guards


def test_the_triggers_never_go_away_outside_a_transaction() -> None:
    """Then they could stay away."""

    class Outside:
        in_atomic_block = False

    with pytest.raises(TypeError, match="within a transaction"), triggers.away(Outside()):  # type: ignore[arg-type]
        pass


@pytest.mark.parametrize("given", ["", "yes", "erase everything", "<b>erase</b>"])
def test_nothing_is_erased_without_the_word(owner: Client, running: Trial, given: str) -> None:
    """The page says what was typed and what to type; before that, what goes and what stays out."""
    words = visible(owner.get("/erase").content)
    for part in ("1 trial with its plan", "releases of the pool", "backups", "A trial is running"):
        assert part in words
    page = owner.post("/erase", {"word": given})
    assert page.status_code == 422
    assert "Nothing was erased" in visible(page.content)
    assert b"<b>erase" not in page.content
    assert Trial.objects.filter(pk=running.pk).exists()


def test_the_word_erases_and_ends_every_session(owner: Client, running: Trial) -> None:
    """Large or small letters; afterwards the app holds nobody, and her browser is out."""
    page = owner.post("/erase", {"word": " Erase "})
    assert "Everything is erased" in visible(page.content)
    assert page["Clear-Site-Data"] == '"cache", "storage"'
    assert not Person.objects.exists()
    assert not Session.objects.exists()
    assert owner.get("/trial").status_code == 403


def test_on_a_server_an_account_is_erased_with_its_person(
    patient: Callable[[str], Client],
) -> None:
    """The address, the ways in and every session go; another account stays; no secret leaves."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator

    from openldn.web.accounts.models import Account

    browser, other = patient("ana@example.org"), patient("bob@example.org")
    account = Account.objects.get(email="ana@example.org")
    Authenticator.objects.create(user=account, type="totp", data={"secret": "S3CRET"})
    assert browser.get("/talk").status_code == 200
    content = browser.get("/export.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        text = packed.read("everything.json").decode()
    assert "ana@example.org" in text
    assert "bob@example.org" not in text
    assert "S3CRET" not in text
    assert "Everything is erased" in visible(browser.post("/erase", {"word": "erase"}).content)
    assert [one.email for one in Account.objects.all()] == ["bob@example.org"]
    assert [one.email for one in EmailAddress.objects.all()] == ["bob@example.org"]
    assert not Authenticator.objects.exists()
    assert browser.get("/talk").status_code != 200
    assert other.get("/talk").status_code == 200


def test_no_word_of_hers_is_left_in_any_file(tmp_path: Path) -> None:
    """The real app: notes are written, then erased; the bytes of every file are searched."""
    folder = tmp_path / "data"
    with served(folder, "--demo") as app:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        browser = urllib.request.build_opener(jar)
        browser.open(app.link)
        for number in range(12):  # some stay in the journal, some are in the file
            send(browser, f"{app.url}/note", value=f"{WORD} number {number}")
        send(browser, f"{app.url}/talk", day="2026-01-05", who=WORD, said="no", reason=WORD)
        words = (WORD, "Woke up with swollen hands", "Hydroxychloroquine", "Muscle pain")
        found = [word for word in words if is_anywhere(word, folder)]
        assert found == list(words)
        page = send(browser, f"{app.url}/erase", word="erase")
        assert "Everything is erased" in visible(page)
        assert "traces may be left" not in visible(page)
        assert [word for word in words if is_anywhere(word, folder)] == []
        assert not (folder / "to-scrub").exists()
        with pytest.raises(urllib.error.HTTPError, match="403"):
            browser.open(f"{app.url}/trial")
        again = run_serve("--link", "--demo", "--data", str(folder))
        assert again.returncode == 0, again.stderr
        assert "Find out whether LDN helps you" in visible(
            browser.open(again.stdout.strip()).read()
        )
    with closing(sqlite3.connect(folder / "openldn.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_is_held_open_is_written_anew_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be done is remembered, and done once."""
    tries = iter([False, True])
    monkeypatch.setattr(scrubbing, "_rewrite", lambda: next(tries))
    (tmp_path / "to-scrub").touch()
    assert not scrubbing.finish(tmp_path)
    assert (tmp_path / "to-scrub").exists()
    assert scrubbing.finish(tmp_path)
    assert not (tmp_path / "to-scrub").exists()
    assert scrubbing.finish(tmp_path)


def send(browser: urllib.request.OpenerDirector, url: str, **fields: str) -> bytes:
    """Send the form of a page with its hidden fields."""
    hidden = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')
    form = dict(hidden.findall(browser.open(url).read().decode())) | fields
    content: bytes = browser.open(url, urllib.parse.urlencode(form).encode()).read()
    return content


def is_anywhere(word: str, folder: Path) -> bool:
    """Look for a word in the bytes of every file."""
    return any(word.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())

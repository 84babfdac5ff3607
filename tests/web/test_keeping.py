"""Backup, restore and doctor: the real commands, on a real folder, while the app runs."""

import http.cookiejar
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.serving import Served, bare, served


def openldn(*words: object) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    command = [sys.executable, "-m", "openldn", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=bare()
    )


class Writer(threading.Thread):
    """Writes one note after the other through the pages, and counts what was acknowledged."""

    def __init__(self, app: Served) -> None:
        super().__init__(daemon=True)
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self._url = f"{app.url}/note"
        self._ending = threading.Event()
        self.acknowledged = 0
        self._opener.open(app.link)
        self._page = self._opener.open(self._url).read().decode()

    def run(self) -> None:
        """Write until told to end."""
        hidden = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')
        fields = dict(hidden.findall(self._page))
        while not self._ending.is_set():
            value = f"note number {self.acknowledged + 1}"
            form = urllib.parse.urlencode(fields | {"value": value}).encode()
            self._opener.open(self._url, form).read()
            self.acknowledged += 1

    def end(self) -> None:
        """End after the note in hand."""
        self._ending.set()
        self.join(30)


def rows(path: Path) -> dict[str, list[Any]]:
    """Read every row of every table."""
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: database.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
            for (name,) in tables
        }


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, int, int]:
    """A demo under writes: its folder, a backup, and the notes saved before it and after it."""
    place = tmp_path_factory.mktemp("keeping")
    with served(place / "data", "--demo") as app:
        writer = Writer(app)
        writer.start()
        while writer.acknowledged < 10:
            assert writer.is_alive()
        before = writer.acknowledged
        done = openldn("backup", place, "--data", app.folder)
        after = writer.acknowledged
        writer.end()
        assert done.returncode == 0, done.stderr
        assert app.stop() == 0
    return place / "data", Path(done.stdout.strip()), before, after


def notes(database: Path) -> int:
    """Count the notes that the writer wrote."""
    with closing(sqlite3.connect(database)) as opened:
        words = "SELECT COUNT(*) FROM person_entry WHERE value LIKE 'note number %'"
        (count,) = opened.execute(words).fetchone()
    return int(count)


def test_a_drill_brings_back_every_row_and_the_app_runs_on_it(
    kept: tuple[Path, Path, int, int], tmp_path: Path
) -> None:
    """What was acknowledged before the backup is in it, whole; the app opens the records."""
    folder, file, before, after = kept
    done = openldn("restore", file, "--data", tmp_path / "back")
    assert done.returncode == 0, done.stderr
    database = tmp_path / "back" / "openldn.sqlite3"
    assert before <= notes(database) <= after + 1
    now, then = rows(folder / "openldn.sqlite3"), rows(database)
    assert now.keys() == then.keys()
    for table in then.keys() - _CHANGING:
        assert then[table] == now[table][: len(then[table])], table
    for name in ("secret", "openldn-folder.txt"):
        assert (tmp_path / "back" / name).read_bytes() == (folder / name).read_bytes()
    assert openldn("doctor", "--data", tmp_path / "back").returncode == 0
    with served(tmp_path / "back", "--demo") as app:
        writer = Writer(app)
        assert f"note number {notes(database)}" in writer._page
    assert (tmp_path / "back").stat().st_mode & 0o077 == 0


def test_a_backup_of_a_closed_app_is_the_same_to_the_last_row(
    kept: tuple[Path, Path, int, int], tmp_path: Path
) -> None:
    """Copied and brought back while nothing runs, every row of every table is as it was."""
    file = openldn("backup", tmp_path, "--data", kept[0]).stdout.strip()
    assert openldn("restore", file, "--data", tmp_path / "back").returncode == 0
    assert rows(tmp_path / "back" / "openldn.sqlite3") == rows(kept[0] / "openldn.sqlite3")


def test_a_backup_is_for_its_owner_alone_and_replaces_nothing(
    kept: tuple[Path, Path, int, int], tmp_path: Path
) -> None:
    """Nobody else can read the file; a file that is there, and the folder itself, are refused."""
    folder, file, *_ = kept
    assert file.stat().st_mode & 0o077 == 0
    before = file.read_bytes()
    again = openldn("backup", file, "--data", folder)
    assert (again.returncode, file.read_bytes()) == (3, before)
    assert "LDN-K002" in again.stderr
    assert "LDN-K004" in openldn("backup", folder / "b.zip", "--data", folder).stderr
    assert "LDN-K003" in openldn("backup", tmp_path / "no" / "b.zip", "--data", folder).stderr
    assert "LDN-K001" in openldn("backup", tmp_path, "--data", tmp_path / "none").stderr
    assert not (tmp_path / "none").exists()


def test_a_restore_refuses_a_folder_that_holds_something(
    kept: tuple[Path, Path, int, int], tmp_path: Path
) -> None:
    """One file is enough, and it stays as it is."""
    (tmp_path / "letter.txt").write_text("mine")
    done = openldn("restore", kept[1], "--data", tmp_path)
    assert done.returncode == 3
    assert "LDN-K012" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def changed(file: Path, to: Path, **parts: bytes | None) -> Path:
    """Copy a backup with some of its files changed, added or left out."""
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(to, "w") as copy:
        for name in packed.namelist():
            content = parts.pop(name, packed.read(name))
            if content is not None:
                copy.writestr(name, content)
        for name, content in parts.items():
            copy.writestr(name, content or b"")
    return to


def test_a_restore_refuses_what_was_changed_and_lists_all_of_it(
    kept: tuple[Path, Path, int, int], tmp_path: Path
) -> None:
    """A changed file, a missing one, one that leads outside: each is named, nothing is made."""
    parts = {"secret": b"0" * 64, "openldn-folder.txt": None, "../outside": b"x", "more": b"y"}
    bad = changed(kept[1], tmp_path / "bad.zip", **parts)
    done = openldn("restore", bad, "--data", tmp_path / "back")
    assert done.returncode == 3
    for name in ("'secret'", "'openldn-folder.txt'", "'../outside'", "'more'"):
        assert name in done.stderr
    assert done.stderr.count("LDN-K011") == 4
    assert [path.name for path in tmp_path.iterdir()] == ["bad.zip"]


@pytest.mark.parametrize("damage", ["cut", "letter", "other zip", "rows", "missing"])
def test_a_restore_refuses_what_is_no_backup(
    kept: tuple[Path, Path, int, int], tmp_path: Path, damage: str
) -> None:
    """Half a file, a letter, somebody else's ZIP, and a list that names other rows."""
    bad = tmp_path / "bad.zip"
    if damage == "cut":
        bad.write_bytes(kept[1].read_bytes()[:-2000])
    elif damage == "letter":
        bad.write_text("Dear all")
    elif damage == "other zip":
        with zipfile.ZipFile(bad, "w") as packed:
            packed.writestr("manifest.json", "{}")
    elif damage == "rows":
        with zipfile.ZipFile(kept[1]) as packed:
            listed = json.loads(packed.read("manifest.json"))
        listed["rows"]["person_entry"] += 1
        changed(kept[1], bad, **{"manifest.json": json.dumps(listed).encode()})
    done = openldn("restore", bad, "--data", tmp_path / "back")
    assert done.returncode == 3
    assert re.search("LDN-(K01[0134]|C001)", done.stderr), done.stderr
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("open", "others on this computer can read secret"),
        ("key", "missing or cut short"),
        ("damaged", "database: damaged"),
        ("trigger", "could be changed in person_entry"),
        ("seal", "does not fit its promise"),
        ("behind", "1 steps behind this version"),
        ("newer", "of a newer version (person.9999_later)"),
        ("gone", "openldn.sqlite3 is not there"),
    ],
)
def test_the_doctor_names_each_fault_and_how_to_mend_it(
    kept: tuple[Path, Path, int, int], tmp_path: Path, fault: str, words: str
) -> None:
    """One line for what was found and one for what to do; exit status 3, nothing changed."""
    folder = tmp_path / "data"
    shutil.copytree(kept[0], folder)
    database = folder / "openldn.sqlite3"
    with closing(
        sqlite3.connect(database)
    ) as opened:  # nothing waits beside the file to be moved in
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if fault == "open":
        (folder / "secret").chmod(0o644)
    elif fault == "key":
        (folder / "secret").write_text("short")
    elif fault == "gone":
        database.unlink()
    elif fault == "damaged":
        with database.open("r+b") as file:
            file.seek(database.stat().st_size // 2)
            file.write(b"\x00\xff" * 40_000)
    else:
        with closing(sqlite3.connect(database)) as opened:
            opened.execute(_FAULTS[fault])
            opened.commit()
    before = database.read_bytes() if database.exists() else b""
    done = openldn("doctor", "--data", folder)
    assert done.returncode == 3
    told = done.stdout.splitlines()
    (line,) = [i for i, one in enumerate(told) if one.startswith("MEND")]
    assert words in told[line]
    assert told[line + 1].strip()
    assert "1 thing to mend" in done.stderr
    assert (database.read_bytes() if database.exists() else b"") == before


# What the app itself goes on changing: sessions, links, numbers given out, the work of the worker.
_CHANGING = {
    *("django_session", "access_loginlink", "sqlite_sequence"),
    *("django_tasks_db_dbtaskresult", "person_answer"),
}
_FAULTS = {
    "trigger": "DROP TRIGGER person_entry_no_delete",
    "seal": "UPDATE person_trial SET released_seal ="
    " replace(released_seal, 'active,p', 'placebo,p') WHERE released_seal IS NOT NULL",
    "behind": "DELETE FROM django_migrations WHERE name = '0006_period_guesses'",
    "newer": "INSERT INTO django_migrations (app, name, applied)"
    " VALUES ('person', '9999_later', '2030-01-01')",
}

"""Backup and doctor of a server with its records in PostgreSQL: real tools, a real database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from support import requires
from support.serving import bare

_NAMES = ("openldn_keeping", "openldn_keeping_back")


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a PostgreSQL, with room for two databases of ours."""
    address = requires.or_skip(
        os.environ.get("OPENLDN_TEST_DATABASE"),
        need="postgresql",
        reason="OPENLDN_TEST_DATABASE names no PostgreSQL",
    )
    with psycopg.connect(address, autocommit=True) as database:
        for name in _NAMES:
            database.execute(f"DROP DATABASE IF EXISTS {name}")
            database.execute(f"CREATE DATABASE {name}")
    yield address
    with psycopg.connect(address, autocommit=True) as database:
        for name in _NAMES:
            database.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """Run a program that ends by itself."""
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=bare()
    )


def rows(address: str) -> dict[str, int]:
    """Count the rows of each table."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    with psycopg.connect(address) as database:
        names = [name for (name,) in database.execute(tables).fetchall()]
        found = {}
        for name in names:
            row = database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()
            assert row is not None
            found[name] = int(row[0])
    return found


def test_a_server_is_copied_by_its_own_tool_and_can_be_brought_back(
    server: str, tmp_path: Path
) -> None:
    """One moment of the whole database in one file; an own command brings it into an empty one."""
    parts = urlsplit(server)
    first, second = (parts._replace(path=f"/{name}").geturl() for name in _NAMES)
    (tmp_path / "data").mkdir(mode=0o700)
    file = tmp_path / "server.toml"
    file.write_text(
        f'host = "notes.example.org"\ndata = "{tmp_path / "data"}"\ndatabase = "{first}"\n'
        f'email = "folder://{tmp_path}"\nemail_from = "notes@example.org"\nproxies = 1\n'
    )
    behind = run("openldn", "doctor", "--server", file)
    assert behind.returncode == 3
    assert "steps behind this version" in behind.stdout
    assert run("openldn.web.manage", "--server", file, "migrate").returncode == 0
    with psycopg.connect(first) as database:
        database.execute("INSERT INTO access_person (created_at) VALUES (now())")
    sound = run("openldn", "doctor", "--server", file)
    assert "ok    database: answers (postgresql)" in sound.stdout
    assert "tables refuse to change or delete" in sound.stdout

    done = run("openldn", "backup", tmp_path / "copy.pgdump", "--server", file)
    assert done.returncode == 0, done.stderr
    copy = Path(done.stdout.strip())
    assert copy.stat().st_mode & 0o077 == 0
    again = run("openldn", "backup", copy, "--server", file)
    assert (again.returncode, "LDN-K006" in again.stderr) == (3, True)
    refused = run("openldn", "restore", copy, "--server", file)
    assert refused.returncode == 3
    assert "pg_restore --no-owner" in refused.stderr
    subprocess.run(
        ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={second}", copy], check=True
    )
    assert rows(second) == rows(first)
    assert rows(second)["access_person"] == 1


def test_a_database_that_does_not_answer_gives_no_backup(tmp_path: Path) -> None:
    """The words of the tool are told, and no half file is left."""
    requires.or_skip(os.environ.get("OPENLDN_TEST_DATABASE"), need="postgresql", reason="as above")
    file = tmp_path / "server.toml"
    file.write_text(
        f'host = "notes.example.org"\ndata = "{tmp_path}"\nemail_from = "notes@example.org"\n'
        f'email = "folder://{tmp_path}"\nproxies = 1\n'
        'database = "postgresql://nobody@127.0.0.1:1/nothing"\n'
    )
    done = run("openldn", "backup", tmp_path / "copy.pgdump", "--server", file)
    assert done.returncode == 3
    assert "LDN-K006" in done.stderr
    assert not (tmp_path / "copy.pgdump").exists()
    assert "does not answer" in run("openldn", "doctor", "--server", file).stdout

"""A backup of a server's PostgreSQL database, by the tool that comes with it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from openldn.protocol.problems import InputError, Problem

__all__ = ["dump", "refuse_restore"]

_COMMAND = "pg_dump --format=custom --no-owner --file=FILE DATABASE"
_FOR_SETTING = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}


def dump(database: Mapping[str, Any], target: Path, *, now: datetime) -> Path:
    """Write one moment of the database into a file, and read back its list of contents.

    Raises
    ------
    InputError
        When pg_dump is not there or does not succeed, or the file is there already.
    """
    path = target / f"openldn-{now:%Y-%m-%d-%H%M%S}.pgdump" if target.is_dir() else target
    if os.path.lexists(path):
        raise InputError([_failed(f"{path}, a file that is there already", "a new file")])
    if shutil.which("pg_dump") is None or shutil.which("pg_restore") is None:
        raise InputError([_failed("no pg_dump on this computer", "PostgreSQL's own tools")])
    os.umask(0o077)
    try:
        _run(["pg_dump", "--format=custom", "--no-owner", f"--file={path}"], database)
        _run(["pg_restore", "--list", str(path)], database)
    except InputError:
        path.unlink(missing_ok=True)
        raise
    return path


def refuse_restore() -> InputError:
    """Say how a server's database is brought back: never by us, over what is there."""
    return InputError(
        [
            Problem(
                code="LDN-K007",
                place="openldn restore",
                given="a server with a PostgreSQL database",
                expected="an empty database, filled by PostgreSQL's own tool",
                todo="Make a new database with createdb, then type: pg_restore --no-owner"
                " --exit-on-error --dbname=NEW_DATABASE FILE",
            )
        ]
    )


def _run(words: list[str], database: Mapping[str, Any]) -> None:
    given = {name: str(database[key]) for key, name in _FOR_SETTING.items() if database.get(key)}
    done = subprocess.run(
        words, env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = " ".join(done.stderr.split())[:300]
        raise InputError([_failed(f"{words[0]} that failed ({told})", "a database that answers")])


def _failed(given: str, expected: str) -> Problem:
    return Problem(
        code="LDN-K006",
        place="openldn backup",
        given=given,
        expected=expected,
        todo=f"No backup was written. The command that is used here: {_COMMAND}",
    )

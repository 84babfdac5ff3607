"""Bringing a backup back into a folder of its own, whole or not at all."""

import os
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

from openldn.protocol.problems import InputError, Problem
from openldn.web.keeping.archive import DATABASE, Archive, rows_of

__all__ = ["restore"]


def restore(file: Path, folder: Path) -> Archive:
    """Bring a backup back, and check it before the folder gets its name.

    Raises
    ------
    InputError
        When the folder holds something, or the backup is not what was written.
    """
    _refuse_to_replace(folder)
    os.umask(0o077)
    try:
        with zipfile.ZipFile(file) as packed:
            archive = Archive.read(packed)
            problems = archive.problems(packed)
            if problems:
                raise InputError(problems)
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".openldn-restore.", dir=folder.parent) as made:
                whole = Path(made) / "whole"
                whole.mkdir(mode=0o700)
                archive.unpack(packed, whole)
                _check_database(whole / DATABASE, archive)
                _give_name(whole, folder)
    except zipfile.BadZipFile as error:
        raise InputError([_unreadable(file)]) from error
    return archive


def _refuse_to_replace(folder: Path) -> None:
    is_free = not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir()))
    if not is_free:
        raise InputError([_taken(folder)])


def _check_database(path: Path, archive: Archive) -> None:
    """Hold the database against its own rules and against the list."""
    try:
        with closing(sqlite3.connect(path)) as opened:
            (found,) = opened.execute("PRAGMA integrity_check(1)").fetchone()
        if found == "ok" and rows_of(path) != archive.rows:
            found = "not the rows that the list names"
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise InputError([_bad_database(found)])


def _give_name(whole: Path, folder: Path) -> None:
    if folder.is_dir():
        folder.rmdir()  # it is empty: somebody made it for this
    whole.rename(folder)


def _taken(folder: Path) -> Problem:
    return Problem(
        code="LDN-K012",
        place=str(folder),
        given="a folder that holds something",
        expected="an empty folder, or a new one",
        todo="Name another folder with --data. Records that are there are never replaced.",
    )


def _unreadable(file: Path) -> Problem:
    return Problem(
        code="LDN-K013",
        place=str(file),
        given="a file that is no ZIP file, or one that is cut short",
        expected="a file that `openldn backup` wrote, whole",
        todo="Name another file; nothing was brought back.",
    )


def _bad_database(words: str) -> Problem:
    return Problem(
        code="LDN-K014",
        place=f"in the backup, {DATABASE!r}",
        given=f"a database that is not whole ({words})",
        expected="the database as it was copied",
        todo="Nothing was brought back. Take an earlier backup.",
    )

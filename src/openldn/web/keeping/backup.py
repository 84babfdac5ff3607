"""A backup of a data folder: one checked file, made while the app runs.

The database is copied by SQLite's own online backup in one step, so the copy is one moment of it:
every entry is in it whole or not at all.
"""

import os
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from openldn._version import __version__
from openldn.protocol.problems import InputError, Problem
from openldn.web.keeping.archive import DATABASE, MANIFEST, Archive, Held, rows_of, sha256_of

__all__ = ["backup"]

# Of a running app, or a log: nothing that has to be brought back. The database is copied apart.
_LEFT_OUT = {"running.json", "lock", "openldn.log", "openldn.log.1"}
_DATABASE_FILES = {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal"}


def backup(folder: Path, target: Path, *, now: datetime) -> tuple[Path, Archive]:
    """Write a backup of a folder and read it back.

    Parameters
    ----------
    target
        A folder that is there, in which a file named by the moment is made; or a new file.

    Raises
    ------
    InputError
        When there is nothing to copy, or nowhere to write it.
    """
    if not (folder / DATABASE).is_file():
        raise InputError([_nothing_there(folder)])
    path = _named(folder, target, now)
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix=".openldn-backup.", dir=path.parent) as made:
        copy = Path(made) / DATABASE
        _copy_database(folder / DATABASE, copy)
        archive = _listed(folder, copy, now)
        written = Path(made) / "backup.zip"
        _write(written, archive, folder, copy)
        _check(written)
        try:
            os.link(written, path)  # never over a file that came there meanwhile
        except FileExistsError:
            raise InputError([_taken(path)]) from None
        except OSError:  # a file system without hard links
            written.rename(path)
    return path, archive


def _named(folder: Path, target: Path, now: datetime) -> Path:
    """Settle the name of the file, and refuse what is no place for a backup."""
    path = target / f"openldn-{now:%Y-%m-%d-%H%M%S}.zip" if target.is_dir() else target
    if os.path.lexists(path):
        raise InputError([_taken(path)])
    if not path.parent.is_dir():
        raise InputError([_no_folder(path)])
    if path.resolve().is_relative_to(folder.resolve()):
        raise InputError([_inside(folder)])
    return path


def _copy_database(source: Path, copy: Path) -> None:
    address = f"{source.absolute().as_uri()}?mode=rw"  # never makes a database that is not there
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=30)) as running,
            closing(sqlite3.connect(copy)) as still,
        ):
            running.backup(still, pages=-1)
            still.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
            (found,) = still.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise InputError([_bad_database(source, found)])


def _listed(folder: Path, copy: Path, now: datetime) -> Archive:
    paths = {DATABASE: copy, **dict(_others(folder))}
    return Archive(
        openldn=__version__,
        made_at=now.isoformat(timespec="seconds"),
        files={
            name: Held(sha256=sha256_of(path), size=path.stat().st_size)
            for name, path in paths.items()
        },
        rows=rows_of(copy),
    )


def _others(folder: Path) -> Iterator[tuple[str, Path]]:
    """Give every other file of the folder that has to be brought back."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_hidden = any(part.startswith(".") for part in name.split("/"))
        if name in _LEFT_OUT | _DATABASE_FILES or is_hidden:
            continue
        with suppress(FileNotFoundError):  # gone since we looked
            if stat.S_ISREG(path.lstat().st_mode):
                yield name, path


def _write(written: Path, archive: Archive, folder: Path, copy: Path) -> None:
    with written.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(MANIFEST, archive.to_json())
            for name in archive.files:
                packed.write(copy if name == DATABASE else folder / name, name)
        file.flush()
        os.fsync(file.fileno())


def _check(written: Path) -> None:
    """Read back what was written: a backup that cannot be read is none."""
    with zipfile.ZipFile(written) as packed:
        problems = Archive.read(packed).problems(packed)
    if problems:
        raise InputError(problems)


def _nothing_there(folder: Path) -> Problem:
    return Problem(
        code="LDN-K001",
        place=str(folder),
        given="a folder without a database of OpenLDN",
        expected="the folder that `openldn serve` uses",
        todo="Name it with --data, or start the app once.",
    )


def _taken(path: Path) -> Problem:
    return Problem(
        code="LDN-K002",
        place=str(path),
        given="a file that is there already",
        expected="a new file, or a folder to put one in",
        todo="Choose another name: a backup never replaces anything.",
    )


def _no_folder(path: Path) -> Problem:
    return Problem(
        code="LDN-K003",
        place=str(path),
        given="a file in a folder that is not there",
        expected="a folder that is there",
        todo="Make the folder first, or choose another one.",
    )


def _inside(folder: Path) -> Problem:
    return Problem(
        code="LDN-K004",
        place=str(folder),
        given="a place inside the data folder",
        expected="another folder, best on another disk",
        todo="What harms the records must not harm their backup too.",
    )


def _bad_database(path: Path, words: str) -> Problem:
    return Problem(
        code="LDN-K005",
        place=str(path),
        given=f"a database that cannot be copied whole ({words})",
        expected="a database without damage, on a disk with room",
        todo="Run `openldn doctor`; no backup was written.",
    )

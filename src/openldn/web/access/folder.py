"""The data folder: where it is, who may read it, and that one app at a time uses it."""

import contextlib
import os
import secrets
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from openldn.protocol.problems import InputError, Problem

__all__ = ["FolderLock", "default_folder", "prepare"]


_MARKS = ("secret", "openldn.sqlite3")  # a folder with one of them is ours
_OURS = (
    *_MARKS,
    "openldn.sqlite3-wal",
    "openldn.sqlite3-shm",
    "openldn.log",
    "running.json",
    "lock",
)


def default_folder(*, is_demo: bool) -> Path:
    """Name the folder that the system keeps for this person's program data.

    The demo has one of its own, beside the real records.
    """
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / ("openldn-demo" if is_demo else "openldn")


def prepare(folder: Path) -> None:
    """Make the folder and its secret key, readable by this person only."""
    os.umask(0o077)  # for every file that this process and its children make
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not any((folder / name).exists() for name in _MARKS):
            raise InputError([_not_ours(folder)])
        folder.chmod(0o700)
        _make_secret(folder / "secret")
        for name in _OURS:  # files copied back from somewhere, say a backup
            with contextlib.suppress(FileNotFoundError):
                (folder / name).chmod(0o600)
    except OSError as error:
        raise InputError([_unusable(folder, error)]) from error


def _make_secret(path: Path) -> None:
    try:
        with path.open("x", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        return


def _unusable(folder: Path, error: OSError) -> Problem:
    return Problem(
        code="LDN-W001",
        place=str(folder),
        given=error.strerror or str(error),
        expected="a folder that you can write to",
        todo="Name another folder with --data.",
    )


def _not_ours(folder: Path) -> Problem:
    return Problem(
        code="LDN-W006",
        place=str(folder),
        given="a folder with other files in it",
        expected="an empty folder, or one that this app made",
        todo="Name a folder of its own with --data: only you will be able to read what is in it.",
    )


class FolderLock:
    """Holds the folder for one running app; the system lets go of it however the app ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._file: BinaryIO | None = None

    def __enter__(self) -> "FolderLock":
        file = self._path.open("ab")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            raise InputError([self._taken()]) from error
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def _taken(self) -> Problem:
        return Problem(
            code="LDN-W002",
            place=str(self._path.parent),
            given="a folder that another `openldn serve` has open",
            expected="one running app for each folder",
            todo="Use the one that runs (`openldn serve --link` prints a new link to it), "
            "end it with Ctrl-C, or name another folder with --data.",
        )


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

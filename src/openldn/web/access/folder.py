"""The data folder: where it is, who may read it, and that one app at a time uses it."""

import contextlib
import os
import re
import secrets
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from openldn.files import read_limited, write_new
from openldn.protocol.problems import InputError, Problem

__all__ = ["FolderLock", "default_folder", "is_open", "prepare"]

_DATABASE = "openldn.sqlite3"
_MARK = "openldn-folder.txt"
_MARK_TEXT = """\
This folder was made by OpenLDN. It holds the records of one person.
Leave every file where it is; a copy of the whole folder is a backup.
"""
_OURS = (
    _MARK,
    _DATABASE,
    f"{_DATABASE}-wal",
    f"{_DATABASE}-shm",
    "secret",
    "openldn.log",
    "openldn.log.1",
    "running.json",
    "lock",
)
_SECRET = re.compile(r"[0-9a-f]{64}")


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
        if not _is_ours(folder):
            raise InputError([_not_ours(folder)])
        folder.chmod(0o700)
        _write_once(folder / _MARK, _MARK_TEXT)
        _write_once(folder / "secret", secrets.token_hex(32))
        for name in _OURS:  # files copied back from somewhere, say a backup
            with contextlib.suppress(FileNotFoundError):
                (folder / name).chmod(0o600)
    except OSError as error:
        raise InputError([_unusable(folder, error)]) from error
    _check_secret(folder / "secret")


def is_open(folder: Path) -> bool:
    """Tell whether a running app holds the folder, however an earlier one ended."""
    try:
        with (folder / "lock").open("rb+") as file:
            try:
                _lock(file)
            except OSError:
                return True
    except OSError:
        return False
    return False


def _is_ours(folder: Path) -> bool:
    """Tell a folder that we made, or a backup of one, from somebody's other files.

    A file called "secret" is no mark: many programs keep one.
    """
    if _has_mark(folder):
        return True
    # What a crash left of the very first file does not make the folder somebody else's.
    names = {path.name for path in folder.iterdir() if not path.name.startswith(f".{_MARK}.")}
    return not names or (_DATABASE in names and names <= set(_OURS))


def _has_mark(folder: Path) -> bool:
    try:
        return read_limited(folder / _MARK, 1000) == _MARK_TEXT.encode()
    except InputError:
        return False


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            write_new(path, text)


def _check_secret(path: Path) -> None:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        text = ""
    if not _SECRET.fullmatch(text):
        raise InputError([_bad_secret(path)])


def _bad_secret(path: Path) -> Problem:
    return Problem(
        code="LDN-W007",
        place=str(path),
        given="a key file that is empty or cut short",
        expected="the 64 letters and digits that the app wrote",
        todo="Delete this one file and start again: a new one is made, no record is lost,"
        " and your browser needs a new link.",
    )


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

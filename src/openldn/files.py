"""Files at the edge: read with a limit, write whole or not at all, make new ones only once.

Everything inside the house works on bytes and values; paths and disks stop here.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from openldn.protocol.plan import Plan as ProtocolPlan
from openldn.protocol.problems import InputError, Problem

__all__ = [
    "LARGEST_SMALL_FILE",
    "Plan",
    "naming",
    "read_json",
    "read_limited",
    "write_atomically",
    "write_new",
]

LARGEST_SMALL_FILE = 1_000_000  # plans, seals, keys: all are far smaller
# What a full disk and its like are called, whatever the system's own words.
_IN_WORDS = {
    errno.ENOSPC: "no free space left on the disk",
    errno.EDQUOT: "no space left for you on this disk",
    errno.EFBIG: "a file larger than this disk or account may hold",
    errno.EROFS: "a disk that can only be read",
}


class Plan(ProtocolPlan):
    """A plan that can be read from a file."""

    __slots__ = ()

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Read plan.toml.

        Raises
        ------
        InputError
            With every problem of the file.
        """
        return cls.from_toml(read_limited(path, LARGEST_SMALL_FILE))


def read_limited(path: str | os.PathLike[str], max_bytes: int) -> bytes:
    """Read a file that may come from anywhere, never more than a limit.

    Raises
    ------
    InputError
        When it is missing, no file, not readable or too large.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            kind = os.fstat(file.fileno()).st_mode
            data = file.read(max_bytes + 1) if stat.S_ISREG(kind) else b""
    except OSError as error:
        raise InputError([_unreadable(path, error)]) from None
    except ValueError:  # a name with a null character
        raise InputError([_file_problem("LDN-C021", path, "no possible file name")]) from None
    if not stat.S_ISREG(kind):
        raise InputError([_file_problem("LDN-C021", path, "a pipe or a device, and no file")])
    if len(data) > max_bytes:
        given = f"more than {max_bytes:,} bytes"
        raise InputError([_file_problem("LDN-C022", path, given)])
    return data


def _without_waiting(path: str, flags: int) -> int:
    # A pipe that nobody writes to would hold the program for ever; this opens it at once.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def read_json(path: str | os.PathLike[str], *, code: str) -> dict[str, Any]:
    """Read a small JSON file that holds one object.

    Raises
    ------
    InputError
        Under the given code, when it holds anything else.
    """
    data = read_limited(path, LARGEST_SMALL_FILE)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        problem = Problem(
            code=code,
            place=str(path),
            given="no JSON object",
            expected="a JSON file written by OpenLDN",
            todo="Check that this is the file you mean.",
        )
        raise InputError([problem])
    return value


def write_atomically(path: str | os.PathLike[str], data: bytes | str, mode: int = 0o600) -> None:
    """Write a file whole or not at all, replacing what was there.

    Raises
    ------
    OSError
        When it cannot be written; its `filename` is the path that was asked for.
    """
    with naming(path):
        temporary = _written_beside(Path(path), data, mode)
        try:
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_new(path: str | os.PathLike[str], data: bytes | str, mode: int = 0o600) -> None:
    """Write a file whole, only if none is there; of two writers at once, one wins.

    Raises
    ------
    FileExistsError
        When the file is already there. It is left as it is.
    """
    target = Path(path)
    with naming(target):
        temporary = _written_beside(target, data, mode)
        try:
            # A hard link appears whole and fails if the name is taken, in one step.
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:  # file systems without hard links: exclusive, though not whole at once
            _write_exclusively(target, data, mode)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let what fails inside name the file that was wanted, not the temporary one beside it."""
    try:
        yield
    except OSError as error:
        words = _IN_WORDS.get(error.errno or 0, error.strerror)
        # OSError picks its own subclass by the number, so FileExistsError stays what it is.
        raise OSError(error.errno, words, os.fspath(path)) from None


def _write_exclusively(target: Path, data: bytes | str, mode: int) -> None:
    with target.open("xb") as file:
        try:
            os.chmod(target, mode)  # noqa: PTH101 - the same call on every platform
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def _written_beside(target: Path, data: bytes | str, mode: int) -> Path:
    content = data.encode() if isinstance(data, str) else data
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return temporary


def _unreadable(path: str | os.PathLike[str], error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return _file_problem("LDN-C020", path, "no file of this name")
    if isinstance(error, IsADirectoryError):
        return _file_problem("LDN-C021", path, "a folder")
    return _file_problem("LDN-C021", path, f"a file that cannot be read ({error.strerror})")


def _file_problem(code: str, path: str | os.PathLike[str], given: str) -> Problem:
    return Problem(
        code=code,
        place=str(path)[:200],
        given=given,
        expected="a readable file of this program",
        todo="Check the name and try again.",
    )

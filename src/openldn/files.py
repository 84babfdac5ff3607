"""Files at the edge: read with a limit, write whole or not at all, make new ones only once.

Everything inside the house works on bytes and values; paths and disks stop here.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Self

from openldn.protocol.plan import Plan as ProtocolPlan
from openldn.protocol.problems import InputError, Problem

__all__ = [
    "LARGEST_SMALL_FILE",
    "Plan",
    "read_json",
    "read_limited",
    "write_atomically",
    "write_new",
]

LARGEST_SMALL_FILE = 1_000_000  # plans, seals, keys: all are far smaller


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
        with Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise InputError([_unreadable(path, error)]) from None
    except ValueError:  # a name with a null character
        raise InputError([_file_problem("LDN-C021", path, "no possible file name")]) from None
    if len(data) > max_bytes:
        given = f"more than {max_bytes:,} bytes"
        raise InputError([_file_problem("LDN-C022", path, given)])
    return data


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
    """Write a file whole or not at all, replacing what was there."""
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
    temporary = _written_beside(target, data, mode)
    try:
        # A hard link appears whole and fails if the name is taken, in one step.
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:  # file systems without hard links: exclusive, though not whole at once
        with target.open("xb") as file:
            os.chmod(target, mode)  # noqa: PTH101 - the same call on every platform
            file.write(data.encode() if isinstance(data, str) else data)
    finally:
        temporary.unlink(missing_ok=True)


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

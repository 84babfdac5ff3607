"""The sealed folder: seal.json, kits.csv and the plan's own bytes, written once."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from openldn.files import (
    LARGEST_SMALL_FILE,
    Plan,
    naming,
    read_json,
    read_limited,
    write_atomically,
    write_new,
)
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.seal import verify, verify_with_plan
from openldn.sealing.box import Opened
from openldn.sealing.seal import Kit, Sealed, release

__all__ = [
    "KITS",
    "PLAN",
    "SEAL",
    "PublicSeal",
    "check_free",
    "create_folder",
    "read_seal",
    "release_folder",
    "verify_folder",
]

SEAL, KITS, PLAN = "seal.json", "kits.csv", "plan.toml"
PublicSeal = Mapping[str, Any]


def check_free(folder: str | os.PathLike[str], *, plan_bytes: bytes) -> None:
    """Refuse a folder that already holds a draw, or what is left of one, or another plan.

    Raises
    ------
    InputError
        With everything in the way. What is there is left as it is.
    """
    target = Path(folder)
    problems = []
    if os.path.lexists(target / SEAL):
        problems.append(_already_sealed(target))
    elif os.path.lexists(target / KITS):
        problems.append(_labels_without_seal(target))
    beside = target / PLAN
    if os.path.lexists(beside) and read_limited(beside, LARGEST_SMALL_FILE) != plan_bytes:
        problems.append(
            Problem(
                code="LDN-S031",
                place=str(beside),
                given="another plan",
                expected="the plan to be sealed, or none",
                todo="Choose an empty folder.",
            )
        )
    if problems:
        raise InputError(problems)


def create_folder(folder: str | os.PathLike[str], *, sealed: Sealed, plan_bytes: bytes) -> None:
    """Write the seal, the labels and the plan: all of them, or nothing.

    Of two draws at once one wins, and the other leaves nothing.

    Raises
    ------
    InputError
        When the folder already holds a draw, or another plan.
    OSError
        When it cannot be written, for instance on a full disk.
    """
    target = Path(folder)
    check_free(target, plan_bytes=plan_bytes)
    # The seal comes first: of two draws into one folder, it says which has won.
    contents: dict[str, bytes | str] = {
        SEAL: json.dumps(dict(sealed.seal), indent=2) + "\n",
        KITS: _labels(sealed.kits),
    }
    if not os.path.lexists(target / PLAN):
        contents[PLAN] = plan_bytes
    try:
        if target.is_dir():
            _fill(target, contents)
        else:
            _make(target, contents)
    except FileExistsError:  # another draw was quicker, and now stands in the way
        check_free(target, plan_bytes=plan_bytes)
        raise


def _fill(folder: Path, contents: Mapping[str, bytes | str]) -> None:
    """Write new files into a folder; if one fails, take back those that were written."""
    written: list[Path] = []
    try:
        for name, content in contents.items():
            write_new(folder / name, content)
            written.append(folder / name)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _make(target: Path, contents: Mapping[str, bytes | str]) -> None:
    """Make a folder that appears with its files in it, in one step; if that fails, no trace."""
    missing = [parent for parent in target.parents if not parent.exists()]
    with naming(target), ExitStack() as undo:
        for parent in reversed(missing):
            parent.mkdir(exist_ok=True)
            undo.callback(_remove_if_empty, parent)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", dir=target.parent))
        undo.callback(shutil.rmtree, beside, ignore_errors=True)
        _fill(beside, contents)
        try:
            beside.rename(target)  # fails where a folder with files stands by now
        except OSError:
            if not os.path.lexists(target):
                raise
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        undo.pop_all()


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):  # by now somebody else keeps something there
        folder.rmdir()


def read_seal(path: str | os.PathLike[str]) -> PublicSeal:
    """Read a seal from its file, or from its folder.

    Raises
    ------
    InputError
        When there is no seal to read.
    """
    return read_json(_seal_file(path), code="LDN-S001")


def release_folder(path: str | os.PathLike[str], *, opened: Opened) -> None:
    """Write the opened seal in place of the closed one, whole or not at all."""
    file = _seal_file(path)
    write_atomically(file, json.dumps(release(read_seal(file), opened), indent=2) + "\n")


def verify_folder(path: str | os.PathLike[str]) -> tuple[Problem, ...]:
    """Check an opened seal, and the plan beside it if one is there; no problem: it matches."""
    file = _seal_file(path)
    seal = read_seal(file)
    problems = verify(seal)
    beside = file.parent / PLAN
    if problems or not beside.exists():
        return problems
    data = read_limited(beside, LARGEST_SMALL_FILE)
    if hashlib.sha256(data).hexdigest() != seal["plan_sha256"]:
        return (
            Problem(
                code="LDN-S004",
                place=str(beside),
                given="a plan with other bytes",
                expected="the plan that was sealed",
                todo="Put the sealed plan back, unchanged to the last byte.",
            ),
        )
    return verify_with_plan(seal, Plan.from_toml(data))


def _seal_file(path: str | os.PathLike[str]) -> Path:
    given = Path(path)
    return given / SEAL if given.is_dir() else given


def _already_sealed(folder: Path) -> Problem:
    return Problem(
        code="LDN-S030",
        place=str(folder / SEAL),
        given="an order that is already drawn",
        expected="a folder without a seal",
        todo="An order is drawn once and never again. Keep it; a new plan needs a new folder.",
    )


def _labels_without_seal(folder: Path) -> Problem:
    return Problem(
        code="LDN-S032",
        place=str(folder / KITS),
        given="the labels of an order that is already drawn, without its seal",
        expected="a folder without a draw",
        todo="Put its seal.json back. An order is drawn once and never again; a new plan needs a "
        "new folder.",
    )


def _labels(kits: Sequence[Kit]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kit", "period", "first_day", "days"])
    writer.writerows([kit.id, kit.period, kit.first_day, kit.days] for kit in kits)
    return text.getvalue()

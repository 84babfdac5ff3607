"""Where results may be written: into new files, and over our own earlier results of the same kind.

What lies there already is judged by its content, never by its name: a diary, a seal or a page that
somebody else made cannot be made again.
"""

import json
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["holds_kind", "holds_page", "holds_print", "obstacle"]

_SEALED = ("seal.json", "kits.csv", "plan.toml")  # a sealed folder is written once
_MOST_BYTES = 50_000_000  # no result of ours is larger
_HEAD_BYTES = 2_000  # the title of a page stands well before


def obstacle(
    path: Path, *, may_replace: Callable[[Path], bool], taken: Sequence[Path] = ()
) -> str | None:
    """Say why a file cannot be written; None when it can.

    Parameters
    ----------
    may_replace
        Whether what lies there already is a result that may be made again.
    taken
        Files that the same command reads, or writes as well.
    """
    try:
        return _in_the_way(path, may_replace, taken)
    except (OSError, ValueError) as error:  # such as a name that is too long
        return f"a name that cannot be used ({getattr(error, 'strerror', None) or error})"


def holds_kind(kind: str) -> Callable[[Path], bool]:
    """Tell whether a file is a result of ours of this kind: `answer`, `truth`, `screen` ..."""
    mark = "seed" if kind == "truth" else "openldn"

    def holds(path: Path) -> bool:
        result = _json_object(path)
        return result.get("kind") == kind and mark in result

    return holds


def holds_page(path: Path) -> bool:
    """Tell whether a file is a page, as `analyse --html` writes it."""
    head = _read(path, _HEAD_BYTES)
    return head.startswith(b"<!doctype html>") and b" - OpenLDN</title>" in head


def holds_print(path: Path) -> bool:
    """Tell whether a file is the doctor's sheet, as `analyse --pdf` writes it."""
    content = _read(path, _MOST_BYTES)
    # Headings are plain text in our files. These two stand on every sheet.
    headings = (b"/Title(What was estimated, and how)", b"/Title(To talk about at the visit)")
    return content.startswith(b"%PDF-") and all(one in content for one in headings)


def _in_the_way(
    path: Path, may_replace: Callable[[Path], bool], taken: Sequence[Path]
) -> str | None:
    if any(path.resolve() == other.resolve() for other in taken):
        return "a file that this command reads or writes already"
    if path.is_dir():
        return "a folder"
    if path.name.casefold() in _SEALED:
        return "the name of a part of a sealed trial"
    if not path.parent.is_dir():
        return "a file in a folder that is not there"
    if not os.access(path.parent, os.W_OK):
        return "a file in a folder that you may not write to"
    if os.path.lexists(path):
        return _not_replaceable(path, may_replace)
    return None


def _not_replaceable(path: Path, may_replace: Callable[[Path], bool]) -> str | None:
    status = path.lstat()
    mode = status.st_mode
    if stat.S_ISLNK(mode):
        return "a link to another place"
    if not stat.S_ISREG(mode):
        return "a device or a pipe"
    # The file would be replaced, not opened, so that nothing else would stop us.
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        return "a file that is there already and is read-only"
    # An empty file holds nothing to lose: other programs make one to reserve a name.
    if status.st_size and not may_replace(path):
        return "a file that is there already and that this command did not write"
    return None


def _json_object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_read(path, _MOST_BYTES))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _read(path: Path, most_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most_bytes)

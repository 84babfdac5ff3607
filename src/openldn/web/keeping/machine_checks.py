"""What `openldn doctor` asks the computer: the program, its packages, zones, folder and disk."""

import re
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openldn._version import __version__
from openldn.protocol.problems import InputError
from openldn.tables import read_table, tables
from openldn.web.keeping.checkup import Finding, good, to_mend

__all__ = ["machine_findings"]

_ROOM_NEEDED = 200_000_000  # bytes: a database of years, its journal and one backup
_ZONES = ("Europe/Oslo", "America/New_York", "Australia/Sydney", "Asia/Kathmandu")
_AGAIN = "Install OpenLDN again, as README.md tells."
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def machine_findings(folder: Path) -> Iterator[Finding]:
    """Look at everything that needs no database."""
    yield _program()
    yield _packages()
    yield _tables()
    yield _zones()
    yield from _folder(folder)
    yield _room(folder)


def _program() -> Finding:
    running = ".".join(map(str, sys.version_info[:3]))
    return good("program", f"OpenLDN {__version__} on Python {running}")


def _packages() -> Finding:
    """Look whether every package that the app needs is there."""
    try:
        needed = [one for one in metadata.requires("openldn") or [] if "extra ==" not in one]
    except metadata.PackageNotFoundError:
        return to_mend("packages", "OpenLDN itself is not installed", _AGAIN)
    names = [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in needed]
    missing = [name for name in names if not _is_there(name)]
    if missing:
        return to_mend("packages", f"not installed: {', '.join(missing)}", _AGAIN)
    return good("packages", f"all {len(names)} that the app needs are installed")


def _is_there(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _tables() -> Finding:
    changed = []
    for file in tables():
        try:
            read_table(file)
        except (InputError, OSError):
            changed.append(file)
    if changed:
        return to_mend("tables", f"changed or damaged: {', '.join(changed)}", _AGAIN)
    return good("tables", f"all {len(tables())} are as they were released")


def _zones() -> Finding:
    try:
        for name in _ZONES:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return to_mend("time zones", f"{name} is not known", "Install the package tzdata.")
    return good("time zones", "known")


def _folder(folder: Path) -> Iterator[Finding]:
    """Look whether the folder is there, and who can read it."""
    if not folder.is_dir():
        todo = "Start the app once, or name its folder with --data."
        yield to_mend("data folder", f"{folder} is not there", todo)
        return
    if sys.platform == "win32":
        yield good("data folder", str(folder))
        return
    others = [path for path in (folder, *folder.rglob("*")) if _is_open(path)]
    if others:
        names = ", ".join(sorted(path.name for path in others)[:5])
        todo = f"Type: chmod -R go-rwx '{folder}'"
        yield to_mend("data folder", f"others on this computer can read {names}", todo)
    else:
        yield good("data folder", f"{folder}, which only you can read")
    yield _key(folder / "secret")


def _is_open(path: Path) -> bool:
    try:
        return bool(path.lstat().st_mode & _OPEN_TO_OTHERS) and not path.is_symlink()
    except OSError:  # gone since we looked
        return False


def _key(path: Path) -> Finding:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        text = ""
    if re.fullmatch(r"[0-9a-f]{64}", text):
        return good("key", "whole")
    todo = f"Delete {path} if it is there, and start the app: it makes a new one. No record is lost"
    return to_mend("key", "missing or cut short", f"{todo}, and your browser needs a new link.")


def _room(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    told = f"{free / 1e9:.1f} GB free"
    if free < _ROOM_NEEDED:
        todo = f"Free some space: the app needs about {_ROOM_NEEDED / 1e9:.1f} GB to be safe."
        return to_mend("disk", told, todo)
    return good("disk", told)

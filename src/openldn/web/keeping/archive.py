"""The form of a backup: one ZIP file, and in it a list of what it holds with checksums."""

import hashlib
import json
import re
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from openldn.protocol.problems import InputError, Problem

__all__ = ["DATABASE", "MANIFEST", "Archive", "Held", "rows_of", "sha256_of"]

DATABASE = "openldn.sqlite3"
MANIFEST = "manifest.json"
_FORMAT = 1
_PIECE = 1_000_000  # bytes read at a time
_LARGEST_LIST = 10_000_000
# Whatever a file that was changed makes the unpacking do.
_UNREADABLE = (OSError, RuntimeError, ValueError, EOFError)
_NAME = re.compile(r"[\w.@-][\w .@-]{0,199}(?:/[\w.@-][\w .@-]{0,199}){0,5}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One file of a backup."""

    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """What a backup says it holds.

    Attributes
    ----------
    made_at
        When it was made, ISO with offset.
    files
        By name, with `/` between folders.
    rows
        How many rows each table of the database has.
    """

    openldn: str
    made_at: str
    files: Mapping[str, Held]
    rows: Mapping[str, int]

    def to_json(self) -> str:
        """Write the list that goes into the backup."""
        facts: dict[str, Any] = {
            "format": _FORMAT,
            "kind": "backup",
            "openldn": self.openldn,
            "made_at": self.made_at,
            "files": {
                name: {"sha256": held.sha256, "size": held.size}
                for name, held in self.files.items()
            },
            "rows": dict(self.rows),
        }
        return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, file: zipfile.ZipFile) -> Self:
        """Read the list of a backup.

        Raises
        ------
        InputError
            When this is no backup of ours.
        """
        place = Path(file.filename or "").name
        try:
            if file.getinfo(MANIFEST).file_size > _LARGEST_LIST:
                raise ValueError
            facts = json.loads(file.read(MANIFEST))
            if (facts["kind"], facts["format"]) != ("backup", _FORMAT):
                raise ValueError
            found = cls(
                openldn=str(facts["openldn"]),
                made_at=str(facts["made_at"]),
                files={
                    str(name): Held(sha256=str(one["sha256"]), size=int(one["size"]))
                    for name, one in facts["files"].items()
                },
                rows={str(name): int(count) for name, count in facts["rows"].items()},
            )
        except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
            raise InputError([_no_backup(place)]) from error
        if DATABASE not in found.files:
            raise InputError([_no_backup(place)])
        return found

    def problems(self, file: zipfile.ZipFile) -> list[Problem]:
        """Hold every file against its checksum, and list all that do not fit."""
        names = [name for name in file.namelist() if name != MANIFEST]
        found = [_damaged(name, "a name that no backup uses") for name in names if not _safe(name)]
        if len(names) != len(set(names)):
            found.append(_damaged(MANIFEST, "one name twice"))
        found += [_damaged(name, "a file that is not on the list") for name in self._more(names)]
        for name, held in self.files.items():
            if name not in names:
                found.append(_damaged(name, "no such file"))
            elif _summed(file, name, most=held.size) != held.sha256:
                found.append(_damaged(name, "a file that was changed or cut short"))
        return found

    def _more(self, names: list[str]) -> list[str]:
        return [name for name in names if _safe(name) and name not in self.files]

    def unpack(self, file: zipfile.ZipFile, folder: Path) -> None:
        """Write every file under a folder that is ours alone. Ask `problems` first."""
        for name in self.files:
            target = folder.joinpath(*name.split("/"))
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with file.open(name) as source, target.open("xb") as copy:
                shutil.copyfileobj(source, copy, _PIECE)
            target.chmod(0o600)


def sha256_of(path: Path) -> str:
    """Give the checksum of a file on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_of(database: Path) -> dict[str, int]:
    """Count the rows of every table of a database file, without changing it."""
    address = f"{database.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as opened:
        names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        counted = {}
        for (name,) in names.fetchall():
            quoted = name.replace('"', '""')
            (counted[name],) = opened.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()  # noqa: S608  a name of its own catalogue
    return counted


def _safe(name: str) -> bool:
    """Tell whether a name stays inside the folder, on every system."""
    parts = name.split("/")
    return bool(_NAME.fullmatch(name)) and not any(part.strip(". ") == "" for part in parts)


def _summed(file: zipfile.ZipFile, name: str, *, most: int) -> str:
    """Give the checksum of a file in a backup; "" if it is longer than it says or unreadable."""
    found, read = hashlib.sha256(), 0
    try:
        with file.open(name) as source:
            while piece := source.read(_PIECE):
                read += len(piece)
                if read > most:
                    return ""
                found.update(piece)
    except (*_UNREADABLE, zipfile.BadZipFile, zlib.error):
        return ""
    return found.hexdigest() if read == most else ""


def _no_backup(place: str) -> Problem:
    return Problem(
        code="LDN-K010",
        place=place,
        given="a file that is no backup of OpenLDN",
        expected="a file that `openldn backup` wrote, whole",
        todo="Name another file.",
    )


def _damaged(name: str, given: str) -> Problem:
    return Problem(
        code="LDN-K011",
        place=f"in the backup, {name[:80]!r}",
        given=given,
        expected="what was written when the backup was made",
        todo="This backup was damaged or changed: nothing was brought back. Take an earlier one.",
    )

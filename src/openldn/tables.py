"""The tables that the package carries, each read only if it is the one that was released.

`data/tables.toml` says of every table what it holds, where that comes from, under which licence,
how many rows it has, and its checksum. A table that somebody changed, or a disk damaged, is not
read: a wrong dose or waiting time would look like any other.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from openldn.protocol.problems import InputError, Problem

__all__ = ["MANIFEST", "Table", "checksum", "read_table", "tables", "text_of"]

MANIFEST = "tables.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """What is known about one table before it is read."""

    file: str
    holds: str
    source: str
    licence: str
    units: str  # "" where it holds no quantities
    checked: date  # when it was last held against its sources
    rows: int
    sha256: str


@cache
def tables() -> Mapping[str, Table]:
    """Every table of the package, by the name of its file."""
    listed = tomllib.loads(text_of(MANIFEST))["table"]
    return {row["file"]: Table(**row) for row in listed}


@cache
def read_table(file: str) -> str:
    """Read a table, if its checksum is the one of the manifest.

    Raises
    ------
    InputError
        When it is not.
    """
    text = text_of(file)
    if checksum(text) != tables()[file].sha256:
        raise InputError([_changed(file)])
    return text


def text_of(file: str) -> str:
    """Read a file of `openldn/data` as it is."""
    return (files("openldn") / "data" / file).read_text("utf-8")


def checksum(text: str) -> str:
    """SHA-256 of a table, the same whatever ends its lines on this system."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()


def _changed(file: str) -> Problem:
    return Problem(
        code="LDN-C023",
        place=f"openldn/data/{file}",
        given="a table that is not the one of this version",
        expected="the checksum in openldn/data/tables.toml",
        todo="Install OpenLDN again. Whoever changed the table on purpose runs "
        "tools/write_checksums.py after checking each changed row.",
    )

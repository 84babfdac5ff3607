"""Reading the tables in `openldn/data`: every value checked, every fault with its file and line.

These tables are ours and ship with the package. A fault in one is our mistake, so it is a
`TableFault`, which fails the tests, and not a problem that a person could mend.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

__all__ = ["Row", "Source", "TableFault", "read_rows", "read_sources", "rows_of"]

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PER_CENT = re.compile(r"(\d+(?:\.\d+)?)%")
FORMAT = 1


class TableFault(ValueError):
    """A row that cannot be right, with its file and line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a fact comes from that is not one of the studies."""

    id: str
    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of a table, which gives its values by type and refuses the impossible."""

    file: str
    line: int
    name: str
    values: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)

    def fault(self, what: str) -> TableFault:
        """Say what is wrong with this row."""
        return TableFault(f"{self.file}, line {self.line}, {self.name}: {what}")

    def value(self, key: str) -> Any:
        """Give a value as it stands; None when it is not there."""
        self.asked.add(key)
        return self.values.get(key)

    def text(self, key: str) -> str:
        """Give a text that has to be there."""
        found = self.optional_text(key)
        if not found:
            raise self.fault(f"{key} is missing")
        return found

    def optional_text(self, key: str) -> str:
        """Give a text, "" when it is not there."""
        found = self.value(key)
        if found is None:
            return ""
        if not isinstance(found, str) or not found.strip():
            raise self.fault(f"{key} is {found!r}; expected a text")
        for share in _PER_CENT.findall(found):
            if float(share) > 100:
                raise self.fault(f"{key} tells of {share}%; expected at most 100%")
        return found

    def matching(self, key: str, pattern: str) -> str:
        """Give a text of a fixed form, "" when it is not there."""
        found = self.optional_text(key)
        if found and not re.fullmatch(pattern, found):
            raise self.fault(f"{key} is {found!r}; expected the form {pattern}")
        return found

    def url(self, key: str, *, is_needed: bool = True) -> str:
        """Give an address on the web."""
        found = self.matching(key, r"https?://[^\s<>\"]+")
        if is_needed and not found:
            raise self.fault(f"{key} is missing: no row without a source")
        return found

    def flag(self, key: str) -> bool:
        """Give true or false; false when it is not there."""
        found = self.value(key)
        if found not in (None, True, False):
            raise self.fault(f"{key} is {found!r}; expected true or false")
        return bool(found)

    def whole(self, key: str, *, least: int, most: int) -> int | None:
        """Give a whole number within its limits, None when it is not there."""
        found = self.value(key)
        if found is None:
            return None
        if type(found) is int and least <= found <= most:  # True is an int too, and no number
            return found
        raise self.fault(f"{key} is {found!r}; expected a whole number {least} to {most}")

    def number(self, key: str, *, least: float, most: float) -> float:
        """Give a number within its limits, which has to be there."""
        found = self.optional_number(key, least=least, most=most)
        if found is None:
            raise self.fault(f"{key} is missing")
        return found

    def optional_number(self, key: str, *, least: float, most: float) -> float | None:
        """Give a number within its limits, None when it is not there."""
        found = self.value(key)
        if found is None:
            return None
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        if not is_number or not least <= found <= most:
            raise self.fault(f"{key} is {found!r}; expected a number {least} to {most}")
        return float(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts, empty when it is not there."""
        found = self.value(key) or []
        if not isinstance(found, list) or not all(isinstance(t, str) and t.strip() for t in found):
            raise self.fault(f"{key} is {found!r}; expected a list of texts")
        if len(set(found)) < len(found):
            raise self.fault(f"{key} names something twice")
        return tuple(found)

    def numbers(self, key: str, *, length: int) -> tuple[float, ...]:
        """Give a list of as many numbers, empty when it is not there."""
        found = self.value(key)
        if found is None:
            return ()
        if (
            not isinstance(found, list)
            or len(found) != length
            or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in found)
        ):
            raise self.fault(f"{key} is {found!r}; expected {length} numbers")
        return tuple(map(float, found))

    def choice(self, key: str, kind: type[_E]) -> _E:
        """Give one word of a fixed list."""
        found = self.text(key)
        if found not in list(kind):
            raise self.fault(f"{key} is {found!r}; expected one of {', '.join(kind)}")
        return kind(found)

    def known(self, key: str, ids: Mapping[str, object], *, table: str) -> tuple[str, ...]:
        """Give ids that another table holds."""
        found = self.texts(key)
        for one in found:
            if one not in ids:
                raise self.fault(f"{key} names {one!r}, which {table} does not hold")
        return found

    def inner(self, key: str) -> Iterator[Row]:
        """Give the small tables inside a row, one or a list of them."""
        found = self.value(key)
        if found is None:
            return
        for number, values in enumerate(found if isinstance(found, list) else [found], start=1):
            if not isinstance(values, dict):
                raise self.fault(f"{key} is {values!r}; expected a table")
            yield Row(
                file=self.file, line=self.line, name=f"{self.name}, {key} {number}", values=values
            )

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelled key would be lost in silence."""
        unknown = sorted(set(self.values) - self.asked)
        if unknown:
            raise self.fault(f"unknown {', '.join(unknown)}")


def rows_of(text: str, *, file: str, kind: str) -> Iterator[Row]:
    """Give the rows `[[kind]]` of a table."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableFault(f"{file}: {error}") from None
    if table.get("format") != FORMAT:
        raise TableFault(f"{file}: format is {table.get('format')!r}; expected {FORMAT}")
    heads = [n for n, line in enumerate(text.splitlines(), start=1) if line == f"[[{kind}]]"]
    found = table.get(kind, [])
    if not found or len(found) != len(heads):
        raise TableFault(f"{file}: no rows [[{kind}]], or not each under its own head")
    for line, values in zip(heads, found, strict=True):
        name = f'{kind} "{values.get("id") or values.get("study") or values.get("heading") or ""}"'
        yield Row(file=file, line=line, name=name, values=values)


def read_rows(
    text: str, *, file: str, kind: str, build: Callable[[Row], _T], key: str = "id"
) -> dict[str, _T]:
    """Build every row of a table, by its id; an id twice or of the wrong form is a fault."""
    built: dict[str, _T] = {}
    for row in rows_of(text, file=file, kind=kind):
        row_id = row.text(key)
        if key == "id" and not _ID.fullmatch(row_id):
            raise row.fault(f"id is {row_id!r}; expected small letters, digits and single dashes")
        if row_id in built:
            raise row.fault(f"{key} {row_id!r} stands in two rows")
        built[row_id] = build(row)
        row.done()
    return built


def read_sources(text: str, *, file: str) -> dict[str, Source]:
    """Read the table of sources of a file."""
    sources = {}
    for source_id, values in tomllib.loads(text).get("sources", {}).items():
        row = Row(
            file=file, line=_line_of(text, source_id), name=f"source {source_id}", values=values
        )
        sources[source_id] = Source(
            id=source_id, title=row.text("title"), url=row.url("url", is_needed=False)
        )
        row.done()
    return sources


def _line_of(text: str, source_id: str) -> int:
    lines: Sequence[str] = text.splitlines()
    head = f"[sources.{source_id}]"
    return lines.index(head) + 1 if head in lines else 0

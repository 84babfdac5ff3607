"""The published facts about naltrexone in the body, as typed rows; each leads to its sources.

`facts()` reads `data/pharmacology.toml` and refuses the whole table, naming file and line, when a
row lacks a source, names an unknown one or holds an impossible number.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from openldn.tables import read_table

__all__ = [
    "BrokenTable",
    "CheckPoint",
    "Facts",
    "Finding",
    "ModelParameter",
    "Parameter",
    "Source",
    "Standing",
    "Statement",
    "System",
    "Verified",
    "facts",
    "read",
]

_FILE = "pharmacology.toml"
_FORMAT = 1


class BrokenTable(ValueError):
    """A table of the package that cannot be trusted: every fault, each with file and line."""


class Verified(StrEnum):
    """How a number was seen."""

    FULL_TEXT = "full-text"
    ABSTRACT = "abstract"
    LABEL = "label"
    SECONDARY = "secondary"
    DERIVED = "derived"


class System(StrEnum):
    """In what something was found."""

    PEOPLE = "people"
    CELLS = "cells"
    ANIMALS = "animals"
    REVIEW = "review"
    CALCULATION = "calculation"


class Standing(StrEnum):
    """What kind of statement this is."""

    MEASURED = "measured"
    DERIVED = "derived"
    HYPOTHESIS = "hypothesis"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where something was read."""

    id: str
    citation: str
    verified: Verified
    pmid: str = ""
    doi: str = ""
    pmcid: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A published number about naltrexone in people."""

    id: str
    quantity: str
    unit: str
    population: str
    sources: tuple[str, ...]
    verified: Verified
    value: float | None = None
    each: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    se: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A published result, in our own words."""

    topic: str
    system: System
    text: str
    sources: tuple[str, ...]
    verified: Verified
    confirmed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """Something that is said of LDN, and whether it was measured."""

    kind: Standing
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelParameter:
    """A parameter of our model, with what is not known of it and how people may differ."""

    reading: str
    name: str
    value: float
    unit: str
    basis: str
    sources: tuple[str, ...]
    no_source: str = ""  # why there is none: our own assumption, or general knowledge
    log_sd: float = 0.0
    between_log_sd: float = 0.0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckPoint:
    """A published figure that the model has to meet."""

    id: str
    role: str  # calibration | independent
    kind: str  # published | limit
    what: str
    unit: str
    target: tuple[float, ...]  # a number for each value, or [low, high] where is_range
    stated: tuple[float, ...]  # the model's values when its parameters were chosen
    sources: tuple[str, ...]
    is_range: bool = False
    error: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The whole table."""

    sources: Mapping[str, Source]
    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...]
    statements: tuple[Statement, ...]
    model: tuple[ModelParameter, ...]
    check_points: tuple[CheckPoint, ...]


Row = TypeVar("Row")
_ENUMS: Mapping[str, type[StrEnum]] = {
    "Verified": Verified,
    "System": System,
    "Standing": Standing,
}
_CHOICES = {
    "role": ("calibration", "independent"),
    "reading": ("plasma", "effect-site", "slow-release"),
    "topic": ("binding", "occupancy", "duration", "low-dose", "tlr4", "endorphins"),
}
# A hypothesis claims no finding, and what was not found has none.
_MAY_LACK_SOURCES = {Standing.HYPOTHESIS, Standing.NOT_FOUND}
_LARGEST = {"fraction": 1.0, "percent": 100.0}


@cache
def facts() -> Facts:
    """Read the table of the package."""
    return read(read_table(_FILE))


def read(text: str) -> Facts:
    """Read a table.

    Raises
    ------
    BrokenTable
        With every fault of it.
    """
    reader = _Reader(text)
    table = Facts(
        sources=reader.sources(),
        parameters=reader.rows(Parameter, heading="parameter"),
        findings=reader.rows(Finding, heading="finding"),
        statements=reader.rows(Statement, heading="statement"),
        model=reader.rows(ModelParameter, heading="model"),
        check_points=reader.rows(CheckPoint, heading="check_point"),
    )
    if reader.faults:
        raise BrokenTable("\n".join(reader.faults))
    return table


class _Reader:
    """One pass over a table, collecting what is wrong with it."""

    def __init__(self, text: str) -> None:
        self._lines = [line.strip() for line in text.splitlines()]
        self.faults: list[str] = []
        try:
            self._table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BrokenTable(f"{_FILE}: {error}") from None
        if self._table.get("format") != _FORMAT:
            self._fault(1, f"format {self._table.get('format')!r}; expected {_FORMAT}")

    def sources(self) -> dict[str, Source]:
        found = {}
        for key, row in self._table.get("source", {}).items():
            line = self._line_of(f"[source.{key}]")
            source = self._row(Source, {"id": key, **row}, line)
            if source:
                found[key] = source
        return found

    def rows(self, kind: type[Row], *, heading: str) -> tuple[Row, ...]:
        raw = self._table.get(heading, [])
        lines = [n for n, line in enumerate(self._lines, 1) if line == f"[[{heading}]]"]
        lines += [1] * (len(raw) - len(lines))  # a heading written in some other way
        built = [self._row(kind, row, line) for row, line in zip(raw, lines, strict=True)]
        ids = [row.get("id") for row in raw]
        for at, (line, one) in enumerate(zip(lines, ids, strict=True)):
            if one is not None and one in ids[:at]:
                self._fault(line, f"id {one!r} stands twice")
        return tuple(row for row in built if row is not None)

    def _row(self, kind: type[Row], row: dict[str, Any], line: int) -> Row | None:
        faults = [*_shape_faults(kind, row)]
        values = {} if faults else _typed(kind, row)
        faults += [*_number_faults(values), *self._source_faults(values)]
        for fault in faults:
            self._fault(line, fault)
        return None if faults else kind(**values)

    def _source_faults(self, row: Mapping[str, Any]) -> Iterator[str]:
        if "sources" not in row:
            return
        known = self._table.get("source", {})
        may_lack = row.get("kind") in _MAY_LACK_SOURCES or bool(row.get("no_source"))
        if not row["sources"] and not may_lack:
            yield "a row without a source"
        yield from (f"unknown source {one!r}" for one in row["sources"] if one not in known)

    def _line_of(self, heading: str) -> int:
        return self._lines.index(heading) + 1 if heading in self._lines else 1

    def _fault(self, line: int, fault: str) -> None:
        self.faults.append(f"{_FILE}, line {line}: {fault}")


def _shape_faults(kind: type[Any], row: Mapping[str, Any]) -> Iterator[str]:
    """Name what is missing, unknown or of the wrong type in a row."""
    known = {field.name: field for field in fields(kind)}
    needed = {name for name, field in known.items() if field.default is MISSING}
    yield from (f"{name} is missing" for name in sorted(needed - set(row)))
    yield from (f"unknown key {name!r}" for name in sorted(set(row) - set(known)))
    for name in sorted(set(row) & set(known)):
        if not _fits(row[name], str(known[name].type)):
            yield f"{name} = {row[name]!r}; expected {known[name].type}"
        elif row[name] not in _CHOICES.get(name, (row[name],)):
            yield f"{name} = {row[name]!r}; expected one of {', '.join(_CHOICES[name])}"


def _fits(value: object, type_name: str) -> bool:
    if type_name in _ENUMS:
        return value in [one.value for one in _ENUMS[type_name]]
    if type_name == "str":
        return isinstance(value, str)
    if type_name == "bool":
        return isinstance(value, bool)
    if type_name.startswith("float"):
        return _is_number(value)
    items = value if isinstance(value, list) else [None]
    if type_name == "tuple[str, ...]":
        return all(isinstance(item, str) for item in items)
    return all(_is_number(item) for item in items)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _typed(kind: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    types = {field.name: str(field.type) for field in fields(kind)}
    return {name: _converted(value, types[name]) for name, value in row.items()}


def _converted(value: Any, type_name: str) -> Any:
    if type_name in _ENUMS:
        return _ENUMS[type_name](value)
    if isinstance(value, list):
        return tuple(float(item) if _is_number(item) else item for item in value)
    return float(value) if _is_number(value) else value


def _number_faults(row: Mapping[str, Any]) -> Iterator[str]:
    """Name the numbers that nature does not allow: none here can be negative."""
    largest = _LARGEST.get(row.get("unit", ""), math.inf)
    for name, value in row.items():
        for number in value if isinstance(value, tuple) else (value,):
            # A spread or an error may exceed what the quantity itself may not.
            most = math.inf if name in {"log_sd", "between_log_sd", "error", "se"} else largest
            if _is_number(number) and not (0 <= number <= most and math.isfinite(number)):
                yield f"{name} = {number} is impossible in {row.get('unit', 'any unit')}"
    low, high = row.get("low"), row.get("high")
    if (low is None) != (high is None) or (low is not None and low > high):
        yield f"low {low} and high {high} are no range"
    if row.get("value") == 0:
        yield "value = 0 tells nothing"

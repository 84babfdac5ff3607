"""Doses of LDN: names of ranges, ladders, the levels worth comparing, and what is known of time.

Nothing here sets a dose. A ladder says what others did, and how that was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from openldn.evidence._rows import Row, read_rows
from openldn.evidence.conditions import NONE_FOUND
from openldn.evidence.studies import studies
from openldn.protocol.doses import MAX_DAILY, Dose
from openldn.tables import read_table

__all__ = [
    "Category",
    "Fact",
    "Ladder",
    "LadderKind",
    "Read",
    "Source",
    "Standard",
    "Topic",
    "categories",
    "facts",
    "ladders",
    "read_categories",
    "read_facts",
    "read_ladders",
    "read_sources",
    "read_standards",
    "source_title",
    "sources",
    "standard",
]

FILE = "dosing.toml"
_MOST_MG = 100.0  # far above any dose that is called low: a larger number is a slip
_MOST_WEEKS = 520.0


class Read(StrEnum):
    """How a fact was read."""

    FULL_TEXT = "full-text"
    ABSTRACT = "abstract"
    SECONDARY = "secondary"
    DERIVED = "derived"
    UNCONFIRMED = "unconfirmed"


class LadderKind(StrEnum):
    """Where a ladder was used."""

    TRIAL = "trial"
    COHORT = "cohort"
    PRACTICE = "practice"


class Topic(StrEnum):
    """What a fact is about."""

    DOSE = "dose"
    TIME_OF_DAY = "time of day"
    ONSET = "time to act"
    FADING = "time to fade"
    KEEPING_ON = "keeping on"
    FORM = "form"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a fact comes from that is not one of the studies."""

    id: str
    citation: str
    pmid: str
    doi: str
    url: str
    verified: Read


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """A name for a range of doses."""

    id: str
    name: str
    text: str
    least_mg: float
    most_mg: float | None
    sources: tuple[str, ...]
    verified: Read


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladder:
    """How others rose to a dose. What was not read is empty."""

    id: str
    name: str
    kind: LadderKind
    levels_mg: tuple[float, ...]
    start_mg: tuple[float, ...]
    rise_mg: tuple[float, ...]
    every_days: tuple[float, ...]
    weeks: tuple[float, ...]
    to_mg: float
    time: str
    text: str
    sources: tuple[str, ...]
    verified: Read


@dataclass(frozen=True, kw_only=True, slots=True)
class Standard:
    """The levels that a new plan begins with, because a diary may tell them apart."""

    id: str
    name: str
    levels: tuple[Dose, ...]
    least_climb_days: int
    most_climb_days: int
    measured_days: int  # how long a level is held that is to be judged
    occupancy_percent: tuple[float, ...]  # predicted mean receptor block at each level
    ladders: tuple[str, ...]
    text: str
    sources: tuple[str, ...]
    verified: Read


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing known, or known to be unknown."""

    id: str
    topic: Topic
    text: str
    sources: tuple[str, ...]
    verified: Read


@cache
def sources() -> dict[str, Source]:
    """Every source that is not a study, by its id."""
    return read_sources(read_table(FILE))


@cache
def categories() -> dict[str, Category]:
    """Every named range of doses, by its id."""
    return read_categories(read_table(FILE))


@cache
def ladders() -> dict[str, Ladder]:
    """Every ladder, by its id."""
    return read_ladders(read_table(FILE))


@cache
def standard() -> Standard:
    """Give the one set of levels that new plans begin with."""
    (only,) = read_standards(read_table(FILE)).values()
    return only


@cache
def facts() -> dict[str, Fact]:
    """Every fact about doses and times, by its id."""
    return read_facts(read_table(FILE))


def source_title(source_id: str) -> str:
    """Name a source in words, whether a study or a row of this table."""
    if source_id == NONE_FOUND:
        return "a search that found nothing"
    study = studies().get(source_id)
    return f"{study.first_author} {study.year}" if study else sources()[source_id].citation


def read_sources(text: str, *, file: str = FILE) -> dict[str, Source]:
    """Read the rows `[[source]]` of a table."""
    return read_rows(text, file=file, kind="source", build=_source)


def read_categories(text: str, *, file: str = FILE) -> dict[str, Category]:
    """Read the rows `[[category]]` of a table."""
    return read_rows(text, file=file, kind="category", build=_category)


def read_ladders(text: str, *, file: str = FILE) -> dict[str, Ladder]:
    """Read the rows `[[ladder]]` of a table."""
    return read_rows(text, file=file, kind="ladder", build=_ladder)


def read_standards(text: str, *, file: str = FILE) -> dict[str, Standard]:
    """Read the rows `[[standard]]` of a table."""
    return read_rows(text, file=file, kind="standard", build=_standard)


def read_facts(text: str, *, file: str = FILE) -> dict[str, Fact]:
    """Read the rows `[[fact]]` of a table."""
    return read_rows(text, file=file, kind="fact", build=_fact)


def _source(row: Row) -> Source:
    source_id = row.text("id")
    if source_id in studies() or source_id == NONE_FOUND:
        raise row.fault(f"{source_id!r} is a study already, and would stand in two places")
    return Source(
        id=source_id,
        citation=row.text("citation"),
        pmid=row.matching("pmid", r"\d{1,9}"),
        doi=row.matching("doi", r"10\.\d{4,9}/\S+"),
        url=row.url("url", is_needed=False),
        verified=row.choice("verified", Read),
    )


def _category(row: Row) -> Category:
    category = Category(
        id=row.text("id"),
        name=row.text("name"),
        text=row.text("text"),
        least_mg=row.number("least_mg", least=0, most=_MOST_MG),
        most_mg=row.optional_number("most_mg", least=0, most=_MOST_MG),
        sources=_sources_of(row),
        verified=row.choice("verified", Read),
    )
    if category.most_mg is not None and category.most_mg <= category.least_mg:
        raise row.fault("most_mg is not above least_mg")
    return category


def _ladder(row: Row) -> Ladder:
    ladder = Ladder(
        id=row.text("id"),
        name=row.text("name"),
        kind=row.choice("kind", LadderKind),
        levels_mg=_rising(row, "levels_mg"),
        start_mg=_rising(row, "start_mg"),
        rise_mg=_rising(row, "rise_mg"),
        every_days=_rising(row, "every_days", most=_MOST_WEEKS * 7),
        weeks=_numbers(row, "weeks", most=_MOST_WEEKS),
        to_mg=row.number("to_mg", least=0, most=_MOST_MG),
        time=row.optional_text("time"),
        text=row.text("text"),
        sources=_sources_of(row),
        verified=row.choice("verified", Read),
    )
    if bool(ladder.levels_mg) == bool(ladder.start_mg):
        raise row.fault("a ladder has levels_mg or start_mg, one of the two")
    if ladder.levels_mg and ladder.levels_mg[-1] != ladder.to_mg:
        raise row.fault(f"to_mg is {ladder.to_mg:g}, but the last of levels_mg is not")
    if ladder.weeks and len(ladder.weeks) != len(ladder.levels_mg):
        raise row.fault("weeks and levels_mg are not of the same length")
    return ladder


def _standard(row: Row) -> Standard:
    climb = row.numbers("climb_days", length=2)
    if not climb or not 1 <= climb[0] <= climb[1]:
        raise row.fault("climb_days is not a shortest and a longest stay in days")
    found = Standard(
        id=row.text("id"),
        name=row.text("name"),
        levels=tuple(Dose.from_mg(mg) for mg in _rising(row, "levels_mg")),
        least_climb_days=int(climb[0]),
        most_climb_days=int(climb[1]),
        measured_days=int(row.number("measured_days", least=1, most=365)),
        occupancy_percent=_rising(row, "occupancy_percent", most=100),
        ladders=row.known("ladders", ladders(), table="[[ladder]]"),
        text=row.text("text"),
        sources=_sources_of(row),
        verified=row.choice("verified", Read),
    )
    if not found.levels or found.levels[-1] > MAX_DAILY:
        raise row.fault(f"levels_mg is empty or goes above {MAX_DAILY.text}")
    if len(found.occupancy_percent) != len(found.levels):
        raise row.fault("occupancy_percent and levels_mg are not of the same length")
    levels_mg = tuple(float(level.mg) for level in found.levels)
    if not found.ladders or any(ladders()[one].levels_mg != levels_mg for one in found.ladders):
        raise row.fault("levels_mg is not that of its ladders")
    return found


def _fact(row: Row) -> Fact:
    fact = Fact(
        id=row.text("id"),
        topic=row.choice("topic", Topic),
        text=row.text("text"),
        sources=_sources_of(row),
        verified=row.choice("verified", Read),
    )
    if (NONE_FOUND in fact.sources) != (fact.verified is Read.UNCONFIRMED):
        raise row.fault(f"{NONE_FOUND} and unconfirmed belong together")
    return fact


def _sources_of(row: Row) -> tuple[str, ...]:
    found = row.known(
        "sources", {**studies(), **sources(), NONE_FOUND: None}, table="studies.toml or [[source]]"
    )
    if not found:
        raise row.fault("sources is missing: no row without a source")
    return found


def _rising(row: Row, key: str, *, most: float = _MOST_MG) -> tuple[float, ...]:
    found = _numbers(row, key, most=most)
    if list(found) != sorted(set(found)):
        raise row.fault(f"{key} does not rise")
    return found


def _numbers(row: Row, key: str, *, most: float) -> tuple[float, ...]:
    given = row.value(key)
    found = row.numbers(key, length=len(given)) if isinstance(given, list) else ()
    if (given is not None and not found) or not all(0 < one <= most for one in found):
        raise row.fault(f"{key} is {given!r}; expected numbers above 0, at most {most:g}")
    return found

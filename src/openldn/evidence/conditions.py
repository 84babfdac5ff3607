"""The conditions a plan can name, their everyday names, and a first daily question for each."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from openldn.evidence._rows import Row, read_rows
from openldn.evidence.studies import studies
from openldn.protocol.outcomes import Better
from openldn.tables import read_table

__all__ = [
    "SLEEP",
    "Condition",
    "Instrument",
    "Question",
    "catalogue",
    "find",
    "instruments",
    "nearest",
    "plain",
    "question",
    "read_conditions",
    "read_instruments",
]

FILE = "conditions.toml"
NONE_FOUND = "none-found"

# Sleep trouble is the most consistent unwanted effect of LDN in placebo-controlled trials
# (safety.yaml `titration-halt`), so every new plan asks about it.
SLEEP = "poor_sleep"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A daily question from 0 to 10, in our own plain words."""

    id: str
    label: str
    better: Better
    mcid: float
    mcid_source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A condition of the catalogue."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    primary: str  # id of the question that a new plan asks first
    second: str
    source: str  # id of a study, or "none-found"
    icd10: str
    icd10_read: str
    icd11: str
    icd11_read: str
    level: str
    evidence: str
    watch: str
    studies: tuple[str, ...]
    instruments: tuple[str, ...]
    suggested: str  # id of the instrument named first


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """An outcome instrument: names, ranges and figures only, never its wording."""

    id: str
    name: str
    short: str
    answered_by: str
    items: str
    range: str
    direction: str
    recall: str
    mcid: str
    mcid_source: str
    licence: str
    licence_source: str


def catalogue() -> tuple[Condition, ...]:
    """List the conditions."""
    return _conditions()


@cache
def instruments() -> dict[str, Instrument]:
    """Every outcome instrument, by its id."""
    return read_instruments(read_table(FILE))


def read_conditions(text: str, *, file: str = FILE) -> dict[str, Condition]:
    """Read the rows `[[condition]]` of a table; a row without a source is a fault."""
    return read_rows(text, file=file, kind="condition", build=_condition)


def read_instruments(text: str, *, file: str = FILE) -> dict[str, Instrument]:
    """Read the rows `[[instrument]]` of a table; an MCID without a source is a fault."""
    return read_rows(text, file=file, kind="instrument", build=_instrument)


def question(question_id: str) -> Question:
    """Look up a daily question.

    Raises
    ------
    KeyError
        When the table has none of this id.
    """
    entry = _table()["question"][question_id]
    return Question(id=question_id, **{**entry, "better": Better(entry["better"])})


def find(text: str) -> Condition | None:
    """Find a condition by its id, name or a synonym, whatever the case and the accents."""
    return _names().get(plain(text))


def nearest(text: str) -> Condition | None:
    """Find the condition that was probably meant by a misspelled name."""
    names = _names()
    close = difflib.get_close_matches(plain(text)[:100], names, n=1)
    return names[close[0]] if close else None


def _names() -> dict[str, Condition]:
    return {
        plain(name): condition
        for condition in catalogue()
        for name in (condition.id, condition.name, *condition.synonyms)
    }


def plain(text: str) -> str:
    """Reduce a name to its letters and digits, whatever the case and the accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


@cache
def _conditions() -> tuple[Condition, ...]:
    return tuple(read_conditions(read_table(FILE)).values())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(read_table(FILE))


def _condition(row: Row) -> Condition:
    questions = _table()["question"]
    condition = Condition(
        id=row.text("id"),
        name=row.text("name"),
        synonyms=row.texts("synonyms"),
        primary=row.text("primary"),
        second=row.text("second"),
        source=row.text("source"),
        icd10=row.text("icd10"),
        icd10_read=row.matching("icd10_read", "seen in a list|general knowledge"),
        icd11=row.optional_text("icd11"),
        icd11_read=row.optional_text("icd11_read"),
        level=row.text("level"),
        evidence=row.text("evidence"),
        watch=row.text("watch"),
        studies=row.known("studies", studies(), table="studies.toml"),
        instruments=row.known("instruments", instruments(), table="[[instrument]]"),
        suggested=row.text("suggested"),
    )
    if not {condition.primary, condition.second} <= set(questions):
        raise row.fault("primary or second names a question that is not there")
    if condition.suggested not in condition.instruments:
        raise row.fault(f"suggested {condition.suggested!r} is not one of its instruments")
    if condition.source != NONE_FOUND and condition.source not in studies():
        raise row.fault(f"source is {condition.source!r}; expected a study or {NONE_FOUND}")
    if (condition.source == NONE_FOUND) != (not condition.studies):
        raise row.fault("source and studies disagree on whether anything was found")
    if bool(condition.icd11) != bool(condition.icd11_read):
        raise row.fault("a code of ICD-11 is given only where it was seen")
    return condition


def _instrument(row: Row) -> Instrument:
    instrument = Instrument(
        id=row.text("id"),
        name=row.text("name"),
        short=row.text("short"),
        answered_by=row.text("answered_by"),
        items=row.optional_text("items"),
        range=row.text("range"),
        direction=row.text("direction"),
        recall=row.optional_text("recall"),
        mcid=row.optional_text("mcid"),
        mcid_source=row.optional_text("mcid_source"),
        licence=row.text("licence"),
        licence_source=row.optional_text("licence_source"),
    )
    if bool(instrument.mcid) != bool(instrument.mcid_source):
        raise row.fault("an MCID and its source belong together")
    return instrument

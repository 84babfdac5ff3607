"""The claims of a patient's story about LDN, each with a verdict, and the story itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from openldn.evidence import conditions
from openldn.evidence._rows import Row, Source, read_rows, read_sources
from openldn.evidence.references import references
from openldn.evidence.studies import Study, negative_first, studies
from openldn.tables import read_table

__all__ = [
    "Category",
    "Certainty",
    "Claim",
    "Passage",
    "Verdict",
    "claims",
    "read_claims",
    "read_story",
    "story",
]

FILE = "claims.toml"
_LINK = re.compile(r"\]\(([a-z]+:[a-z0-9-]+)\)")


class Verdict(StrEnum):
    """How a claim stands up to the studies."""

    SUPPORTED = "supported"
    MIXED = "mixed"
    WEAK = "weak"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"
    NOT_STUDIED = "not-studied"


class Certainty(StrEnum):
    """How sure the verdict is."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very-low"


class Category(StrEnum):
    """What a claim is about."""

    BENEFIT = "benefit"
    BACKGROUND = "background"
    DOSE = "dose"
    MECHANISM = "mechanism"
    CONDITION = "condition"
    SIDE_EFFECT = "side-effect"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One claim of the story."""

    id: str
    claim: str
    names: tuple[str, ...]
    category: Category
    verdict: Verdict
    certainty: Certainty
    certainty_note: str
    why: str
    meaning: str
    seen_in: str
    condition: str
    studies: tuple[str, ...]
    sources: tuple[Source, ...]
    unconfirmed: tuple[str, ...]

    @property
    def evidence(self) -> tuple[Study, ...]:
        """Its studies, those without a gain first."""
        return negative_first(self.studies)


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A part of the story; `items` are the claims and references that stand beside it."""

    heading: str
    text: str
    items: tuple[str, ...]


@cache
def claims() -> dict[str, Claim]:
    """Every claim, by its id."""
    return read_claims(read_table(FILE))


@cache
def story() -> tuple[Passage, ...]:
    """The story, passage by passage."""
    return read_story(read_table(FILE))


def read_claims(text: str, *, file: str = FILE) -> dict[str, Claim]:
    """Read the rows `[[claim]]` of a table; a row that rests on nothing is a fault."""
    sources = read_sources(text, file=file)
    return read_rows(text, file=file, kind="claim", build=lambda row: _claim(row, sources))


def read_story(text: str, *, file: str = FILE) -> tuple[Passage, ...]:
    """Read the passages of the story; a link that leads nowhere is a fault."""
    known = {f"claim:{i}" for i in claims()} | {f"reference:{i}" for i in references()}

    def build(row: Row) -> Passage:
        told = row.text("text")
        linked = dict.fromkeys([*_LINK.findall(told), *row.texts("items")])
        for item in linked:
            if item not in known:
                raise row.fault(f"a link to {item!r}, which does not exist")
        return Passage(heading=row.text("heading"), text=told, items=tuple(linked))

    found = read_rows(text, file=file, kind="passage", build=build, key="heading")
    return tuple(found.values())


def _claim(row: Row, sources: Mapping[str, Source]) -> Claim:
    claim = Claim(
        id=row.text("id"),
        claim=row.text("claim"),
        names=row.texts("names"),
        category=row.choice("category", Category),
        verdict=row.choice("verdict", Verdict),
        certainty=row.choice("certainty", Certainty),
        certainty_note=row.optional_text("certainty_note"),
        why=row.text("why"),
        meaning=row.text("meaning"),
        seen_in=row.optional_text("seen_in"),
        condition=row.optional_text("condition"),
        studies=row.known("studies", studies(), table="studies.toml"),
        sources=tuple(
            sources[one] for one in row.known("sources", sources, table="[sources] of this file")
        ),
        unconfirmed=row.texts("unconfirmed"),
    )
    if not claim.studies and not claim.sources:
        raise row.fault("no studies and no sources: no row without a source")
    if (claim.category is Category.MECHANISM) != bool(claim.seen_in):
        raise row.fault("seen_in belongs to mechanisms, and to each of them")
    if (claim.category is Category.CONDITION) != bool(claim.condition):
        raise row.fault("condition belongs to claims about conditions, and to each of them")
    if claim.condition and claim.condition not in {c.id for c in conditions.catalogue()}:
        raise row.fault(f"no condition {claim.condition!r}")
    return claim

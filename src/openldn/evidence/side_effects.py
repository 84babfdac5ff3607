"""Side effects and red flags of LDN, with the counts that were read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from openldn.evidence._rows import Row, Source, read_rows, read_sources
from openldn.evidence.claims import Certainty
from openldn.evidence.studies import studies
from openldn.tables import read_table

__all__ = ["Count", "SideEffect", "read_side_effects", "side_effects"]

FILE = "side_effects.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How often one study saw it.

    `ldn` and `placebo` hold people with it and people counted; `ratio` an estimate and its
    95% range.
    """

    study: str
    ldn: tuple[int, int] | None
    placebo: tuple[int, int] | None
    ratio: tuple[float, float, float] | None
    measure: str
    text: str
    unconfirmed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SideEffect:
    """One side effect. No count means that none was found, not that it never happens."""

    id: str
    name: str
    names: tuple[str, ...]
    is_red_flag: bool
    certainty: Certainty
    onset: str
    what_to_do: str
    note: str
    studies: tuple[str, ...]
    sources: tuple[Source, ...]
    counts: tuple[Count, ...]


@cache
def side_effects() -> dict[str, SideEffect]:
    """Every side effect, by its id."""
    return read_side_effects(read_table(FILE))


def read_side_effects(text: str, *, file: str = FILE) -> dict[str, SideEffect]:
    """Read the rows `[[side_effect]]` of a table; a row that rests on nothing is a fault."""
    sources = read_sources(text, file=file)
    return read_rows(
        text, file=file, kind="side_effect", build=lambda row: _side_effect(row, sources)
    )


def _side_effect(row: Row, sources: Mapping[str, Source]) -> SideEffect:
    effect = SideEffect(
        id=row.text("id"),
        name=row.text("name"),
        names=row.texts("names"),
        is_red_flag=row.flag("is_red_flag"),
        certainty=row.choice("certainty", Certainty),
        onset=row.optional_text("onset"),
        what_to_do=row.text("what_to_do"),
        note=row.optional_text("note"),
        studies=row.known("studies", studies(), table="studies.toml"),
        sources=tuple(
            sources[one] for one in row.known("sources", sources, table="[sources] of this file")
        ),
        counts=tuple(_count(inner) for inner in row.inner("count")),
    )
    if not effect.studies and not effect.sources:
        raise row.fault("no studies and no sources: no row without a source")
    return effect


def _count(row: Row) -> Count:
    study = row.text("study")
    if study not in studies():
        raise row.fault(f"no study {study!r}")
    count = Count(
        study=study,
        ldn=_people(row, "ldn"),
        placebo=_people(row, "placebo"),
        ratio=_ratio(row),
        measure=row.optional_text("measure"),
        text=row.optional_text("text"),
        unconfirmed=row.optional_text("unconfirmed"),
    )
    if not (count.ldn or count.ratio or count.text):
        raise row.fault("nothing was counted")
    row.done()
    return count


def _people(row: Row, key: str) -> tuple[int, int] | None:
    found = row.numbers(key, length=2)
    if not found:
        return None
    having, counted = found
    if (
        having != int(having)
        or counted != int(counted)
        or not 0 <= having <= counted
        or not counted
    ):
        raise row.fault(f"{key} is {having:g} of {counted:g} people")
    return int(having), int(counted)


def _ratio(row: Row) -> tuple[float, float, float] | None:
    found = row.numbers("ratio", length=3)
    if not found:
        return None
    estimate, low, high = found
    if not 0 < low <= estimate <= high < 100:
        raise row.fault(f"ratio {estimate} lies outside its own range {low} to {high}")
    return estimate, low, high

"""What a new plan begins with for a condition: evening questions, and what of them is sourced.

The conditions themselves, their everyday names and their instruments stand in
`openldn.evidence.conditions`; this module adds what a plan needs from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from openldn.evidence._rows import Row, Source, read_rows, read_sources
from openldn.evidence.conditions import (
    NONE_FOUND,
    SLEEP,
    Condition,
    Instrument,
    Question,
    catalogue,
    instruments,
    question,
)
from openldn.evidence.safety_rules import rules
from openldn.protocol.outcomes import (
    Better,
    Family,
    Outcome,
    Role,
    default_family,
    default_mcid,
    divides,
)
from openldn.tables import read_table

__all__ = [
    "EVERYDAY",
    "TENTH",
    "Item",
    "Refused",
    "Skeleton",
    "first_outcomes",
    "items",
    "mcid_sources",
    "read_items",
    "read_refused",
    "read_skeletons",
    "refused",
    "skeleton_for",
    "skeletons",
]

FILE = "outcomes.toml"
TENTH = "tenth-of-scale"
# The patient's story is about these and sleep, so every plan asks them.
EVERYDAY = ("pain", "fatigue", "poor_focus", "low_mood")
_LOWEST, _HIGHEST = 0.0, 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One evening question from 0 to 10, with the sources of the difference that matters."""

    id: str
    label: str
    better: Better
    mcid: float
    sources: tuple[str, ...]
    note: str
    conditions: tuple[str, ...]  # asked in these beside the everyday ones

    def outcome(self, role: Role) -> Outcome:
        """Make the outcome of a plan from it."""
        return Outcome(
            id=self.id,
            label=self.label,
            minimum=_LOWEST,
            maximum=_HIGHEST,
            better=self.better,
            mcid=self.mcid,
            role=role,
            family=Family.GAUSSIAN,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Skeleton:
    """The scale of a questionnaire, to be filled in by someone who may use its wording."""

    instrument: Instrument
    part: str
    outcome: Outcome
    mcid_sources: tuple[str, ...]  # of the outcome's MCID


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A condition that stands in the catalogue, and for which no plan is made."""

    condition: str
    why: str
    todo: str
    sources: tuple[str, ...]  # safety rules, or "none-found"


@cache
def items() -> dict[str, Item]:
    """Every evening question, by its id."""
    return read_items(read_table(FILE))


@cache
def skeletons() -> dict[str, Skeleton]:
    """Every questionnaire that has one score, by the id of its instrument."""
    return read_skeletons(read_table(FILE))


@cache
def mcid_sources() -> dict[str, Source]:
    """Every source of an MCID, by its id."""
    return read_sources(read_table(FILE), file=FILE)


@cache
def _refused() -> dict[str, Refused]:
    return read_refused(read_table(FILE))


def refused(condition: Condition) -> Refused | None:
    """Tell why no plan is made for a condition; None where one is."""
    return _refused().get(condition.id)


def first_outcomes(condition: Condition) -> tuple[Outcome, ...]:
    """List the outcomes of a new plan: the condition's own first, sleep last, as a harm.

    Sleep trouble is the most common unwanted effect against placebo, and better sleep is part of
    the patient's story: asked as a harm, it is answered in both directions.
    """
    own = [item.id for item in items().values() if condition.id in item.conditions]
    asked = dict.fromkeys((condition.primary, condition.second, *own, *EVERYDAY))
    roles = {condition.primary: Role.PRIMARY, SLEEP: Role.HARM}
    return tuple(items()[one].outcome(roles.get(one, Role.SECONDARY)) for one in (*asked, SLEEP))


def skeleton_for(condition: Condition) -> Skeleton | None:
    """Give the questionnaire most used in a condition that the person can fill in herself."""
    named = (condition.suggested, *condition.instruments)
    return next((skeletons()[one] for one in named if one in skeletons()), None)


def read_items(text: str, *, file: str = FILE) -> dict[str, Item]:
    """Read the rows `[[item]]` of a table; an MCID without a source is a fault."""
    known = read_sources(text, file=file)
    return read_rows(
        text, file=file, kind="item", build=lambda row: _item(row, known), key="outcome"
    )


def read_skeletons(text: str, *, file: str = FILE) -> dict[str, Skeleton]:
    """Read the rows `[[skeleton]]` of a table."""
    known = read_sources(text, file=file)
    return read_rows(text, file=file, kind="skeleton", build=lambda row: _skeleton(row, known))


def read_refused(text: str, *, file: str = FILE) -> dict[str, Refused]:
    """Read the rows `[[refused]]` of a table."""
    return read_rows(text, file=file, kind="refused", build=_one_refused, key="condition")


def _item(row: Row, known: dict[str, Source]) -> Item:
    item_id = row.text("outcome")
    label, better = row.optional_text("label"), row.optional_text("better")
    mcid = row.optional_number("mcid", least=0.01, most=_HIGHEST)
    asked = _question(item_id)
    if asked is None:
        if not label or mcid is None:
            raise row.fault("conditions.toml has no such question, so it needs label and mcid")
        better_is = row.choice("better", Better)
    elif label or better or mcid is not None:
        raise row.fault("conditions.toml has this question: it would stand in two places")
    else:
        label, better_is, mcid = asked.label, asked.better, asked.mcid
    return Item(
        id=item_id,
        label=label,
        better=better_is,
        mcid=mcid,
        sources=_sources_of(row, "sources", known),
        note=row.optional_text("note"),
        conditions=row.known("conditions", {c.id: c for c in catalogue()}, table="conditions.toml"),
    )


def _question(question_id: str) -> Question | None:
    try:
        return question(question_id)
    except KeyError:
        return None


def _skeleton(row: Row, known: dict[str, Source]) -> Skeleton:
    row_id = row.text("id")
    if row_id not in instruments():
        raise row.fault(f"conditions.toml has no instrument {row_id!r}")
    instrument = instruments()[row_id]
    low, high = (row.number(key, least=0, most=1000) for key in ("min", "max"))
    step = row.optional_number("step", least=0.001, most=100) or 1.0
    if low >= high or not divides(step, minimum=low, maximum=high):
        raise row.fault("min, max and step make no scale")
    family = default_family(round((high - low) / step) + 1)
    given = row.optional_number("mcid", least=0.01, most=high - low)
    cited = row.texts("mcid_sources")
    if (given is None) != (not cited):
        raise row.fault("an MCID and its source belong together")
    return Skeleton(
        instrument=instrument,
        part=row.text("part"),
        outcome=Outcome(
            id=row_id.replace("-", "_"),
            label=instrument.short,
            minimum=low,
            maximum=high,
            step=step,
            better=row.choice("better", Better),
            mcid=default_mcid(width=high - low, step=step, family=family)
            if given is None
            else given,
            role=Role.SECONDARY,
            family=family,
        ),
        mcid_sources=_sources_of(row, "mcid_sources", known) if cited else (TENTH,),
    )


def _one_refused(row: Row) -> Refused:
    condition = row.text("condition")
    if condition not in {known.id for known in catalogue()}:
        raise row.fault(f"no condition {condition!r}")
    return Refused(
        condition=condition,
        why=row.text("why"),
        todo=row.text("todo"),
        sources=row.known("sources", {**rules(), NONE_FOUND: None}, table="safety_rules.toml"),
    )


def _sources_of(row: Row, key: str, known: dict[str, Source]) -> tuple[str, ...]:
    found = row.known(key, known, table="[sources]")
    if not found:
        raise row.fault(f"{key} is missing: no row without a source")
    return found

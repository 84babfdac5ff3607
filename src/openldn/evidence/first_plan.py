"""The first plan for a condition: sensible values to talk about, and a file that explains them.

The terminal and the app both begin here, so that they offer the same plan.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction

from openldn.evidence.conditions import Condition
from openldn.evidence.dosing import facts, source_title, standard
from openldn.evidence.foreseen import foreseen
from openldn.evidence.outcomes import (
    Skeleton,
    first_outcomes,
    items,
    mcid_sources,
    refused,
    skeleton_for,
)
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Outcome
from openldn.protocol.plan import (
    Analysis,
    Design,
    Drug,
    Kind,
    LadderStep,
    Person,
    Plan,
    Prescriber,
    RampStep,
    StopRule,
)
from openldn.protocol.problems import InputError, Problem

__all__ = [
    "DEFAULT_KIND",
    "Template",
    "first_design",
    "first_ladder",
    "first_plan",
    "plan_text",
]

DEFAULT_KIND = Kind.BLINDED_WITHDRAWAL
# contract.md section 2, safety rule `missed-many`: half the dose for 3 to 7 days after a gap.
_RAMP = (RampStep(days=4, fraction=Fraction(1, 2)),)
_BASELINE_DAYS = 14
# standards.md 2.2: 4 pairs of 2 x 3 weeks, 7 transition days; reversal holds 8 weeks, then off-on.
# Open titration judges each rung, so each is held equally long and the last one no longer.
_OPEN_DAYS = {Kind.OPEN_TITRATION: 0, Kind.OPEN_REVERSAL: 56, Kind.BLINDED_CROSSOVER: 0}
_PAIRS = {Kind.OPEN_TITRATION: 0, Kind.OPEN_REVERSAL: 1}
# The story's own first dose; the ladders l-autoimmune-sheet and l-bc of dosing.toml begin with it.
_STORY_FIRST = LadderStep(dose=Dose(1000), min_days=7)
_WIDTH = 98


class Template(StrEnum):
    """A plan with a story: the three months that the patient had, and the same with a reversal."""

    OPEN_THREE_MONTHS = "open-three-months"
    OPEN_THREE_MONTHS_AND_BACK = "open-three-months-and-back"


def first_plan(
    condition: Condition,
    *,
    kind: Kind = DEFAULT_KIND,
    template: Template | None = None,
    agreed: date | None = None,
) -> Plan:
    """Propose a plan, without names or anything only the prescriber can know.

    Parameters
    ----------
    condition
        Gives the questions of the evening.
    kind
        The design; a template brings its own instead.
    template
        A whole ladder and design, None for the usual ones.
    agreed
        The day on which the prescriber agreed, if that is done.

    Raises
    ------
    InputError
        For a condition for which no plan is made, with the reason.
    """
    _refuse(condition)
    primary, *others = first_outcomes(condition)
    ladder, design = (
        _of_template(template) if template else (first_ladder(kind), first_design(kind))
    )
    return Plan(
        person=Person(label="Me", conditions=(condition.id,)),
        prescriber=Prescriber(agreed=agreed),
        drug=Drug(),
        ladder=ladder,
        design=design,
        outcomes=(primary, *others),
        analysis=Analysis(),
        stop_rules=(
            StopRule(
                id=f"{primary.id.replace('_', '-')}-high",
                on=primary.id,
                at_least=9,
                days=3,
                within=5,
                action="call",
            ),
        ),
    )


def plan_text(plan: Plan, *, condition: Condition) -> str:
    """Write a first plan as the text of plan.toml, with a comment for whatever is not obvious."""
    blocks = plan.to_toml(is_commented=True).rstrip("\n").split("\n\n")
    written = [_comment(_opening(plan)), *_explained(blocks, plan)]
    skeleton = skeleton_for(condition)
    if skeleton:
        written.append(_skeleton_text(skeleton))
    return "\n\n".join(written) + "\n"


def _refuse(condition: Condition) -> None:
    found = refused(condition)
    if found:
        raise InputError(
            [
                Problem(
                    code="LDN-P109",
                    place="condition",
                    given=condition.name,
                    expected="a condition of adults",
                    todo=f"{found.why} {found.todo}",
                )
            ]
        )


def first_ladder(kind: Kind) -> tuple[LadderStep, ...]:
    """Propose the rungs of a new plan."""
    levels = standard()
    is_judged = kind is Kind.OPEN_TITRATION  # in the others only the target is
    days = levels.measured_days if is_judged else levels.most_climb_days
    return tuple(LadderStep(dose=dose, min_days=days) for dose in levels.levels)


def first_design(kind: Kind) -> Design:
    """Propose the days of a new plan."""
    return Design(
        kind=kind,
        baseline_days=_BASELINE_DAYS,
        open_days=_OPEN_DAYS.get(kind, 28),
        target=standard().levels[-1],
        pairs=_PAIRS.get(kind, 4),
        period_days=21,
        transition_days=7,
        ramp=_RAMP if kind.has_periods else (),
    )


def _of_template(template: Template) -> tuple[tuple[LadderStep, ...], Design]:
    """Her three months: a week at 1 mg, then four weeks at each level that can be told apart."""
    is_back = template is Template.OPEN_THREE_MONTHS_AND_BACK
    kind = Kind.OPEN_REVERSAL if is_back else Kind.OPEN_TITRATION
    design = Design(
        kind=kind,
        baseline_days=_BASELINE_DAYS,
        open_days=0,
        target=standard().levels[-1],
        pairs=_PAIRS[kind],
        period_days=21,
        transition_days=7,
        ramp=_RAMP if is_back else (),
    )
    return (_STORY_FIRST, *first_ladder(Kind.OPEN_TITRATION)), design


# The words of the file


def _opening(plan: Plan) -> Iterator[str]:
    grade = foreseen(plan)
    yield "A first plan for a personal trial of low-dose naltrexone (LDN)."
    yield "It is a proposal to talk about, not advice. Every line can be changed."
    yield "The prescriber decides on the drug, its doses and its times."
    yield "Doses are in mg a day, times in days, scores in points."
    yield ""
    yield grade.sentence
    if grade.more:
        yield grade.more
    yield ""
    yield (
        "To sign it, the prescriber writes a name and the day under [prescriber]. The safety "
        "questions are apart from this file and come first (openldn screen). A line that begins "
        "with # and no space is one that you can fill in."
    )


def _explained(blocks: list[str], plan: Plan) -> Iterator[str]:
    told: set[str] = set()
    outcomes = iter(plan.outcomes)
    for block in blocks:
        heading = block.partition("\n")[0]
        paragraphs = [] if heading in told else list(_about(heading, plan))
        if heading == "[[outcome]]":
            paragraphs.append(_about_mcid(next(outcomes)))
        told.add(heading)
        yield "\n".join(filter(None, (_comment(paragraphs), block, _to_fill_in(heading, plan))))


def _about(heading: str, plan: Plan) -> Iterator[str]:
    if heading == "[[ladder]]":
        yield from _about_ladder(plan)
    elif heading == "[design]" and plan.design.kind is Kind.OPEN_TITRATION:
        yield "Two weeks of scores come first: without them there is nothing to compare with."
    elif heading == "[[outcome]]":
        yield (
            "Asked each evening, in our own words, 0 to 10, lower is better in all. The first one "
            "carries the answer. Take out what does not matter to you: few questions are kept best."
        )
        yield (
            "An MCID comes from groups of people and from change between visits. Ask yourself "
            "first: what difference would make this worth it?"
        )
    elif heading == "[[stop_rule]]":
        yield "When to call the prescriber. The prescriber may add more rules."


def _about_ladder(plan: Plan) -> Iterator[str]:
    levels = standard()
    doses = ", ".join(f"{level.mg}" for level in levels.levels[:-1])
    yield (
        f"Compared are {doses} and {levels.levels[-1].text}: steps of 0.5 mg cannot be told apart "
        "by a diary. That is a proposal from ladders in use and a model; no trial has compared "
        f"doses. {_cited(levels.sources)}"
    )
    if plan.design.kind is Kind.OPEN_TITRATION:
        yield (
            f"Each level that is judged is held {levels.measured_days} days. "
            f"{_cited(facts()['measured-days'].sources)}"
        )
    else:
        yield (
            f"Rungs here are to get used to, {levels.least_climb_days} to "
            f"{levels.most_climb_days} days each in use; what is judged is the target. "
            f"{_cited(levels.sources[:1])}"
        )
    if plan.ladder[0] == _STORY_FIRST:
        yield f"{_STORY_FIRST.dose.text} is a first step, not a level to judge. " + _cited(
            ("ldn-sheet-2021", "nct05430152")
        )


def _about_mcid(outcome: Outcome) -> str:
    item = items()[outcome.id]
    titles = "; ".join(f"{mcid_sources()[one].title} [{one}]" for one in item.sources)
    return " ".join(filter(None, (f"{item.label}, MCID {item.mcid:g}: {titles}.", item.note)))


def _to_fill_in(heading: str, plan: Plan) -> str:
    """Lines that only the person or the prescriber can fill in, ready to be uncommented."""
    if heading == "[person]":
        return "#birth_year = 1980"
    if heading == "[prescriber]" and plan.prescriber.agreed is None:
        return f"{'#agreed = 2026-01-05':<32}  # take the first # away when it is agreed"
    return ""


def _skeleton_text(skeleton: Skeleton) -> str:
    outcome, instrument = skeleton.outcome, skeleton.instrument
    titles = "; ".join(f"{mcid_sources()[one].title} [{one}]" for one in skeleton.mcid_sources)
    about = _comment(
        [
            f"A questionnaire often used here: {instrument.name} ({instrument.short}), "
            f"{skeleton.part}. None of its wording is in OpenLDN. Licence: {instrument.licence}. "
            "If you have it and may use it, fill it in on paper and enter the score: "
            "then take the # of these lines away.",
            f"MCID {outcome.mcid:g}: {titles}.",
        ]
    )
    rows = (
        "[[outcome]]",
        f'id = "{outcome.id}"',
        f'label = "{instrument.short}"',
        f"min = {outcome.minimum:g}",
        f"max = {outcome.maximum:g}",
        f"step = {outcome.step:g}",
        f'better = "{outcome.better}"',
        f"mcid = {outcome.mcid:g}",
        f'role = "{outcome.role}"',
    )
    return "\n".join([about, *(f"#{row}" for row in rows)])


def _cited(sources: tuple[str, ...]) -> str:
    return "Sources: " + "; ".join(f"{source_title(one)} [{one}]" for one in sources) + "."


def _comment(paragraphs: Iterator[str] | list[str]) -> str:
    lines = [
        line
        for paragraph in paragraphs
        for line in (textwrap.wrap(paragraph, _WIDTH, break_on_hyphens=False) or [""])
    ]
    return "\n".join(f"# {line}".rstrip() for line in lines)

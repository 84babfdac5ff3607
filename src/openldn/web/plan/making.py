"""From the answers of the steps to the plan, and from its problems back to the fields."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from openldn.evidence.conditions import SLEEP
from openldn.evidence.first_plan import first_design
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Better, Family, Outcome, Role
from openldn.protocol.plan import (
    Acts,
    Analysis,
    Design,
    Drug,
    Kind,
    LadderStep,
    Person,
    Plan,
    Prescriber,
    StopRule,
)
from openldn.protocol.problems import Problem

__all__ = [
    "LOWEST",
    "MOST",
    "field_of",
    "outcomes_of",
    "plan_of",
    "problems_of_doses",
    "text_of",
]

LOWEST, MOST = 0.0, 10.0
_LABEL = "Me"  # of the plan: shown only to her
Answers = Mapping[str, Any]


def plan_of(answers: Answers, *, kind: Kind | None = None) -> Plan:
    """Put the plan together, with another design if one is given."""
    drug, ladder = _drug(answers["dose"])
    outcomes = outcomes_of(answers)
    agreed = answers.get("agreed", {})
    return Plan(
        person=Person(label=_LABEL, conditions=tuple(answers.get("conditions", ()))),
        prescriber=Prescriber(name=agreed.get("by", ""), agreed=_day(agreed.get("on"))),
        drug=drug,
        ladder=ladder,
        design=_design(answers, ladder[-1].dose, kind),
        outcomes=outcomes,
        analysis=Analysis(),
        stop_rules=(_call(outcomes),),
    )


def text_of(plan: Plan) -> str:
    """Write the plan file; what is frozen is this text, byte for byte."""
    return plan.to_toml(is_commented=True)


def outcomes_of(answers: Answers) -> tuple[Outcome, ...]:
    """Make the scores, the primary one first."""
    made = [_outcome(item, answers.get("primary")) for item in answers["items"]]
    return tuple(sorted(made, key=lambda one: one.role is not Role.PRIMARY))


def field_of(problem: Problem) -> str | None:
    """Name the field of the dose page where a problem of the plan is; None: it is elsewhere."""
    place = problem.place
    if place.startswith("ladder["):
        number, _, key = place.removeprefix("ladder[").partition("]")
        return f"days_{number}" if key == ".min_days" else f"dose_{number}"
    return "already_on" if place == "drug.already_on" else None


def _outcome(item: Mapping[str, Any], primary: str | None) -> Outcome:
    role = Role.HARM if item["id"] == SLEEP else Role.SECONDARY
    return Outcome(
        id=item["id"],
        label=item["label"],
        minimum=LOWEST,
        maximum=MOST,
        better=Better(item["better"]),
        mcid=float(item["mcid"]),
        role=Role.PRIMARY if item["id"] == primary else role,
        family=Family.GAUSSIAN,
    )


def _drug(given: Mapping[str, Any]) -> tuple[Drug, tuple[LadderStep, ...]]:
    drug = Drug(
        time=given["time"],
        acts=Acts(given["acts"]),
        already_on=Dose.from_mg(given["already_on"]),
    )
    rungs = (LadderStep(dose=Dose.from_mg(mg), min_days=days) for mg, days in given["rungs"])
    return drug, tuple(rungs)


def _design(answers: Answers, target: Dose, kind: Kind | None) -> Design:
    chosen = answers.get("design", {})
    shape = replace(
        first_design(kind or Kind(chosen["kind"])), target=target, start=_day(answers.get("start"))
    )
    if not shape.kind.is_randomised or not chosen:
        return shape
    return replace(shape, pairs=chosen["pairs"], period_days=7 * chosen["weeks"])


def _call(outcomes: tuple[Outcome, ...]) -> StopRule:
    """Call the prescriber when the score that matters most is very bad for some days."""
    primary = outcomes[0]
    is_lower = primary.better is Better.LOWER
    return StopRule(
        id=f"{primary.id.replace('_', '-')}-{'high' if is_lower else 'low'}",
        on=primary.id,
        at_least=MOST - 1 if is_lower else None,
        at_most=None if is_lower else LOWEST + 1,
        days=3,
        within=5,
        action="call",
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def problems_of_doses(answers: Answers) -> Iterator[Problem]:
    """List what the rules of a plan say to the doses, whatever the design."""
    plan = plan_of({**answers, "design": {}}, kind=Kind.OPEN_TITRATION)
    return (one for one in plan.check() if field_of(one) is not None)

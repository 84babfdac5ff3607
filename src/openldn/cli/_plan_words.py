"""A plan in plain sentences and a calendar in rows. Arms stay out of it while they are sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from openldn.evidence.foreseen import foreseen
from openldn.protocol.calendar import Phase, PlannedDay, calendar
from openldn.protocol.outcomes import Outcome, Role
from openldn.protocol.plan import Arm, Kind, Plan
from openldn.protocol.schemes import set_size

_SHAPES = {
    Kind.OPEN_TITRATION: "You know what you take all along: first scores without a change, "
    "then the rungs.",
    Kind.OPEN_REVERSAL: "You know what you take all along: up the rungs, then off and on again.",
    Kind.BLINDED_WITHDRAWAL: "First openly up to the target; then periods of LDN and of placebo, "
    "in an order that you do not know.",
    Kind.BLINDED_CROSSOVER: "After the lower rungs: periods of LDN and of placebo, in an order "
    "that you do not know.",
    Kind.OPEN_RANDOMISED: "First openly up to the target; then periods with and without LDN, in "
    "an order drawn by chance.",
}
_ROLES = {Role.PRIMARY: "the main score", Role.SECONDARY: "also scored", Role.HARM: "watched"}
_PHASES = {
    Phase.BASELINE: "first scores",
    Phase.TITRATION: "going up",
    Phase.OPEN: "at the target",
    Phase.REVERSAL: "off and on",
    Phase.RANDOMISED: "drawn order",
    Phase.NO_CAPSULE: "no capsules",
}


def plan_lines(plan: Plan) -> Iterator[str]:
    """Write the whole plan, line by line."""
    yield from _sentences(plan)
    yield ""
    yield from _calendar(plan)


def not_agreed(plan: Plan) -> str:
    """Say what is missing while the plan holds no date of agreement."""
    before = "the order is drawn" if plan.design.kind.is_randomised else "the first day"
    return (
        "no date of agreement with the prescriber is written down. "
        f"It is needed before {before}: agreed = 2026-01-05, under [prescriber]."
    )


def short_transition(plan: Plan) -> str:
    """Say that the transition days are fewer than the model's lower bound; "" where they are not.

    The model of the receptors (`openldn blockade`) is used for this bound and for nothing else in
    a plan.
    """
    from openldn.pharmacology import shortest_transition_days

    design = plan.design
    if not design.pairs:
        return ""
    least = shortest_transition_days(design.target)
    if design.transition_days >= least:
        return ""
    return (
        f"transition_days is {design.transition_days}. In a model of the receptors the block of"
        f" {design.target.text} takes about {least} days to fade, and in its slower reading far"
        " longer. That is a lower bound: effects may lag far behind blood levels, and no study"
        " measured it."
    )


def _sentences(plan: Plan) -> Iterator[str]:
    design, drug = plan.design, plan.drug
    yield f"A plan of kind {design.kind} for {plan.person.label or 'one person'}."
    if plan.person.conditions:
        yield f"Condition: {', '.join(plan.person.conditions)}."
    yield _SHAPES[design.kind]
    weeks = plan.total_days / 7
    yield f"It takes {plan.total_days} days in all, about {weeks:.0f} weeks."
    grade = foreseen(plan)
    yield grade.sentence
    if grade.more:
        yield grade.more
    rungs = ", ".join(step.dose.text for step in plan.ladder)
    yield f"Drug: {drug.ingredient}, {drug.form}, {drug.time}. Rungs: {rungs}."
    yield f"Target: {design.target.text} a day."
    if drug.already_on.ug:
        yield f"Taken steadily before: {drug.already_on.text} a day."
    if design.pairs:
        yield from _pair_sentences(plan)
    for outcome in plan.outcomes:
        yield _outcome_sentence(outcome)
    yield from _stop_sentences(plan)
    yield _agreement(plan)


def _pair_sentences(plan: Plan) -> Iterator[str]:
    design = plan.design
    against = "placebo" if plan.contrast_arm is Arm.PLACEBO else "no capsule"
    yield (
        f"{design.pairs} {'pair' if design.pairs == 1 else 'pairs'}: LDN and {against}, "
        f"{design.period_days} days each; the first {design.transition_days} days of each are "
        "for the change to settle."
    )
    if design.ramp_days:
        doses = ", then ".join(
            f"{step.days} days at {design.target.part(step.fraction).text}" for step in design.ramp
        )
        hidden = " All capsules look the same." if design.kind.is_blinded else ""
        yield f"LDN after {against} begins with {doses}.{hidden}"
    if design.no_ramp_reason:
        yield f"The prescriber's reason for no ramp: {design.no_ramp_reason}"
    if design.kind.is_randomised:
        size = set_size(design.scheme, pairs=design.pairs, max_run=design.max_run)
        yield f"The order is one of {size:,}, drawn once ({design.scheme}) and sealed."


def _outcome_sentence(outcome: Outcome) -> str:
    return (
        f"Score: {outcome.label} ({outcome.id}), {outcome.minimum:g} to {outcome.maximum:g}, "
        f"{outcome.better} is better, {_ROLES[outcome.role]}. "
        f"A difference of {outcome.mcid:g} would matter."
    )


def _stop_sentences(plan: Plan) -> Iterator[str]:
    for rule in plan.stop_rules:
        limit = ""
        if rule.at_least is not None:
            limit = f" at {rule.at_least:g} or more"
        if rule.at_most is not None:
            limit = f" at {rule.at_most:g} or less"
        yield (
            f"Safety rule {rule.id}: {rule.on}{limit} on {rule.days} of {rule.within} days: "
            f"{rule.action}, and tell {' and '.join(rule.tell)}."
        )


def _agreement(plan: Plan) -> str:
    who = plan.prescriber.name or "The prescriber"
    if plan.prescriber.agreed is None:
        return f"Warning: {not_agreed(plan)}"
    return f"{who} agreed to this plan on {plan.prescriber.agreed}."


def _calendar(plan: Plan) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [("days", "dates", "part", "period", "a day")]
    for _, same in groupby(calendar(plan), key=_row_key):
        days = list(same)
        rows.append(
            (
                _span(days[0].day, days[-1].day),
                _dates(plan, days[0].day, days[-1].day),
                _PHASES[days[0].phase],
                "" if days[0].period is None else str(days[0].period),
                _dose(days[0], is_blinded=plan.design.kind.is_blinded),
            )
        )
    if plan.design.start is None:  # without a start there are no dates to show
        rows = [(row[0], *row[2:]) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _row_key(day: PlannedDay) -> tuple[object, ...]:
    return (day.phase, day.period, day.dose)


def _span(first: int, last: int) -> str:
    return f"{first}-{last}" if last > first else str(first)


def _dates(plan: Plan, first: int, last: int) -> str:
    start = plan.design.start
    if start is None:
        return ""
    return f"{start + timedelta(days=first)} to {start + timedelta(days=last)}"


def _dose(day: PlannedDay, *, is_blinded: bool) -> str:
    if day.dose is None:
        return "sealed capsules" if is_blinded else "drawn: LDN or nothing"
    return day.dose.text if day.dose.ug else "nothing"

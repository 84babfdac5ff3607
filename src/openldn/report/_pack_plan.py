"""A plan as a prescriber reads it: what is proposed, how long it takes, what it would settle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from openldn.protocol.calendar import Phase, PlannedDay, calendar
from openldn.protocol.outcomes import Better, Outcome, Role
from openldn.protocol.plan import Arm, Kind, Plan, StopRule
from openldn.protocol.schemes import set_size
from openldn.report.words import matters_text, name_text

__all__ = ["duration", "parts", "plan_points", "settled", "stop_rule_text", "watched"]

_SHAPES = {
    Kind.OPEN_TITRATION: "Open: scores before LDN, then LDN in steps. Nothing is hidden and"
    " nothing is drawn by chance.",
    Kind.OPEN_REVERSAL: "Open: LDN in steps, then off and on again. Nothing is hidden and nothing"
    " is drawn by chance.",
    Kind.BLINDED_WITHDRAWAL: "LDN openly first, in steps. Then periods of LDN and of placebo,"
    " blinded, in an order drawn by chance.",
    Kind.BLINDED_CROSSOVER: "Lower doses openly first. Then periods of LDN and of placebo,"
    " blinded, in an order drawn by chance.",
    Kind.OPEN_RANDOMISED: "LDN openly first, in steps. Then periods with and without LDN, not"
    " hidden, in an order drawn by chance.",
}
_PARTS = {
    Phase.BASELINE: "First scores",
    Phase.TITRATION: "In steps",
    Phase.OPEN: "At the target",
    Phase.REVERSAL: "Off and on",
    Phase.RANDOMISED: "Compared",
    Phase.NO_CAPSULE: "Afterwards",
}
_LEFT_OPEN = {
    Kind.OPEN_TITRATION: "It cannot tell LDN from a good season, from hope or from other care. One"
    " reversal (off and on again) would add to what it can tell.",
    Kind.OPEN_REVERSAL: "Everybody knows what is taken, so hope can be part of a difference.",
    Kind.OPEN_RANDOMISED: "Everybody knows what is taken, so hope can be part of a difference.",
}
_ACTIONS = {"call": "a call", "pause": "a pause", "stop": "the end of the trial"}


def plan_points(plan: Plan, *, is_first: bool) -> tuple[str, ...]:
    """Tell the plan, point by point.

    Parameters
    ----------
    is_first
        Whether nobody has yet made it fit this person.
    """
    return tuple(_points(plan, is_first=is_first))


def parts(plan: Plan) -> tuple[tuple[str, str, str], ...]:
    """List the parts of the plan: name, how long, what is taken."""
    rows = []
    for phase, same in groupby(calendar(plan), key=lambda day: day.phase):
        days = list(same)
        rows.append((_PARTS[phase], duration(len(days)), _taken(plan, phase, days)))
    return tuple(rows)


def settled(plan: Plan) -> tuple[str, ...]:
    """Say what the design would settle, what it would leave open, and how long it takes."""
    return tuple(_settled(plan))


def watched(plan: Plan) -> tuple[Outcome, ...]:
    """List the scores, the main one first."""
    order = list(Role)
    return tuple(sorted(plan.outcomes, key=lambda outcome: order.index(outcome.role)))


def stop_rule_text(rule: StopRule, plan: Plan) -> str:
    """Tell one of the plan's own stop rules."""
    labels = {outcome.id: outcome.label for outcome in plan.outcomes}
    on = labels.get(rule.on, rule.on.replace("_", " ").replace("-", " "))
    limit = f" at {rule.at_least:g} or more" if rule.at_least is not None else ""
    if rule.at_most is not None:
        limit += f" at {rule.at_most:g} or less"
    days = "on one day" if rule.within == 1 else f"on {rule.days} of {rule.within} days"
    return f"{on}{limit} {days}: {_ACTIONS[rule.action]}; {' and '.join(rule.tell)} are told."


def duration(days: int) -> str:
    """Give a number of days as it is spoken: whole weeks as weeks."""
    weeks, left = divmod(days, 7)
    count, unit = (weeks, "week") if weeks and not left else (days, "day")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _points(plan: Plan, *, is_first: bool) -> Iterator[str]:
    design, drug = plan.design, plan.drug
    yield _SHAPES[design.kind]
    yield (
        f"{drug.ingredient.capitalize()}, {drug.form}, {_time(drug.time)}; target"
        f" {design.target.text} a day, never above 4.5 mg."
    )
    if drug.already_on.ug:
        yield f"Taken steadily before: {drug.already_on.text} a day."
    if design.pairs:
        yield from _pair_points(plan)
    others = [name_text(one.label) for one in watched(plan) if one is not plan.primary]
    yield f"Main score, each day: {_score(plan.primary)}."
    if others:
        yield f"Also scored: {', '.join(others)}; side effects, and events with their dates."
    yield "The usual medicines and checks stay as they are."
    if is_first:
        yield (
            "This is a first proposal by OpenLDN. No trial has tested this ladder, and every line"
            " can be changed."
        )


def _time(time: str) -> str:
    return "at bedtime" if time == "bedtime" else f"in the {time}"


def _pair_points(plan: Plan) -> Iterator[str]:
    design, other = plan.design, _contrast(plan)
    pairs = "one pair" if design.pairs == 1 else f"{design.pairs} pairs"
    yield (
        f"{pairs.capitalize()} of periods, LDN {design.target.text} and {other},"
        f" {duration(design.period_days)} each. The first {design.transition_days} days of a"
        " period are there for the change to settle."
    )
    if design.ramp:
        steps = ", then ".join(
            f"{step.days} days at {design.target.part(step.fraction).text}" for step in design.ramp
        )
        yield f"LDN after {other} begins with {steps}{_hidden(plan)}."
    if design.kind.is_randomised:
        size = set_size(design.scheme, pairs=design.pairs, max_run=design.max_run)
        yield f"The order is one of {size:,}, drawn once and sealed until the end."
    if design.kind.is_blinded:
        yield (
            "A pharmacy makes LDN and placebo that look the same. The pharmacist alone can open"
            " the order; neither of you knows it."
        )


def _hidden(plan: Plan) -> str:
    return ", and all capsules look the same" if plan.design.kind.is_blinded else ""


def _contrast(plan: Plan) -> str:
    return "placebo" if plan.contrast_arm is Arm.PLACEBO else "no capsule"


def _score(outcome: Outcome) -> str:
    better = "lower" if outcome.better is Better.LOWER else "higher"
    return (
        f"{name_text(outcome.label)} from {outcome.minimum:g} to {outcome.maximum:g}, {better} is"
        f" better. A difference of {matters_text(outcome.mcid)} would matter"
    )


def _taken(plan: Plan, phase: Phase, days: list[PlannedDay]) -> str:
    if phase is Phase.RANDOMISED or phase is Phase.REVERSAL:
        order = "order drawn by chance" if phase is Phase.RANDOMISED else "in turn"
        either = f"{plan.design.target.text} or {_contrast(plan)}"
        return f"{plan.design.n_periods} periods, {either}, {order}"
    doses = dict.fromkeys(day.dose.text if day.dose and day.dose.ug else "no LDN" for day in days)
    return ", then ".join(doses)


def _settled(plan: Plan) -> Iterator[str]:
    design, score = plan.design, name_text(plan.primary.label)
    if design.pairs:
        yield (
            f"For this one person: whether {score} differs between {design.target.text} and"
            f" {_contrast(plan)}, and by how much, with the range that fits the records."
        )
    else:
        yield f"For this one person: how {score} went before LDN and with it."
    yield "“We could not tell” is a possible answer, of equal worth."
    if design.kind in _LEFT_OPEN:
        yield _LEFT_OPEN[design.kind]
    doses = [step.dose.text for step in plan.titration if step.dose != design.target]
    lower = f" Lower doses ({', '.join(doses)}) are not compared." if doses else ""
    yield f"It does not tell about years of use, or about harm that cannot be felt.{lower}"
    yield (
        "How fast LDN begins and ceases to act is not known. If that takes longer than a period,"
        " a true difference can look smaller."
    )
    weeks = plan.total_days / 7
    yield f"It takes {plan.total_days} days in all, about {weeks:.0f} weeks."

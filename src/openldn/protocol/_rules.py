"""The rules that a plan must keep: safety first, then the shape of the trial.

Each rule is a small generator over a plan, with the places it rests on, so that a rule is not
judged on a value that could not be read. The order is the order in which problems are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

from openldn.protocol._parts import (
    Analysis,
    Design,
    Drug,
    Estimand,
    LadderStep,
    Person,
    Prescriber,
    Scheme,
    StopRule,
)
from openldn.protocol.doses import MAX_DAILY, NOTHING, Dose
from openldn.protocol.outcomes import MOST_PARTS, Family, Outcome, Role, divides
from openldn.protocol.problems import Problem

# dosing.yaml `recommended_default.three_step_option` (1.5, 3, 4.5 mg) and ladders `l-final` and
# `l-lavendersky`: no ladder of practice or trial with several rungs up to 4.5 mg rises faster,
# but for one (2 to 4 mg, srinivasan-2021). One clear rule for every plan: no rise above this.
LARGEST_RISE = Dose(1500)
# contract.md section 2, safety.yaml `missed-many`: from this dose on, half the dose for 3 to 7
# days after a gap of 7 or more days.
RAMP_FROM = Dose(3000)
RAMP_FRACTION = Fraction(1, 2)
RAMP_DAYS = 3
GAP_DAYS = 7
ADULT = 18  # safety.yaml `minors`
LONGEST_PLAN = 1830  # five years: past that a plan is a slip of the keyboard
# Below, a clear answer would often be a wrong one: at 0.8 one in five. Above, no plan that a person
# can follow is long enough to reach it.
LEAST_DECISION, MOST_DECISION = 0.8, 0.999


class PlanShape(Protocol):
    """Whatever has the parts of a plan."""

    @property
    def person(self) -> Person: ...
    @property
    def prescriber(self) -> Prescriber: ...
    @property
    def drug(self) -> Drug: ...
    @property
    def ladder(self) -> tuple[LadderStep, ...]: ...
    @property
    def design(self) -> Design: ...
    @property
    def outcomes(self) -> tuple[Outcome, ...]: ...
    @property
    def analysis(self) -> Analysis: ...
    @property
    def estimand(self) -> Estimand | None: ...
    @property
    def stop_rules(self) -> tuple[StopRule, ...]: ...


class Rule(NamedTuple):
    """A rule and the places of the plan that it rests on."""

    check: Callable[[PlanShape], Iterator[Problem]]
    rests_on: tuple[str, ...]


def broken_rules(
    plan: PlanShape, *, is_sound: Callable[[str], bool] = lambda _place: True
) -> Iterator[Problem]:
    """List every broken rule of a plan whose values, where sound, have been read."""
    for rule in RULES:
        if all(is_sound(place) for place in rule.rests_on):
            yield from rule.check(plan)


def _age(plan: PlanShape) -> Iterator[Problem]:
    day = plan.design.start or plan.prescriber.agreed
    born = plan.person.birth_year
    if day is not None and born is not None and day.year - born < ADULT:
        yield Problem(
            code="LDN-P109",
            place="person.birth_year",
            given=f"{born}, under {ADULT} in {day.year}",
            expected=f"a person of {ADULT} years or more",
            todo="OpenLDN is for adults only; please talk with the doctor.",
        )


def _doses(plan: PlanShape) -> Iterator[Problem]:
    doses = [(f"ladder[{i}].dose_mg", step.dose) for i, step in enumerate(plan.ladder, start=1)]
    doses += [("design.target_mg", plan.design.target), ("drug.already_on", plan.drug.already_on)]
    for place, dose in doses:
        if dose > MAX_DAILY:
            yield _problem(
                "LDN-P101",
                place,
                dose.text,
                f"at most {MAX_DAILY.text} a day",
                "Plans above this limit are not made here; ask the prescriber.",
            )


def _ladder(plan: PlanShape) -> Iterator[Problem]:
    last: Dose | None = None
    for i, step in enumerate(plan.ladder, start=1):
        place = f"ladder[{i}].dose_mg"
        if step.dose == NOTHING:
            yield _problem("LDN-P103", place, step.dose.text, "above 0 mg", "Correct this dose.")
        elif last is not None and step.dose <= last:
            expected = f"more than the rung before, {last.text}"
            yield _problem("LDN-P103", place, step.dose.text, expected, "Sort the rungs upward.")
        last = step.dose


def _rises(plan: PlanShape) -> Iterator[Problem]:
    """From the dose already taken, each rung up must be within reach of the one before."""
    last = plan.drug.already_on
    for i, step in enumerate(plan.ladder, start=1):
        if step.dose <= last:
            continue
        if step.dose.ug - last.ug > LARGEST_RISE.ug:
            yield _problem(
                "LDN-P104",
                f"ladder[{i}].dose_mg",
                f"a rise from {last.text} to {step.dose.text}",
                f"a rise of at most {LARGEST_RISE.text} from one rung to the next",
                "Put a rung between them.",
            )
        last = step.dose


def _target(plan: PlanShape) -> Iterator[Problem]:
    rungs = [step.dose for step in plan.ladder]
    if plan.design.target not in rungs:
        yield _problem(
            "LDN-P102",
            "design.target_mg",
            plan.design.target.text,
            "a dose of the ladder: " + ", ".join(rung.text for rung in rungs),
            "Choose one of them, or add this dose to the ladder.",
        )


def _contrast(plan: PlanShape) -> Iterator[Problem]:
    kind, pairs = plan.design.kind, plan.design.pairs
    if kind.has_periods and pairs == 0:
        against = "placebo" if kind.is_blinded else "capsule-free"
        yield _problem(
            "LDN-P105" if kind.is_blinded else "LDN-P117",
            "design.pairs",
            f"0, so no {against} period in a plan of kind {kind}",
            "1 or more pairs (3 or more are advised)",
            "Give the number of pairs, or choose kind open-titration.",
        )
    if not kind.has_periods and pairs > 0:
        yield _problem(
            "LDN-P117",
            "design.pairs",
            str(pairs),
            f"0 in a plan of kind {kind}",
            "Remove the pairs, or choose a kind that has periods.",
        )


def _needs_ramp(plan: PlanShape) -> bool:
    design = plan.design
    is_strong = design.kind.is_blinded and design.target >= RAMP_FROM
    return is_strong and not design.no_ramp_reason.strip()


def _ramp_is_there(plan: PlanShape) -> Iterator[Problem]:
    if _needs_ramp(plan) and not plan.design.ramp:
        yield _problem(
            "LDN-P106",
            "design.ramp",
            f"no ramp at {plan.design.target.text}",
            f"half-dose first days in a blinded plan at {RAMP_FROM.text} or more",
            "Add ramp = [{days = 4, fraction = 0.5}], or the prescriber's written no_ramp_reason.",
        )


def _ramp_fits(plan: PlanShape) -> Iterator[Problem]:
    design = plan.design
    if design.ramp_days > design.transition_days:
        yield _problem(
            "LDN-P107",
            "design.ramp",
            f"{design.ramp_days} ramp days",
            f"at most the {design.transition_days} transition days",
            "Shorten the ramp, or lengthen transition_days.",
        )
    fractions = [step.fraction for step in design.ramp]
    if fractions != sorted(set(fractions)):
        given = ", ".join(f"{float(fraction):g}" for fraction in fractions)
        expected = "fractions that rise from step to step"
        yield _problem("LDN-P125", "design.ramp", given, expected, "Sort the ramp upward.")
    for i, step in enumerate(design.ramp, start=1):
        if (design.target.ug * step.fraction).denominator != 1:
            yield _problem(
                "LDN-P125",
                f"design.ramp[{i}].fraction",
                f"{float(step.fraction):g} of {design.target.text}",
                "a whole number of micrograms",
                "Choose a fraction that a capsule can hold exactly, such as 0.5.",
            )


def _ramp_is_gentle(plan: PlanShape) -> Iterator[Problem]:
    """After a gap of 7 days or more: half the dose or less, for 3 days or more."""
    design = plan.design
    if not _needs_ramp(plan) or not design.ramp or design.period_days < GAP_DAYS:
        return
    gentle = sum(step.days for step in design.ramp if step.fraction <= RAMP_FRACTION)
    if gentle < RAMP_DAYS:
        yield _problem(
            "LDN-P124",
            "design.ramp",
            f"{gentle} days at half the dose or less",
            f"{RAMP_DAYS} days or more, because each placebo period is a gap of {GAP_DAYS} "
            "days or more",
            "Lengthen the half-dose days.",
        )


def _transition(plan: PlanShape) -> Iterator[Problem]:
    design = plan.design
    if design.kind.has_periods and design.transition_days >= design.period_days:
        yield _problem(
            "LDN-P108",
            "design.transition_days",
            str(design.transition_days),
            f"less than period_days, {design.period_days}",
            "Lengthen the periods, or shorten the transition.",
        )


def _longest_run(plan: PlanShape) -> Iterator[Problem]:
    design = plan.design
    if design.scheme is not Scheme.BALANCED or not design.kind.is_randomised or not design.pairs:
        return
    if design.max_run < 2:
        yield _problem(
            "LDN-P111",
            "design.max_run",
            str(design.max_run),
            "2 or more: with 1 the arms only alternate, and one guess gives all away",
            "Set max_run = 2 or more.",
        )


def _length(plan: PlanShape) -> Iterator[Problem]:
    design = plan.design
    climb = sum(step.min_days for step in plan.ladder)
    shortest = 2 * design.pairs * design.period_days
    days = design.baseline_days + climb + design.open_days + shortest + design.none_days
    if days > LONGEST_PLAN:
        yield _problem(
            "LDN-P120",
            "design",
            f"about {days} days in all",
            f"at most {LONGEST_PLAN} days",
            "Shorten the plan.",
        )


def _one_primary(plan: PlanShape) -> Iterator[Problem]:
    primaries = [outcome.id for outcome in plan.outcomes if outcome.role is Role.PRIMARY]
    if len(primaries) != 1:
        yield _problem(
            "LDN-P110",
            "outcome",
            ", ".join(primaries) if primaries else "no primary outcome",
            'exactly one outcome with role = "primary"',
            "Choose the one score that carries the conclusion.",
        )


def _unique_ids(plan: PlanShape) -> Iterator[Problem]:
    lists = {
        "outcome": [outcome.id for outcome in plan.outcomes],
        "stop_rule": [rule.id for rule in plan.stop_rules],
    }
    for table, ids in lists.items():
        for i, name in enumerate(ids, start=1):
            if name and name in ids[: i - 1]:
                place = f"{table}[{i}].id"
                yield _problem("LDN-P009", place, repr(name), "an id used once", "Rename one.")


RESERVED_IDS = frozenset(
    {"date", "day", "arm", "dose_mg", "taken", "period", "state", "event", "note", "entered_at"}
)


def _free_ids(plan: PlanShape) -> Iterator[Problem]:
    """Keep outcome ids apart from the diary's own columns (contract.md section 3)."""
    for i, outcome in enumerate(plan.outcomes, start=1):
        if outcome.id in RESERVED_IDS or outcome.id == "safety":
            yield _problem(
                "LDN-P008",
                f"outcome[{i}].id",
                repr(outcome.id),
                "an id that the diary does not use for itself",
                "Choose another id, such as pain.",
            )


def _scales(plan: PlanShape) -> Iterator[Problem]:
    for i, outcome in enumerate(plan.outcomes, start=1):
        place = f"outcome[{i}]"
        if outcome.minimum >= outcome.maximum:
            given = f"min {outcome.minimum:g}, max {outcome.maximum:g}"
            yield _problem("LDN-P121", place, given, "min below max", "Correct the scale.")
            continue
        if outcome.mcid > outcome.width:
            yield _problem(
                "LDN-P122",
                f"{place}.mcid",
                f"{outcome.mcid:g}",
                f"at most the width of the scale, {outcome.width:g}",
                "Choose the smallest difference that would matter.",
            )
        if not divides(outcome.step, minimum=outcome.minimum, maximum=outcome.maximum):
            yield _problem(
                "LDN-P121",
                f"{place}.step",
                f"{outcome.step:g}",
                f"a step that divides the scale into at most {MOST_PARTS:,} equal parts",
                "Correct the step.",
            )


def _families(plan: PlanShape) -> Iterator[Problem]:
    for i, outcome in enumerate(plan.outcomes, start=1):
        if outcome.minimum >= outcome.maximum:
            continue
        expected = {
            Family.BINARY: ("2 answers", outcome.steps == 2),
            Family.COUNT: ("whole numbers from 0", outcome.minimum == 0 and outcome.step == 1),
            Family.ORDINAL: ("3 to 20 answers", 3 <= outcome.steps <= 20),
            Family.GAUSSIAN: ("3 answers or more", outcome.steps >= 3),
        }[outcome.family]
        if not expected[1]:
            yield _problem(
                "LDN-P123",
                f"outcome[{i}].family",
                f"{outcome.family} with {outcome.steps} answers",
                f"a scale of {expected[0]}",
                "Leave family out: it then follows from the scale.",
            )


def _looks(plan: PlanShape) -> Iterator[Problem]:
    looks, pairs = plan.analysis.looks, plan.design.pairs
    if list(looks) != sorted(set(looks)) or any(look > pairs for look in looks):
        yield _problem(
            "LDN-P116",
            "analysis.looks",
            ", ".join(map(str, looks)),
            f"rising numbers of whole pairs, at most {pairs}",
            "Correct the looks, or leave them empty.",
        )


def _decision(plan: PlanShape) -> Iterator[Problem]:
    decision = plan.analysis.decision
    if not LEAST_DECISION <= decision <= MOST_DECISION:
        reason = (
            "below, chance alone would often look like a clear answer"
            if decision < LEAST_DECISION
            else "above, no diary is long enough for a clear answer"
        )
        yield _problem(
            "LDN-P126",
            "analysis.decision",
            f"{decision:g}",
            f"{LEAST_DECISION:g} to {MOST_DECISION:g}: {reason}",
            "Write decision = 0.95, or another number in this range.",
        )


def _stop_rules(plan: PlanShape) -> Iterator[Problem]:
    outcomes = {outcome.id: outcome for outcome in plan.outcomes}
    for i, rule in enumerate(plan.stop_rules, start=1):
        place = f"stop_rule[{i}]"
        limits = [limit for limit in (rule.at_least, rule.at_most) if limit is not None]
        outcome = outcomes.get(rule.on)
        if len(limits) > 1 or (outcome is not None and not limits):
            yield _problem(
                "LDN-P113",
                place,
                "both at_least and at_most" if limits else "no limit",
                "at_least or at_most, one of the two",
                "Give the one limit at which the rule is met.",
            )
        for limit in limits:
            if outcome is not None and not outcome.holds(limit):
                scale = f"a value on the scale of {outcome.id}"
                expected = f"{scale}, {outcome.minimum:g} to {outcome.maximum:g}"
                yield _problem("LDN-P112", place, f"{limit:g}", expected, "Correct the limit.")
        if rule.days > rule.within:
            yield _problem(
                "LDN-P114",
                f"{place}.within",
                f"{rule.days} days within {rule.within}",
                "at least as many days as days counts",
                "Raise within, or lower days.",
            )


def _problem(code: str, place: str, given: str, expected: str, todo: str) -> Problem:
    return Problem(code=code, place=place, given=given, expected=expected, todo=todo)


RULES: Sequence[Rule] = (
    Rule(_age, ("person.birth_year", "design.start", "prescriber.agreed")),
    Rule(_doses, ()),  # a dose that could not be read counts as 0 here
    Rule(_ladder, ("ladder",)),
    Rule(_rises, ("ladder", "drug.already_on")),
    Rule(_target, ("ladder", "design.target_mg")),
    Rule(_contrast, ("design.kind", "design.pairs")),
    Rule(_ramp_is_there, ("design.kind", "design.target_mg", "design.ramp")),
    Rule(_ramp_fits, ("design.target_mg", "design.ramp", "design.transition_days")),
    Rule(_ramp_is_gentle, ("design.kind", "design.target_mg", "design.ramp")),
    Rule(_transition, ("design.kind", "design.transition_days", "design.period_days")),
    Rule(_longest_run, ("design.kind", "design.scheme", "design.max_run", "design.pairs")),
    Rule(_length, ("ladder", "design")),
    Rule(_one_primary, ("outcome",)),
    Rule(_unique_ids, ()),
    Rule(_free_ids, ()),
    Rule(_scales, ("outcome",)),
    Rule(_families, ("outcome",)),
    Rule(_decision, ("analysis.decision",)),
    Rule(_looks, ("analysis.looks", "design.pairs")),
    Rule(_stop_rules, ("outcome", "stop_rule")),
)

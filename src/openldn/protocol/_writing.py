"""From a plan to the text of plan.toml, with a comment beside each line if asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from openldn.protocol._parts import Design, RampStep, Scheme, StopRule
from openldn.protocol._reading import FORMAT
from openldn.protocol._rules import PlanShape
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Outcome

_Line = tuple[str, object]

COMMENTS = {
    "person.label": "shown only to you",
    "person.birth_year": "the plan is for adults",
    "prescriber.name": "who agreed to this plan",
    "prescriber.agreed": "date of the agreement; needed before the trial begins",
    "drug.form": "capsule, liquid or tablet",
    "drug.time": "morning, evening or bedtime",
    "drug.acts": "same-day or next-day: the first day a dose can show in the scores",
    "drug.already_on": "mg taken steadily before day 0",
    "ladder.dose_mg": "a rung: above 0, at most 4.5 mg",
    "ladder.min_days": "the shortest stay on it",
    "design.kind": "open-titration, open-reversal, blinded-withdrawal, blinded-crossover "
    "or open-randomised",
    "design.start": "day 0",
    "design.baseline_days": "days of scores before anything changes",
    "design.open_days": "days at the target before the periods begin",
    "design.target_mg": "a dose of the ladder",
    "design.pairs": "each pair: one period on LDN, one without",
    "design.period_days": "days in one period",
    "design.transition_days": "first days of a period, while the drug builds up or fades",
    "design.scheme": "paired, balanced, counterbalanced or full",
    "design.max_run": "balanced only: the longest run of one arm, in periods",
    "design.ramp": "half-dose first days after a period without; safety asks for them from 3 mg",
    "design.no_ramp_reason": "the prescriber's written reason for no ramp",
    "design.none_days": "capsule-free days at the end",
    "outcome.min": "lowest answer",
    "outcome.max": "highest answer",
    "outcome.better": "lower or higher",
    "outcome.mcid": "the smallest difference that would matter to you, in points",
    "outcome.role": "primary (exactly one), secondary or harm",
    "analysis.prior": "what is assumed before the data: default, sceptical, wide or evidence",
    "analysis.decision": "how sure the answer must be",
    "analysis.looks": "after which whole pairs the answer may be seen early",
    "estimand.flare": "treatment-policy or composite",
    "estimand.steroid_burst": "hypothetical, treatment-policy or composite",
    "estimand.infection": "hypothetical or treatment-policy",
    "estimand.vaccination": "hypothetical or treatment-policy",
    "estimand.other_medicine_change": "hypothetical or treatment-policy",
    "estimand.missed_doses": "3 or more days running: treatment-policy or while-on-treatment",
    "estimand.dose_change": "while-on-treatment or treatment-policy",
    "estimand.side_effect_stop": "composite or treatment-policy",
    "estimand.code_broken": "hypothetical or treatment-policy",
    "stop_rule.on": "an outcome, a side effect, an event, or safety",
    "stop_rule.days": "met on this many days ...",
    "stop_rule.within": "... within this many days",
    "stop_rule.action": "stop, pause or call",
}


def to_toml(plan: PlanShape, *, is_commented: bool) -> str:
    """Write the whole file."""
    comments = COMMENTS if is_commented else {}
    blocks = [f"format = {FORMAT}"]
    for heading, lines in _tables(plan):
        table = heading.strip("[]")
        written = [_line(key, value, comments.get(f"{table}.{key}")) for key, value in lines]
        blocks.append("\n".join([heading, *written]))
    return "\n\n".join(blocks) + "\n"


def _line(key: str, value: object, comment: str | None) -> str:
    line = f"{key} = {_value(value)}"
    return f"{line:<32}  # {comment}" if comment else line


def _tables(plan: PlanShape) -> Iterator[tuple[str, Iterable[_Line]]]:
    person, prescriber, drug = plan.person, plan.prescriber, plan.drug
    yield (
        "[person]",
        _present(
            ("label", person.label),
            ("conditions", person.conditions),
            ("birth_year", person.birth_year),
        ),
    )
    yield "[prescriber]", _present(("name", prescriber.name), ("agreed", prescriber.agreed))
    yield (
        "[drug]",
        [
            ("ingredient", drug.ingredient),
            ("form", drug.form),
            ("time", drug.time),
            ("acts", drug.acts),
            ("already_on", drug.already_on),
        ],
    )
    for step in plan.ladder:
        yield "[[ladder]]", [("dose_mg", step.dose), ("min_days", step.min_days)]
    yield "[design]", _design(plan.design)
    for outcome in plan.outcomes:
        yield "[[outcome]]", _outcome(outcome)
    analysis = plan.analysis
    yield (
        "[analysis]",
        [
            ("prior", analysis.prior),
            ("decision", analysis.decision),
            ("looks", analysis.looks),
            ("asymmetric", analysis.asymmetric),
        ],
    )
    if plan.estimand is not None:
        yield "[estimand]", list(plan.estimand.strategies.items())
    for rule in plan.stop_rules:
        yield "[[stop_rule]]", _stop_rule(rule)


def _design(design: Design) -> list[_Line]:
    lines = _present(
        ("kind", design.kind),
        ("start", design.start),
        ("baseline_days", design.baseline_days),
        ("open_days", design.open_days),
        ("target_mg", design.target),
        ("pairs", design.pairs),
        ("period_days", design.period_days),
        ("transition_days", design.transition_days),
        ("scheme", design.scheme),
        ("max_run", design.max_run),
        ("ramp", design.ramp),
        ("no_ramp_reason", design.no_ramp_reason or None),
        ("none_days", design.none_days),
    )
    # A key that means nothing under this scheme would only raise questions, unless it was set.
    if design.scheme is not Scheme.BALANCED and design.max_run == 2:
        lines.remove(("max_run", 2))
    return lines


def _outcome(outcome: Outcome) -> list[_Line]:
    return [
        ("id", outcome.id),
        ("label", outcome.label),
        ("min", outcome.minimum),
        ("max", outcome.maximum),
        ("step", outcome.step),
        ("better", outcome.better),
        ("mcid", outcome.mcid),
        ("role", outcome.role),
        ("family", outcome.family),
    ]


def _stop_rule(rule: StopRule) -> list[_Line]:
    return _present(
        ("id", rule.id),
        ("on", rule.on),
        ("at_least", rule.at_least),
        ("at_most", rule.at_most),
        ("days", rule.days),
        ("within", rule.within),
        ("action", rule.action),
        ("tell", rule.tell),
    )


def _present(*lines: _Line) -> list[_Line]:
    return [(key, value) for key, value in lines if value is not None]


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            # JSON's escapes are those of a TOML basic string; TOML also escapes DEL.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")
        case int() | Dose():
            return str(value.mg if isinstance(value, Dose) else value)
        case float():
            return _float(value)
        case date():
            return value.isoformat()
        case RampStep():
            return f"{{days = {value.days}, fraction = {_fraction(value.fraction)}}}"
        case tuple():
            return "[" + ", ".join(_value(item) for item in value) + "]"
        case _:
            raise TypeError(f"no TOML for {value!r}")


def _float(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _fraction(fraction: Fraction) -> str:
    written = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    if Fraction(written) != fraction:
        raise ValueError(f"the ramp fraction {fraction} has no exact decimal form")
    return format(written, "f")

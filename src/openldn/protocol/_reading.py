"""From the bytes of plan.toml to the parts of a plan, with every problem of shape on the way.

What the values mean together (ladder, ramp, age ...) is checked in `_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from openldn.protocol._parts import (
    STRATEGIES,
    Acts,
    Analysis,
    Design,
    Drug,
    Estimand,
    Kind,
    LadderStep,
    Person,
    Prescriber,
    RampStep,
    Scheme,
    StopRule,
    Strategy,
)
from openldn.protocol._table import Findings, Table
from openldn.protocol._toml import parse
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import (
    ID_PATTERN,
    LARGEST_SCORE,
    LEAST_SCORE,
    MOST_PARTS,
    Better,
    Family,
    Outcome,
    Role,
    default_family,
    default_mcid,
)
from openldn.protocol.problems import Problem

FORMAT = 1
LARGEST_DAYS = 1000  # one stretch of days
LARGEST_PAIRS = 50
_FIRST_DATE, _LAST_DATE = date(2000, 1, 1), date(2100, 12, 31)
_LIMIT = 40  # rungs, outcomes, stop rules
_RAMP_LIMIT = 4

FORMS = ("capsule", "liquid", "tablet")
TIMES = ("morning", "evening", "bedtime")
PRIORS = ("default", "sceptical", "wide", "evidence")
ACTIONS = ("stop", "pause", "call")
RECIPIENTS = ("person", "prescriber", "pharmacist")
RULE_ID_PATTERN = re.compile(r"[a-z][a-z0-9_-]{0,31}")  # events and rules may hold hyphens

# Where the kinds differ (standards.md 2.2): how long the target is held openly, how many pairs.
_OPEN_DAYS = {
    Kind.OPEN_TITRATION: 28,  # dosing.yaml: a level to be measured is held at least 4 weeks
    Kind.OPEN_REVERSAL: 56,  # "hold 8-12 weeks"
    Kind.BLINDED_WITHDRAWAL: 28,
    Kind.BLINDED_CROSSOVER: 0,
    Kind.OPEN_RANDOMISED: 28,
}
_PAIRS = {
    Kind.OPEN_TITRATION: 0,
    Kind.OPEN_REVERSAL: 1,
    Kind.BLINDED_WITHDRAWAL: 4,
    Kind.BLINDED_CROSSOVER: 4,
    Kind.OPEN_RANDOMISED: 4,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanParts:
    """What was read, and how far it can be relied on."""

    person: Person
    prescriber: Prescriber
    drug: Drug
    ladder: tuple[LadderStep, ...]
    design: Design
    outcomes: tuple[Outcome, ...]
    analysis: Analysis
    estimand: Estimand | None
    stop_rules: tuple[StopRule, ...]
    problems: tuple[Problem, ...]
    is_sound: Callable[[str], bool]


def read_parts(data: bytes) -> PlanParts:
    """Read every table of the file.

    Raises
    ------
    InputError
        Only when the bytes are not a TOML file at all.
    """
    findings = Findings()
    root = Table(parse(data), place="", findings=findings)
    _read_format(root, findings)
    parts = PlanParts(
        person=_person(root.table("person", is_required=False)),
        prescriber=_prescriber(root.table("prescriber", is_required=False)),
        drug=_drug(root.table("drug", is_required=False)),
        ladder=_ladder(root),
        design=_design(root.table("design", is_required=True)),
        outcomes=_outcomes(root),
        analysis=_analysis(root.table("analysis", is_required=False)),
        estimand=_estimand(root),
        stop_rules=tuple(_stop_rule(table) for table in root.tables("stop_rule", limit=_LIMIT)),
        problems=(),
        is_sound=findings.is_sound,
    )
    root.close()
    return replace(parts, problems=tuple(findings.problems))


def _read_format(root: Table, findings: Findings) -> None:
    if not root.has("format"):
        root.whole("format", low=FORMAT, high=FORMAT)
        return
    value = root.whole("format", low=0, high=10**6, fallback=FORMAT)
    if value != FORMAT:
        findings.add(
            "LDN-P010",
            "format",
            given=str(value),
            expected=str(FORMAT),
            todo="Read this plan with the version of OpenLDN that wrote it.",
        )


def _person(table: Table) -> Person:
    person = Person(
        label=table.text("label", ""),
        conditions=table.texts("conditions"),
        birth_year=table.optional_whole("birth_year", low=1900, high=2100),
    )
    table.close()
    return person


def _prescriber(table: Table) -> Prescriber:
    prescriber = Prescriber(
        name=table.text("name", ""),
        agreed=table.date("agreed", low=_FIRST_DATE, high=_LAST_DATE),
    )
    table.close()
    return prescriber


def _drug(table: Table) -> Drug:
    time = table.choice("time", TIMES, "bedtime")
    drug = Drug(
        ingredient=table.choice("ingredient", ["naltrexone"], "naltrexone"),
        form=table.choice("form", FORMS, "capsule"),
        time=time,
        # Taken at bedtime, a dose cannot show in that day's scores.
        acts=table.member("acts", Acts, Acts.NEXT_DAY if time == "bedtime" else Acts.SAME_DAY),
        already_on=table.dose("already_on", Dose(0)),
    )
    table.close()
    return drug


def _ladder(root: Table) -> tuple[LadderStep, ...]:
    return tuple(_rung(table) for table in root.tables("ladder", limit=_LIMIT, is_required=True))


def _rung(table: Table) -> LadderStep:
    step = LadderStep(
        dose=table.dose("dose_mg"),
        min_days=table.whole("min_days", low=1, high=LARGEST_DAYS, fallback=14),
    )
    table.close()
    return step


def _design(table: Table) -> Design:
    kind = table.member("kind", Kind)
    design = Design(
        kind=kind,
        start=table.date("start", low=_FIRST_DATE, high=_LAST_DATE),
        baseline_days=table.whole("baseline_days", low=0, high=LARGEST_DAYS, fallback=14),
        open_days=table.whole("open_days", low=0, high=LARGEST_DAYS, fallback=_OPEN_DAYS[kind]),
        target=table.dose("target_mg"),
        pairs=table.whole("pairs", low=0, high=LARGEST_PAIRS, fallback=_PAIRS[kind]),
        period_days=table.whole("period_days", low=1, high=LARGEST_DAYS, fallback=21),
        transition_days=table.whole("transition_days", low=0, high=LARGEST_DAYS, fallback=7),
        scheme=table.member("scheme", Scheme, Scheme.PAIRED),
        max_run=table.whole("max_run", low=1, high=2 * LARGEST_PAIRS, fallback=2),
        ramp=tuple(_ramp_step(step) for step in table.tables("ramp", limit=_RAMP_LIMIT)),
        no_ramp_reason=table.text("no_ramp_reason", ""),
        none_days=table.whole("none_days", low=0, high=LARGEST_DAYS, fallback=0),
    )
    table.close()
    return design


def _ramp_step(table: Table) -> RampStep:
    fraction = table.decimal("fraction", low=0.001, high=0.999)
    step = RampStep(days=table.whole("days", low=1, high=LARGEST_DAYS), fraction=Fraction(fraction))
    table.close()
    return step


def _outcomes(root: Table) -> tuple[Outcome, ...]:
    tables = root.tables("outcome", limit=_LIMIT, is_required=True)
    # The only outcome there is carries the conclusion, whether or not the plan says so.
    role = Role.PRIMARY if len(tables) == 1 else Role.SECONDARY
    return tuple(_outcome(table, default_role=role) for table in tables)


def _outcome(table: Table, *, default_role: Role) -> Outcome:
    name = table.identifier("id", ID_PATTERN)
    minimum = table.number("min", low=-LARGEST_SCORE, high=LARGEST_SCORE, fallback=None)
    maximum = table.number("max", low=-LARGEST_SCORE, high=LARGEST_SCORE, fallback=None)
    step = table.number("step", low=LEAST_SCORE, high=LARGEST_SCORE, fallback=1.0)
    width = maximum - minimum
    steps = min(round(width / step), MOST_PARTS) + 1 if width > 0 else 2
    family = table.member("family", Family, default_family(steps))
    mcid = default_mcid(width=width, step=step, family=family) if width > 0 else 1.0
    outcome = Outcome(
        id=name,
        label=table.text("label", name or "?"),
        minimum=minimum,
        maximum=maximum,
        step=step,
        better=table.member("better", Better),
        mcid=table.number(
            "mcid", low=LEAST_SCORE, high=LARGEST_SCORE, fallback=max(mcid, LEAST_SCORE)
        ),
        role=table.member("role", Role, default_role),
        family=family,
    )
    table.close()
    return outcome


def _analysis(table: Table) -> Analysis:
    analysis = Analysis(
        prior=table.choice("prior", PRIORS, "default"),
        decision=table.number(  # which of these make sense is a rule, with its reason
            "decision", low=-LARGEST_SCORE, high=LARGEST_SCORE, fallback=0.95
        ),
        looks=table.wholes("looks", low=1, high=LARGEST_PAIRS),
        asymmetric=table.flag("asymmetric", fallback=False),
    )
    table.close()
    return analysis


def _estimand(root: Table) -> Estimand | None:
    """Read the block; without it no strategy applies, and with it each has its default."""
    table = root.table("estimand", is_required=False)
    if not root.has("estimand"):
        return None
    chosen = {
        key: Strategy(table.choice(key, list(allowed), allowed[0]))
        for key, allowed in STRATEGIES.items()
    }
    table.close()
    return Estimand(**chosen)


def _stop_rule(table: Table) -> StopRule:
    days = table.whole("days", low=1, high=LARGEST_DAYS, fallback=1)
    rule = StopRule(
        id=table.identifier("id", RULE_ID_PATTERN),
        on=table.identifier("on", RULE_ID_PATTERN),
        at_least=table.optional_number("at_least", low=-LARGEST_SCORE, high=LARGEST_SCORE),
        at_most=table.optional_number("at_most", low=-LARGEST_SCORE, high=LARGEST_SCORE),
        days=days,
        within=table.whole("within", low=1, high=LARGEST_DAYS, fallback=days),
        action=table.choice("action", ACTIONS),
        tell=table.choices("tell", RECIPIENTS, ("person", "prescriber")),
    )
    table.close()
    return rule

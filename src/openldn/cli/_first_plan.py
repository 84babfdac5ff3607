"""The plan that `openldn plan new` begins with, for a condition and a design."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from openldn.evidence.conditions import SLEEP, Condition, question
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Family, Outcome, Role
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

# dosing.yaml `recommended_default.three_step_option`: 1.5, 3, 4.5 mg, every 7 to 14 days.
_RUNGS = (Dose(1500), Dose(3000), Dose(4500))
_RUNG_DAYS = 14
# contract.md section 2 and safety.yaml `missed-many`: half the dose for 3 to 7 days after a gap.
_RAMP = (RampStep(days=4, fraction=Fraction(1, 2)),)
_BASELINE_DAYS = 14
# standards.md 2.2: 4 pairs of 2 x 3 weeks, 7 transition days; reversal holds 8 weeks, then off-on.
_OPEN_DAYS = {Kind.OPEN_REVERSAL: 56, Kind.BLINDED_CROSSOVER: 0}
_PAIRS = {Kind.OPEN_TITRATION: 0, Kind.OPEN_REVERSAL: 1}


def first_plan(condition: Condition, *, kind: Kind, agreed: date | None = None) -> Plan:
    """Propose a plan, without names or anything only the prescriber can know."""
    return Plan(
        person=Person(label="Me", conditions=(condition.id,)),
        prescriber=Prescriber(agreed=agreed),
        drug=Drug(),
        ladder=tuple(LadderStep(dose=dose, min_days=_RUNG_DAYS) for dose in _RUNGS),
        design=Design(
            kind=kind,
            baseline_days=_BASELINE_DAYS,
            open_days=_OPEN_DAYS.get(kind, 28),
            target=_RUNGS[-1],
            pairs=_PAIRS.get(kind, 4),
            period_days=21,
            transition_days=7,
            ramp=_RAMP if kind.has_periods else (),
        ),
        outcomes=(
            _outcome(condition.primary, Role.PRIMARY),
            _outcome(condition.second, Role.SECONDARY),
            _outcome(SLEEP, Role.HARM),
        ),
        analysis=Analysis(),
        stop_rules=(
            StopRule(
                id=f"{condition.primary.replace('_', '-')}-high",
                on=condition.primary,
                at_least=9,
                days=3,
                within=5,
                action="call",
            ),
        ),
    )


def _outcome(question_id: str, role: Role) -> Outcome:
    asked = question(question_id)
    return Outcome(
        id=asked.id,
        label=asked.label,
        minimum=0,
        maximum=10,
        better=asked.better,
        mcid=asked.mcid,
        role=role,
        family=Family.GAUSSIAN,
    )

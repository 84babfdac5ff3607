"""The parts of a plan, one value for each table of plan.toml. Public through `plan`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from openldn.protocol.doses import NOTHING, Dose


class Arm(StrEnum):
    """What a period holds: LDN, matched placebo, or no capsule."""

    ACTIVE = "active"
    PLACEBO = "placebo"
    NONE = "none"


class Kind(StrEnum):
    """The five designs. They differ only in defaults and in what each day holds."""

    OPEN_TITRATION = "open-titration"
    OPEN_REVERSAL = "open-reversal"
    BLINDED_WITHDRAWAL = "blinded-withdrawal"
    BLINDED_CROSSOVER = "blinded-crossover"
    OPEN_RANDOMISED = "open-randomised"

    @property
    def is_blinded(self) -> bool:
        """Whether the person does not know the arm."""
        return self in (Kind.BLINDED_WITHDRAWAL, Kind.BLINDED_CROSSOVER)

    @property
    def is_randomised(self) -> bool:
        """Whether the order of the periods is drawn."""
        return self.is_blinded or self is Kind.OPEN_RANDOMISED

    @property
    def has_periods(self) -> bool:
        """Whether the design switches between two arms at all."""
        return self is not Kind.OPEN_TITRATION


class Scheme(StrEnum):
    """How the order of the periods is drawn (see `schemes`)."""

    PAIRED = "paired"
    BALANCED = "balanced"
    COUNTERBALANCED = "counterbalanced"
    FULL = "full"


class Acts(StrEnum):
    """The first day a dose can show in the scores."""

    SAME_DAY = "same-day"
    NEXT_DAY = "next-day"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """The person whose plan it is."""

    label: str = ""  # shown only to her
    conditions: tuple[str, ...] = ()
    birth_year: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prescriber:
    """Who prescribes, and when this plan was agreed."""

    name: str = ""
    agreed: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Drug:
    """What is taken and when."""

    ingredient: str = "naltrexone"
    form: str = "capsule"
    time: str = "bedtime"
    acts: Acts = Acts.NEXT_DAY
    already_on: Dose = NOTHING  # taken steadily before day 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderStep:
    """One rung of the ladder and the shortest stay on it."""

    dose: Dose
    min_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RampStep:
    """Some first days of a period, at a fraction of the target dose."""

    days: int
    fraction: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """The shape of the trial."""

    kind: Kind
    start: date | None = None  # day 0
    baseline_days: int
    open_days: int  # held openly at the target before the periods
    target: Dose
    pairs: int
    period_days: int
    transition_days: int
    scheme: Scheme = Scheme.PAIRED
    max_run: int = 2  # `balanced` only
    ramp: tuple[RampStep, ...] = ()
    no_ramp_reason: str = ""  # the prescriber's written reason
    none_days: int = 0  # capsule-free days after the pairs

    @property
    def ramp_days(self) -> int:
        """How many first days of a period the ramp covers."""
        return sum(step.days for step in self.ramp)

    @property
    def n_periods(self) -> int:
        """How many periods the pairs make."""
        return 2 * self.pairs


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysis:
    """How the answer will be made, fixed beforehand."""

    prior: str = "default"
    decision: float = 0.95
    looks: tuple[int, ...] = ()  # after which whole pairs
    asymmetric: bool = False


class Strategy(StrEnum):
    """What is done about something that happened on the way (ICH E9(R1))."""

    TREATMENT_POLICY = "treatment-policy"  # nothing: the days count as they were
    HYPOTHETICAL = "hypothetical"  # the days are taken as missing
    COMPOSITE = "composite"  # the days count as bad ones
    WHILE_ON_TREATMENT = "while-on-treatment"  # the days off the plan do not count


_POLICY, _HYPOTHETICAL, _COMPOSITE, _WHILE_ON = Strategy

# The strategies that make sense for each event, the default first (standards.md section 2.7).
# A flare is part of the outcome: no strategy takes it out.
STRATEGIES = {
    "flare": (_POLICY, _COMPOSITE),
    "steroid_burst": (_HYPOTHETICAL, _POLICY, _COMPOSITE),
    "infection": (_HYPOTHETICAL, _POLICY),
    "vaccination": (_HYPOTHETICAL, _POLICY),
    "other_medicine_change": (_HYPOTHETICAL, _POLICY),
    "missed_doses": (_POLICY, _WHILE_ON),
    "dose_change": (_WHILE_ON, _POLICY),
    "side_effect_stop": (_COMPOSITE, _POLICY),
    "code_broken": (_HYPOTHETICAL, _POLICY),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimand:
    """One strategy for each event that can come between a dose and its effect."""

    flare: Strategy = _POLICY
    steroid_burst: Strategy = _HYPOTHETICAL
    infection: Strategy = _HYPOTHETICAL
    vaccination: Strategy = _HYPOTHETICAL
    other_medicine_change: Strategy = _HYPOTHETICAL
    missed_doses: Strategy = _POLICY
    dose_change: Strategy = _WHILE_ON
    side_effect_stop: Strategy = _COMPOSITE
    code_broken: Strategy = _HYPOTHETICAL

    @property
    def strategies(self) -> dict[str, Strategy]:
        """The strategy of each event, by its key in the plan."""
        return {key: getattr(self, key) for key in STRATEGIES}


@dataclass(frozen=True, kw_only=True, slots=True)
class StopRule:
    """A safety rule of the plan: when it is met, who is told and what happens."""

    id: str
    on: str  # outcome id | side effect id | event id | "safety"
    at_least: float | None = None
    at_most: float | None = None
    days: int = 1
    within: int = 1
    action: str = "call"  # stop | pause | call
    tell: tuple[str, ...] = ("person", "prescriber")


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A stretch of days with one arm."""

    number: int  # from 1
    pair: int  # from 1
    first_day: int  # day 0 is the start of the plan
    days: int

    @property
    def last_day(self) -> int:
        """The last day of the period."""
        return self.first_day + self.days - 1

"""The plan: the frozen protocol of one personal trial, as written in plan.toml."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Self

from openldn.protocol._parts import (
    Acts,
    Analysis,
    Arm,
    Design,
    Drug,
    Estimand,
    Kind,
    LadderStep,
    Period,
    Person,
    Prescriber,
    RampStep,
    Scheme,
    StopRule,
    Strategy,
)
from openldn.protocol._reading import read_parts
from openldn.protocol._rules import broken_rules
from openldn.protocol._writing import to_toml
from openldn.protocol.outcomes import Outcome, Role
from openldn.protocol.problems import InputError, Problem

__all__ = [
    "Acts",
    "Analysis",
    "Arm",
    "Design",
    "Drug",
    "Estimand",
    "Kind",
    "LadderStep",
    "Period",
    "Person",
    "Plan",
    "Prescriber",
    "RampStep",
    "Scheme",
    "StopRule",
    "Strategy",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One personal trial: who, what, in which order of days, and how it will be judged."""

    person: Person
    prescriber: Prescriber
    drug: Drug
    ladder: tuple[LadderStep, ...]
    design: Design
    outcomes: tuple[Outcome, ...]
    analysis: Analysis
    estimand: Estimand | None = None  # None: model.md section 2 as it stands
    stop_rules: tuple[StopRule, ...] = ()
    # Of the bytes of plan.toml, "" if none. Two plans that say the same are equal, however spaced.
    sha256: str = field(default="", compare=False)

    @classmethod
    def from_toml(cls, data: bytes) -> Self:
        """Read a plan from the bytes of its file.

        Raises
        ------
        InputError
            With every problem of the file, not only the first.
        """
        parts = read_parts(data)
        problems = [*parts.problems, *broken_rules(parts, is_sound=parts.is_sound)]
        if problems:
            raise InputError(problems)
        return cls(
            person=parts.person,
            prescriber=parts.prescriber,
            drug=parts.drug,
            ladder=parts.ladder,
            design=parts.design,
            outcomes=parts.outcomes,
            analysis=parts.analysis,
            estimand=parts.estimand,
            stop_rules=parts.stop_rules,
            sha256=hashlib.sha256(data).hexdigest(),
        )

    def to_toml(self, *, is_commented: bool = False) -> str:
        """Write the plan as the text of a plan.toml that reads back as an equal plan."""
        return to_toml(self, is_commented=is_commented)

    def check(self) -> tuple[Problem, ...]:
        """List the safety and shape rules that this plan breaks, for plans made in code."""
        return tuple(broken_rules(self))

    @property
    def primary(self) -> Outcome:
        """The one outcome that carries the conclusion."""
        return next(outcome for outcome in self.outcomes if outcome.role is Role.PRIMARY)

    @property
    def contrast_arm(self) -> Arm:
        """What the active arm is held against in the periods."""
        return Arm.PLACEBO if self.design.kind.is_blinded else Arm.NONE

    @property
    def titration(self) -> tuple[LadderStep, ...]:
        """The rungs that are climbed before the target is held.

        Rungs at or below the dose already taken are behind the person. In the open kinds the
        target's own rung is climbed too; in the others `open_days` says how long it is held.
        """
        target, kind = self.design.target, self.design.kind
        return tuple(
            step
            for step in self.ladder
            if self.drug.already_on < step.dose
            and (step.dose < target or (step.dose == target and not kind.is_randomised))
        )

    @property
    def first_period_day(self) -> int:
        """The day after baseline, titration and open days."""
        climb = sum(step.min_days for step in self.titration)
        return self.design.baseline_days + climb + self.design.open_days

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods in order, without their arms."""
        days = self.design.period_days
        return tuple(
            Period(
                number=index + 1,
                pair=index // 2 + 1,
                first_day=self.first_period_day + index * days,
                days=days,
            )
            for index in range(self.design.n_periods)
        )

    @property
    def first_randomised_day(self) -> int | None:
        """The first day of the randomised part, if there is one."""
        is_drawn = self.design.kind.is_randomised and self.design.pairs > 0
        return self.first_period_day if is_drawn else None

    @property
    def total_days(self) -> int:
        """How many days the plan takes, from baseline to the last capsule-free day."""
        in_periods = self.design.n_periods * self.design.period_days
        return self.first_period_day + in_periods + self.design.none_days

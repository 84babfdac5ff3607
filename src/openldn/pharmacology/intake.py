"""What was swallowed, and when: any history, with its missed and its doubled doses."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from openldn.protocol.doses import Dose

__all__ = ["HOURS_PER_DAY", "Intake", "daily", "merged"]

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """One dose, at an hour counted from any origin; hours before the origin are negative."""

    hour: float
    dose: Dose

    def __post_init__(self) -> None:
        if not math.isfinite(self.hour):
            raise ValueError(f"the hour of a dose must be a finite number: {self.hour}")


def daily(
    dose: Dose, *, days: int, missed: Collection[int] = (), doubled: Collection[int] = ()
) -> tuple[Intake, ...]:
    """List one dose a day from hour 0 on, with the days named that were missed or doubled.

    Raises
    ------
    ValueError
        When a day is both missed and doubled, or lies outside the history.
    """
    both = sorted(set(missed) & set(doubled))
    outside = sorted(day for day in {*missed, *doubled} if not 0 <= day < days)
    if both or outside:
        raise ValueError(
            f"days missed or doubled must be told apart and lie from 0 to {days - 1}:"
            f" both {both}, outside {outside}"
        )
    return tuple(
        Intake(hour=HOURS_PER_DAY * day, dose=Dose(dose.ug * (2 if day in doubled else 1)))
        for day in range(days)
        if day not in missed
    )


def merged(history: Iterable[Intake]) -> tuple[tuple[float, float], ...]:
    """Give (hour, mg) in order of time; what was swallowed in the same hour is one dose."""
    together: dict[float, int] = {}
    for intake in history:
        together[intake.hour] = together.get(intake.hour, 0) + intake.dose.ug
    return tuple((hour, ug / 1000) for hour, ug in sorted(together.items()))

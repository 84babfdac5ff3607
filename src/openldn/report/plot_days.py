"""The rows that every picture and table of daily scores is made from.

One row a calendar day. A day without a score stays a gap; a day of being too ill is
marked as such; neither ever becomes zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from openldn.report.speaking import said, short_date
from openldn.report.words import dose_text

if TYPE_CHECKING:
    from openldn.diary import Diary, DiaryDay
    from openldn.protocol.calendar import PlannedDay
    from openldn.protocol.plan import Arm, Plan

__all__ = ["PlotDay", "plot_days"]

_DECIDED_BY_PLAN = ("randomised", "reversal")


@dataclass(frozen=True, kw_only=True, slots=True)
class PlotDay:
    """One calendar day as a chart needs it."""

    day: int
    date: date | None = None
    value: float | None = None
    is_too_ill: bool = False
    arm: str | None = None  # None while sealed or unknown
    dose: str = ""  # "3 mg"; empty while sealed, unknown or nothing
    phase: str | None = None
    period: int | None = None
    pair: int | None = None
    is_transition: bool = False
    side_effects: tuple[tuple[str, int | None], ...] = ()
    events: tuple[str, ...] = ()  # ids as the diary file has them

    @property
    def state(self) -> str:
        """What the table twin says about this day."""
        if self.value is not None:
            return said("recorded")
        return said("too ill to answer") if self.is_too_ill else said("no entry")

    @property
    def day_text(self) -> str:
        """The day as people count: the first one is day 1."""
        if self.date is None:
            return self.number_text
        return short_date(self.date)

    @property
    def number_text(self) -> str:
        """The number of the day, as people count."""
        return said("day {number}").format(number=self.day + 1)


def plot_days(
    diary: Diary,
    outcome_id: str,
    *,
    plan: Plan | None = None,
    order: Sequence[Arm] | None = None,
    is_opened: bool = True,
) -> tuple[PlotDay, ...]:
    """Return one row for each calendar day of the diary.

    With ``is_opened`` false nothing that could show an arm or a dose of the randomised
    part is kept, so that no later step can print it.
    """
    start = (plan.design.start if plan is not None else None) or diary.first_date
    rows = tuple(
        _row(day, outcome_id, _planned(plan, day.day, order), start, is_opened)
        for day in diary.days()
    )
    return _carried(rows) if is_opened else rows


def _carried(rows: Sequence[PlotDay]) -> tuple[PlotDay, ...]:
    """Give a day without a recorded dose the last recorded one, as the analysis does."""
    carried: list[PlotDay] = []
    for row in rows:
        if row.arm is None and carried:
            row = replace(row, arm=carried[-1].arm, dose=carried[-1].dose)
        carried.append(row)
    return tuple(carried)


def _planned(plan: Plan | None, day: int, order: Sequence[Arm] | None) -> PlannedDay | None:
    from openldn.protocol.calendar import planned_on

    if plan is None or not 0 <= day < plan.total_days:
        return None
    # Only a randomised plan has an order to open; the others say their arms themselves.
    return planned_on(plan, day, order=order if plan.design.kind.is_randomised else None)


def _row(
    day: DiaryDay,
    outcome_id: str,
    planned: PlannedDay | None,
    start: date | None,
    is_opened: bool,
) -> PlotDay:
    phase = str(planned.phase.value) if planned else None
    is_sealed = not is_opened and phase in (None, "randomised")
    arm, dose = (None, "") if is_sealed else _arm_and_dose(day, planned, phase)
    return PlotDay(
        day=day.day,
        date=start + timedelta(days=day.day) if start else None,
        value=day.scores.get(outcome_id),
        is_too_ill=day.is_too_ill,
        arm=arm,
        dose=dose,
        phase=phase,
        period=planned.period if planned else day.period,
        pair=planned.pair if planned else None,
        is_transition=planned.is_transition if planned else False,
        side_effects=tuple(day.side_effects.items()),
        events=tuple(day.events),
    )


def _arm_and_dose(
    day: DiaryDay, planned: PlannedDay | None, phase: str | None
) -> tuple[str | None, str]:
    """Return the arm a day counts as: the assigned one where the plan decides, else as recorded."""
    if planned is not None and planned.arm is not None and phase in _DECIDED_BY_PLAN:
        level = planned.level
        return planned.arm.value, level.text if level is not None and level.ug else ""
    recorded = "" if not day.dose_ug else dose_text(day.dose_ug / 1000)
    if day.arm is not None:
        return day.arm.value, recorded if day.arm.value == "active" else ""
    if day.dose_ug is not None:
        return ("active", recorded) if day.dose_ug else ("none", "")
    if planned is not None and planned.arm is not None:
        level = planned.level
        return planned.arm.value, level.text if level is not None and level.ug else ""
    return None, ""

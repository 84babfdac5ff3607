"""The picture of a calendar: stretches in a row, and for drawn periods no arm."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from openldn.protocol.calendar import Phase, PlannedDay, calendar
from openldn.protocol.doses import Dose
from openldn.protocol.plan import Arm, Plan
from openldn.web.person import dates

__all__ = ["Segment", "Week", "segments", "weeks"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Days in a row that belong together."""

    look: str  # class: open | off | sealed
    name: str
    detail: str
    first: int  # day number
    days: int

    @property
    def left(self) -> float:
        """Its left edge, with a hair of space."""
        return self.first + 0.3

    @property
    def width(self) -> float:
        """Its width, with a hair of space."""
        return self.days - 0.6

    @property
    def length(self) -> str:
        """How long it is, in words."""
        if self.days % 7:
            return _("%(days)d days") % {"days": self.days}
        if self.days == 7:
            return _("1 week")
        return _("%(weeks)d weeks") % {"weeks": self.days // 7}


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """A segment with its dates."""

    segment: Segment
    first: str
    last: str


def segments(plan: Plan) -> tuple[Segment, ...]:
    """List the stretches of a plan. The order is never asked for, so no arm can show."""
    made = []
    for _key, group in groupby(calendar(plan), key=_same):
        days = tuple(group)
        made.append(_segment(plan, days))
    return tuple(made)


def weeks(plan: Plan, *, start: date) -> list[Week]:
    """Give each stretch its dates."""
    return [
        Week(
            segment=one,
            first=_date(start, one.first),
            last=_date(start, one.first + one.days - 1),
        )
        for one in segments(plan)
    ]


def _date(start: date, day: int) -> str:
    when = start + timedelta(days=day)
    return f"{dates.short(when)} {when.year}"


def _same(day: PlannedDay) -> tuple[Phase, int | None, Dose | None]:
    return (day.phase, day.period, day.level)


def _segment(plan: Plan, days: tuple[PlannedDay, ...]) -> Segment:
    name, detail = _words(plan, days[0])
    look = "sealed" if days[0].arm is None else "off" if days[0].arm is Arm.NONE else "open"
    return Segment(look=look, name=name, detail=detail, first=days[0].day, days=len(days))


def _words(plan: Plan, day: PlannedDay) -> tuple[str, str]:
    if day.phase is Phase.RANDOMISED:
        name = _("Period %(number)d") % {"number": day.period}
        if plan.design.kind.is_blinded:
            return name, _("LDN or a capsule without it. Nobody here can see which.")
        return name, _("LDN or nothing, as the draw says.")
    if day.dose is not None and day.dose.ug and day.level is not None:
        name = _("LDN %(dose)s") % {"dose": day.level.text}
        if day.phase is Phase.BASELINE:
            return name, _("As you take it now. Scores only.")
        return name, _("You know what you take.")
    if day.phase is Phase.BASELINE:
        return _("Before LDN"), _("Scores only: without them there is nothing to compare with.")
    return _("No capsule"), _("You know what you take.")

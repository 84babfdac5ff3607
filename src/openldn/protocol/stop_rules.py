"""Stop rules: which moments that a plan names have come, and on which days.

A rule counts calendar days. On each day that meets its limit, it looks back over `within` days that
end there, and it is met when `days` of them meet the limit. A day without the value counts as
nothing: it never meets a limit, and it never takes away what other days have met.

The words here only tell what was recorded and what the plan says. What follows from it is the
plan's and the prescriber's business.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from openldn.protocol.plan import Plan, StopRule

__all__ = [
    "MetRule",
    "RecordedDay",
    "WatchedOn",
    "WatchedRule",
    "met_rules",
    "unsettled_rules",
    "watched_rules",
]

SAFETY = "safety"  # the name under which a plan watches the safety questions
SEVERITIES = ("none", "mild", "moderate", "severe")  # 0 to 3, as in the diary file
_WORST = len(SEVERITIES) - 1


class WatchedOn(StrEnum):
    """The kind of record that a rule looks at."""

    SCORE = "score"
    SIDE_EFFECT = "side-effect"
    EVENT = "event"
    SAFETY = "safety"
    NOTHING = "nothing"  # no record of that name is kept, so nobody but the person can watch


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedDay:
    """What one day holds for the stop rules. What is absent, None or NaN is missing."""

    day: int
    scores: Mapping[str, float | None] = field(default_factory=dict)
    side_effects: Mapping[str, int | None] = field(default_factory=dict)
    events: Collection[str] = ()
    is_safety_touched: bool = False  # an answer touched a safety rule on this day


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedRule:
    """A stop rule with the record that it looks at."""

    rule: StopRule
    on: WatchedOn
    record: str  # the id under which the record is kept
    label: str

    @property
    def words(self) -> str:
        """The moment that the plan names: "Muscle pain 9 or more on 3 of 5 days"."""
        return " ".join(filter(None, (self.label, self.limit, self.often)))

    @property
    def limit(self) -> str:
        """The limit in words; empty where it is enough that something happened."""
        if self.on in (WatchedOn.EVENT, WatchedOn.SAFETY):
            return ""
        if self.on is WatchedOn.SIDE_EFFECT:
            return self._severity
        if self.rule.at_most is not None:
            return f"{self.rule.at_most:g} or less"
        return "" if self.rule.at_least is None else f"{self.rule.at_least:g} or more"

    @property
    def often(self) -> str:
        """How often within how many days; empty where one day is enough."""
        if self.rule.days == 1:
            return ""
        if self.rule.days == self.rule.within:
            return f"on {self.rule.days} days in a row"
        return f"on {self.rule.days} of {self.rule.within} days"

    @property
    def _severity(self) -> str:
        if self.rule.at_most is not None:
            worst = min(max(math.floor(self.rule.at_most), 0), _WORST)
            return SEVERITIES[worst] + (" or less" if 0 < worst < _WORST else "")
        least = max(math.ceil(self._least), 0)
        return SEVERITIES[least] + (" or worse" if least < _WORST else "")

    @property
    def _least(self) -> float:
        """The value from which on the limit is met. Only a side effect may name none: any then."""
        least = 1.0 if self.rule.at_least is None else self.rule.at_least
        # A limit past the four grades would never be met, and no rule may be deaf.
        return min(least, _WORST) if self.on is WatchedOn.SIDE_EFFECT else least

    def is_met_by(self, day: RecordedDay) -> bool:
        """Tell whether a day by itself meets the limit."""
        if self.on is WatchedOn.SAFETY:
            return day.is_safety_touched
        if self.on is WatchedOn.EVENT:
            return self.record in day.events
        records = {WatchedOn.SCORE: day.scores, WatchedOn.SIDE_EFFECT: day.side_effects}
        value = records.get(self.on, {}).get(self.record)
        return value is not None and self._holds(value)

    def _holds(self, value: float) -> bool:
        """Compare a value with the limit. NaN meets none."""
        if self.rule.at_most is not None:
            return value <= self.rule.at_most
        return value >= self._least


@dataclass(frozen=True, kw_only=True, slots=True)
class MetRule:
    """A rule that is met, with the days that met it."""

    watched: WatchedRule
    days: tuple[int, ...]  # in order; day 0 is the start of the plan

    @property
    def rule(self) -> StopRule:
        """The rule as the plan has it."""
        return self.watched.rule

    def explained(self, start: date) -> str:
        """Tell what met the rule: "Muscle pain was 9 or more on 1, 2 and 4 December."."""
        was = f"was {self.watched.limit}" if self.watched.limit else "was recorded"
        return f"{self.watched.label} {was} on {_dates(self.days, start)}."


def watched_rules(
    plan: Plan, *, side_effects: Mapping[str, str], events: Mapping[str, str]
) -> tuple[WatchedRule, ...]:
    """Find the record that each stop rule of a plan looks at.

    Parameters
    ----------
    plan
        The plan, with its rules and its outcomes.
    side_effects, events
        The label of each one that is asked about, by its id.
    """
    known = {
        WatchedOn.SCORE: {outcome.id: outcome.label for outcome in plan.outcomes},
        WatchedOn.SIDE_EFFECT: side_effects,
        WatchedOn.EVENT: events,
        WatchedOn.SAFETY: {SAFETY: "A yes to a safety question"},
    }
    return tuple(_watched(rule, known) for rule in plan.stop_rules)


def met_rules(
    watched: Iterable[WatchedRule], days: Iterable[RecordedDay], *, today: int
) -> tuple[MetRule, ...]:
    """List the rules that are met on the calendar days that end today."""
    recorded = tuple(days)
    found = []
    for one in watched:
        window = _window(_days_that_meet(one, recorded), last=today, width=one.rule.within)
        if len(window) >= one.rule.days:
            found.append(MetRule(watched=one, days=window))
    return tuple(found)


def unsettled_rules(
    watched: Iterable[WatchedRule],
    days: Iterable[RecordedDay],
    *,
    settled: Mapping[str, Collection[int]],
) -> tuple[MetRule, ...]:
    """List the rules that were ever met by a day that nobody was told of yet.

    A rule stays in this list however many days go by. Each comes once, with all days of all its
    moments that hold a new day.

    Parameters
    ----------
    watched
        The rules.
    days
        Everything that was recorded so far.
    settled
        By rule id: the days that somebody was told of.
    """
    recorded = tuple(days)
    found = []
    for one in watched:
        told = set(settled.get(one.rule.id, ()))
        fresh = {
            day
            for moment in _moments(one, _days_that_meet(one, recorded))
            if not told.issuperset(moment)
            for day in moment
        }
        if fresh:
            found.append(MetRule(watched=one, days=tuple(sorted(fresh))))
    return tuple(found)


def _watched(rule: StopRule, known: Mapping[WatchedOn, Mapping[str, str]]) -> WatchedRule:
    for on, labels in known.items():
        for record, label in labels.items():
            if _same_name(rule.on, record):
                return WatchedRule(rule=rule, on=on, record=record, label=label)
    label = rule.on.replace("_", " ").replace("-", " ").capitalize()
    return WatchedRule(rule=rule, on=WatchedOn.NOTHING, record=rule.on, label=label)


def _same_name(written: str, kept: str) -> bool:
    """Compare two ids. Hyphen and underscore are one: a rule must not miss its record by a dash."""
    return written.replace("-", "_") == kept.replace("-", "_")


def _days_that_meet(watched: WatchedRule, days: Iterable[RecordedDay]) -> list[int]:
    return sorted({day.day for day in days if watched.is_met_by(day)})


def _moments(watched: WatchedRule, days: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give the days of each moment at which the rule is met; one always ends on such a day."""
    for last in days:
        window = _window(days, last=last, width=watched.rule.within)
        if len(window) >= watched.rule.days:
            yield window


def _window(days: Sequence[int], *, last: int, width: int) -> tuple[int, ...]:
    """Cut the last `width` calendar days out of days in order."""
    return tuple(days[bisect_right(days, last - width) : bisect_right(days, last)])


def _dates(days: Iterable[int], start: date) -> str:
    """Write days as dates, each month once: "30 November, 1 and 2 December"."""
    dates = [start + timedelta(days=day) for day in days]
    months = [
        (f"{same[0]:%B}", [str(one.day) for one in same])
        for _, same in ((key, list(group)) for key, group in groupby(dates, key=_month))
    ]
    return _joined([f"{_joined(numbers)} {month}" for month, numbers in months])


def _month(when: date) -> tuple[int, int]:
    return (when.year, when.month)


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))

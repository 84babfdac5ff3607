"""What the plan's stop rules look at in this app, and what they have found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openldn.protocol.plan import Plan, StopRule
from openldn.protocol.stop_rules import (
    MetRule,
    RecordedDay,
    WatchedOn,
    WatchedRule,
    unsettled_rules,
    watched_rules,
)
from openldn.web.languages.tables import said
from openldn.web.person import dates, items, numbers, period_questions, records, red_flags
from openldn.web.person.models import Told, Trial
from openldn.web.person.records import Held

__all__ = [
    "RuleLine",
    "explained",
    "known_of",
    "moment_in_words",
    "notes_of",
    "prescriber_of",
    "rule_lines",
    "said_by_plan",
    "settled",
    "told_whom",
    "unsettled",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleLine:
    """One moment that the plan names, and how it stands."""

    moment: str
    says: str  # the plan's own words for what then happens
    states: tuple[str, ...]
    is_met: bool  # and nobody was told yet


_ACTIONS: Mapping[str, str | Promise] = {
    "call": gettext_lazy("call {whom}"),
    "stop": gettext_lazy("stop, and tell {whom}"),
    "pause": gettext_lazy("pause, and tell {whom}"),
}
_SEVERITY_LIMITS: Mapping[str, str | Promise] = {
    "": "{severity}",
    "or less": gettext_lazy("{severity} or less"),
    "or worse": gettext_lazy("{severity} or worse"),
}


def prescriber_of(plan: Plan) -> str:
    """Name the prescriber inside a sentence."""
    return plan.prescriber.name or _("your prescriber")


def told_whom(plan: Plan, rule: StopRule) -> str:
    """Name whom the plan wants told of a rule, beside the person; the prescriber if nobody."""
    names = {"prescriber": prescriber_of(plan), "pharmacist": _("the pharmacist")}
    told = [names[one] for one in rule.tell if one in names]
    return dates.joined(told) or prescriber_of(plan)


def known_of(plan: Plan) -> tuple[WatchedRule, ...]:
    """Find the records that the plan's rules look at."""
    return watched_rules(
        plan,
        side_effects={known.id: known.label for known in items.SIDE_EFFECTS},
        events={known.id: known.label for known in items.EVENTS}
        | {red_flags.event_id(known.id): said(known.name) for known in red_flags.known()},
    )


def unsettled(trial: Trial) -> tuple[MetRule, ...]:
    """List the rules that are met by a day that nobody was told of yet."""
    if not trial.plan.stop_rules:
        return ()
    return unsettled_rules(known_of(trial.plan), _recorded(trial), settled=settled(trial))


def settled(trial: Trial) -> dict[str, frozenset[int]]:
    """Collect, by rule, the days that somebody was told of."""
    return {
        rule: frozenset(day for note in notes for day in note.days)
        for rule, notes in notes_of(trial).items()
    }


def notes_of(trial: Trial) -> dict[str, list[Told]]:
    """Collect, by rule, the notes that count, the latest last."""
    notes: dict[str, list[Told]] = {}
    for row in trial.told.all():
        stack = notes.setdefault(row.rule, [])
        if not row.is_taken_back:
            stack.append(row)
        elif stack:
            stack.pop()
    return {rule: stack for rule, stack in notes.items() if stack}


def rule_lines(trial: Trial) -> tuple[RuleLine, ...]:
    """Tell each moment that the plan names, in the plan's order."""
    met = {one.rule.id: one for one in unsettled(trial)}
    notes = notes_of(trial)
    return tuple(
        _line(trial, one, met.get(one.rule.id), notes.get(one.rule.id, ()))
        for one in known_of(trial.plan)
    )


def said_by_plan(plan: Plan, rule: StopRule) -> str:
    """Quote what the plan says should happen."""
    whom = told_whom(plan, rule)
    return str(_ACTIONS[rule.action]).format(whom=whom)


def moment_in_words(watched: WatchedRule) -> str:
    """Write the moment that the plan names: "Muscle pain 9 or more on 3 of 5 days"."""
    return " ".join(filter(None, (_label(watched), _limit(watched), _often(watched.rule))))


def explained(met: MetRule, *, start: date) -> str:
    """Tell what met a rule: "Muscle pain was 9 or more on 1 December and 2 December."."""
    days = dates.several(start + timedelta(days=day) for day in met.days)
    label, limit = _label(met.watched), _limit(met.watched)
    if not limit:
        return _("{label} was recorded on {days}.").format(label=label, days=days)
    return _("{label} was {limit} on {days}.").format(label=label, limit=limit, days=days)


def _label(watched: WatchedRule) -> str:
    if watched.on is WatchedOn.SAFETY:
        return _("A yes to a safety question")
    return watched.label


def _limit(watched: WatchedRule) -> str:
    """Write the limit; empty where it is enough that something happened."""
    rule, limit = watched.rule, watched.limit
    if watched.on is WatchedOn.SIDE_EFFECT:
        word, _space, rest = limit.partition(" ")
        severity = _(word.capitalize()).lower()
        return str(_SEVERITY_LIMITS[rest]).format(severity=severity)
    if not limit:
        return ""
    if rule.at_most is not None:
        return _("{score} or less").format(score=numbers.in_words(rule.at_most))
    return _("{score} or more").format(score=numbers.in_words(rule.at_least or 0))


def _often(rule: StopRule) -> str:
    """Write how often within how many days; empty where one day is enough."""
    if rule.days == 1:
        return ""
    if rule.days == rule.within:
        return _("on {count} days in a row").format(count=rule.days)
    return _("on {count} of {total} days").format(count=rule.days, total=rule.within)


def _line(
    trial: Trial, watched: WatchedRule, met: MetRule | None, notes: Iterable[Told]
) -> RuleLine:
    states = [
        _("You noted on {day} that {whom} knows.").format(
            day=dates.day_month(note.noted_at.astimezone().date()), whom=note.whom
        )
        for note in notes
    ]
    if watched.on is WatchedOn.NOTHING:
        states = [_("This app does not ask about it. Only you can see it.")]
    elif met:
        states.append(explained(met, start=trial.start))
    elif not states:
        states = [_("Not met so far.")]
    return RuleLine(
        moment=moment_in_words(watched),
        says=said_by_plan(trial.plan, watched.rule),
        states=tuple(states),
        is_met=met is not None,
    )


def _recorded(trial: Trial) -> tuple[RecordedDay, ...]:
    by_day = records.in_force(trial.entries.all())
    touched = {touch.day for touch in period_questions.touches(trial)}
    return tuple(
        _recorded_day(trial, day, by_day.get(day, {}), is_safety_touched=day in touched)
        for day in sorted({*by_day, *touched})
    )


def _recorded_day(
    trial: Trial, day: int, held: Mapping[str, Held], *, is_safety_touched: bool
) -> RecordedDay:
    return RecordedDay(
        day=day,
        scores={
            one.id: records.number(held.get(items.outcome(one.id))) for one in trial.plan.outcomes
        },
        side_effects={
            one.id: records.level(held.get(items.side_effect(one.id))) for one in items.SIDE_EFFECTS
        },
        events=records.events_of(held),
        is_safety_touched=is_safety_touched,
    )

"""What the plan's stop rules look at in this app, and what they have found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openldn.protocol.plan import Plan, StopRule
from openldn.protocol.stop_rules import (
    MetRule,
    RecordedDay,
    WatchedOn,
    WatchedRule,
    unsettled_rules,
    watched_rules,
)
from openldn.web.person import dates, items, period_questions, records, red_flags
from openldn.web.person.models import Told, Trial
from openldn.web.person.records import Held

__all__ = [
    "RuleLine",
    "known_of",
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


def prescriber_of(plan: Plan) -> str:
    """Name the prescriber inside a sentence."""
    return plan.prescriber.name or "your prescriber"


def told_whom(plan: Plan, rule: StopRule) -> str:
    """Name whom the plan wants told of a rule, beside the person; the prescriber if nobody."""
    names = {"prescriber": prescriber_of(plan), "pharmacist": "the pharmacist"}
    told = [names[one] for one in rule.tell if one in names]
    return " and ".join(told) or prescriber_of(plan)


def known_of(plan: Plan) -> tuple[WatchedRule, ...]:
    """Find the records that the plan's rules look at."""
    return watched_rules(
        plan,
        side_effects={known.id: known.label for known in items.SIDE_EFFECTS},
        events={known.id: known.label for known in items.EVENTS}
        | {red_flags.event_id(known.id): known.name for known in red_flags.known()},
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
    return f"call {whom}" if rule.action == "call" else f"{rule.action}, and tell {whom}"


def _line(
    trial: Trial, watched: WatchedRule, met: MetRule | None, notes: Iterable[Told]
) -> RuleLine:
    states = [
        f"You noted on {dates.day_month(note.noted_at.astimezone().date())} that {note.whom} knows."
        for note in notes
    ]
    if watched.on is WatchedOn.NOTHING:
        states = ["This app does not ask about it. Only you can see it."]
    elif met:
        states.append(met.explained(trial.start))
    elif not states:
        states = ["Not met so far."]
    return RuleLine(
        moment=watched.words,
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

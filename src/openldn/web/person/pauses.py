"""When a trial must not go on: the touched rules that stand, the pause, and its days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from openldn.protocol import safety
from openldn.protocol.problems import Problem
from openldn.protocol.safety import Severity, TouchedRule
from openldn.web.person import medicines, period_questions
from openldn.web.person.models import Pause, Trial

__all__ = [
    "Cause",
    "Span",
    "blocking",
    "is_fresh",
    "is_paused_on",
    "kept_causes",
    "not_shown",
    "not_yet",
    "open_causes",
    "pause_now",
    "paused_days",
    "spans",
    "stops",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """An entry that touches a safety rule now."""

    entry: str  # names the entry: a medicine or an answer
    rule: TouchedRule
    words: str  # the entry in words

    @property
    def name(self) -> str:
        """Name this touch: a decision about it is about no other."""
        return f"{self.entry}:{self.rule.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One pause."""

    first: date
    end: date | None  # the day on which it went on; None: it is paused
    rules: tuple[str, ...]
    by: str = ""  # the prescriber who decided
    decided_on: date | None = None


def standing(trial: Trial, *, today: date) -> tuple[Cause, ...]:
    """List every touch that stands now: the medicines, and the latest answers."""
    answers = (
        Cause(
            entry=f"answer:{touch.row}",
            rule=touch.rule,
            words=_("Your answers before period {number}").format(number=touch.period),
        )
        for touch in period_questions.standing(trial)
    )
    listed = (
        Cause(entry=one.key, rule=rule, words=one.name)
        for one in medicines.in_force(trial)
        for rule in one.touched(today)
    )
    return (*answers, *listed)


def blocking(trial: Trial, *, today: date) -> tuple[Cause, ...]:
    """List what keeps the trial from going on: stop rules, and questions without a decision."""
    decided = {name for row in trial.decisions.all() for name in row.causes}
    return tuple(
        cause
        for cause in standing(trial, today=today)
        if safety.blocking([cause.rule], decided=[cause.rule.id] if cause.name in decided else ())
    )


def stops(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Keep those that no decision can lift."""
    return tuple(cause for cause in causes if cause.rule.severity is Severity.STOP)


def spans(trial: Trial) -> tuple[Span, ...]:
    """List the pauses in order."""
    found: list[Span] = []
    rows: list[Pause] = []
    for row in trial.pauses.select_related("decision"):
        rows.append(row)
        if row.kind != Pause.Kind.PAUSED:
            found.append(_span(rows, end=row))
            rows = []
    return (*found, _span(rows)) if rows else tuple(found)


def open_causes(trial: Trial) -> frozenset[str]:
    """Give the entries that paused the trial; empty while it is not paused."""
    causes: set[str] = set()
    for row in trial.pauses.all():
        causes = causes | set(row.causes) if row.kind == Pause.Kind.PAUSED else set()
    return frozenset(causes)


def is_fresh(trial: Trial, *, now: datetime) -> bool:
    """Tell whether the latest note about a pause was made so lately that an undo is of a slip."""
    last = trial.pauses.last()
    return last is not None and now - last.noted_at < period_questions.UNDO_FOR


def kept_causes(trial: Trial) -> frozenset[str]:
    """Give every entry that was not undone, whether it still counts or was changed."""
    answers = (f"answer:{row.pk}" for row in period_questions.kept(trial))
    return frozenset([*answers, *(one.key for one in medicines.in_force(trial))])


def pause_now(trial: Trial, *, today: date) -> Span | None:
    """Return the pause that holds now; also where a rule stands and no row says so yet.

    That can be so after an update, when a rule is known that was not known before.
    """
    if trial.is_over(today):
        return None
    last = spans(trial)[-1:]
    if last and last[0].end is None:
        return last[0]
    found = stops(standing(trial, today=today))
    if not found:
        return None
    return Span(first=today, end=None, rules=tuple(dict.fromkeys(one.rule.id for one in found)))


def is_paused_on(trial: Trial, when: date, *, now: datetime) -> bool:
    """Tell whether no capsule is asked about on a day."""
    held = pause_now(trial, today=now.date())
    every = (*spans(trial), held) if held else spans(trial)
    return any(span.first <= when and (span.end is None or when < span.end) for span in every)


def paused_days(trial: Trial) -> int:
    """Count the days of the plan on which the trial was paused."""
    last = trial.plan.total_days
    days: set[int] = set()
    for span in spans(trial):
        end = last if span.end is None else min(trial.day_of(span.end), last)
        days.update(range(max(trial.day_of(span.first), 0), end))
    return len(days)


def not_yet(causes: Iterable[Cause]) -> Problem:
    """Say that a trial cannot go on over a stop rule."""
    return Problem(
        code="LDN-W041",
        place=_("Going on"),
        given=_("a stop rule that is still touched: {rules}").format(
            rules=", ".join(dict.fromkeys(cause.rule.id for cause in causes))
        ),
        expected=_("no stop rule that is touched"),
        todo=_("Nothing was changed. Talk to your prescriber about the points on this page."),
    )


def not_shown(causes: Iterable[Cause]) -> Problem:
    """Say that a decision cannot be about what its page did not show."""
    return Problem(
        code="LDN-W045",
        place=_("This form"),
        given=_("a page from before this came: {points}").format(
            points=", ".join(cause.words for cause in causes)
        ),
        expected=_("a decision about every point that is open"),
        todo=_("Nothing was recorded. The page now shows every point: please look again."),
    )


def _span(rows: list[Pause], *, end: Pause | None = None) -> Span:
    decision = end.decision if end else None
    return Span(
        first=rows[0].on,
        end=end.on if end else None,
        rules=tuple(dict.fromkeys(rule for row in rows for rule in row.rules)),
        by=decision.by if decision else "",
        decided_on=decision.on if decision else None,
    )

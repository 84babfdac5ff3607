"""One's own data, as they were written down: nothing here asks for an arm or compares anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from openldn.diary import Diary
from openldn.protocol.outcomes import Outcome
from openldn.report.daily_plot import Scale, own_curve
from openldn.report.plot_days import PlotDay, plot_days
from openldn.report.words import title_text
from openldn.web.languages.tables import said
from openldn.web.person import dates, items, red_flags
from openldn.web.person.models import Trial

__all__ = ["Curve", "Happened", "SideEffectDays", "curves_of", "events_of", "side_effects_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """One outcome: its picture with its table, empty before the first score."""

    label: str
    recorded: int
    elapsed: int
    drawn: SafeString


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """An event over neighbouring days."""

    name: str
    first: str
    last: str  # empty where it was one day


@dataclass(frozen=True, kw_only=True, slots=True)
class SideEffectDays:
    """On how many of the evenings that asked it was noted."""

    label: str
    found: int
    asked: int


def curves_of(trial: Trial, diary: Diary) -> tuple[Curve, ...]:
    """Draw every outcome over every day, in ink; the primary one first."""
    ordered = sorted(trial.plan.outcomes, key=lambda one: one is not trial.plan.primary)
    return tuple(_curve(trial, diary, outcome) for outcome in ordered)


def events_of(trial: Trial, diary: Diary) -> tuple[Happened, ...]:
    """List what else happened, neighbouring days together, in order of their first day."""
    by_event: dict[str, list[int]] = {}
    for day in diary.days():
        for event in day.events:
            by_event.setdefault(event, []).append(day.day)
    spans = [(run, event) for event, days in by_event.items() for run in _runs(days)]
    return tuple(_happened(trial, event, run) for run, event in sorted(spans))


def side_effects_of(diary: Diary) -> tuple[SideEffectDays, ...]:
    """Count the evenings with each side effect, of those on which it was asked."""
    counted = (_counted(diary, effect) for effect in items.SIDE_EFFECTS)
    return tuple(one for one in counted if one.asked)


def _curve(trial: Trial, diary: Diary, outcome: Outcome) -> Curve:
    rows = plot_days(diary, outcome.id, plan=trial.plan, is_opened=False)
    recorded = sum(row.value is not None for row in rows)
    return Curve(
        label=outcome.label,
        recorded=recorded,
        elapsed=len(rows),
        drawn=_drawn(rows, outcome) if recorded else SafeString(),
    )


def _drawn(rows: Sequence[PlotDay], outcome: Outcome) -> SafeString:
    scale = Scale(
        label=outcome.label,
        minimum=outcome.minimum,
        maximum=outcome.maximum,
        better=outcome.better.value,
    )
    # The report escapes every word that a person wrote.
    return mark_safe(own_curve(rows, scale=scale).html)  # noqa: S308


def _runs(days: Iterable[int]) -> list[tuple[int, int]]:
    """Join days that follow each other: first and last day of each run."""
    runs: list[tuple[int, int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _happened(trial: Trial, event: str, run: tuple[int, int]) -> Happened:
    labels = {known.id: known.label for known in items.EVENTS}
    labels |= {red_flags.event_id(flag.id): said(flag.name) for flag in red_flags.known()}
    first, last = (dates.in_words(trial.date_of(day)) for day in run)
    name = title_text(labels.get(event, event).replace("-", " "))
    return Happened(name=name, first=first, last="" if last == first else last)


def _counted(diary: Diary, effect: items.Named) -> SideEffectDays:
    grades = [day.side_effects.get(effect.id) for day in diary.days()]
    asked = [grade for grade in grades if grade is not None]
    return SideEffectDays(
        label=effect.label, found=sum(grade > 0 for grade in asked), asked=len(asked)
    )

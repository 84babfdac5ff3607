"""The checks beside an answer, in words: the test that needs no model, and other ways to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openldn.report.saved import Interval, OutcomeAnswer, SavedAnswer, SensitivityRow
from openldn.report.words import (
    direction,
    dose_text,
    matters_text,
    number,
    points,
    signed,
    title_text,
)

__all__ = [
    "HANDLED_HEADING",
    "STRIP_HEADING",
    "band_text",
    "dose_note",
    "handled_lines",
    "headline_rows",
    "interval_text",
    "joint_text",
    "row_text",
    "sensitivity_name",
    "span_text",
    "strip_lines",
    "strip_text",
    "strip_unit",
    "test_text",
]

HANDLED_HEADING = "What was done about other things that happened:"
STRIP_HEADING = "Does the answer hold if we look another way?"

# model.md section 8: the fixed names of the sensitivity rows, in plain words. All of them were
# fixed before anyone saw a diary; a row of another name was thought of afterwards.
_SENSITIVITY = {
    "prior:default": "Start from the usual prior",
    "prior:sceptical": "Start from more doubt",
    "prior:wide": "Start with an open mind",
    "prior:evidence": "Start from what studies found",
    "drop-days:3": "Leave out days 1 to 3",
    "drop-days:7": "Leave out days 1 to 7",
    "drop-days:10": "Leave out days 1 to 10",
    "as-taken": "Count what was really taken",
    "all-days": "All days (this row includes the weeks in which you knew what you took)",
    "no-events": "Leave outside events out of the model",
    "flares-adjusted": "Adjust for flares (adjusts for something the drug may change)",
    "asymmetric": "Let build-up and fade differ",
    "missing:+1": "Missing LDN days 1 point worse",
    "missing:+2": "Missing LDN days 2 points worse",
    "guesses-removed": "Leave out periods guessed right (descriptive)",
    "hope": "Allow for hope as well",
    "tau-30": "Build-up fixed at 30 days",
}
_AFTERWARDS = "looked at afterwards"

# standards.md section 2.7: what a strategy does to the days it touches.
_STRATEGIES = {
    "treatment-policy": "left as it was",
    "hypothetical": "taken as missing",
    "composite": "counted as among your worst days",
    "while-on-treatment": "left out, as days off the plan",
}

_STATISTICS = (("filtered", "Filtered days"), ("period_means", "Period averages"))


def handled_lines(saved: SavedAnswer) -> tuple[str, ...]:
    """Return what the plan's strategies did; nothing where the plan has none."""
    if saved.handled is None:
        return ()
    return tuple(
        f"{title_text(one.event.replace('-', ' '))}, {_days(one.days)}:"
        f" {_STRATEGIES.get(one.strategy, one.strategy)} [{one.strategy}]."
        for one in saved.handled
    ) or ("Nothing that the plan has a rule for happened on the days that count.",)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def interval_text(effect: Interval, decimals: int) -> str:
    """Return a difference with its 95% interval: ``−1.3 (−2.3 to −0.3)``."""
    ends = f"{signed(effect.low, decimals)} to {signed(effect.high, decimals)}"
    return f"{signed(effect.mean, decimals)} ({ends})"


def strip_unit(outcome: OutcomeAnswer) -> str:
    """Return what the numbers of a row count: points, or days in 100 for yes or no."""
    return {"binary": "days in 100", "count": "number a day"}.get(outcome.family, "points")


def strip_text(outcome: OutcomeAnswer, effect: Interval) -> str:
    """Return the difference of a row in the unit of `strip_unit`, with its 95% interval."""
    mean = signed(_in_unit(outcome, effect.mean), _decimals(outcome))
    return f"{mean} ({span_text(outcome, effect.low, effect.high)})"


def span_text(outcome: OutcomeAnswer, low: float, high: float) -> str:
    """Return two ends in the unit of `strip_unit`: ``−33 to +17``."""
    ends = (signed(_in_unit(outcome, end), _decimals(outcome)) for end in (low, high))
    return " to ".join(ends)


def band_text(outcome: OutcomeAnswer) -> str:
    """Return how far the grey band of a strip reaches: ``1 point``, ``10 days in 100``."""
    unit = strip_unit(outcome)
    if unit == "points":
        return matters_text(outcome.mcid)
    size = number(_in_unit(outcome, outcome.mcid), _decimals(outcome))
    return f"{size} {unit.removeprefix('number ')}"


def _in_unit(outcome: OutcomeAnswer, value: float) -> float:
    width = outcome.maximum - outcome.minimum
    return 100 * value / width if outcome.family == "binary" else value


def _decimals(outcome: OutcomeAnswer) -> int:
    return 0 if outcome.family == "binary" else outcome.decimals


def sensitivity_name(name: str) -> str:
    """Return a sensitivity row in plain words; an unknown name is printed with its tag."""
    return _SENSITIVITY.get(name) or f"{name} ({_AFTERWARDS})"


def headline_rows(outcome: OutcomeAnswer) -> tuple[SensitivityRow, ...]:
    """Return the answer itself, then the rows about its dose: the planned ones first."""
    level = outcome.headline
    first = SensitivityRow(name="As planned", dose_mg=level.dose_mg, effect=level.effect)
    rows = [row for row in outcome.sensitivity if row.dose_mg in (None, level.dose_mg)]
    return (first, *sorted(rows, key=lambda row: row.name not in _SENSITIVITY))


def row_text(row: SensitivityRow) -> str:
    """Return the name of a row of `headline_rows`."""
    return row.name if row.name == "As planned" else sensitivity_name(row.name)


def joint_text(outcome: OutcomeAnswer) -> str:
    """Return one sentence on a secondary outcome that leans on the others; else nothing."""
    effect, decimals = outcome.joint, outcome.decimals
    if effect is None:
        return ""
    low, high = (f"{points(end, decimals)} {direction(end)}" for end in (effect.low, effect.high))
    is_moved = round(abs(effect.mean), decimals) > 0
    moved = f"was about {points(effect.mean, decimals)} {direction(effect.mean)}"
    return (
        f"Seen together with all secondary scores, your {outcome.name}"
        f" {moved if is_moved else 'was about the same'}: likely between {low} and"
        f" {high}. The primary score alone carries the conclusion."
    )


def strip_lines(outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return the rows as lines of plain text; none where there is only the answer itself."""
    rows = headline_rows(outcome)
    lines = tuple(f"{row_text(row)}: {strip_text(outcome, row.effect)}" for row in rows)
    return lines if len(rows) > 1 else ()


def test_text(outcome: OutcomeAnswer) -> str:
    """Return the answer that needs no model, always with its floor."""
    test = outcome.randomisation_test
    if not test and outcome.headline.part == "randomised":
        return "This file holds no check by chance alone."
    if not test:
        return "There is no check by chance alone: it needs an order of periods drawn by chance."
    told = [
        f"{name}: in {_of_100(test[key]['p'])} of 100 orders (the smallest this design could give"
        f" is {_of_100(test[key]['floor'])})."
        for key, name in _STATISTICS
        if isinstance(test.get(key), Mapping) and test[key].get("p") is not None
    ]
    return (
        "A check that needs no model: had LDN changed nothing, how often would the order drawn by"
        f" chance give a difference as large as yours? {' '.join(told)} {_looked_at(test)}"
    )


def _looked_at(test: Mapping[str, Any]) -> str:
    schedules = int(test["schedules"])
    possible = f"{schedules:,}" if schedules < 10**9 else f"{schedules:.1e}"
    if test.get("exact"):
        return f"All {possible} possible orders were looked at."
    return f"{int(test['draws']):,} orders were drawn from {possible} possible ones."


def _of_100(share: float) -> str:
    return f"{100 * share:.3g}"


def dose_note(outcome: OutcomeAnswer) -> str:
    """Say that rows about other doses stand in the file; empty where there are none."""
    doses = {row.dose_mg for row in outcome.sensitivity} - {None, outcome.headline.dose_mg}
    told = ", ".join(dose_text(dose) for dose in sorted(dose for dose in doses if dose))
    return f"The same rows for {told} stand in the answer file." if told else ""

"""The checks beside an answer, in words: the test that needs no model, and other ways to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openldn.report.saved import Interval, OutcomeAnswer, SavedAnswer, SensitivityRow
from openldn.report.speaking import marked, said
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
STRIP_HEADING = marked("Does the answer hold if we look another way?")

# model.md section 8: the fixed names of the sensitivity rows, in plain words. All of them were
# fixed before anyone saw a diary; a row of another name was thought of afterwards.
_SENSITIVITY = {
    "prior:default": marked("Start from the usual prior"),
    "prior:sceptical": marked("Start from more doubt"),
    "prior:wide": marked("Start with an open mind"),
    "prior:evidence": marked("Start from what studies found"),
    "drop-days:3": marked("Leave out days 1 to 3"),
    "drop-days:7": marked("Leave out days 1 to 7"),
    "drop-days:10": marked("Leave out days 1 to 10"),
    "as-taken": marked("Count what was really taken"),
    "all-days": marked("All days (this row includes the weeks in which you knew what you took)"),
    "no-events": marked("Leave outside events out of the model"),
    "flares-adjusted": marked("Adjust for flares (adjusts for something the drug may change)"),
    "asymmetric": marked("Let build-up and fade differ"),
    "missing:+1": marked("Missing LDN days 1 point worse"),
    "missing:+2": marked("Missing LDN days 2 points worse"),
    "guesses-removed": marked("Leave out periods guessed right (descriptive)"),
    "hope": marked("Allow for hope as well"),
    "tau-30": marked("Build-up fixed at 30 days"),
}
_AFTERWARDS = marked("looked at afterwards")

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
    units = {"binary": said("days in 100"), "count": said("number a day")}
    return units.get(outcome.family, said("points"))


def strip_text(outcome: OutcomeAnswer, effect: Interval) -> str:
    """Return the difference of a row in the unit of `strip_unit`, with its 95% interval."""
    mean = signed(_in_unit(outcome, effect.mean), _decimals(outcome))
    return f"{mean} ({span_text(outcome, effect.low, effect.high)})"


def span_text(outcome: OutcomeAnswer, low: float, high: float) -> str:
    """Return two ends in the unit of `strip_unit`: ``−33 to +17``."""
    ends = [signed(_in_unit(outcome, end), _decimals(outcome)) for end in (low, high)]
    return said("{low} to {high}").format(low=ends[0], high=ends[1])


def band_text(outcome: OutcomeAnswer) -> str:
    """Return how far the grey band of a strip reaches: ``1 point``, ``10 days in 100``."""
    size = number(_in_unit(outcome, outcome.mcid), _decimals(outcome))
    if outcome.family == "binary":
        return said("{number} days in 100").format(number=size)
    if outcome.family == "count":
        return said("{number} a day").format(number=size)
    return matters_text(outcome.mcid)


def _in_unit(outcome: OutcomeAnswer, value: float) -> float:
    width = outcome.maximum - outcome.minimum
    return 100 * value / width if outcome.family == "binary" else value


def _decimals(outcome: OutcomeAnswer) -> int:
    return 0 if outcome.family == "binary" else outcome.decimals


def sensitivity_name(name: str) -> str:
    """Return a sensitivity row in plain words; an unknown name is printed with its tag."""
    known = _SENSITIVITY.get(name)
    return said(known) if known else f"{name} ({said(_AFTERWARDS)})"


def headline_rows(outcome: OutcomeAnswer) -> tuple[SensitivityRow, ...]:
    """Return the answer itself, then the rows about its dose: the planned ones first."""
    level = outcome.headline
    first = SensitivityRow(name="As planned", dose_mg=level.dose_mg, effect=level.effect)
    rows = [row for row in outcome.sensitivity if row.dose_mg in (None, level.dose_mg)]
    return (first, *sorted(rows, key=lambda row: row.name not in _SENSITIVITY))


def row_text(row: SensitivityRow) -> str:
    """Return the name of a row of `headline_rows`."""
    return said("As planned") if row.name == "As planned" else sensitivity_name(row.name)


def joint_text(outcome: OutcomeAnswer) -> str:
    """Return one sentence on a secondary outcome that leans on the others; else nothing."""
    effect, decimals = outcome.joint, outcome.decimals
    if effect is None:
        return ""
    low, high, moved = (
        f"{points(end, decimals)} {direction(end)}"
        for end in (effect.low, effect.high, effect.mean)
    )
    told = (
        said(
            "Seen together with all secondary scores, your {outcome} was about {moved}: likely"
            " between {low} and {high}. The primary score alone carries the conclusion."
        )
        if round(abs(effect.mean), decimals) > 0
        else said(
            "Seen together with all secondary scores, your {outcome} was about the same: likely"
            " between {low} and {high}. The primary score alone carries the conclusion."
        )
    )
    return told.format(outcome=outcome.name, moved=moved, low=low, high=high)


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
    return (
        said("The same rows for {doses} stand in the answer file.").format(doses=told)
        if told
        else ""
    )

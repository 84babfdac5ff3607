"""The doctor's page as plain data: every word and number of the printed sheet.

Kept apart from the printing, so that what the sheet says can be tested without a PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from openldn.report.assumptions import model_rows
from openldn.report.checks import (
    band_text,
    headline_rows,
    row_text,
    span_text,
    strip_text,
    strip_unit,
    test_text,
)
from openldn.report.daily_plot import DailyPlot, Panel, Scale, Stretch
from openldn.report.doctor import (
    conduct_rows,
    estimand_text,
    quantity_rows,
    result_text,
)
from openldn.report.harms import HarmTable
from openldn.report.page import AnswerPage
from openldn.report.saved import Harm, OutcomeAnswer, SavedAnswer
from openldn.report.sentences import (
    HEADING,
    PURPOSE,
    counted_sentence,
    first_sentence,
    grade_sentence,
    harm_line,
    interval_note,
    open_sentences,
    questions,
    scale_sentence,
    shares,
)
from openldn.report.words import dose_text

__all__ = ["sheet_data"]

# What one side of A4 holds beside the plot; the rest is counted and stands in the HTML file.
_MOST_ROWS = 9
_MOST_CHECKS = 15  # every row that model.md section 8 knows
_MOST_LIMITS = 7
_MOST_CAUSED = 5
_MOST_OTHERS = 10
_MOST_REASONS = 6
_MOST_PRIOR_LETTERS = 1200
_MOST_LETTERS = 160


def sheet_data(page: AnswerPage, *, who: Sequence[str] = ()) -> dict[str, Any]:
    """Return the content of the sheet about the primary outcome."""
    saved, outcome = page.saved, page.primary
    if outcome is None:
        return _empty(saved, who)
    sentence = first_sentence(outcome)
    return {
        "title": _title(outcome),
        "design": f"{HEADING}.",
        "who": [_short(line) for line in who],
        "sentence": [sentence.before, sentence.strong, sentence.after],
        "note": f"{scale_sentence(outcome)} {interval_note()}",
        "shares": [
            {
                "group": share.group,
                "number": str(share.count),
                "label": share.label,
                "word": share.word,
            }
            for share in shares(outcome)
        ],
        "plot": _plot(page.plot, Scale.of(outcome)) if page.plot else None,
        "sensitivity": _sensitivity(outcome),
        "estimand": [
            text
            for text in (
                estimand_text(saved, outcome),
                result_text(outcome),
                counted_sentence(outcome),
                test_text(outcome),
            )
            if text
        ],
        "harms": _harms(page.harms) if page.harms else None,
        "caused": _caused(saved.harms),
        "conduct": _conduct(saved, outcome),
        "quantities": _most(quantity_rows(outcome), _MOST_ROWS + 4),
        "priors": _priors(saved),
        "limits": _most_lines(saved.limits, _MOST_LIMITS),
        "others": _others(saved, outcome),
        "questions": list(questions(outcome)),
        "footer": f"{PURPOSE} OpenLDN {saved.version}.",
    }


def _title(outcome: OutcomeAnswer) -> str:
    doses = dict.fromkeys(dose_text(level.dose_mg) for level in outcome.main_levels)
    return _short(f"Personal trial of naltrexone {', '.join(doses)} for {outcome.name}")


def _empty(saved: SavedAnswer, who: Sequence[str]) -> dict[str, Any]:
    return {
        "title": "Personal trial of naltrexone: no answer yet",
        "design": f"{HEADING}.",
        "who": [_short(line) for line in who],
        "sentence": ["", "There is no answer yet.", ""],
        "note": "Each outcome below was refused, with its reason.",
        "shares": [],
        "plot": None,
        "sensitivity": None,
        "estimand": ["Nothing was estimated."],
        "harms": None,
        "caused": [],
        "conduct": [["Grade", saved.grade], ["Days recorded", f"{saved.days_recorded}"]],
        "quantities": [],
        "priors": _priors(saved),
        "limits": _most_lines(saved.limits, _MOST_LIMITS),
        "others": _most_lines([f"{name}: {why}" for name, why in saved.refused], _MOST_ROWS),
        "questions": list(questions(None)),
        "footer": f"{PURPOSE} OpenLDN {saved.version}.",
    }


def _plot(plot: DailyPlot, scale: Scale) -> dict[str, Any]:
    """Lay all panels on one time axis, in fractions of its width and height."""
    stretches = _joined(plot.panels)
    total = sum(len(stretch.days) for stretch in stretches)
    bands, points, means, ill, left = [], [], [], [], 0
    for stretch in stretches:
        arm, n = stretch.arm or "unknown", len(stretch.days)
        words = stretch.mean_text if n * 12 < total else f"{stretch.title} {stretch.mean_text}"
        bands.append(
            {"arm": arm, "x": left / total, "share": n / total, "width": n, "words": words}
        )
        if stretch.mean is not None:
            begin = left + n - len(stretch.settled)
            y = _height(stretch.mean, scale)
            means.append({"arm": arm, "x0": begin / total, "x1": (left + n) / total, "y": y})
        for i, day in enumerate(stretch.days):
            x = (left + i + 0.5) / total
            if day.value is not None:
                y = _height(day.value, scale)
                points.append({"arm": arm, "x": x, "y": y, "faint": day.is_transition})
            elif day.is_too_ill:
                ill.append(x)
        left += n
    days = [day for stretch in stretches for day in stretch.days]
    middle = (scale.minimum + scale.maximum) / 2
    return {
        "title": _short(f"Daily {scale.name}, with the average of each stretch"),
        "alt": _short(f"Daily {scale.name} over {total} days. {plot.sentence}"),
        "note": _plot_note(plot.panels),
        "bands": bands,
        "points": points,
        "means": means,
        "ill": ill,
        "ticks": [f"{tick:g}" for tick in (scale.maximum, middle, scale.minimum)],
        "ends": [days[0].day_text, days[-1].day_text],
    }


def _joined(panels: Sequence[Panel]) -> list[Stretch]:
    """Put together what was cut only so that panels fit a phone."""
    joined: list[Stretch] = []
    for stretch in (stretch for panel in panels for stretch in panel.stretches):
        last = joined[-1] if joined else None
        if last and stretch.pair is None and _same(last, stretch):
            joined[-1] = replace(last, days=last.days + stretch.days)
        else:
            joined.append(stretch)
    return joined


def _same(one: Stretch, other: Stretch) -> bool:
    return (one.title, one.arm, one.pair, one.period) == (
        other.title,
        other.arm,
        other.pair,
        other.period,
    )


def _plot_note(panels: Sequence[Panel]) -> str:
    notes = ["Circle and solid line: LDN. Square and dashed line: placebo. Open square: no LDN."]
    days = [day for panel in panels for day in panel.days]
    if any(day.is_transition for day in days):
        notes.append("Small marks: first days of a period, not in the average.")
    if any(day.is_too_ill for day in days):
        notes.append("Tick under the line: too ill to answer.")
    return " ".join(notes)


def _height(value: float, scale: Scale) -> float:
    return (scale.maximum - value) / (scale.maximum - scale.minimum)


def _sensitivity(outcome: OutcomeAnswer) -> dict[str, Any] | None:
    rows = headline_rows(outcome)
    if len(rows) == 1:
        return None
    kept = rows[: _MOST_CHECKS + 1]
    low = min(-outcome.mcid, *(row.effect.low for row in kept))
    high = max(outcome.mcid, *(row.effect.high for row in kept))

    def at(value: float) -> float:
        return (value - low) / (high - low)

    left_out = len(rows) - len(kept)
    more = f" ({left_out} more in the HTML file)" if left_out else ""
    return {
        "title": f"If we look another way{more}",
        "heads": [
            f"Grey: within {band_text(outcome)}",
            span_text(outcome, low, high),
            "Mean (95%)",
        ],
        "band": [at(-outcome.mcid), at(outcome.mcid)],
        "zero": at(0),
        "rows": [
            {
                "name": row_text(row),
                "low": at(row.effect.low),
                "mean": at(row.effect.mean),
                "high": at(row.effect.high),
                "text": strip_text(outcome, row.effect),
            }
            for row in kept
        ],
    }


def _harms(table: HarmTable) -> dict[str, Any]:
    # The side effects that differ most come first: none of those may fall off the page.
    ordered = sorted(
        table.side_effects,
        key=lambda row: -abs((row.active.of_100 or 0) - (row.comparison.of_100 or 0)),
    )
    kept = [table.good_days, *ordered[: _MOST_ROWS - 1]]
    left_out = len(ordered) + 1 - len(kept)
    more = f" ({left_out} more in the HTML file)" if left_out else ""
    return {
        "title": f"Good and bad, of 100 days asked{more}",
        "heads": ["Days with", "LDN", table.comparison_name],
        "rows": [[_short(row.label), row.active.text, row.comparison.text] for row in kept],
    }


def _caused(harms: Sequence[Harm]) -> list[str]:
    """Return whether LDN is behind each side effect, the likeliest first."""
    answered = [harm for harm in harms if harm.p_raised is not None]
    answered.sort(key=lambda harm: -(harm.p_raised or 0.0))
    return _most_lines([harm_line(harm) for harm in answered], _MOST_CAUSED)


def _conduct(saved: SavedAnswer, outcome: OutcomeAnswer) -> list[list[str]]:
    rows = [[name, _short(value)] for name, value in conduct_rows(saved, outcome)]
    rows[1] = ["Grade", grade_sentence(saved).removeprefix("Grade ")]
    return rows + _most([("Reason", reason.text) for reason in saved.grade_reasons], _MOST_REASONS)


def _priors(saved: SavedAnswer) -> str:
    """Return every prior and convention as one running text: a table would fill the page."""
    text = "; ".join(f"{name}: {value.rstrip('.')}" for name, value in model_rows(saved.model))
    if len(text) <= _MOST_PRIOR_LETTERS:
        return text
    return f"{_short(text, _MOST_PRIOR_LETTERS)} The rest stands in the HTML file."


def _others(saved: SavedAnswer, outcome: OutcomeAnswer) -> list[str]:
    lines = [f"Open weeks, apart: {text}" for text in open_sentences(outcome)]
    for other in saved.others:
        lines += [first_sentence(other).text, counted_sentence(other), _together(other)]
    lines = [line for line in lines if line]
    lines += [f"{name}: no answer. {why}" for name, why in saved.refused]
    return _most_lines(lines, _MOST_OTHERS)


def _together(other: OutcomeAnswer) -> str:
    if other.joint is None:
        return ""
    return (
        f"{other.title}, together with all secondary scores:"
        f" {strip_text(other, other.joint)} {strip_unit(other)}."
    )


def _most(rows: Sequence[tuple[str, str]], most: int) -> list[list[str]]:
    kept = [[_short(name), _short(value)] for name, value in rows[:most]]
    if len(rows) > most:
        kept.append(["More in the HTML file", str(len(rows) - most)])
    return kept


def _most_lines(lines: Sequence[str], most: int) -> list[str]:
    kept = [_short(line, 260) for line in lines[:most]]
    if len(lines) > most:
        kept.append(f"{len(lines) - most} more in the HTML file.")
    return kept


def _short(text: str, most: int = _MOST_LETTERS) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

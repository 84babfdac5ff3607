"""The whole answer as plain text: for a terminal, a printer, or a voice that reads aloud."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from openldn.report.assumptions import model_rows
from openldn.report.by_dose import by_dose_rows
from openldn.report.checks import (
    HANDLED_HEADING,
    STRIP_HEADING,
    handled_lines,
    joint_text,
    strip_lines,
    strip_unit,
    test_text,
)
from openldn.report.forecast import forecast_lines
from openldn.report.guesses import guess_lines
from openldn.report.saved import OutcomeAnswer, SavedAnswer
from openldn.report.sentences import (
    GIVEN,
    HEADING,
    PURPOSE,
    counted_sentence,
    dose_sentence,
    first_sentence,
    grade_sentence,
    harm_note,
    harm_sentence,
    interval_note,
    open_sentences,
    questions,
    recorded_sentence,
    scale_sentence,
    shares,
    size_sentence,
    still_true,
    why_open,
)
from openldn.report.speaking import said
from openldn.report.words import dose_text

if TYPE_CHECKING:
    from openldn.protocol.plan import Plan

__all__ = ["summary_text"]


def summary_text(answer: Mapping[str, Any], *, plan: Plan | None = None, width: int = 80) -> str:
    """Return the whole answer as plain text for a terminal."""
    saved = SavedAnswer.read(answer, plan=plan)
    blocks = [_wrapped([said(HEADING) + "."], width)]
    blocks += [_outcome_text(saved, outcome, width) for outcome in _in_order(saved)]
    if saved.refused:
        blocks.append(
            _listed(said("No answer for:"), [f"{k}: {why}" for k, why in saved.refused], width)
        )
    if saved.harms:
        head = said("Side effects, {given}:").format(given=said(GIVEN))
        told = [*map(harm_sentence, saved.harms), harm_note()]
        blocks.append(_listed(head, told, width))
    if saved.primary and (rows := by_dose_rows(saved, saved.primary)):
        doses = [dose_text(level.dose_mg) for level in saved.primary.main_levels]
        head = said(
            "Dose by dose (side effects: days of days asked, and whether the dose raises them):"
        )
        blocks.append(_listed(head, [_row(row, doses) for row in rows], width))
    if saved.blinding:
        blocks.append(_listed(said("What you guessed:"), guess_lines(saved.blinding), width))
    if handled := handled_lines(saved):
        blocks.append(_listed(HANDLED_HEADING, handled, width))
    reasons = [reason.text for reason in saved.grade_reasons]
    blocks.append(_listed(f"{grade_sentence(saved)} {recorded_sentence(saved)}", reasons, width))
    if saved.limits:
        blocks.append(_listed(said("What this cannot tell you:"), saved.limits, width))
    assumed = [f"{name}: {text}" for name, text in model_rows(saved.model)]
    blocks.append(_listed(said("The assumptions:"), assumed, width))
    blocks.append(_wrapped([said(PURPOSE)], width))
    blocks.append(_listed(said("To talk about at the visit:"), questions(saved.primary), width))
    return "\n\n".join(blocks) + "\n"


def _in_order(saved: SavedAnswer) -> tuple[OutcomeAnswer, ...]:
    return ((saved.primary,) if saved.primary else ()) + saved.others


def _outcome_text(saved: SavedAnswer, outcome: OutcomeAnswer, width: int) -> str:
    told = [first_sentence(outcome).text, interval_note()]
    if outcome.verdict == "could-not-tell":
        told.append(said("This is a real result."))
    more = (size_sentence(outcome), dose_sentence(outcome), counted_sentence(outcome))
    told += [text for text in more if text]
    blocks = [
        _wrapped([" ".join(told)], width),
        _wrapped([scale_sentence(outcome)], width),
        _listed(
            said("Of 100 answers, {given}:").format(given=said(GIVEN)),
            [share.text for share in shares(outcome)],
            width,
        ),
    ]
    if outcome.randomisation_test:
        blocks.append(_wrapped([test_text(outcome)], width))
    if outcome is saved.primary and (lines := strip_lines(outcome)):
        unit = strip_unit(outcome)
        range_of = said("Difference in {unit}, with the range of 95 of 100 answers:")
        head = f"{said(STRIP_HEADING)} {range_of.format(unit=unit)}"
        blocks.append(_listed(head, lines, width))
    if told_together := joint_text(outcome):
        blocks.append(_wrapped([told_together], width))
    if outcome.open_levels:
        head = said("From the weeks when you knew what you took:")
        blocks.append(_listed(head, open_sentences(outcome), width))
    if outcome.verdict == "could-not-tell":
        blocks.append(_listed(said("Why it stayed open:"), why_open(saved, outcome), width))
        if saved.forecast and outcome is saved.primary:
            told_clearer = forecast_lines(saved.forecast, outcome)
            blocks.append(_listed(said("What would make it clearer:"), told_clearer, width))
        blocks.append(_listed(said("What is still true:"), still_true(outcome), width))
    return "\n\n".join(blocks)


def _wrapped(paragraphs: Iterable[str], width: int) -> str:
    return "\n".join(textwrap.fill(text, width, break_long_words=False) for text in paragraphs)


def _listed(head: str, items: Iterable[str], width: int) -> str:
    lines = [textwrap.fill(head, width, break_long_words=False)]
    lines += [
        textwrap.fill(
            item, width, initial_indent="  - ", subsequent_indent="    ", break_long_words=False
        )
        for item in items
    ]
    return "\n".join(lines)


def _row(row: tuple[str, ...], doses: list[str]) -> str:
    name, *cells = row
    told = "; ".join(f"{dose}: {cell}" for dose, cell in zip(doses, cells, strict=True))
    return f"{name}. {told}."

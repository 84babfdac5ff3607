"""Each dose with its gain and its side effects in one table, where more than one was compared."""

from __future__ import annotations

from openldn.report.checks import strip_text, strip_unit
from openldn.report.markup import esc
from openldn.report.saved import Harm, HarmDose, OutcomeAnswer, SavedAnswer
from openldn.report.sentences import GIVEN, shares
from openldn.report.speaking import said
from openldn.report.words import dose_text, share_word

__all__ = ["by_dose_html", "by_dose_rows"]


def by_dose_rows(saved: SavedAnswer, outcome: OutcomeAnswer) -> tuple[tuple[str, ...], ...]:
    """Return what was found, then one cell a dose; empty where one dose alone was compared."""
    levels = outcome.main_levels
    if len(levels) < 2:
        return ()
    gains = [shares(outcome, level)[0] for level in levels]
    rows = [
        (
            said("{outcome}: difference, {unit}").format(
                outcome=outcome.title, unit=strip_unit(outcome)
            ),
            *(strip_text(outcome, level.effect) for level in levels),
        ),
        (gains[0].label, *(_of_100(gain.count, gain.word) for gain in gains)),
    ]
    doses = [level.dose_mg for level in levels]
    rows += [_harm_row(harm, doses) for harm in saved.harms if harm.doses]
    return tuple(rows)


def by_dose_html(saved: SavedAnswer, outcome: OutcomeAnswer) -> str:
    """Return the table, which may be wider than a phone and then scrolls alone."""
    rows = by_dose_rows(saved, outcome)
    if not rows:
        return ""
    heads = [said("What"), *(dose_text(level.dose_mg) for level in outcome.main_levels)]
    head = "".join(f'<th scope="col">{esc(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{esc(name)}</th>'
        + "".join(f"<td>{esc(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in rows
    )
    caption = esc(said("Each dose: the gain first, then days with a side effect"))
    told = said(
        "Side effects are days of days asked, and how likely the dose makes them more frequent,"
        " {given}."
    ).format(given=said(GIVEN))
    return (
        f"<h3>{esc(said('Dose by dose'))}</h3><p>{esc(told)}</p>"
        f'<div class="wide-table" role="region" aria-label="{caption}" tabindex="0">'
        f'<table class="data"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _harm_row(harm: Harm, doses: list[float]) -> tuple[str, ...]:
    by_dose = {one.dose_mg: one for one in harm.doses}
    return (harm.title, *(_harm_cell(by_dose.get(dose)) for dose in doses))


def _harm_cell(one: HarmDose | None) -> str:
    if one is None:
        return said("not asked")
    share = round(100 * one.p_raised)
    return said("{found} of {asked} days: {chance} ({share} of 100)").format(
        found=one.found, asked=one.asked, chance=share_word(share), share=share
    )


def _of_100(count: int, word: str) -> str:
    return said("{count} of 100: {chance}").format(count=count, chance=word)

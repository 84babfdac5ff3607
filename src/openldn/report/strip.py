"""The sensitivity strip: the same question under other assumptions, one row each.

Bar and numbers stand side by side in one table, so picture and table cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from openldn.report.checks import (
    STRIP_HEADING,
    band_text,
    dose_note,
    headline_rows,
    row_text,
    span_text,
    strip_text,
    strip_unit,
)
from openldn.report.markup import esc, picture
from openldn.report.saved import Interval, OutcomeAnswer, SensitivityRow
from openldn.report.speaking import counted, said

__all__ = ["STRIP_HEADING", "strip_html", "strip_sentence"]


def strip_sentence(outcome: OutcomeAnswer) -> str:
    """Say how many of the other ways point the same way as the answer, and name those that do not.

    Empty where there are no other ways.
    """
    planned, *others = headline_rows(outcome)
    if not others:
        return ""
    turned = [row for row in others if row.effect.mean * planned.effect.mean <= 0]
    ways = counted("{count} other way", "{count} other ways", len(others))
    if not turned:
        return said("We looked in {ways}. In each the difference points to the same side.").format(
            ways=ways
        )
    return said(
        "We looked in {ways}. In {count} of them the difference points to the same side. It does"
        " not in: {names}."
    ).format(
        ways=ways,
        count=len(others) - len(turned),
        names="; ".join(row_text(row) for row in turned),
    )


def strip_html(outcome: OutcomeAnswer) -> str:
    """Return the strip; empty where there are no other ways."""
    rows = headline_rows(outcome)
    if len(rows) == 1:
        return ""
    low, high = _span(outcome, rows)
    first_row = ' class="first"'
    body = "".join(
        f"<tr{first_row if i == 0 else ''}>"
        f'<th scope="row">{esc(row_text(row))}</th>'
        f'<td class="bar">{_bar(row.effect, outcome.mcid, low, high)}</td>'
        f'<td class="num">{esc(strip_text(outcome, row.effect))}</td></tr>'
        for i, row in enumerate(rows)
    )
    difference = (
        said("Difference in {outcome}, {unit}, with 95% interval.")
        if outcome.family in ("binary", "count")
        else said("Difference in {outcome} {unit}, with 95% interval.")
    ).format(outcome=outcome.name, unit=strip_unit(outcome))
    band = said("The grey band is “about the same”: within {band}. Bars run from {span}.").format(
        band=band_text(outcome), span=span_text(outcome, low, high)
    )
    caption = f"{difference} {band} {dose_note(outcome)}".rstrip()
    return (
        f'<table class="strip"><caption>{esc(caption)}</caption><thead><tr>'
        f'<th scope="col">{esc(said("If we …"))}</th>'
        f'<th scope="col">{esc(said("lower ← → higher"))}</th>'
        f'<th scope="col" class="num">{esc(said("Difference"))}</th></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _span(outcome: OutcomeAnswer, rows: Iterable[SensitivityRow]) -> tuple[float, float]:
    """Return the ends of the bars: every interval and the whole grey band fit in."""
    rows = tuple(rows)
    low = min(-outcome.mcid, *(row.effect.low for row in rows))
    high = max(outcome.mcid, *(row.effect.high for row in rows))
    room = 0.05 * (high - low)
    return low - room, high + room


def _bar(effect: Interval, mcid: float, low: float, high: float) -> str:
    def x(value: float) -> str:
        return f"{100 * (value - low) / (high - low):.2f}"

    band = 100 * 2 * mcid / (high - low)
    return picture(
        f'<rect class="rope" x="{x(-mcid)}" y="0" width="{band:.2f}" height="10"/>'
        f'<path class="zero" d="M{x(0)} 0V10"/>'
        f'<path class="iv" d="M{x(effect.low)} 5H{x(effect.high)}"/>'
        f'<path class="ivp" d="M{x(effect.mean)} 5h.01"/>',
        box="0 0 100 10",
        extra=' preserveAspectRatio="none"',
    )

"""The hundred answers once more, this time along a line by their size: how wide the answer is.

A quantile dot plot: each dot is one hundredth of the posterior, so a share can be counted. The
marks and the groups are those of the hundred icons. Kay M and others. When (ish) is my bus? CHI
2016. 10.1145/2858036.2858558
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from openldn.report.checks import span_text, strip_unit
from openldn.report.icons import icon
from openldn.report.markup import esc
from openldn.report.saved import OutcomeAnswer
from openldn.report.sentences import change_text, shares
from openldn.report.speaking import said

__all__ = ["by_size_html", "columns_of"]

_MOST_COLUMNS = 28
_LEAST_ROWS = 5
_STEP = 10  # of one dot, in the picture's own units
_ALMOST = 1e-9  # a value on an edge belongs to the column above it, whatever its last digit


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Dots in columns of one width, whose edges are whole numbers of that width."""

    width: float
    first: int
    last: int
    of_dot: tuple[int, ...]

    def place(self, value: float) -> float:
        """Return where a value lies across the picture."""
        return _STEP * (value / self.width - self.first)

    @property
    def span(self) -> int:
        """The width of the picture."""
        return _STEP * (self.last - self.first + 1)


def columns_of(values: Sequence[float], *, mcid: float) -> Columns | None:
    """Put rising values in columns; None where they are all alike.

    The difference that matters falls on an edge where it is wider than a column, so that no column
    holds two groups. No difference is in the picture unless the answers lie far from it.
    """
    low, high = values[0], values[-1]
    spread = high - low
    if spread <= 0:
        return None
    low, high = (
        (min(low, 0.0) if low <= spread else low),
        (max(high, 0.0) if -high <= spread else high),
    )
    width = (high - low) / _MOST_COLUMNS
    if mcid >= width:
        width = mcid / floor(mcid / width)
    of_dot = tuple(floor(value / width + _ALMOST) for value in values)
    first, last = floor(low / width + _ALMOST), floor(high / width + _ALMOST)
    return Columns(width=width, first=first, last=last, of_dot=of_dot)


def by_size_html(outcome: OutcomeAnswer) -> str:
    """Return picture and table in closed details; empty for a file without the hundred answers."""
    columns = columns_of(outcome.hundred, mcid=outcome.mcid) if outcome.hundred else None
    if columns is None:
        return ""
    middle = (outcome.hundred[49] + outcome.hundred[50]) / 2
    told = said("Half of the answers lie on each side of {change}.").format(
        change=change_text(outcome, middle)
    )
    edges = (columns.first * columns.width, (columns.last + 1) * columns.width)
    ends = "".join(f"<span>{esc(change_text(outcome, edge))}</span>" for edge in edges)
    key = said(
        "Each mark is one of the 100 answers. The grey band is “about the same”. The line in it is "
        "no difference at all."
    )
    return (
        f'<details class="bysize"><summary>{esc(said("The same 100 answers, by size"))}</summary>'
        "<div>"
        f'<p>{esc(told)}</p><div class="card">{_picture(outcome, columns, told)}'
        f'<div class="barkey" aria-hidden="true">{ends}</div></div>'
        f'<p class="small soft">{esc(key)}</p>{_table(outcome, columns)}</div></details>'
    )


def _picture(outcome: OutcomeAnswer, columns: Columns, told: str) -> str:
    stacks: Counter[int] = Counter()
    marks = []
    rows = max(_LEAST_ROWS, *Counter(columns.of_dot).values())
    height = _STEP * rows
    for group, column in zip(_groups(outcome), columns.of_dot, strict=True):
        x = _STEP * (column - columns.first + 0.5)
        y = height - _STEP * (stacks[column] + 0.5)
        marks.append(icon(group, x=x, y=y))
        stacks[column] += 1
    left, right = (
        min(max(columns.place(edge), 0), columns.span) for edge in (-outcome.mcid, outcome.mcid)
    )
    band = f'<rect class="rope" x="{left:g}" y="0" width="{right - left:g}" height="{height}"/>'
    at = columns.place(0.0)
    zero = f'<path class="zero" d="M{at:g} 0V{height}"/>' if 0 <= at <= columns.span else ""
    return (
        f'<svg viewBox="0 0 {columns.span} {height}" role="img" '
        f'aria-label="{esc(said("100 answers by size."))} {esc(told)}">'
        f"{band}{zero}{''.join(marks)}</svg>"
    )


def _groups(outcome: OutcomeAnswer) -> list[str]:
    """Return the group of each dot in rising order, with the very counts of the icons."""
    by_group = [[share.group] * share.count for share in shares(outcome)]
    ordered = by_group if outcome.better == "lower" else by_group[::-1]
    return [group for part in ordered for group in part]


def _table(outcome: OutcomeAnswer, columns: Columns) -> str:
    """Return the counts in steps of the difference that matters, or of half of it."""
    per_mcid = max(1, round(outcome.mcid / columns.width))
    joined = per_mcid if per_mcid % 2 else per_mcid // 2
    counts = Counter(column // joined for column in columns.of_dot)
    step = joined * columns.width
    rows = "".join(
        f'<tr><th scope="row">{esc(span_text(outcome, step * i, step * (i + 1)))}</th>'
        f'<td class="r">{counts[i]}</td></tr>'
        for i in sorted(counts)
    )
    caption = said(
        "Where the 100 answers lie. A minus is a lower score, or fewer ({unit})."
    ).format(unit=strip_unit(outcome))
    return (
        f'<table class="data"><caption>{esc(caption)}</caption>'
        f'<thead><tr><th scope="col">{esc(said("From, to"))}</th>'
        f'<th scope="col" class="r">{esc(said("Of 100"))}</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )

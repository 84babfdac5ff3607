"""The forest plot: each trial with its range, the average below, and where a new trial may fall."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from openldn.evidence.meta_analysis import BayesianPool, RandomEffects, pool, pool_bayesian
from openldn.evidence.studies import Pool, studies

__all__ = ["Forest", "ForestRow", "RowKind", "figures", "forest", "forest_svg", "forest_text"]

_Z = 1.959963984540054  # normal quantile of a 95% range, where only the error is printed


class RowKind(StrEnum):
    """What a line of the plot shows."""

    TRIAL = "trial"
    AVERAGE = "average"
    PREDICTION = "prediction"


@dataclass(frozen=True, kw_only=True, slots=True)
class ForestRow:
    """One line of the plot; `share` is a trial's part of the average, 0 to 1."""

    kind: RowKind
    label: str
    estimate: float
    low: float
    high: float
    share: float
    unconfirmed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Forest:
    """A forest plot as data."""

    pool: Pool
    rows: tuple[ForestRow, ...]
    random_effects: RandomEffects
    bayesian: BayesianPool


def forest(source: Pool) -> Forest:
    """Compute the plot of a pool.

    The ranges of the average and of a new trial come from the Bayesian sum: with so few trials the
    other one has no range for a new trial, or one that is hardly a range.
    """
    estimates = [one.estimate for one in source.inputs]
    errors = [one.error for one in source.inputs]
    random_effects = pool(estimates, errors)
    bayesian = pool_bayesian(estimates, errors, scale=source.spread_scale)
    weights = [1.0 / (error**2 + random_effects.spread**2) for error in errors]
    trials = [
        ForestRow(
            kind=RowKind.TRIAL,
            label=studies()[one.study].name,
            estimate=one.estimate,
            low=one.estimate - _Z * one.error,
            high=one.estimate + _Z * one.error,
            share=weight / sum(weights),
            unconfirmed=one.unconfirmed,
        )
        for one, weight in zip(source.inputs, weights, strict=True)
    ]
    average = bayesian.average
    return Forest(
        pool=source,
        rows=(
            *trials,
            _summary(RowKind.AVERAGE, "Average", average.estimate, (average.low, average.high)),
            _summary(RowKind.PREDICTION, "A new trial", average.estimate, bayesian.prediction),
        ),
        random_effects=random_effects,
        bayesian=bayesian,
    )


def _summary(kind: RowKind, label: str, estimate: float, ends: tuple[float, float]) -> ForestRow:
    low, high = ends
    return ForestRow(
        kind=kind, label=label, estimate=estimate, low=low, high=high, share=0.0, unconfirmed=""
    )


def forest_text(plot: Forest) -> str:
    """Draw the plot with letters: `-` range, `#` trial, `O` average, `|` no difference."""
    low, high = _ends(plot)
    width = 41
    label_width = max(len(row.label) for row in plot.rows)

    def column(x: float) -> int:
        return round((x - low) / (high - low) * (width - 1))

    lines = []
    for row in plot.rows:
        cells = [" "] * width
        cells[column(row.low) : column(row.high) + 1] = "-" * (
            column(row.high) - column(row.low) + 1
        )
        cells[column(0.0)] = "|"
        if row.kind is not RowKind.PREDICTION:
            cells[column(row.estimate)] = "#" if row.kind is RowKind.TRIAL else "O"
        lines.append(f"{row.label:{label_width}}  {''.join(cells)}  {figures(row)}")
    left, right = "less pain on LDN", "more pain on LDN"
    gap = max(1, width - len(left) - len(right))
    lines.append(f"{'':{label_width}}  {left}{' ' * gap}{right}")
    return "\n".join(lines)


def figures(row: ForestRow) -> str:
    """Write a line's figures: estimate and range, or the range alone for a new trial."""
    ends = f"{row.low:.2f} to {row.high:.2f}"
    return ends if row.kind is RowKind.PREDICTION else f"{row.estimate:.2f} ({ends})"


def forest_svg(plot: Forest) -> str:
    """Draw the plot as a picture: squares, a diamond and a bar, told apart by shape."""
    left, right, line, top = 190.0, 520.0, 30.0, 46.0
    low, high = _ends(plot)
    height = top + line * len(plot.rows) + 46.0

    def across(x: float) -> float:
        return left + (x - low) / (high - low) * (right - left)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height:.0f}" role="img"'
        ' font-family="sans-serif" font-size="14" aria-labelledby="title desc">',
        f'<title id="title">{escape(plot.pool.title)}: {escape(plot.pool.measure)}</title>',
        f'<desc id="desc">{escape(_told(plot))}</desc>',
        f'<rect width="720" height="{height:.0f}" fill="#fff"/>',
        f'<text x="10" y="24" font-weight="bold">{escape(plot.pool.measure)}</text>',
        f'<path d="M{across(0):.1f} {top - 10:.1f}V{height - 40:.1f}" stroke="#555"/>',
    ]
    for number, row in enumerate(plot.rows):
        y = top + line * (number + 0.5)
        parts += [
            f'<text x="10" y="{y + 5:.1f}">{escape(row.label)}</text>',
            *_shape(row, y, across(row.low), across(row.estimate), across(row.high)),
            f'<text x="535" y="{y + 5:.1f}">{escape(figures(row))}</text>',
        ]
    parts += [
        f'<text x="{left:.0f}" y="{height - 14:.1f}">less pain on LDN</text>',
        f'<text x="{right:.0f}" y="{height - 14:.1f}" text-anchor="end">more pain on LDN</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _shape(row: ForestRow, y: float, low: float, middle: float, high: float) -> list[str]:
    if row.kind is RowKind.AVERAGE:
        path = f"M{low:.1f} {y:.1f}L{middle:.1f} {y - 8:.1f}L{high:.1f} {y:.1f}"
        return [f'<path d="{path}L{middle:.1f} {y + 8:.1f}Z" fill="#0b4f8a"/>']
    bar = f'<path d="M{low:.1f} {y:.1f}H{high:.1f}" stroke="#222" stroke-width="2"'
    if row.kind is RowKind.PREDICTION:
        return [f'{bar} stroke-dasharray="6 4"/>']
    half = 4.0 + 8.0 * row.share
    square = f'<rect x="{middle - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}"'
    return [f"{bar}/>", f'{square} height="{2 * half:.1f}" fill="#222"/>']


def _told(plot: Forest) -> str:
    return " ".join(f"{row.label}: {figures(row)}." for row in plot.rows)


def _ends(plot: Forest) -> tuple[float, float]:
    low = min(row.low for row in plot.rows)
    high = max(row.high for row in plot.rows)
    room = 0.03 * (high - low)
    return min(low - room, 0.0), max(high + room, 0.0)

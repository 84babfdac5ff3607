"""Pictures of the report: plain SVG text, dark ink on white, told apart by more than colour."""

from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["calibration", "lines"]

# Okabe and Ito's colours, which colour-blind people can tell apart; each with its own dash.
STYLES = (
    ("#0072b2", ""),
    ("#d55e00", "6 3"),
    ("#009e73", "2 2"),
    ("#cc79a7", "8 2 2 2"),
    ("#56b4e9", "4 4"),
    ("#777777", "1 3"),
)
FONT = 'font-family="system-ui, sans-serif" font-size="12" fill="#222222"'
# Width of a small panel.
PANEL = 120

Point = tuple[float, float, float]


def lines(
    title: str,
    *,
    series: Mapping[str, Sequence[Point]],
    x: str,
    span: tuple[float, float],
    marks: Mapping[float, str] | None = None,
) -> str:
    """Lines with error bars of two Monte Carlo errors.

    Parameters
    ----------
    title
        What the picture shows, read out in place of it.
    series
        Name, then points (x, share, error of the share); drawn equally spaced in x.
    x
        Name of the axis; the other one is a share of the trials, in percent.
    span
        Lowest and highest share.
    marks
        Shares that a line is drawn at, with their names.
    """
    width, height, left, top, wide, tall = 640, 340, 56, 40, 430, 250
    values = sorted({point[0] for points in series.values() for point in points})

    def across(value: float) -> float:
        return left + wide * (values.index(value) + 0.5) / len(values)

    def down(value: float) -> float:
        inside = min(max(value, span[0]), span[1])
        return top + tall * (span[1] - inside) / (span[1] - span[0])

    parts = [_text(left, 16, title, weight="600"), _text(left, top - 8, "share of trials")]
    for step in range(6):
        level = span[0] + (span[1] - span[0]) * step / 5
        parts.append(_rule(left, down(level), left + wide, "#e4e4e4"))
        parts.append(_text(left - 6, down(level) + 4, f"{100 * level:.0f}%", anchor="end"))
    for level, name in (marks or {}).items():
        parts.append(_rule(left, down(level), left + wide, "#222222", dash="3 3"))
        parts.append(_text(left + 4, down(level) - 4, name))
    for value in values:
        parts.append(_text(across(value), top + tall + 18, f"{value:g}", anchor="middle"))
    parts.append(_text(left + wide / 2, height - 8, x, anchor="middle"))
    for number, (name, points) in enumerate(series.items()):
        colour, dash = STYLES[number % len(STYLES)]
        aside = 3.0 * (number - (len(series) - 1) / 2)  # error bars must not hide each other
        placed = [
            (across(at) + aside, down(share), down(share - 2 * error), down(share + 2 * error))
            for at, share, error in points
        ]
        parts += _line(placed, colour=colour, dash=dash)
        key = top + 8 + 18 * number
        parts.append(_rule(left + wide + 10, key, left + wide + 34, colour, dash=dash, thick=2))
        parts.append(_text(left + wide + 40, key + 4, name))
    return _svg(width, height, title, parts)


def calibration(
    title: str,
    *,
    panels: Mapping[str, tuple[Sequence[float], bool]],
    low: Sequence[float],
    high: Sequence[float],
) -> str:
    """Small panels: the ECDF of the places less the even line, in its band.

    Parameters
    ----------
    title
        What the picture shows.
    panels
        Quantity, then its ECDF at equal steps and whether it stays inside.
    low, high
        The band at the same steps.
    """
    columns, wide, tall = 5, PANEL + 12, 92
    width, height = columns * wide + 10, -(-len(panels) // columns) * tall + 34
    # Half a panel holds this much of a difference.
    reach = 1.6 * max(abs(h - i / (len(high) - 1)) for i, h in enumerate(high))
    parts = [_text(6, 18, title, weight="600")]
    for number, (name, (curve, holds)) in enumerate(panels.items()):
        at = (6 + wide * (number % columns), 80 + tall * (number // columns))
        band = f"{_path(low, at, reach)} {' '.join(reversed(_path(high, at, reach).split()))}"
        colour = "#0072b2" if holds else "#d55e00"
        parts += [
            f'<polygon points="{band}" fill="#dde8f0"/>',
            _rule(at[0], at[1], at[0] + PANEL, "#999999"),
            f'<polyline points="{_path(curve, at, reach)}" fill="none" stroke="{colour}" '
            'stroke-width="1.5"/>',
            _text(at[0], at[1] - 36, name if holds else f"{name}: outside"),
        ]
    return _svg(width, height, title, parts)


def _path(values: Sequence[float], at: tuple[float, float], reach: float) -> str:
    """An ECDF less the even line, as the points of a line around `at`."""
    steps = len(values) - 1
    return " ".join(
        f"{at[0] + PANEL * i / steps:.1f},{at[1] - 30 * (value - i / steps) / reach:.1f}"
        for i, value in enumerate(values)
    )


def _line(
    placed: Sequence[tuple[float, float, float, float]], *, colour: str, dash: str
) -> list[str]:
    """A line through (x, y, low, high) on the page."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in placed)
    parts = [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dash}"/>'
    ]
    for x, y, low, high in placed:
        parts.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
    return parts


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "400") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )


def _rule(x: float, y: float, to: float, colour: str, *, dash: str = "", thick: float = 1) -> str:
    return (
        f'<path d="M{x:.1f} {y:.1f}H{to:.1f}" stroke="{colour}" stroke-width="{thick}" '
        f'stroke-dasharray="{dash}"/>'
    )


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title)}" {FONT}>\n<rect width="{width}" height="{height}" '
        f'fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )

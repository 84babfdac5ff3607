"""Daily scores as a picture and as a table, made from the same rows in one call.

Words stand in HTML around an SVG that stretches; dots are zero-length strokes, which
stay round (or square) at any width. While a trial is blinded everything is ink on
neutral bands: no arm, no period mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from openldn.report.markup import arm_mark, bullets, esc
from openldn.report.plot_days import PlotDay
from openldn.report.saved import OutcomeAnswer
from openldn.report.speaking import marked, said, written
from openldn.report.words import arm_name, name_text, number

__all__ = [
    "DailyPlot",
    "Panel",
    "Scale",
    "Stretch",
    "opened_plot",
    "own_curve",
    "panels",
]

# A panel wider than this turns into a smear of dots on a phone of 360 px.
_PANEL_DAYS = 84
# The blinded curve: mean over this many days around each day, where enough were recorded.
_CURVE_DAYS = 7
_CURVE_NEEDS = 3
# Words above the picture stand in equal columns; below this they would miss their stretch.
_ABOUT_EQUAL = 0.85

_LETTERS = {"active": "A", "placebo": "P", "none": "N"}
_BANDS = {"active": "bandA", "placebo": "bandP", "none": "band0"}
_HEIGHT = 10  # of the picture's own box; CSS stretches it


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """What a picture needs to know about an outcome."""

    label: str
    minimum: float
    maximum: float
    better: str

    @classmethod
    def of(cls, outcome: OutcomeAnswer) -> Scale:
        """Return the scale of an answered outcome."""
        return cls(
            label=outcome.label,
            minimum=outcome.minimum,
            maximum=outcome.maximum,
            better=outcome.better,
        )

    @property
    def name(self) -> str:
        """The outcome inside a sentence."""
        return name_text(self.label)

    @property
    def caption(self) -> str:
        """The scale in words, with its better end."""
        told = (
            said("{low} to {high}, lower is better")
            if self.better == "lower"
            else said("{low} to {high}, higher is better")
        )
        return told.format(low=written(f"{self.minimum:g}"), high=written(f"{self.maximum:g}"))

    def height(self, value: float) -> str:
        """Return the place of a score in the picture, counted from the top."""
        share = (self.maximum - value) / (self.maximum - self.minimum)
        return f"{_HEIGHT * share:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Neighbouring days with the same capsule: one band, one mean."""

    title: str
    arm: str | None
    pair: int | None
    period: int | None
    days: tuple[PlotDay, ...]

    @property
    def settled(self) -> tuple[PlotDay, ...]:
        """The days after the transition days, which the mean is made from."""
        return tuple(day for day in self.days if not day.is_transition)

    @property
    def scored(self) -> int:
        """How many settled days have a score."""
        return sum(day.value is not None for day in self.settled)

    @property
    def mean(self) -> float | None:
        """Mean score of the settled days; None where none was recorded."""
        values = [day.value for day in self.settled if day.value is not None]
        return sum(values) / len(values) if values else None

    @property
    def mean_text(self) -> str:
        """The mean as the picture and the table both print it."""
        return "–" if self.mean is None else number(self.mean)

    @property
    def span_text(self) -> str:
        """First and last day."""
        return _span(self.days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """The days that are drawn side by side: one pair, or one stretch of the calendar."""

    title: str
    stretches: tuple[Stretch, ...]

    @property
    def days(self) -> tuple[PlotDay, ...]:
        """All days, left to right."""
        return tuple(day for stretch in self.stretches for day in stretch.days)

    @property
    def has_heads(self) -> bool:
        """Whether words can stand above the stretches: two at most, about equally long."""
        lengths = [len(stretch.days) for stretch in self.stretches]
        return len(lengths) <= 2 and min(lengths) >= _ABOUT_EQUAL * max(lengths)


@dataclass(frozen=True, kw_only=True, slots=True)
class DailyPlot:
    """A picture, its table twin and the sentence above them."""

    sentence: str
    panels: tuple[Panel, ...]
    figure_html: str
    table_html: str

    @property
    def html(self) -> str:
        """Sentence, picture and table, ready for a section."""
        return f"<p>{esc(self.sentence)}</p>{self.figure_html}{self.table_html}"


def opened_plot(rows: Sequence[PlotDay], *, scale: Scale) -> DailyPlot:
    """Draw the scores with arm colours, shapes and the mean of each stretch."""
    drawn = panels(rows, is_opened=True)
    figures = "".join(_figure(panel, scale, is_opened=True) for panel in drawn)
    return DailyPlot(
        sentence=_opened_sentence(drawn, scale),
        panels=drawn,
        figure_html=_card(figures, _opened_key(drawn)),
        table_html=_twin(_stretch_table(drawn, scale) + _day_table(drawn, scale, is_opened=True)),
    )


def own_curve(rows: Sequence[PlotDay], *, scale: Scale) -> DailyPlot:
    """Draw a person's own scores in ink alone: nothing here depends on arm or dose."""
    drawn = panels(rows, is_opened=False)
    figures = "".join(_figure(panel, scale, is_opened=False) for panel in drawn)
    return DailyPlot(
        sentence=said(
            "Each dot is one day. The line is a {count}-day average. It goes up and down for many"
            " reasons."
        ).format(count=_CURVE_DAYS),
        panels=drawn,
        figure_html=_card(figures, _own_key(drawn)),
        table_html=_twin(_week_table(rows, scale) + _day_table(drawn, scale, is_opened=False)),
    )


def panels(rows: Sequence[PlotDay], *, is_opened: bool) -> tuple[Panel, ...]:
    """Cut the days into panels: each pair its own, everything else in calendar stretches."""
    has_pairs = any(row.pair is not None for row in rows)
    cut = []
    for pair, days in groupby(rows, key=lambda row: row.pair):
        cut += _panels_of(tuple(days), pair, has_pairs=has_pairs, is_opened=is_opened)
    return tuple(cut)


def _panels_of(
    days: tuple[PlotDay, ...], pair: int | None, *, has_pairs: bool, is_opened: bool
) -> list[Panel]:
    if pair is not None:
        return [
            Panel(
                title=said("Pair {number}").format(number=pair),
                stretches=_stretches(days, is_opened=is_opened),
            )
        ]
    outside = said("Outside the pairs") if has_pairs else said("Your days")
    pieces = _even_pieces(days)
    if len(pieces) == 1:
        return [Panel(title=outside, stretches=_stretches(days, is_opened=is_opened))]
    return [
        Panel(
            title=said("{days}, part {number}").format(days=outside, number=i),
            stretches=_stretches(piece, is_opened=is_opened),
        )
        for i, piece in enumerate(pieces, start=1)
    ]


def _even_pieces(days: tuple[PlotDay, ...]) -> list[tuple[PlotDay, ...]]:
    """Cut a long calendar into whole weeks of about the same number of days."""
    n_pieces = ceil(len(days) / _PANEL_DAYS)
    size = 7 * ceil(len(days) / n_pieces / 7)
    return [days[i : i + size] for i in range(0, len(days), size)]


def _stretches(days: tuple[PlotDay, ...], *, is_opened: bool) -> tuple[Stretch, ...]:
    key: Callable[[PlotDay], object]
    key = _opened_stretch if is_opened else _blinded_stretch
    found = []
    for _, group in groupby(days, key=key):
        part = tuple(group)
        first = part[0]
        found.append(
            Stretch(
                title=_stretch_title(first, is_opened=is_opened),
                arm=first.arm if is_opened else None,
                pair=first.pair,
                period=first.period,
                days=part,
            )
        )
    return tuple(found)


def _opened_stretch(row: PlotDay) -> object:
    # Ramp days carry a lower dose inside a period and still belong to it.
    return (row.period, row.arm, "" if row.pair is not None else row.dose)


def _blinded_stretch(row: PlotDay) -> object:
    # Arm and dose are left out on purpose: no edge of a band may hint at them.
    return (row.period, row.phase)


_PHASES = {
    "baseline": marked("Before you began"),
    "titration": marked("Building up"),
    "open": marked("Open weeks"),
    "reversal": marked("Back and forth"),
    "randomised": marked("Hidden part"),
    "no-capsule": marked("No capsule"),
    "after": marked("After the trial"),
}


def _stretch_title(row: PlotDay, *, is_opened: bool) -> str:
    if is_opened:
        name = arm_name(row.arm)
        is_dose_news = row.arm == "active" and row.dose and row.pair is None
        text = f"{name} {row.dose}" if is_dose_news else name
        return text[:1].upper() + text[1:]
    if row.period is not None:
        return said("Period {number}").format(number=row.period)
    return said(_PHASES.get(row.phase or "", marked("Your days")))


def _figure(panel: Panel, scale: Scale, *, is_opened: bool) -> str:
    days = panel.days
    # One blinded stretch without a period has nothing to say that its caption does not.
    has_words = is_opened or len(panel.stretches) > 1 or panel.stretches[0].period is not None
    caption = f"<figcaption>{esc(panel.title)} <span>{esc(_span(days))}</span></figcaption>"
    middle = (scale.minimum + scale.maximum) / 2
    ticks = "".join(
        f"<span>{esc(written(f'{tick:g}'))}</span>"
        for tick in (scale.maximum, middle, scale.minimum)
    )
    ends = f"<span>{esc(days[0].day_text)}</span><span>{esc(days[-1].day_text)}</span>"
    heads = _heads(panel, is_opened=is_opened) if panel.has_heads and has_words else ""
    beside = "" if panel.has_heads else _stretch_list(panel, is_opened=is_opened)
    return (
        f'<figure>{caption}<div class="plot">{heads}'
        f'<div class="y" aria-hidden="true">{ticks}</div>{_svg(panel, scale, is_opened=is_opened)}'
        f'<div class="x" aria-hidden="true">{ends}</div></div>{beside}</figure>'
    )


def _heads(panel: Panel, *, is_opened: bool) -> str:
    return (
        '<div></div><div class="heads">'
        + "".join(_head(stretch, is_opened=is_opened) for stretch in panel.stretches)
        + "</div>"
    )


def _head(stretch: Stretch, *, is_opened: bool) -> str:
    if not is_opened:
        return f"<span>{esc(stretch.title)}</span>"
    words = f"{stretch.title} {stretch.mean_text}"
    return f'<span class="arm">{arm_mark(stretch.arm)}<span>{esc(words)}</span></span>'


def _stretch_list(panel: Panel, *, is_opened: bool) -> str:
    if not is_opened:
        return bullets(f"{stretch.title}: {stretch.span_text}" for stretch in panel.stretches)
    rows = "".join(
        f"<li>{arm_mark(stretch.arm)}<span><b>{esc(stretch.title)}</b> "
        f"{esc(_average(stretch.span_text, stretch))}</span></li>"
        for stretch in panel.stretches
    )
    return f'<ul class="spans">{rows}</ul>'


def _average(days: str, stretch: Stretch) -> str:
    return said("{days}: average {mean}").format(days=days, mean=stretch.mean_text)


def _svg(panel: Panel, scale: Scale, *, is_opened: bool) -> str:
    width = len(panel.days)
    shapes = _bands(panel, is_opened=is_opened)
    shapes += f'<path class="gl" d="M0 5h{width}"/><path class="ax" d="M0 0h{width}M0 10h{width}"/>'
    shapes += _opened_marks(panel, scale) if is_opened else _ink_marks(panel, scale)
    shapes += _ill_marks(panel.days)
    return (
        f'<svg viewBox="0 0 {width} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{esc(_picture_name(panel, scale, is_opened=is_opened))}">{shapes}</svg>'
    )


def _picture_name(panel: Panel, scale: Scale, *, is_opened: bool) -> str:
    if not is_opened:
        recorded = sum(day.value is not None for day in panel.days)
        return said("{panel}: daily {outcome}, {count} of {total} days recorded.").format(
            panel=panel.title, outcome=scale.name, count=recorded, total=len(panel.days)
        )
    parts = said(", then ").join(
        said("{days} average {mean}").format(days=stretch.title, mean=stretch.mean_text)
        for stretch in panel.stretches
    )
    return said("{panel}: daily {outcome}, {parts}.").format(
        panel=panel.title, outcome=scale.name, parts=parts
    )


def _bands(panel: Panel, *, is_opened: bool) -> str:
    bands, cuts, left = [], "", 0
    for i, stretch in enumerate(panel.stretches):
        name = _BANDS.get(stretch.arm or "", "band0") if is_opened else f"band{i % 2}"
        width = len(stretch.days)
        bands.append(f'<rect class="{name}" x="{left}" y="0" width="{width}" height="{_HEIGHT}"/>')
        left += width
        cuts += f"M{left} 0V{_HEIGHT}" if left < len(panel.days) else ""
    return "".join(bands) + _path("cut", cuts)


def _opened_marks(panel: Panel, scale: Scale) -> str:
    marks, left = [], 0
    for stretch in panel.stretches:
        letter = _LETTERS.get(stretch.arm or "", "I")
        early = _dots(stretch.days, scale, left=left, of=lambda day: day.is_transition)
        late = _dots(stretch.days, scale, left=left, of=lambda day: not day.is_transition)
        marks.append(_path(f"pt pt{letter} faint", early))
        if stretch.mean is not None:
            begin = left + len(stretch.days) - len(stretch.settled)
            end = left + len(stretch.days)
            line = f"M{begin} {scale.height(stretch.mean)}H{end}"
            marks.append(_path(f"mean mean{letter}", line))
        marks.append(_path(f"pt pt{letter}", late))
        if letter == "N":
            marks.append(_path("pt ptN hole", early + late))
        left += len(stretch.days)
    return "".join(marks)


def _ink_marks(panel: Panel, scale: Scale) -> str:
    days = panel.days
    events = "".join(f"M{i + 0.5:g} -.75v.5" for i, day in enumerate(days) if day.events)
    marks = _path("curve", _curve(days, scale)) + _path("pt", _dots(days, scale, left=0))
    return marks + _path("ill", events)


def _dots(
    days: Iterable[PlotDay],
    scale: Scale,
    *,
    left: int,
    of: Callable[[PlotDay], bool] = lambda _day: True,
) -> str:
    return "".join(
        f"M{left + i + 0.5:g} {scale.height(day.value)}h.01"
        for i, day in enumerate(days)
        if day.value is not None and of(day)
    )


def _curve(days: Sequence[PlotDay], scale: Scale) -> str:
    """Return the moving mean, broken where too few days around were recorded."""
    reach = _CURVE_DAYS // 2
    steps, pen = [], "M"
    for i in range(len(days)):
        around = [day.value for day in days[max(0, i - reach) : i + reach + 1]]
        values = [value for value in around if value is not None]
        if len(values) < _CURVE_NEEDS:
            pen = "M"
            continue
        steps.append(f"{pen}{i + 0.5:g} {scale.height(sum(values) / len(values))}")
        pen = "L"
    return "".join(steps)


def _ill_marks(days: Sequence[PlotDay]) -> str:
    """Mark days of being too ill under the axis, outside the scale: they are not scores."""
    ticks = "".join(
        f"M{i + 0.5:g} 10.15v.5"
        for i, day in enumerate(days)
        if day.value is None and day.is_too_ill
    )
    return _path("ill", ticks)


def _path(name: str, d: str) -> str:
    return f'<path class="{name}" d="{d}"/>' if d else ""


def _card(figures: str, key: str) -> str:
    return f'<div class="card stack"><div class="pairs">{figures}</div>{key}</div>'


def _opened_key(drawn: Sequence[Panel]) -> str:
    arms = {stretch.arm for panel in drawn for stretch in panel.stretches}
    known = [arm for arm in ("active", "placebo", "none") if arm in arms]
    items = [f"<li>{arm_mark(arm)}{esc(arm_name(arm))}</li>" for arm in known]
    if None in arms:
        items.append(f"<li>{arm_mark(None)}{esc(said('not known'))}</li>")
    if any(day.is_transition for panel in drawn for day in panel.days):
        items.append(f"<li>{esc(said('small marks: first days of a period'))}</li>")
        items.append(f"<li>{esc(said('line: average of the later days'))}</li>")
    else:
        items.append(f"<li>{esc(said('line: average'))}</li>")
    return _key([*items, *_ill_key(drawn)])


def _own_key(drawn: Sequence[Panel]) -> str:
    average = said("line: {count}-day average").format(count=_CURVE_DAYS)
    items = [f"<li>{arm_mark(None)}{esc(said('one day'))}</li>", f"<li>{esc(average)}</li>"]
    if any(day.events for panel in drawn for day in panel.days):
        items.append(f"<li>{esc(said('tick over the picture: something else happened'))}</li>")
    return _key([*items, *_ill_key(drawn)])


def _ill_key(drawn: Sequence[Panel]) -> list[str]:
    is_needed = any(day.is_too_ill for panel in drawn for day in panel.days)
    told = esc(said("tick under the line: too ill to answer"))
    return [f"<li>{told}</li>"] if is_needed else []


def _key(items: Sequence[str]) -> str:
    return f'<ul class="key">{"".join(items)}</ul>'


def _opened_sentence(drawn: Sequence[Panel], scale: Scale) -> str:
    pairs = [panel for panel in drawn if panel.stretches[0].pair is not None]
    if not pairs:
        return said("Each dot is one day. The line is the average of a stretch on the same dose.")
    better = [_active_is_lower(panel) for panel in pairs]
    known = [is_lower for is_lower in better if is_lower is not None]
    lower = sum(known)
    told = said("LDN had the lower average {outcome} in {count} of {total} pairs.").format(
        outcome=scale.name, count=lower, total=len(known)
    )
    is_randomised = any(day.phase == "randomised" for day in pairs[0].days)
    if is_randomised and len(pairs) < len(drawn):
        told += " " + said("The other days are shown too, but the answer rests on the pairs.")
    return told


def _active_is_lower(panel: Panel) -> bool | None:
    means = {(stretch.arm == "active"): stretch.mean for stretch in panel.stretches}
    active, other = means.get(True), means.get(False)
    return None if active is None or other is None else active < other


def _twin(tables: str) -> str:
    return (
        f'<details class="twin"><summary>{esc(said("Read this as a table"))}</summary>'
        f"<div>{tables}</div></details>"
    )


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of escaped words; the last column is a number and stands right."""
    last = len(heads) - 1
    marks = [' class="r"' if i == last else "" for i in range(len(heads))]
    head = "".join(
        f'<th scope="col"{mark}>{esc(text)}</th>' for mark, text in zip(marks, heads, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{mark}>{esc(text)}</td>" for mark, text in zip(marks, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="data"><caption>{esc(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _stretch_table(drawn: Sequence[Panel], scale: Scale) -> str:
    rows = [
        (
            panel.title,
            stretch.title,
            stretch.span_text,
            _of(stretch.scored, len(stretch.settled)),
            stretch.mean_text,
        )
        for panel in drawn
        for stretch in panel.stretches
    ]
    caption = said("Average {outcome} after the first days of each period.")
    heads = (said("Part"), said("Capsule"), said("From, to"), said("Days"), said("Average"))
    return _table(f"{caption.format(outcome=scale.name)} {scale.caption}", heads, rows)


def _of(count: int, total: int) -> str:
    return said("{count} of {total}").format(count=count, total=total)


def _week_table(rows: Sequence[PlotDay], scale: Scale) -> str:
    weeks = [rows[i : i + 7] for i in range(0, len(rows), 7)]
    told = []
    for week in weeks:
        values = [day.value for day in week if day.value is not None]
        mean = number(sum(values) / len(values)) if values else "–"
        told.append((week[0].day_text, _of(len(values), len(week)), mean))
    caption = f"{said('{outcome} by week.').format(outcome=scale.label)} {scale.caption}"
    return _table(caption, (said("Week from"), said("Days"), said("Average")), told)


def _day_table(drawn: Sequence[Panel], scale: Scale, *, is_opened: bool) -> str:
    told = [
        (
            day.number_text if day.date is None else f"{day.number_text}, {day.day_text}",
            stretch.title,
            day.state if day.value is None else written(f"{day.value:g}"),
        )
        for panel in drawn
        for stretch in panel.stretches
        for day in stretch.days
    ]
    caption = f"{said('{outcome}, every day.').format(outcome=scale.label)} {scale.caption}"
    middle = said("Capsule") if is_opened else said("Part")
    return _table(caption, (said("Day"), middle, said("Score")), told)


def _span(days: Sequence[PlotDay]) -> str:
    first, last = days[0].day_text, days[-1].day_text
    return first if first == last else said("{first} to {last}").format(first=first, last=last)

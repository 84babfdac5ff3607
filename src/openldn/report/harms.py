"""Days of 100 with each side effect, on LDN and on the comparison, side by side.

Only days on which a side effect was asked count: not asked is never "none". Nothing is
compared before a blinded trial is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

from openldn.report.daily_plot import Scale
from openldn.report.markup import arm_mark, esc, picture
from openldn.report.plot_days import PlotDay
from openldn.report.saved import Harm
from openldn.report.sentences import GIVEN, harm_note, harm_sentence
from openldn.report.speaking import said
from openldn.report.words import arm_name, title_text

__all__ = ["Count", "HarmRow", "HarmTable", "harm_table", "harms_html", "harms_told"]

# A good day lies in the better four tenths of the scale: 4 or less on 0 to 10.
_GOOD_SHARE = 0.4


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many of the days that were asked had it."""

    found: int
    asked: int

    @property
    def of_100(self) -> int | None:
        """Days of 100, rounded; None where it was never asked."""
        return round(100 * self.found / self.asked) if self.asked else None

    @property
    def text(self) -> str:
        """The number as printed."""
        return said("not asked") if self.of_100 is None else str(self.of_100)

    @property
    def days_text(self) -> str:
        """The days behind the number."""
        return said("{count} of {total} days").format(count=self.found, total=self.asked)


@dataclass(frozen=True, kw_only=True, slots=True)
class HarmRow:
    """One thing that was counted on both sides."""

    label: str
    active: Count
    comparison: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class HarmTable:
    """Good days and side effects by arm."""

    comparison_arm: str
    good_days: HarmRow
    side_effects: tuple[HarmRow, ...]

    @property
    def comparison_name(self) -> str:
        """The comparison as a column head."""
        return title_text(arm_name(self.comparison_arm))


def harm_table(
    rows: Sequence[PlotDay], *, scale: Scale, comparison_arm: str, is_randomised: bool
) -> HarmTable | None:
    """Count good days and side effects by arm; None while arms are sealed or one is empty.

    A randomised trial counts its randomised days only, transition days included: a side
    effect on the third day of a period was still felt.
    """
    days = [row for row in rows if row.phase == "randomised"] if is_randomised else list(rows)
    active = [day for day in days if day.arm == "active"]
    other = [day for day in days if day.arm == comparison_arm]
    if not active or not other:
        return None
    ids = dict.fromkeys(id_ for day in days for id_, _ in day.side_effects)
    return HarmTable(
        comparison_arm=comparison_arm,
        good_days=_good_days(active, other, scale),
        side_effects=tuple(
            HarmRow(
                label=said(title_text(id_.replace("-", " "))),
                active=_count(active, id_),
                comparison=_count(other, id_),
            )
            for id_ in ids
        ),
    )


def harms_html(table: HarmTable | None) -> str:
    """Return good and bad on one scale, each bar with its number and its days."""
    if table is None:
        told = said(
            "There are no side effects to set side by side here. That is not the same as no side"
            " effects."
        )
        return f"<p>{esc(told)}</p>"
    bars = _group(said("More is better"), [table.good_days], table)
    if table.side_effects:
        bars += _group(said("Fewer is better"), table.side_effects, table)
    head = said("Days out of 100 on LDN and on {arm}").format(arm=arm_name(table.comparison_arm))
    missing = ""
    if not table.side_effects:
        missing = f"<p>{esc(said('No side effects were asked about.'))}</p>"
    return (
        f"<p>{esc(said('Out of every 100 days on which it was asked.'))}</p>"
        f'<div class="card"><table class="bars"><caption class="hide">{esc(head)}</caption>'
        f'<thead><tr><th scope="col">{esc(said("What"))}</th><th scope="col">LDN</th>'
        f'<th scope="col">{esc(table.comparison_name)}</th></tr></thead>{bars}</table></div>'
        f"{missing}{_days_table(table)}"
    )


def harms_told(harms: Sequence[Harm]) -> str:
    """Return each side effect with how likely LDN is behind it; empty without any."""
    if not harms:
        return ""
    told = said(
        "How likely LDN makes it more frequent, {given}. No count is made smaller because many were"
        " asked about."
    ).format(given=said(GIVEN))
    return (
        f"<h3>{esc(said('Is it LDN?'))}</h3><p>{esc(told)}</p>"
        f'<ul class="dots">{"".join(map(_told, harms))}</ul><p>{esc(harm_note())}</p>'
    )


def _told(harm: Harm) -> str:
    """Tell one side effect; why it has no answer stands in the words of the engine."""
    reason = harm.reason if harm.effect is None else None
    if not reason:
        return f"<li>{esc(harm_sentence(harm))}</li>"
    told = esc(harm_sentence(replace(harm, reason=None)))
    return f'<li>{told} <span lang="en">{esc(reason)}</span></li>'


def _good_days(active: list[PlotDay], other: list[PlotDay], scale: Scale) -> HarmRow:
    width = scale.maximum - scale.minimum
    if scale.better == "lower":
        edge = floor(scale.minimum + _GOOD_SHARE * width + 1e-9)
        label = said("Good days: {outcome} {edge} or less")
    else:
        edge = -floor(-(scale.maximum - _GOOD_SHARE * width) + 1e-9)
        label = said("Good days: {outcome} {edge} or more")
    return HarmRow(
        label=label.format(outcome=scale.name, edge=f"{edge:g}"),
        active=_good(active, edge, scale.better),
        comparison=_good(other, edge, scale.better),
    )


def _good(days: list[PlotDay], edge: float, better: str) -> Count:
    values = [day.value for day in days if day.value is not None]
    good = [value for value in values if (value <= edge if better == "lower" else value >= edge)]
    return Count(found=len(good), asked=len(values))


def _count(days: list[PlotDay], id_: str) -> Count:
    grades = [grade for day in days for key, grade in day.side_effects if key == id_]
    asked = [grade for grade in grades if grade is not None]
    return Count(found=sum(grade >= 1 for grade in asked), asked=len(asked))


def _group(title: str, rows: Sequence[HarmRow], table: HarmTable) -> str:
    lines = "".join(
        f'<tr><th scope="row">{esc(row.label)}</th>{_cell("active", "LDN", row.active)}'
        f"{_cell(table.comparison_arm, table.comparison_name, row.comparison)}</tr>"
        for row in rows
    )
    head = f'<tr class="grp"><th scope="rowgroup" colspan="3">{esc(title)}</th></tr>'
    return f"<tbody>{head}{lines}</tbody>"


def _cell(arm: str, name: str, count: Count) -> str:
    fill = {"active": "fillA", "placebo": "fillP"}.get(arm, "fillN")
    bar = picture(
        '<rect class="track" width="100" height="10"/>'
        f'<rect class="{fill}" width="{count.of_100 or 0}" height="10"/>',
        box="0 0 100 10",
        extra=' class="b" preserveAspectRatio="none"',
    )
    return (
        f'<td><span class="arm">{arm_mark(arm)}{esc(name)}</span>{bar}'
        f'<span class="v">{esc(count.text)}</span></td>'
    )


def _days_table(table: HarmTable) -> str:
    rows = "".join(
        f'<tr><th scope="row">{esc(row.label)}</th><td>{esc(row.active.days_text)}</td>'
        f'<td class="r">{esc(row.comparison.days_text)}</td></tr>'
        for row in (table.good_days, *table.side_effects)
    )
    return (
        '<details class="twin"><summary>'
        f"{esc(said('Read this as a table'))}</summary><div>"
        f'<table class="data"><caption>{esc(said("Days on which it was found, of days asked"))}'
        "</caption>"
        f'<thead><tr><th scope="col">{esc(said("What"))}</th><th scope="col">LDN</th>'
        f'<th scope="col" class="r">{esc(table.comparison_name)}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )

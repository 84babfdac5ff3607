"""The picture of days and its table twin."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from openldn.report.daily_plot import DailyPlot, Scale, opened_plot, own_curve
from openldn.report.plot_days import PlotDay
from report import samples

PAIN = Scale(label="Muscle pain", minimum=0, maximum=10, better="lower")


def dots(plot: DailyPlot) -> list[tuple[float, float]]:
    """Return every score dot of a picture as (place, score), in order of place."""
    marks = re.findall(r'class="pt[^"]*" d="([^"]+)"', plot.figure_html)
    found = re.findall(r"M([\d.]+) ([\d.]+)h\.01", "".join(marks))
    return sorted((float(x), 10 - float(y)) for x, y in found)


def day_scores(plot: DailyPlot) -> list[str]:
    """Return the last column of the table of every day."""
    table = plot.table_html[plot.table_html.index("every day") :]
    return re.findall(r'<td class="r">([^<]+)</td>', table)


@pytest.mark.parametrize("is_opened", [True, False])
def test_picture_and_table_show_the_same_scores(is_opened: bool) -> None:
    """Each dot has its row and each score in the table its dot, panel by panel."""
    rows = samples.pair_days(pairs=1, period_days=14, is_opened=is_opened)
    plot = (opened_plot if is_opened else own_curve)(rows, scale=PAIN)
    told = [
        float(text) for text in day_scores(plot) if text not in ("no entry", "too ill to answer")
    ]
    assert [score for _, score in dots(plot)] == told
    assert len(day_scores(plot)) == len(rows)


def test_means_in_picture_name_and_table_agree() -> None:
    """The line drawn, the number above it, the name read aloud and the table are one mean."""
    plot = opened_plot(samples.pair_days(pairs=2, period_days=14), scale=PAIN)
    stretches = [stretch for panel in plot.panels for stretch in panel.stretches]
    expected = [stretch.mean_text for stretch in stretches]
    drawn = re.findall(r'class="mean[^"]*" d="M\d+ ([\d.]+)H', plot.figure_html)
    assert [f"{10 - float(y):.1f}" for y in drawn] == expected
    heads = re.findall(r'class="arm">.*?<span>[A-Za-z ]+([\d.]+)</span>', plot.figure_html)
    assert heads == expected
    assert re.findall(r"average (\d+\.\d)", plot.figure_html) == expected
    table = plot.table_html[: plot.table_html.index("every day")]
    assert re.findall(r'<td class="r">([\d.]+)</td>', table) == expected


def test_transition_days_are_faint_and_not_in_the_mean() -> None:
    """A first week at 10 does not lift the average of the later days."""
    days = tuple(
        PlotDay(
            day=i,
            value=10.0 if i < 3 else 2.0,
            arm="active" if i < 7 else "placebo",
            phase="randomised",
            period=1 if i < 7 else 2,
            pair=1,
            is_transition=i < 3,
        )
        for i in range(14)
    )
    plot = opened_plot(days, scale=PAIN)
    assert plot.panels[0].stretches[0].mean_text == "2.0"
    assert plot.figure_html.count('class="pt ptA faint"') == 1


def test_gaps_and_ill_days_are_never_zero() -> None:
    """A day without a score has no dot; too ill is a tick outside the scale, and a word."""
    days = (
        PlotDay(day=0, value=0.0),
        PlotDay(day=1),
        PlotDay(day=2, is_too_ill=True),
        PlotDay(day=3, value=4.0),
    )
    for plot in (own_curve(days, scale=PAIN), opened_plot(days, scale=PAIN)):
        assert dots(plot) == [(0.5, 0.0), (3.5, 4.0)]
        assert day_scores(plot) == ["0", "no entry", "too ill to answer", "4"]
        assert '<path class="ill" d="M2.5 10.15v.5"/>' in plot.figure_html
        assert "too ill to answer" in plot.figure_html


def test_the_blinded_curve_does_not_depend_on_arm_or_dose() -> None:
    """Changing what every day held changes not one byte of a person's own curve."""
    rows = samples.pair_days(pairs=2)
    other = tuple(replace(row, arm="none", dose="4.5 mg", is_transition=False) for row in rows)
    assert own_curve(rows, scale=PAIN).html == own_curve(other, scale=PAIN).html


def test_the_blinded_curve_shows_no_arm_and_no_period_mean() -> None:
    """Ink and neutral bands only: no arm class, no arm word, no line of a mean."""
    html = own_curve(samples.pair_days(pairs=2, is_opened=False), scale=PAIN).html
    for word in ("ptA", "ptP", "bandA", "bandP", 'class="mean', "LDN", "lacebo"):
        assert word not in html
    assert "Period 4" in html


def test_the_curve_breaks_where_days_are_missing() -> None:
    """Two weeks without entries are a gap, not a line drawn across."""
    days = tuple(PlotDay(day=i, value=None if 10 <= i < 24 else 5.0) for i in range(34))
    (path,) = re.findall(r'class="curve" d="([^"]+)"', own_curve(days, scale=PAIN).figure_html)
    assert path.count("M") == 2


def test_arms_differ_by_shape_of_line_and_mark_too() -> None:
    """A grey printer loses nothing: each arm has its own class of mark, line and band."""
    html = opened_plot(samples.pair_days(), scale=PAIN).figure_html
    for part in ("bandA", "bandP", "meanA", "meanP", "ptA", "ptP", "fillA", "fillP"):
        assert part in html


def test_an_open_ladder_names_each_dose_and_its_days() -> None:
    """Stretches of unequal length are told under the picture, with dose and average."""
    days = tuple(
        PlotDay(
            day=i,
            value=6.0 if i < 5 else 4.0,
            arm="none" if i < 5 else "active",
            dose="" if i < 5 else "1.5 mg" if i < 19 else "3 mg",
        )
        for i in range(40)
    )
    plot = opened_plot(days, scale=PAIN)
    text = re.sub(r"<[^>]+>", "", plot.figure_html)
    assert "No LDN day 1 to day 5: average 6.0" in text
    assert "LDN 1.5 mg day 6 to day 19: average 4.0" in text
    assert plot.figure_html.count('class="cut"') == 1


def test_a_long_diary_is_cut_into_even_panels() -> None:
    """A year does not become a smear on a phone, nor end in a panel of one day."""
    days = tuple(PlotDay(day=i, value=5.0, arm="active", dose="3 mg") for i in range(365))
    lengths = [len(panel.days) for panel in opened_plot(days, scale=PAIN).panels]
    assert sum(lengths) == 365
    assert max(lengths) <= 84
    assert min(lengths) >= 56


def test_the_sentence_counts_pairs() -> None:
    """What to see is said above the picture, and days outside the pairs are set apart."""
    run_in = tuple(
        PlotDay(day=i, value=5.0, arm="active", dose="3 mg", phase="open") for i in range(7)
    )
    pairs = tuple(replace(row, day=row.day + 7) for row in samples.pair_days(pairs=2))
    sentence = opened_plot(run_in + pairs, scale=PAIN).sentence
    assert sentence.startswith("LDN had the lower average muscle pain in 2 of 2 pairs.")
    assert sentence.endswith("the answer rests on the pairs.")


def test_higher_is_drawn_higher_on_any_scale() -> None:
    """The top of the scale is the top of the picture, also for −5 to 5."""
    scale = Scale(label="Mood", minimum=-5, maximum=5, better="higher")
    days = (PlotDay(day=0, value=5.0), PlotDay(day=1, value=-5.0), PlotDay(day=2, value=0.0))
    html = own_curve(days, scale=scale).figure_html
    assert "M0.5 0h.01M1.5 10h.01M2.5 5h.01" in html
    assert "higher is better" in own_curve(days, scale=scale).table_html


def test_dates_are_told_where_they_are_known() -> None:
    """Days are counted from 1, and carry their date when the diary has dates."""
    days = tuple(
        PlotDay(day=i, date=date(2026, 2, 27) + timedelta(days=i), value=3.0) for i in range(4)
    )
    html = own_curve(days, scale=PAIN).html
    assert "27 Feb to 2 Mar" in html
    assert "day 4, 2 Mar" in html

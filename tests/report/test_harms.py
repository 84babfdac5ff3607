"""Good days and side effects by arm."""

import re

from openldn.report.daily_plot import Scale
from openldn.report.harms import HarmTable, harm_table, harms_html
from openldn.report.plot_days import PlotDay
from report import samples

PAIN = Scale(label="Pain", minimum=0, maximum=10, better="lower")


def day(number: int, arm: str | None, **changes: object) -> PlotDay:
    """Return a randomised day."""
    return PlotDay(day=number, arm=arm, phase="randomised", **changes)  # type: ignore[arg-type]


def table(*days: PlotDay) -> HarmTable | None:
    """Count the days of a blinded trial."""
    return harm_table(days, scale=PAIN, comparison_arm="placebo", is_randomised=True)


def test_only_days_that_were_asked_count() -> None:
    """Not asked is not none: 1 of 2 asked days is 50 of 100, whatever the unasked ones."""
    found = table(
        day(0, "active", side_effects=(("nausea", 1),)),
        day(1, "active", side_effects=(("nausea", 0),)),
        day(2, "active", side_effects=(("nausea", None),)),
        day(3, "placebo", side_effects=(("nausea", None),)),
    )
    assert found is not None
    (nausea,) = found.side_effects
    assert (nausea.active.found, nausea.active.asked, nausea.active.of_100) == (1, 2, 50)
    assert nausea.comparison.of_100 is None
    assert nausea.comparison.text == "not asked"


def test_severe_counts_as_one_day_like_mild() -> None:
    """Days are counted, not grades added up."""
    found = table(
        day(0, "active", side_effects=(("nausea", 3),)),
        day(1, "placebo", side_effects=(("nausea", 1),)),
    )
    assert found is not None
    assert found.side_effects[0].active.of_100 == 100 == found.side_effects[0].comparison.of_100


def test_nothing_is_compared_while_sealed() -> None:
    """Days without a known arm give no table, and the page says so without a number."""
    sealed = table(day(0, None, side_effects=(("nausea", 1),)), day(1, None))
    assert sealed is None
    assert not re.search(r"\d", harms_html(sealed))


def test_open_weeks_do_not_enter_the_table_of_a_randomised_trial() -> None:
    """Hope in the run-in must not colour the comparison."""
    found = table(
        PlotDay(day=0, arm="active", phase="open", side_effects=(("nausea", 3),)),
        day(1, "active", side_effects=(("nausea", 0),)),
        day(2, "placebo", side_effects=(("nausea", 0),)),
    )
    assert found is not None
    assert found.side_effects[0].active.asked == 1


def test_good_days_follow_the_better_direction() -> None:
    """Pain 4 or less is good; for energy it is 6 or more."""
    rows = [day(0, "active", value=4.0), day(1, "active", value=6.0), day(2, "placebo", value=7.0)]
    low = harm_table(rows, scale=PAIN, comparison_arm="placebo", is_randomised=True)
    energy = Scale(label="Energy", minimum=0, maximum=10, better="higher")
    high = harm_table(rows, scale=energy, comparison_arm="placebo", is_randomised=True)
    assert low is not None
    assert high is not None
    assert (low.good_days.label, low.good_days.active.found) == ("Good days: pain 4 or less", 1)
    assert (high.good_days.label, high.good_days.active.found) == ("Good days: energy 6 or more", 1)
    assert high.good_days.comparison.found == 1


def test_bars_numbers_and_table_agree() -> None:
    """Each bar is as long as the number beside it, and the table gives the days behind it."""
    found = harm_table(
        samples.pair_days(pairs=3), scale=PAIN, comparison_arm="placebo", is_randomised=True
    )
    assert found is not None
    html = harms_html(found)
    rows = (found.good_days, *found.side_effects)
    numbers = [str(count.of_100) for row in rows for count in (row.active, row.comparison)]
    assert re.findall(r'class="v">(\d+)<', html) == numbers
    assert re.findall(r'class="fill[AP]" width="(\d+)"', html) == numbers
    for row in rows:
        assert f"{row.active.found} of {row.active.asked} days" in html

"""Good days and side effects by arm."""

import re

import pytest

from openldn.report import AnswerPage, summary_text
from openldn.report.daily_plot import Scale
from openldn.report.harms import HarmTable, harm_table, harms_html, harms_told
from openldn.report.plot_days import PlotDay
from openldn.report.saved import Harm
from openldn.report.sentences import GIVEN, harm_sentence
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


def told(id_: str, **changes: object) -> str:
    """The sentence about one side effect of the samples."""
    (harm,) = (harm for harm in samples.HARMS if harm["id"] == id_)
    return harm_sentence(Harm.read(harm | changes))


def test_days_of_both_sides_and_the_fixed_word_stand_in_one_sentence() -> None:
    """The counts come first, then how likely LDN is behind them, then the range."""
    assert told("vivid-dreams") == (
        "Vivid dreams on 12 of 42 LDN days against 5 of 42 placebo days: likely caused by LDN"
        " (84 of 100). The true difference is likely between 8 fewer days and 32 more days in 100."
    )


@pytest.mark.parametrize(
    ("p_raised", "words"),
    [
        (0.95, "very likely caused by LDN"),
        (0.67, "likely caused by LDN"),
        (0.66, "we could not tell whether LDN had a part in it"),
        (0.34, "we could not tell whether LDN had a part in it"),
        (0.33, "unlikely to be made more frequent by LDN"),
        (0.09, "very unlikely to be made more frequent by LDN"),
    ],
)
def test_the_fixed_words_change_at_their_fixed_places(p_raised: float, words: str) -> None:
    """Bands of the list of chance words, and nothing of our own between them."""
    sentence = told("vivid-dreams", p_raised=p_raised)
    assert f": {words} ({100 * p_raised:.0f} of 100)." in sentence


@pytest.mark.parametrize(
    ("includes", "cause"),
    [
        (["drug", "expectation"], "LDN and your expectations together"),
        (
            ["drug", "expectation", "time"],
            "LDN, your expectations and the passing of time together",
        ),
    ],
)
def test_what_else_is_in_the_difference_is_named(includes: list[str], cause: str) -> None:
    """An open diary cannot tell the drug from hope, for harms no more than for gains."""
    sentence = told("vivid-dreams", includes=includes, contrast="none")
    assert f"likely caused by {cause} (84 of 100)." in sentence
    assert "against 5 of 42 days without LDN" in sentence


def test_a_side_effect_without_an_answer_says_why() -> None:
    """It keeps its line, with the reason in the place of the chance."""
    assert told("itching") == (
        "Itching: no answer. It was not noted on any of the days that were asked."
    )


def test_the_page_tells_every_side_effect_once_with_the_assumptions() -> None:
    """All lines, the words of every probability, and nothing at all without side effects."""
    html = harms_told([Harm.read(harm) for harm in samples.HARMS])
    assert html.count("<li>") == len(samples.HARMS)
    assert GIVEN in html
    assert harms_told(()) == ""


def test_a_page_without_a_diary_does_not_say_that_there_are_no_side_effects() -> None:
    """The saved answer knows them, even where there are no days to set side by side."""
    page = AnswerPage.build(samples.side_effects())
    assert "Vivid dreams on 12 of 42 LDN days" in page.good_and_bad
    assert "There are no side effects" not in page.good_and_bad
    assert "There are no side effects" in AnswerPage.build(samples.clear_benefit()).good_and_bad


def test_a_count_that_looks_clearer_than_its_chance_is_explained() -> None:
    """Page and plain text say that the chance asks for more than the counts."""
    answer = samples.side_effects()
    told = "can look less likely here than in the counts"
    assert told in AnswerPage.build(answer).good_and_bad
    assert told in " ".join(summary_text(answer).split())

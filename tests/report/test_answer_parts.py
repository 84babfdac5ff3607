"""Guesses, doses, other ways to look, and what would make an open question clearer."""

import re
from copy import deepcopy
from typing import Any

import pytest

from openldn.report import AnswerPage, summary_text
from openldn.report.saved import SavedAnswer
from openldn.report.sentences import counted_sentence
from openldn.report.strip import strip_sentence
from report import samples
from report.test_page import text_of


def parts_of(answer: dict[str, Any]) -> dict[str, str]:
    """Return the words of each part of the page by its name."""
    return {part.name: text_of(part.html) for part in AnswerPage.build(answer).parts}


def test_each_guess_stands_beside_what_the_period_held() -> None:
    """Period, guess, truth, how sure, why; counts by what was held; the one left out is counted."""
    told = parts_of(samples.guessed())["guesses"]
    assert "Of 3 periods with LDN you guessed 2 right and 0 wrong, and for 1 you did not" in told
    assert "Of 4 periods with placebo you guessed 3 right and 1 wrong." in told
    assert "For 1 period no guess was written down." in told
    assert re.search(r"2\s+LDN \(sure 2 of 10, felt better\)\s+placebo", told)
    assert re.search(r"4\s+I don’t know\s+LDN", told)
    assert "guesses" not in parts_of(samples.clear_benefit())


def test_guesses_are_described_and_never_judged() -> None:
    """No word about a blind that was lost or held; the published indices are the doctor's."""
    told = parts_of(samples.guessed())
    assert not re.search(r"unblind|broken|lost|success|fail", told["guesses"])
    assert "Bang" not in told["guesses"]
    assert "Bang 0.67 (−0.12 to 0.86)" in told["doctor"]


def test_each_dose_has_gain_and_side_effects_side_by_side() -> None:
    """One column a dose; a dose at which it was not asked says so."""
    told = parts_of(samples.several_levels())["good-and-bad"]
    row = "Vivid dreams 1 of 14 days: about even, cannot tell (40 of 100) 8 of 40 days: likely (71"
    assert row in told.replace("  ", " ")
    assert "Nausea not asked not asked 0 of 14 days" in told.replace("  ", " ")
    assert "Dose by dose" not in parts_of(samples.side_effects())["good-and-bad"]


def test_an_open_question_tells_what_would_make_it_clearer() -> None:
    """The trial that was run first, then others, each with days and chance."""
    told = parts_of(samples.could_not_tell())["clearer"]
    assert "on LDN your pain really is 1.0 points lower" in told
    assert re.search(r"3 pairs of 3 weeks each \(as yours was\)\s+126\s+31", told)
    assert "may be off by 6 in 100" in told
    without = samples.could_not_tell()
    del without["forecast"]
    assert "clearer" not in parts_of(without)


def test_a_clear_answer_says_nothing_of_another_trial() -> None:
    """Virtual trials are for questions that stayed open."""
    answer = samples.clear_benefit() | {"forecast": samples.could_not_tell()["forecast"]}
    assert "clearer" not in parts_of(answer)


def test_an_open_question_has_every_part_of_a_clear_one() -> None:
    """The same parts in the same order, and more: not knowing has equal dignity."""
    clear, still_open = parts_of(samples.clear_benefit()), parts_of(samples.could_not_tell())
    assert [name for name in still_open if name in clear] == list(clear)
    assert set(still_open) - set(clear) == {"why-open", "clearer", "still-true"}


@pytest.mark.parametrize(
    ("name", "mean", "words"),
    [
        (
            "prior:wide",
            -1.3,
            "We looked in 7 other ways. In each the difference points to the same",
        ),
        ("prior:wide", 0.1, "In 6 of them the difference points to the same side. It does not in:"),
    ],
)
def test_the_strip_says_how_many_ways_agree(name: str, mean: float, words: str) -> None:
    """Rows that turn around are counted and named; nothing is hidden."""
    answer = deepcopy(samples.clear_benefit())
    for row in answer["outcomes"][0]["sensitivity"]:
        if row["name"] == name:
            row["effect"]["mean"] = mean
    outcome = SavedAnswer.read(answer).primary
    assert outcome is not None
    assert words in strip_sentence(outcome)
    assert ("Start with an open mind" in strip_sentence(outcome)) == (mean > 0)


def test_few_answers_are_told_in_days_and_in_averages() -> None:
    """Yes or no by days, counts by how many a day; an open one does not name a cause."""
    saved = SavedAnswer.read(samples.yes_or_no())
    sweats, attacks = (counted_sentence(outcome) for outcome in saved.outcomes)
    assert sweats == (
        "Night sweats on 9 of 42 LDN days against 18 of 41 placebo days: very likely made rarer by"
        " LDN (more than 99 of 100)."
    )
    assert attacks == (
        "Attacks: 1.4 a day on 42 LDN days against 2.2 a day on 40 placebo days. We could not tell"
        " if that is LDN. 80 of 100 answers say so."
    )
    ordinal = samples.yes_or_no()
    ordinal["outcomes"][0] |= {"family": "ordinal", "scale": [0, 3], "better": "higher"}
    told = counted_sentence(SavedAnswer.read(ordinal).outcomes[0])
    assert told.startswith("Night sweats: 0.21 on average on 42 LDN days against 0.44 on 41")
    assert "higher because of LDN" in told
    assert counted_sentence(SavedAnswer.read(samples.clear_benefit()).outcomes[0]) == ""


def test_the_plain_text_holds_the_new_parts_too() -> None:
    """A screen reader and a terminal get guesses, doses and the outlook as sentences."""
    text = " ".join(summary_text(samples.guessed()).split())
    assert "What you guessed: - Of 3 periods with LDN" in text
    text = " ".join(summary_text(samples.could_not_tell()).split())
    assert "4 pairs of 3 weeks each, 168 days in all: 42 of 100 such trials." in text
    assert "Vivid dreams. 1.5 mg: 1 of 14 days" in " ".join(
        summary_text(samples.several_levels()).split()
    )

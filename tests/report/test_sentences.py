"""The sentences of an answer, by example."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from openldn.report import sentences, summary_text
from openldn.report.saved import OutcomeAnswer, SavedAnswer
from report import samples

GOLDEN = Path(__file__).parents[1] / "golden" / "report"


def primary(answer: dict[str, Any]) -> OutcomeAnswer:
    """Return the primary outcome of a saved answer."""
    outcome = SavedAnswer.read(answer).primary
    assert outcome is not None
    return outcome


def changed(answer: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the answer with its first level changed."""
    other = deepcopy(answer)
    other["outcomes"][0]["levels"][0] |= changes
    return other


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            samples.clear_benefit(),
            "On LDN your pain was about 1.2 points lower than on placebo. "
            "The true difference is likely between 0.3 and 2.1.",
        ),
        (
            samples.clear_harm(),
            "On LDN your sleep quality was about 1.4 points lower than on placebo. "
            "The true difference is likely between 0.4 and 2.4. That is worse.",
        ),
        (
            samples.could_not_tell(),
            "We could not tell whether LDN changed your pain. "
            "The true difference may lie anywhere from 2.8 points lower to 2.0 points higher.",
        ),
        (
            samples.open_diary(),
            "Since you started LDN, your pain was about 1.2 points lower than without it. "
            "The true difference is likely between 0.3 and 2.1. "
            "This is the drug, your expectations and the passing of time together.",
        ),
        (
            samples.several_levels(),
            "On 3 mg of LDN your pain was about 1.2 points lower than without LDN. "
            "The true difference is likely between 0.3 and 2.1. "
            "This is the drug and your expectations together.",
        ),
    ],
    ids=["benefit", "harm", "open", "grade-e", "levels"],
)
def test_the_first_sentence(answer: dict[str, Any], text: str) -> None:
    """Each verdict and each contrast has its own first sentence."""
    assert sentences.first_sentence(primary(answer)).text == text


def test_a_score_that_rose_is_told_as_higher_and_better() -> None:
    """The direction is that of the score, the judgement that of the outcome."""
    answer = samples.clear_benefit()
    answer["outcomes"][0] |= {"id": "energy", "better": "higher"}
    answer = changed(answer, effect={"mean": 1.2, "sd": 0.4, "q025": 0.4, "q975": 2.0})
    text = sentences.first_sentence(primary(answer)).text
    assert "energy was about 1.2 points higher than on placebo" in text
    assert "likely between 0.4 and 2.0. That is better." in text


def test_a_clear_answer_whose_range_crosses_zero_names_both_ends() -> None:
    """Told as "between 0.1 and 2.1" the range would hide that it reaches the other side."""
    answer = changed(
        samples.clear_benefit(), effect={"mean": -1.0, "sd": 0.6, "q025": -2.1, "q975": 0.12}
    )
    text = sentences.first_sentence(primary(answer)).text
    assert "likely between 2.1 points lower and 0.1 points higher" in text


def test_an_end_that_rounds_to_zero_is_zero() -> None:
    """A range that just touches zero is not printed with a sign."""
    answer = changed(
        samples.clear_benefit(), effect={"mean": -1.0, "sd": 0.5, "q025": -2.0, "q975": 0.01}
    )
    assert "likely between 0.0 and 2.0." in sentences.first_sentence(primary(answer)).text


def test_a_diary_with_time_in_its_difference_never_says_on_ldn() -> None:
    """Grade E: neither a clear answer nor an open one speaks as if the drug had done it."""
    answer = samples.open_diary()
    unclear = deepcopy(answer)
    unclear["outcomes"][0]["verdict"] = "could-not-tell"
    for given in (answer, unclear):
        text = sentences.first_sentence(primary(given)).text
        assert text.startswith("Since you started LDN, ")
        assert "On LDN" not in summary_text(given)


def test_could_not_tell_is_named_a_real_result() -> None:
    """The open answer keeps its dignity in the terminal too."""
    assert "This is a real result." in " ".join(summary_text(samples.could_not_tell()).split())


def test_worth_is_said_only_with_the_flag() -> None:
    """Without it the same gain is told as not known to be large enough."""
    answer = samples.clear_benefit()
    assert sentences.size_sentence(primary(answer)).startswith("It may be large enough")
    answer["outcomes"][0]["worthwhile"] = False
    assert sentences.size_sentence(primary(answer)).startswith("We could not tell if it is large")
    assert sentences.size_sentence(primary(samples.clear_harm())) == ""


@pytest.mark.parametrize(
    ("p_best", "p_best_none", "text"),
    [
        ((0.03, 0.85, 0.1), 0.02, "3 mg had the best pain scores in 85 of 100 answers"),
        ((0.1, 0.8, 0.08), 0.02, "1.5 mg and 3 mg and 4.5 mg: these doses cannot be told apart."),
        ((0.05, 0.05, 0.05), 0.85, "no LDN had the best pain scores in 85 of 100 answers"),
    ],
)
def test_a_dose_is_named_only_above_four_fifths(
    p_best: tuple[float, ...], p_best_none: float, text: str
) -> None:
    """At 0.8 itself the doses are still not told apart; taking none is a candidate too."""
    answer = samples.several_levels()
    answer["outcomes"][0]["p_best_none"] = p_best_none
    for level, share in zip(answer["outcomes"][0]["levels"], p_best, strict=True):
        level["p_best"] = share
    assert text in sentences.dose_sentence(primary(answer))


def test_one_dose_is_not_compared_with_itself() -> None:
    """With a single level there is nothing to tell apart."""
    assert sentences.dose_sentence(primary(samples.clear_benefit())) == ""


def test_doses_tried_only_openly_are_a_second_answer() -> None:
    """An open run-in beside a randomised part is told apart and judged by the same rule."""
    answer = samples.clear_benefit()
    open_level = deepcopy(samples.open_diary()["outcomes"][0]["levels"][0])
    answer["outcomes"][0]["levels"].append(open_level | {"dose_mg": 1.5, "p_benefit": 0.7})
    outcome = primary(answer)
    assert sentences.first_sentence(outcome).text.startswith("On 3 mg of LDN your pain")
    (text,) = sentences.open_sentences(outcome)
    assert text.startswith("Since you started 1.5 mg of LDN, we could not tell")


def test_the_headline_is_the_level_that_the_file_names() -> None:
    """The engine's own choice beats the longest-held dose."""
    answer = samples.several_levels()
    answer["outcomes"][0]["headline"] = {"part": "open", "dose_mg": 1.5}
    assert primary(answer).headline.dose_mg == 1.5


def test_an_open_answer_says_what_it_rules_out() -> None:
    """Both ends of the range are told, in the outcome's own points."""
    lines = sentences.still_true(primary(samples.could_not_tell()))
    assert lines[0].startswith("A drop of more than 2.8 points is very unlikely")
    assert lines[1].startswith("A rise of more than 2.0 points is very unlikely")


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_the_terminal_text_ends_with_a_question_and_fits_80_columns(name: str) -> None:
    """No line wraps on a narrow terminal, and the last word is the person's."""
    text = summary_text(samples.SAMPLES[name])
    assert max(len(line) for line in text.splitlines()) <= 80
    assert text.rstrip().endswith("?")


def test_a_refused_outcome_is_told_with_its_reason() -> None:
    """A refusal is part of the answer, in the terminal as on the page."""
    text = summary_text(samples.one_outcome_refused())
    assert "Walking time: The same value was written on every day." in text


def test_limits_and_reasons_are_printed_as_they_are() -> None:
    """The engine's sentences are not reworded."""
    answer = samples.clear_benefit()
    text = " ".join(summary_text(answer).split())
    for line in [*answer["limits"], answer["design"]["grade_reasons"][0]["text"]]:
        assert line in text


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_the_terminal_text_has_not_changed(name: str) -> None:
    """Every word of every sample is kept; `python -m report.rebuild` in tests/ rewrites them."""
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert summary_text(samples.SAMPLES[name]) == golden

"""Words that must not be there, and words that must be easy to read."""

import re
from collections.abc import Iterator

import pytest

from openldn.report import AnswerPage, render_html, summary_text
from openldn.report.checks import joint_text
from openldn.report.checks import test_text as check_text
from openldn.report.daily_plot import Scale, opened_plot, own_curve
from openldn.report.forecast import forecast_lines
from openldn.report.guesses import guess_lines
from openldn.report.harms import harm_table, harms_html
from openldn.report.sentences import (
    GIVEN,
    counted_sentence,
    dose_sentence,
    first_sentence,
    harm_note,
    harm_sentence,
    interval_note,
    open_sentences,
    questions,
    scale_sentence,
    shares,
    size_sentence,
    still_true,
    why_open,
)
from openldn.report.sheet import sheet_data
from openldn.report.strip import strip_sentence
from report import samples
from support.reading import grade

# standards.md section 3, rules 3 and 4.
BANNED = re.compile(
    r"\bsignifican\w*|\bp-?values?\b|\bproven?\b|\bproves\b|\bdoes not work\b|\bworks\b"
    r"|\bresponders?\b|\beffect sizes?\b|\bconfiden\w*",
    re.IGNORECASE,
)
INSTRUCTION = re.compile(
    r"\b(you should|we recommend|must|(start|stop|increase|decrease|continue|raise|lower|change)"
    r" (taking|your dose|the dose|your capsule|LDN|naltrexone))\b",
    re.IGNORECASE,
)
HARDEST = 8.0


def everything(name: str) -> Iterator[str]:
    """Yield each form in which a sample is told."""
    answer = samples.SAMPLES[name]
    yield summary_text(answer)
    html = render_html(answer)
    yield re.sub(r"<[^>]+>", " ", html[html.index("<body") :])
    page = AnswerPage.build(answer)
    yield str(sheet_data(page))
    if page.primary is not None:
        rows, scale = samples.pair_days(), Scale.of(page.primary)
        yield re.sub(r"<[^>]+>", " ", opened_plot(rows, scale=scale).html)
        yield re.sub(r"<[^>]+>", " ", own_curve(rows, scale=scale).html)
        harms = harm_table(rows, scale=scale, comparison_arm="placebo", is_randomised=True)
        yield re.sub(r"<[^>]+>", " ", harms_html(harms))


def person_sentences(name: str) -> Iterator[str]:
    """Yield each sentence that a person reads first."""
    page = AnswerPage.build(samples.SAMPLES[name])
    yield from questions(page.primary)
    yield from map(harm_sentence, page.saved.harms)
    yield harm_note()
    if page.saved.blinding:
        yield from guess_lines(page.saved.blinding)
    if page.saved.forecast and page.primary:
        yield from forecast_lines(page.saved.forecast, page.primary)
    for outcome in page.saved.outcomes:
        yield first_sentence(outcome).text
        yield from open_sentences(outcome)
        yield from (text for text in (size_sentence(outcome), dose_sentence(outcome)) if text)
        yield interval_note()
        yield scale_sentence(outcome)
        yield from still_true(outcome)
        yield from why_open(page.saved, outcome)
        more = (joint_text(outcome), counted_sentence(outcome), strip_sentence(outcome))
        yield from (text for text in more if text)
        yield check_text(outcome)
        yield from (share.label + "." for share in shares(outcome))
        yield opened_plot(samples.pair_days(), scale=Scale.of(outcome)).sentence
        yield own_curve(samples.pair_days(), scale=Scale.of(outcome)).sentence


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_no_form_holds_a_banned_word(name: str) -> None:
    """Terminal, page, sheet and charts: none claims more than it knows."""
    for text in everything(name):
        assert BANNED.findall(text) == []


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_no_form_tells_anyone_what_to_take(name: str) -> None:
    """Describing is ours; deciding is the person's and the prescriber's."""
    for text in everything(name):
        assert INSTRUCTION.findall(text) == []


@pytest.mark.parametrize("text", ["It is significant.", "p-value 0.03", "LDN works for you"])
def test_the_list_of_banned_words_bites(text: str) -> None:
    """A list that matches nothing would pass every text."""
    assert BANNED.search(text)


def test_the_list_of_instructions_bites() -> None:
    """The same for instructions."""
    assert INSTRUCTION.search("You should stop taking LDN.")


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_what_a_person_reads_stays_below_grade_8(name: str) -> None:
    """Each sentence on its own, with the glossary's words let through."""
    hard = {text: grade(text) for text in person_sentences(name) if grade(text) > HARDEST}
    assert hard == {}


def test_the_reading_grade_tells_hard_from_easy() -> None:
    """A plain sentence scores low, a lawyer's one high."""
    assert grade("Your pain was lower. We could not tell why.") < 4
    assert (
        grade("Notwithstanding considerable methodological heterogeneity, estimates coincided.")
        > 14
    )


def test_every_probability_is_given_the_records_and_the_assumptions() -> None:
    """The hundred icons, the range and the terminal's shares carry the same condition."""
    page = AnswerPage.build(samples.clear_benefit())
    for html in (page.sentence, page.hundred, page.doctor):
        assert GIVEN in html
    assert GIVEN in " ".join(summary_text(samples.clear_benefit()).split())

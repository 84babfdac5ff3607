"""The page: order of things, escaping, and nothing inline."""

import re
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from openldn.protocol.problems import InputError
from openldn.report import AnswerPage, render_html
from openldn.report.daily_plot import Scale, opened_plot
from openldn.report.harms import harm_table
from openldn.report.sentences import HEADING, first_sentence
from report import samples
from report.test_plot_days import ORDER, PLAN, diary

NASTY = '<script>alert("x")</script>'


def full_page(answer: dict[str, Any]) -> AnswerPage:
    """Return a page with invented days."""
    page = AnswerPage.build(answer)
    if page.primary is None:
        return page
    rows, scale = samples.pair_days(), Scale.of(page.primary)
    harms = harm_table(rows, scale=scale, comparison_arm="placebo", is_randomised=True)
    return replace(page, plot=opened_plot(rows, scale=scale), harms=harms, has_diary=True)


def text_of(html: str) -> str:
    """Return what a reader sees."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_fragments_carry_nothing_inline(name: str) -> None:
    """A strict content security policy lets every fragment through."""
    body = full_page(samples.SAMPLES[name]).body
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|javascript:", body)


def test_things_stand_in_the_order_of_the_standard() -> None:
    """Sentence, icons, days, good and bad, what this cannot tell, doctor, question."""
    body = full_page(samples.could_not_tell()).body
    marks = [
        "We could not tell",
        'aria-label="31 of 100 better',
        "<h2>Day by day</h2>",
        "<h2>The good and the bad, side by side</h2>",
        "<h2>What this cannot tell you</h2>",
        "<h2>Details for the doctor</h2>",
        "<h2>To talk about at the visit</h2>",
    ]
    places = [body.index(mark) for mark in marks]
    assert places == sorted(places)


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_the_file_is_headed_as_own_records_and_ends_with_a_question(name: str) -> None:
    """The local heading comes first, and the last words are a question for the visit."""
    html = render_html(samples.SAMPLES[name])
    body = html[html.index("<body") :]
    assert text_of(body).strip().startswith(HEADING)
    assert text_of(body).strip().endswith("?")


def test_the_file_holds_everything_it_needs() -> None:
    """One file for sharing: styles inside, no script, nothing fetched."""
    html = render_html(samples.clear_benefit())
    assert "--arm-active: #0072B2" in html
    assert not re.search(r"<script|<link|<img|src=|@import|url\(|https?://", html)


def test_whatever_a_person_or_file_wrote_is_escaped() -> None:
    """Label, id, limit, reason, refusal, event and citation never become markup."""
    answer = deepcopy(samples.one_outcome_refused())
    answer["outcomes"][0]["label"] = NASTY
    answer["outcomes"][1]["id"] = NASTY
    answer["outcomes"][0]["events"] = [
        {"id": NASTY, "effect": answer["outcomes"][0]["levels"][0]["effect"]}
    ]
    answer["limits"] = [NASTY]
    answer["citations"] = [NASTY]
    answer["refused"] = {NASTY: NASTY}
    answer["design"]["grade_reasons"] = [{"code": NASTY, "text": NASTY}]
    answer["model"][NASTY] = NASTY
    html = full_page(answer).body + render_html(answer)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_side_effect_names_are_escaped_too() -> None:
    """A column of the diary is a person's words as well."""
    page = AnswerPage.build(samples.clear_benefit())
    assert page.primary is not None
    rows = tuple(replace(row, side_effects=((NASTY, 1),)) for row in samples.pair_days())
    scale = replace(Scale.of(page.primary), label=NASTY)
    harms = harm_table(rows, scale=scale, comparison_arm="placebo", is_randomised=True)
    html = replace(page, plot=opened_plot(rows, scale=scale), harms=harms).body
    assert "<script" not in html


def test_diary_plan_and_order_bring_days_label_and_harms() -> None:
    """The real diary and plan of a blinded trial end up on the page."""
    html = render_html(
        samples.clear_benefit(), diary=diary(shows_arms=True), plan=PLAN, order=ORDER
    )
    assert "On LDN your muscle pain was <b>about 1.2 points lower</b> than on placebo." in html
    assert "Pair 3" in html
    assert '<th scope="row">Headache</th>' in html


def test_without_a_diary_the_page_says_so() -> None:
    """No days are not the same as no side effects."""
    text = text_of(AnswerPage.build(samples.clear_benefit()).body)
    assert "The diary did not come with this answer" in text
    assert "That is not the same as no side effects." in text


def test_every_sensitivity_row_and_prior_reaches_the_doctor() -> None:
    """All inputs are reviewable: rows, intervals, priors, the test with its floor, citations."""
    text = text_of(AnswerPage.build(samples.clear_benefit()).body)
    for part in (
        "Start from more doubt",
        "−1.2 (−2.1 to −0.3)",
        "this row includes the weeks in which you knew what you took",
        "in 12.5 of 100 orders (the smallest this design could give is 12.5)",
        "beta.sd",
        "20260101",
        "10.1001/jamainternmed.2018.3981",
        "149 of 168 (19 missing)",
    ):
        assert part in text


def test_priors_are_told_as_distributions() -> None:
    """A prior reads as Normal(0, 0.15) with what belongs to it, not as loose numbers."""
    answer = samples.clear_benefit()
    answer["model"] = {"priors": {"beta": {"normal": [0.0, 0.15], "neighbour_correlation": 0.7}}}
    text = text_of(AnswerPage.build(answer).doctor)
    assert "beta Normal(0, 0.15), neighbour correlation 0.7" in text.replace("  ", " ")


def test_headings_do_not_skip_a_level() -> None:
    """A screen reader can walk the page by its headings."""
    html = render_html(samples.one_outcome_refused())
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_an_answer_without_outcomes_still_has_a_page() -> None:
    """Every outcome refused: the reasons are told, nothing breaks."""
    text = text_of(AnswerPage.build(samples.nothing_answered()).body)
    assert "There is no answer yet." in text
    assert "Only 3 values were recorded" in text


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"format": 1, "kind": "pool"}, "LDN-A901"),
        ({"format": 2, "kind": "answer"}, "LDN-A901"),
        ({"format": 1, "kind": "answer", "design": {}}, "LDN-A902"),
    ],
)
def test_another_file_is_refused_in_words(answer: dict[str, Any], code: str) -> None:
    """A wrong or damaged file says what to give instead."""
    with pytest.raises(InputError) as caught:
        render_html(answer)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert "openldn analyse --json" in str(caught.value)


def test_every_class_of_a_fragment_has_its_style() -> None:
    """A mark without a style would be a black blot on a dark page."""
    html = "".join(render_html(answer) for answer in samples.SAMPLES.values())
    html += "".join(full_page(answer).body for answer in samples.SAMPLES.values())
    used = {name for names in re.findall(r'class="([^"]+)"', html) for name in names.split()}
    style = html[html.index("<style>") : html.index("</style>")]
    unstyled = {name for name in used if not re.search(rf"\.{name}\b", style)}
    assert unstyled == set()


def test_the_first_sentence_is_the_same_in_every_form() -> None:
    """Page and terminal cannot tell two different answers."""
    page = AnswerPage.build(samples.clear_harm())
    assert page.primary is not None
    assert first_sentence(page.primary).text in text_of(page.sentence).replace("  ", " ").replace(
        " .", "."
    )

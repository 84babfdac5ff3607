"""The printed sheet: one side of A4, tagged, the same bytes each time."""

import io
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from openldn.report import AnswerPage, render_pdf
from openldn.report.daily_plot import Scale, opened_plot
from openldn.report.harms import harm_table
from openldn.report.pdf import print_page
from openldn.report.plot_days import PlotDay
from openldn.report.sheet import sheet_data
from report import samples
from report.test_plot_days import ORDER, PLAN, diary


def reader(data: bytes) -> PdfReader:
    """Open a printed sheet."""
    return PdfReader(io.BytesIO(data))


def words(data: bytes) -> str:
    """Return the words of the sheet, line ends undone."""
    return " ".join("".join(page.extract_text() for page in reader(data).pages).split())


def crowded() -> AnswerPage:
    """Return a page with more of everything than a sheet can hold."""
    answer: dict[str, Any] = deepcopy(samples.one_outcome_refused())
    answer["limits"] = [
        f"Limit number {i}, told in a sentence of some length." * 3 for i in range(20)
    ]
    answer["refused"] = {
        f"outcome_{i}": "The same value was written on every day." for i in range(9)
    }
    answer["model"] |= {f"prior_{i}": i / 7 for i in range(90)}
    answer["design"]["grade_reasons"] *= 9
    rows = answer["outcomes"][0]["sensitivity"]
    answer["outcomes"][0]["sensitivity"] = rows * 4
    answer["harms"] = [deepcopy(harm) for harm in samples.HARMS] * 5
    answer["blinding"] = samples.guessed()["blinding"]
    others = [deepcopy(answer["outcomes"][1]) | {"id": f"score_{i}"} for i in range(5)]
    answer["outcomes"] += others
    page = AnswerPage.build(answer)
    assert page.primary is not None
    days = tuple(
        replace(day, side_effects=tuple((f"effect_{i}", (day.day + i) % 3) for i in range(25)))
        for day in samples.pair_days(pairs=6, period_days=21)
    )
    scale = Scale.of(page.primary)
    harms = harm_table(days, scale=scale, comparison_arm="placebo", is_randomised=True)
    return replace(page, plot=opened_plot(days, scale=scale), harms=harms, has_diary=True)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (samples.clear_benefit(), "On LDN your pain was about 1.2 points lower than on placebo."),
        (samples.could_not_tell(), "We could not tell whether LDN changed your pain."),
        (samples.open_diary(), "Since you started LDN, your pain was about 1.2 points lower"),
        (samples.nothing_answered(), "There is no answer yet."),
    ],
    ids=["benefit", "open", "grade-e", "refused"],
)
def test_one_side_of_a4_carries_the_first_sentence(answer: dict[str, Any], sentence: str) -> None:
    """The doctor's page is one page and begins with the answer."""
    data = render_pdf(answer)
    (page,) = reader(data).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    assert sentence in words(data)


def test_a_crowded_answer_still_fits_and_says_what_is_left_out() -> None:
    """Long lists shrink and are counted; nothing is dropped in silence."""
    data = print_page(crowded())
    assert len(reader(data).pages) == 1
    assert "13 more in the HTML file" in words(data)
    assert "The rest stands in the HTML file." in words(data)


def test_the_side_effects_that_differ_most_are_never_left_out() -> None:
    """A cut list of harms begins with the largest differences."""
    page = crowded()
    assert page.harms is not None
    gaps = {
        row.label: abs((row.active.of_100 or 0) - (row.comparison.of_100 or 0))
        for row in page.harms.side_effects
    }
    shown = [row[0] for row in sheet_data(page)["harms"]["rows"][1:]]
    assert min(gaps[label] for label in shown) >= max(
        gap for label, gap in gaps.items() if label not in shown
    )


def test_the_likeliest_side_effects_are_told_in_words() -> None:
    """Five at most, the likeliest first, with counts, word and chance; the rest are counted."""
    text = words(render_pdf(samples.side_effects()))
    told = [
        "Dry mouth on 12 of 42 LDN days against 5 of 42 placebo days: very likely caused by LDN and"
        " your expectations together (97 of 100).",
        "Vivid dreams on 12 of 42 LDN days against 5 of 42 placebo days: likely caused by LDN (84",
        "Nausea on 12 of 42 LDN days against 5 of 42 placebo days: we could not tell",
    ]
    places = [text.find(line) for line in told]
    assert -1 not in places
    assert places == sorted(places)
    assert sheet_data(crowded())["caused"][-1] == "15 more in the HTML file."


def test_a_score_pooled_with_others_has_its_second_row() -> None:
    """Beside the sentence of its own days stands what all secondary scores say together."""
    text = words(render_pdf(samples.one_outcome_refused()))
    assert "Fatigue, together with all secondary scores: −0.3 (−1.3 to +0.7) points." in text


def test_guesses_are_counted_for_the_doctor() -> None:
    """Counts first, each published index with its interval, and no verdict."""
    text = words(render_pdf(samples.guessed()))
    assert "2 right, 0 wrong, 1 unknown; Bang 0.67 (−0.12 to 0.86)" in text
    assert "0.27 (0.17 to 0.66); 0.5 is as by chance" in text


def test_a_yes_or_no_outcome_is_told_in_days() -> None:
    """Days of days asked, on both sides, and a difference in days of 100 instead of points."""
    text = words(render_pdf(samples.yes_or_no()))
    assert "Night sweats on 9 of 42 LDN days against 18 of 41 placebo days: very likely" in text
    assert "−21 (−37 to −5) days in 100" in text
    assert "Attacks: 1.4 a day on 42 LDN days against 2.2 a day on 40 placebo days." in text


def test_the_same_answer_gives_the_same_bytes() -> None:
    """No clock and no chance: a second print can be compared byte for byte."""
    assert render_pdf(samples.clear_benefit()) == render_pdf(samples.clear_benefit())


def test_the_sheet_is_tagged_titled_and_in_english() -> None:
    """PDF/UA-1: a screen reader finds structure, title and language."""
    catalog = reader(render_pdf(samples.clear_benefit())).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert b"pdfuaid" in render_pdf(samples.clear_benefit())


def test_real_days_are_drawn_with_their_averages() -> None:
    """Diary, plan and order reach the sheet: person, prescriber, pairs, harms."""
    data = render_pdf(samples.clear_benefit(), diary=diary(shows_arms=True), plan=PLAN, order=ORDER)
    text = words(data)
    for part in ("Ana", "Prescriber: Dr B", "muscle pain", "Placebo 4.0", "Headache", "1 Feb"):
        assert part in text
    assert len(reader(data).pages) == 1


def test_markup_in_a_label_is_only_text() -> None:
    """Nothing a person wrote is read as the printer's own language."""
    answer = samples.clear_benefit()
    answer["outcomes"][0]["label"] = '#panic("x") *bold* $x$ <script> \\ "quoted"'
    text = words(render_pdf(answer))
    assert '#panic("x")' in text
    assert "*bold*" in text


def test_letters_without_a_built_in_font_still_print() -> None:
    """A label in another script costs the accessible standard, not the page."""
    answer = samples.clear_benefit()
    answer["outcomes"][0]["label"] = "痛み"
    assert len(reader(render_pdf(answer)).pages) == 1


def test_every_prior_is_on_the_sheet() -> None:
    """A doctor can check what the answer started from without another file."""
    text = words(render_pdf(samples.clear_benefit()))
    for part in ("beta.sd: 1.5", "phi: 0, 0.98", "seed: 20260101"):
        assert part in text


def test_the_interval_and_the_rule_are_on_the_sheet() -> None:
    """The signed mean with its 95% interval, the chance of any gain, and what counts as clear."""
    text = words(render_pdf(samples.clear_benefit()))
    for part in ("−1.2 (−2.1 to −0.3) points", "above 99 of 100", "asks for 95 of 100"):
        assert part in text


def test_one_dose_is_one_stretch_on_the_sheet() -> None:
    """Panels are cut for a phone; paper shows a dose held for 100 days as one average."""
    days = tuple(
        PlotDay(day=i, value=2.0 if i < 50 else 4.0, arm="active", dose="3 mg") for i in range(100)
    )
    page = AnswerPage.build(samples.open_diary())
    assert page.primary is not None
    page = replace(page, plot=opened_plot(days, scale=Scale.of(page.primary)))
    assert [band["words"] for band in sheet_data(page)["plot"]["bands"]] == ["LDN 3 mg 3.0"]


def test_dots_and_bars_lie_inside_the_picture() -> None:
    """Every place in the sheet's data is a fraction of its picture."""
    data = sheet_data(crowded())
    places = [value for dot in data["plot"]["points"] for value in (dot["x"], dot["y"])]
    places += [row[key] for row in data["sensitivity"]["rows"] for key in ("low", "mean", "high")]
    places += [*data["sensitivity"]["band"], data["sensitivity"]["zero"]]
    assert min(places) >= 0
    assert max(places) <= 1

"""The checks beside an answer, as they are told."""

from copy import deepcopy

import pytest

from openldn.report import AnswerPage, summary_text
from openldn.report.checks import band_text, headline_rows, joint_text, row_text, strip_unit
from openldn.report.checks import test_text as told
from openldn.report.saved import SavedAnswer
from openldn.report.sheet import sheet_data
from report import samples

FLOOR = "the smallest this design could give is 12.5"


def outcome_of(answer: dict[str, object]) -> object:
    """The primary outcome of a saved answer."""
    return SavedAnswer.read(answer).primary


class TestTheOrderByChance:
    """The answer that needs no model is never told without its floor."""

    def test_page_sheet_and_terminal_tell_it_with_its_floor(self) -> None:
        """One line each, both statistics, each with the smallest the design could give."""
        answer = samples.clear_benefit()
        page = AnswerPage.build(answer)
        forms = (page.body, str(sheet_data(page)), " ".join(summary_text(answer).split()))
        assert [form.count(FLOOR) for form in forms] == [2, 2, 2]

    def test_drawn_orders_are_counted(self) -> None:
        """Of a set too large to go through, the number of draws is told."""
        answer = samples.clear_benefit()
        answer["outcomes"][0]["randomisation_test"] |= {
            "schedules": 184_756,
            "exact": False,
            "draws": 9_999,
        }
        assert "9,999 orders were drawn from 184,756 possible ones." in told(outcome_of(answer))

    def test_an_open_diary_is_told_why_there_is_none(self) -> None:
        """No order was drawn, so there is nothing to hold it against."""
        assert "order of periods drawn by chance" in told(outcome_of(samples.open_diary()))


class TestTheStrip:
    """The answer itself, then the rows fixed beforehand, then what was thought of later."""

    def test_yes_or_no_is_told_in_days_in_100_everywhere(self) -> None:
        """A difference of 0.21 in the share of days is 21 days in 100; the band reaches 10."""
        page = AnswerPage.build(samples.yes_or_no())
        told = "−21 (−37 to −5)"
        sheet = str(sheet_data(page))
        assert told in summary_text(samples.yes_or_no())
        assert told in page.doctor
        assert told in sheet
        assert "within 10 days in 100" in page.body
        assert "within 10 days in 100" in sheet

    def test_a_count_s_band_is_so_many_a_day(self) -> None:
        """Not points: attacks are counted."""
        count = SavedAnswer.read(samples.yes_or_no()).outcomes[1]
        assert strip_unit(count) == "number a day"
        assert band_text(count) == "1.0 a day"

    def test_rows_of_unknown_name_come_last_with_a_tag(self) -> None:
        """A row that no plan and no contract names was looked at afterwards."""
        answer = samples.clear_benefit()
        rows = answer["outcomes"][0]["sensitivity"]
        rows.insert(0, deepcopy(rows[0]) | {"name": "without-mondays"})
        names = [row_text(row) for row in headline_rows(outcome_of(answer))]
        assert names[0] == "As planned"
        assert names[-1] == "without-mondays (looked at afterwards)"

    @pytest.mark.parametrize(
        ("name", "label"),
        [
            ("guesses-removed", "descriptive"),
            ("flares-adjusted", "adjusts for something the drug may change"),
            ("all-days", "this row includes the weeks in which you knew what you took"),
        ],
    )
    def test_rows_that_need_a_warning_carry_it(self, name: str, label: str) -> None:
        """Section 8 of the statistical contract names the words."""
        answer = samples.clear_benefit()
        answer["outcomes"][0]["sensitivity"][0]["name"] = name
        assert label in AnswerPage.build(answer).body

    def test_rows_about_other_doses_are_pointed_to(self) -> None:
        """The strip is about one dose; the others are in the file, and the caption says so."""
        answer = samples.clear_benefit()
        rows = answer["outcomes"][0]["sensitivity"]
        rows.append(deepcopy(rows[0]) | {"dose_mg": 1.5})
        page = AnswerPage.build(answer)
        assert len(headline_rows(outcome_of(answer))) == len(rows)
        assert "The same rows for 1.5 mg stand in the answer file." in page.body


class TestSecondaryScoresTogether:
    """A score that leans on the others is told in one sentence, and a tiny difference as none."""

    @pytest.mark.parametrize(
        ("mean", "told_as"),
        [(-0.3, "was about 0.3 points lower"), (0.01, "was about the same")],
    )
    def test_the_size_is_told_as_it_is(self, mean: float, told_as: str) -> None:
        """Never "about less than 0.1 points"."""
        answer = samples.one_outcome_refused()
        answer["outcomes"][1]["joint"]["effect"]["mean"] = mean
        sentence = joint_text(SavedAnswer.read(answer).outcomes[1])
        assert f"your fatigue {told_as}: likely between" in sentence

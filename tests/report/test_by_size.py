"""The hundred answers along a line: the same counts as the icons, picture and table alike."""

import re
from statistics import NormalDist

import pytest

from openldn.report.by_size import by_size_html, columns_of
from openldn.report.saved import OutcomeAnswer, SavedAnswer
from openldn.report.sentences import shares
from report import samples


def outcome_of(name: str) -> OutcomeAnswer:
    """Return the primary outcome of a sample."""
    outcome = SavedAnswer.read(samples.SAMPLES[name]).primary
    assert outcome is not None
    return outcome


def answers(mean: float, sd: float) -> list[float]:
    """Return a hundred equally likely numbers of a normal."""
    return [NormalDist(mean, sd).inv_cdf((i + 0.5) / 100) for i in range(100)]


@pytest.mark.parametrize("name", ["clear-benefit", "clear-harm", "could-not-tell", "yes-or-no"])
def test_marks_and_table_count_as_the_icons_do(name: str) -> None:
    """Each group has as many marks as in the square of icons; the table adds up to 100."""
    outcome = outcome_of(name)
    html = by_size_html(outcome)
    for share in shares(outcome):
        assert len(re.findall(f'class="i-{share.group}"', html)) == share.count
    table = html[html.index("<table") :]
    assert sum(map(int, re.findall(r'<td class="r">(\d+)</td>', table))) == 100


@pytest.mark.parametrize(("mean", "sd"), [(-1.2, 0.4), (0.0, 3.0), (-4.0, 0.1), (0.02, 0.001)])
@pytest.mark.parametrize("mcid", [0.1, 1.0, 2.0])
def test_a_column_never_holds_two_groups(mean: float, sd: float, mcid: float) -> None:
    """The difference that matters is an edge of columns, wherever it is wider than one."""
    values = answers(mean, sd)
    columns = columns_of(values, mcid=mcid)
    assert columns is not None
    if mcid < columns.width:
        return
    edge = round(mcid / columns.width)
    assert edge == pytest.approx(mcid / columns.width)
    for value, column in zip(values, columns.of_dot, strict=True):
        assert (value >= mcid) == (column >= edge)
        assert (value < -mcid) == (column < -edge)


def test_higher_is_better_puts_the_better_ones_right() -> None:
    """The line runs from lower to higher whatever is better: worse marks come first."""
    html = by_size_html(outcome_of("clear-harm"))
    assert html.index("i-worse") < html.index("i-same")


def test_no_difference_is_shown_unless_it_lies_far_off() -> None:
    """Zero is in the picture where the answers come near it, and is left out where they do not."""
    near, far = columns_of(answers(-1.0, 0.4), mcid=1), columns_of(answers(-9.0, 0.1), mcid=1)
    assert near is not None
    assert far is not None
    assert 0 <= near.place(0.0) <= near.span
    assert far.place(0.0) > far.span
    assert far.span < 400


def test_a_file_without_the_answers_has_no_picture() -> None:
    """An older file, and one whose answers are all alike, leave the part out."""
    answer = samples.clear_benefit()
    del answer["outcomes"][0]["hundred"]
    outcome = SavedAnswer.read(answer).primary
    assert outcome is not None
    assert by_size_html(outcome) == ""
    assert columns_of([0.5] * 100, mcid=1.0) is None

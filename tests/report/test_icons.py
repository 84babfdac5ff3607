"""One hundred icons and their list."""

import re
from typing import Any

import pytest

from openldn.report.icons import icon_array, icon_groups, icons_html
from openldn.report.saved import SavedAnswer
from openldn.report.sentences import Share, shares
from report import samples

ANSWERED = {name: answer for name, answer in samples.SAMPLES.items() if answer["outcomes"]}


def groups_of(answer: dict[str, Any]) -> tuple[Share, Share, Share]:
    """Return the three groups of the primary outcome."""
    outcome = SavedAnswer.read(answer).primary
    assert outcome is not None
    return shares(outcome)


@pytest.mark.parametrize("name", ANSWERED)
def test_picture_name_and_list_tell_the_same_hundred(name: str) -> None:
    """The marks drawn, the name read aloud and the numbers printed come from one count."""
    groups = groups_of(ANSWERED[name])
    picture, told = icon_array(groups), icon_groups(groups)
    drawn = [picture.count(f'class="i-{group.group}"') for group in groups]
    named = [int(number) for number in re.findall(r"\d+(?= (?:of|about|worse))", picture)]
    printed = [int(number) for number in re.findall(r'class="n">(\d+) ', told)]
    assert drawn == [group.count for group in groups] == printed == named
    assert sum(drawn) == 100


def test_an_empty_group_is_shown_as_zero() -> None:
    """Nobody has to guess whether a missing group was forgotten."""
    html = icons_html(groups_of(samples.clear_benefit()))
    assert "72 of 100 better, 28 about the same, 0 worse" in html
    assert "Pain higher by 1 point or more: <b>very unlikely</b>" in html


def test_better_is_up_where_higher_is_better() -> None:
    """For sleep quality the green group is the higher one."""
    better, _, worse = groups_of(samples.clear_harm())
    assert better.label == "Sleep quality higher by 1 point or more"
    assert worse.text == "79 of 100: Sleep quality lower by 1 point or more: likely"


def test_marks_stand_in_rows_of_ten_inside_the_picture() -> None:
    """The first mark is top left, the last bottom right."""
    picture = icon_array(groups_of(samples.clear_benefit()))
    centres = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', picture)
    assert centres[0] == ("5", "5")
    assert centres[-1] == ("95", "95")
    assert len(set(centres)) == 100

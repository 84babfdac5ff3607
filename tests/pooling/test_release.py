"""What may be published: nobody alone, no small group, and nothing to work one out from."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openldn.inference import AnalysisRefused
from openldn.pooling.pool import pool
from openldn.pooling.release import LEAST_PEOPLE, released, shown_conditions
from support.pooling import contribution


def people_of_sizes(**sizes: int) -> list[dict[str, Any]]:
    """So many people of each condition."""
    names = [name for name, size in sizes.items() for _ in range(size)]
    return [
        contribution(i, estimate=-1.0 + 0.1 * (i % 7), condition=name)
        for i, name in enumerate(names)
    ]


def test_fewer_than_eleven_people_are_not_enough_yet() -> None:
    """Said in words, with a code."""
    with pytest.raises(AnalysisRefused) as refused:
        released(pool(people_of_sizes(lupus=10)))
    problem = refused.value.problems[0]
    assert problem.code == "LDN-N015"
    assert "not enough people yet" in problem.todo


def test_a_release_names_no_person_and_leaves_nobody_out_one_by_one() -> None:
    """No persons, no ids, no leave-one-out, no count of who was left out."""
    people = people_of_sizes(lupus=11)
    written = released(pool(people))
    assert not {"persons", "left_out"} & set(written)
    text = json.dumps(written)
    assert "without" not in text
    assert not [one["id"] for one in people if one["id"] in text]
    assert written["people"] == 11
    assert written["conditions"]["lupus"]["people"] == 11


def test_a_small_condition_takes_another_one_with_it() -> None:
    """With 30 and 12 shown of 47, five would be left over: one more is hidden."""
    written = released(pool(people_of_sizes(lupus=30, crohns=12, sjogrens=5)))
    assert set(written["conditions"]) == {"lupus"}
    assert "sjogrens" not in json.dumps(written)
    assert "crohns" not in json.dumps(written)


def test_small_kinds_of_design_are_hidden_too() -> None:
    """How many open diaries are in is a cell like any other."""
    people = people_of_sizes(lupus=20)
    for one in people[:5]:
        one["grade"] = "E"
    assert released(pool(people, include_open=True))["bias"] == {}
    for one in people[:5]:
        one["grade"] = "A"
    assert all("open diaries" not in limit for limit in released(pool(people))["limits"])


def test_a_release_has_three_digits() -> None:
    """More would let two releases be told apart by one person."""
    mean = released(pool(people_of_sizes(lupus=20)))["mu"]["mean"]
    assert mean == float(f"{mean:.3g}")


def test_a_release_has_no_dust() -> None:
    """A share of 8e-75 is 0 with a false look; what can be told apart stays as it is."""
    written = released(pool(people_of_sizes(lupus=20), mcid=9.0))
    share = written["share_meaningful_benefit"]
    assert share["q025"] == 0.0
    assert min(abs(value) for value in numbers(written) if value) >= 1e-6


def numbers(value: object) -> list[float]:
    """Every number in a file."""
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in numbers(part)]
    return [value] if isinstance(value, float) else []


sizes = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 60), max_size=8)


@given(people=sizes)
def test_what_is_hidden_cannot_be_worked_out_from_what_is_shown(people: dict[str, int]) -> None:
    """No shown cell under 11; the rest is nothing, or 11 people of two conditions or more."""
    shown = shown_conditions(people)
    assert all(people[name] >= LEAST_PEOPLE for name in shown)
    hidden = [name for name in people if name not in shown]
    if hidden and shown:
        assert len(hidden) >= 2
        assert sum(people[name] for name in hidden) >= LEAST_PEOPLE


@given(people=sizes)
def test_no_more_is_hidden_than_must_be(people: dict[str, int]) -> None:
    """Where every condition has 11 people, every one is shown."""
    if all(size >= LEAST_PEOPLE for size in people.values()):
        assert set(shown_conditions(people)) == set(people)

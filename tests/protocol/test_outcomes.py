"""Outcomes and the short text that names one on the command line."""

import pytest

from openldn.protocol.outcomes import Better, Family, Role, parse_outcome_option
from openldn.protocol.problems import InputError


def codes_of(text: str) -> list[str]:
    """List the codes of what is wrong with an option."""
    with pytest.raises(InputError) as caught:
        parse_outcome_option(text, role=Role.PRIMARY)
    return [problem.code for problem in caught.value.problems]


def test_the_short_text_names_scale_direction_and_difference() -> None:
    """`pain:0-10:lower:mcid=2` says all that the analysis needs."""
    pain = parse_outcome_option("pain:0-10:lower:mcid=2", role=Role.PRIMARY)
    assert (pain.minimum, pain.maximum, pain.mcid) == (0, 10, 2)
    assert (pain.better, pain.role, pain.family) == (Better.LOWER, Role.PRIMARY, Family.GAUSSIAN)
    assert (pain.width, pain.steps) == (10, 11)


def test_the_difference_that_matters_is_a_tenth_of_the_scale_when_unsaid() -> None:
    """The contract's default."""
    assert parse_outcome_option("vas:0-100:higher", role=Role.SECONDARY).mcid == 10


@pytest.mark.parametrize(
    ("scale", "ends"), [("-5-5", (-5, 5)), ("-10--2", (-10, -2)), ("0.5-2.5", (0.5, 2.5))]
)
def test_a_scale_may_begin_below_zero(scale: str, ends: tuple[float, float]) -> None:
    """The sign of a number is told from the dash between two."""
    outcome = parse_outcome_option(f"mood:{scale}:higher", role=Role.PRIMARY)
    assert (outcome.minimum, outcome.maximum) == ends


@pytest.mark.parametrize(
    ("scale", "family"),
    [("0-1", "binary"), ("0-2", "ordinal"), ("0-5", "ordinal"), ("0-6", "gaussian")],
)
def test_the_family_follows_from_the_number_of_answers(scale: str, family: str) -> None:
    """2 binary, 3 to 6 ordinal, 7 or more gaussian."""
    assert parse_outcome_option(f"x:{scale}:lower", role=Role.PRIMARY).family == family


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("pain", ["LDN-C010"]),
        ("Pain:0-10:lower", ["LDN-C011"]),
        ("pain:10-0:lower", ["LDN-C012"]),
        ("pain:0-0:lower", ["LDN-C012"]),
        ("pain:0-1e999:lower", ["LDN-C012"]),
        ("pain:0-nan:lower", ["LDN-C012"]),
        ("pain:0-99999999:lower", ["LDN-C012"]),
        ("pain:0-10:down", ["LDN-C013"]),
        ("pain:0-10:lower:mic=1", ["LDN-C014"]),
        ("pain:0-10:lower:mcid=1:mcid=2", ["LDN-C014"]),
        ("pain:0-10:lower:mcid=0", ["LDN-C015"]),
        ("pain:0-10:lower:mcid=nan", ["LDN-C015"]),
        ("pain:0-10:lower:mcid=11", ["LDN-C015"]),
        (f"pain:0-10:lower:step=0.{'0' * 310}1", ["LDN-C015"]),
        (f"pain:0-10:lower:mcid=0.{'0' * 310}1", ["LDN-C015"]),
        (f"pain:0-0.{'0' * 310}1:lower", ["LDN-C012"]),
        ("pain:0-10:lower:step=0.000001", ["LDN-C015"]),
        ("pain:0-10:lower:step=3", ["LDN-C015"]),
        ("pain:0-1000000:lower", ["LDN-C015"]),
        ("pain:0-10:lower:step=20:mcid=20", ["LDN-C015", "LDN-C015"]),
        ("P!:ten:down:mcid=x", ["LDN-C011", "LDN-C013", "LDN-C012", "LDN-C015"]),
    ],
)
def test_every_part_that_cannot_be_read_is_named(text: str, codes: list[str]) -> None:
    """All problems of one option at once, each with its code."""
    assert codes_of(text) == codes


@pytest.mark.parametrize(
    ("scale", "step", "steps"), [("0-100", "0.001", 100_001), ("0-1000000", "10", 100_001)]
)
def test_the_finest_scale_that_is_allowed(scale: str, step: str, steps: int) -> None:
    """A hundred thousand steps, and not one more."""
    outcome = parse_outcome_option(f"vas:{scale}:lower:step={step}", role=Role.PRIMARY)
    assert outcome.steps == steps


def test_a_scale_without_a_step_of_its_own_need_not_end_on_a_whole_point() -> None:
    """Values are read as they are; only a step that was asked for must fit."""
    assert parse_outcome_option("crp:0-10.5:lower", role=Role.PRIMARY).step == 1


def test_a_value_between_two_steps_is_on_the_scale_and_one_past_the_end_is_not() -> None:
    """Scores are read as they are."""
    pain = parse_outcome_option("pain:0-10:lower", role=Role.PRIMARY)
    assert pain.holds(3.7)
    assert not pain.holds(10.1)
    assert not pain.holds(float("nan"))

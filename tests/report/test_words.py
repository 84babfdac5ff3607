"""Numbers into words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openldn.report import words


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0, "very unlikely"),
        (9, "very unlikely"),
        (10, "unlikely"),
        (33, "unlikely"),
        (34, "about even, cannot tell"),
        (66, "about even, cannot tell"),
        (67, "likely"),
        (90, "likely"),
        (91, "very likely"),
        (100, "very likely"),
    ],
)
def test_each_share_has_one_fixed_word(share: int, word: str) -> None:
    """The edges of the bands are those of the standard: 10, 34, 67 and 91."""
    assert words.share_word(share) == word


@pytest.mark.parametrize("share", [-1, 101])
def test_a_share_outside_a_hundred_has_no_word(share: int) -> None:
    """A share that cannot be is an error, not a word."""
    with pytest.raises(ValueError, match="between 0 and 100"):
        words.share_word(share)


@settings(max_examples=100, derandomize=True)
@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda p: sum(p) > 0.01))
def test_shares_always_add_up_to_a_hundred(probabilities: list[float]) -> None:
    """Whatever the three probabilities, a hundred icons are drawn and none is off by one."""
    shares = words.shares_of_100(probabilities)
    exact = [100 * p / sum(probabilities) for p in probabilities]
    assert sum(shares) == 100
    assert all(abs(whole - share) < 1 for whole, share in zip(shares, exact, strict=True))


def test_the_largest_remainder_gets_the_last_icon() -> None:
    """33.4, 33.3 and 33.3 become 34, 33 and 33, where rounding alone would give 99."""
    assert words.shares_of_100([0.333, 0.334, 0.333]) == (33, 34, 33)


def test_a_negative_share_is_refused() -> None:
    """A probability below zero would draw a wrong picture."""
    with pytest.raises(ValueError, match="non-negative"):
        words.shares_of_100([-0.1, 0.6, 0.5])


@pytest.mark.parametrize(
    ("value", "text"), [(-1.34, "−1.3"), (-0.04, "0.0"), (0.04, "0.0"), (2, "2.0")]
)
def test_a_number_has_a_true_minus_and_zero_has_no_sign(value: float, text: str) -> None:
    """A tiny negative number is not printed as minus zero."""
    assert words.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.31, "+0.3"), (-0.31, "−0.3"), (0.0, "0.0")])
def test_a_signed_number_shows_its_plus(value: float, text: str) -> None:
    """Sensitivity rows are read by their signs."""
    assert words.signed(value) == text


def test_a_size_below_the_last_decimal_is_said_in_words() -> None:
    """No reader can make sense of "about 0.0 points lower"."""
    assert words.points(-0.03) == "less than 0.1 points"
    assert words.points(-1.26) == "1.3 points"


@pytest.mark.parametrize(
    ("mcid", "text"), [(1.0, "1 point"), (0.5, "0.5 points"), (10, "10 points")]
)
def test_the_difference_that_matters_has_the_right_plural(mcid: float, text: str) -> None:
    """One point, but 0.5 points."""
    assert words.matters_text(mcid) == text


@pytest.mark.parametrize(("dose", "text"), [(1.5, "1.5 mg"), (3.0, "3 mg"), (10.0, "10 mg")])
def test_a_dose_has_no_trailing_zeros(dose: float, text: str) -> None:
    """10 mg must not become 1E+1 mg."""
    assert words.dose_text(dose) == text


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Muscle pain", "muscle pain"),
        ("sleep_quality", "sleep quality"),
        ("CRP", "CRP"),
        ("IBS pain", "IBS pain"),
        ("My energy", "energy"),
    ],
)
def test_a_label_fits_inside_a_sentence(label: str, name: str) -> None:
    """A label like "Muscle pain" is lowered; an abbreviation keeps its capitals."""
    assert words.name_text(label) == name

"""Exact doses."""

from decimal import Decimal
from fractions import Fraction

import pytest

from openldn.protocol.doses import MAX_DAILY, Dose


@pytest.mark.parametrize(
    ("mg", "ug"),
    [("1.5", 1500), (3, 3000), (0.1, 100), (4.5, 4500), (Decimal("0.001"), 1), ("0", 0)],
)
def test_milligrams_are_read_exactly_as_written(mg: str | int | float | Decimal, ug: int) -> None:
    """No binary rounding comes between 0.1 mg and 100 micrograms."""
    assert Dose.from_mg(mg).ug == ug


@pytest.mark.parametrize(
    "mg",
    [
        "-1",
        "nan",
        "inf",
        "1e400",
        "0.0001",
        "1_5",
        "1,5",
        "",
        "١",
        True,
        "1e-999999999",
        "1" * 5000,
    ],
)
def test_what_is_no_dose_is_refused(mg: str | bool) -> None:
    """Negative, endless, finer than a microgram, or no number at all."""
    with pytest.raises(ValueError, match=r"mg|milligrams|dose"):
        Dose.from_mg(mg)


def test_a_digit_past_the_28th_is_not_rounded_away() -> None:
    """The precision of Decimal's arithmetic must not make a fine dose look whole."""
    with pytest.raises(ValueError, match="finer than one microgram"):
        Dose.from_mg("1." + "0" * 40 + "1")


def test_a_negative_amount_of_micrograms_is_no_dose() -> None:
    """No way of making a dose leads below zero."""
    with pytest.raises(ValueError, match="negative"):
        Dose(-1)


@pytest.mark.parametrize(
    ("ug", "text"),
    [(1500, "1.5 mg"), (3000, "3 mg"), (10_000, "10 mg"), (0, "0 mg"), (1, "0.001 mg")],
)
def test_a_dose_is_written_without_needless_zeros(ug: int, text: str) -> None:
    """But 10 mg keeps its zero."""
    assert Dose(ug).text == text


def test_half_of_a_dose_is_exact() -> None:
    """2.25 mg is the half of 4.5 mg, and a third of 1 mg is no whole number of micrograms."""
    assert Dose(4500).part(Fraction(1, 2)) == Dose(2250)
    with pytest.raises(ValueError, match="whole number of micrograms"):
        Dose(1000).part(Fraction(1, 3))


def test_the_daily_limit_is_four_and_a_half_milligrams() -> None:
    """The one number that every refusal rests on."""
    assert MAX_DAILY.mg == Decimal("4.5")
    assert Dose(4500) <= MAX_DAILY < Dose(4501)

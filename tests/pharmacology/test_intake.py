"""Histories of doses, with what was missed and what was doubled."""

import pytest

from openldn.pharmacology.intake import Intake, daily, merged
from openldn.protocol.doses import Dose
from pharmacology.vectors import dose


def test_a_history_holds_one_dose_a_day_but_for_the_days_named() -> None:
    """Day 1 is missed, day 2 holds two doses at once."""
    history = daily(dose("1.5"), days=4, missed=[1], doubled=[2])
    assert [(intake.hour, intake.dose) for intake in history] == [
        (0.0, Dose(1500)),
        (48.0, Dose(3000)),
        (72.0, Dose(1500)),
    ]


@pytest.mark.parametrize(("missed", "doubled"), [([1], [1]), ([4], []), ([], [-1])])
def test_days_that_cannot_be_are_refused(missed: list[int], doubled: list[int]) -> None:
    """No day is both missed and doubled, and none lies outside."""
    with pytest.raises(ValueError, match="told apart and lie from 0 to 3"):
        daily(dose("1.5"), days=4, missed=missed, doubled=doubled)


def test_the_hour_of_a_dose_is_a_number() -> None:
    """A dose at no time would spoil every later hour in silence."""
    with pytest.raises(ValueError, match="finite number"):
        Intake(hour=float("nan"), dose=dose("1.5"))


def test_doses_are_put_in_order_and_those_of_one_hour_together() -> None:
    """Exactly, in micrograms: three tenths of a mg are three tenths."""
    tenth = Dose(100)
    given = [Intake(hour=hour, dose=tenth) for hour in (5.0, 2.0, 5.0, 5.0)]
    assert merged(given) == ((2.0, 0.1), (5.0, 0.3))

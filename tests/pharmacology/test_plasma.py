"""Levels in the blood, against the golden numbers and against a numerical integration."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from openldn.pharmacology.intake import daily
from openldn.pharmacology.people import typical
from openldn.pharmacology.plasma import TwoCompartments
from openldn.protocol.doses import Dose
from pharmacology.vectors import VECTORS, dose, one

PLASMA = typical().plasma
FIRST_HOURS = np.linspace(0.0, 4.0, 4001)
# Golden areas and peaks are printed to three or four digits, the smallest to two.
PRINTED = 0.01
# The solver's own error, asked for below.
SOLVER = 1e-7


def test_fifty_mg_follows_the_golden_course() -> None:
    """Both substances, hour by hour; the smallest level is printed to two digits."""
    golden = VECTORS["blood"]
    naltrexone = PLASMA.naltrexone_level(one(50_000), golden["hours"])
    naltrexol = PLASMA.naltrexol_level(one(50_000), golden["hours"])
    tolerance = VECTORS["tolerance"]
    assert naltrexone == pytest.approx(golden["naltrexone"], rel=tolerance, abs=0.0005)
    assert naltrexol == pytest.approx(golden["naltrexol"], rel=tolerance)


@pytest.mark.parametrize("ug", VECTORS["blood_by_dose"])
def test_peaks_and_areas_meet_the_golden_table(ug: str) -> None:
    """From 0.5 to 50 mg."""
    found = {
        "naltrexone_highest": PLASMA.naltrexone_level(one(ug), FIRST_HOURS).max(),
        "naltrexone_area": float(PLASMA.naltrexone_area(Dose(int(ug)))),
        "naltrexol_highest": PLASMA.naltrexol_level(one(ug), FIRST_HOURS).max(),
        "naltrexol_area": float(PLASMA.naltrexol_area(Dose(int(ug)))),
    }
    assert found == pytest.approx(VECTORS["blood_by_dose"][ug], rel=PRINTED)


def test_the_closed_form_solves_its_differential_equations() -> None:
    """Gut, blood and deep space, stepped by a solver, give the same levels."""
    drug = PLASMA.naltrexone
    out, over = drug.clearance / drug.volume, drug.exchange / drug.volume
    back = drug.exchange / drug.deep_volume

    def change(_: float, amount: np.ndarray) -> list[float]:
        gut, blood, deep = amount
        return [
            -drug.uptake * gut,
            drug.uptake * gut - (out + over) * blood + back * deep,
            over * blood - back * deep,
        ]

    hours = np.linspace(0.1, 48.0, 40)
    solved = solve_ivp(change, (0, 48), [1000.0, 0, 0], t_eval=hours, rtol=1e-10, atol=1e-12)
    level = drug.level([(0.0, 1.0)], hours)
    assert level == pytest.approx(solved.y[1] / drug.volume, rel=SOLVER, abs=SOLVER)


def test_the_area_is_the_area_under_the_course() -> None:
    """Dose over clearance, by adding up the curve."""
    hours = np.linspace(0.0, 150.0, 150_001)
    area = np.trapezoid(PLASMA.naltrexol_level(one(4500), hours), hours)
    assert area == pytest.approx(float(PLASMA.naltrexol_area(dose("4.5"))), rel=0.001)


def test_levels_of_doses_add_up() -> None:
    """A doubled dose on day 2 adds exactly one dose more."""
    hours = np.arange(0.0, 120.0, 0.9)
    plain, doubled = (
        PLASMA.naltrexone_level(daily(dose("3"), days=4, doubled=days), hours) for days in ([], [2])
    )
    extra = PLASMA.naltrexone_level(one(3000, hour=48.0), hours)
    assert doubled - plain == pytest.approx(extra, abs=1e-12)


def test_uptake_at_the_very_rate_of_loss_gives_numbers() -> None:
    """The formula divides by the difference of the two rates; the person exists all the same."""
    drug = TwoCompartments(uptake=1.0, clearance=2.0, volume=2.0, exchange=1e-12, deep_volume=1.0)
    twin = TwoCompartments(uptake=1.001, clearance=2.0, volume=2.0, exchange=1e-12, deep_volume=1.0)
    hours = np.linspace(0.0, 12.0, 50)
    assert drug.level([(0.0, 1.0)], hours) == pytest.approx(
        twin.level([(0.0, 1.0)], hours), rel=0.02, abs=0.01
    )


def test_many_people_give_one_course_each() -> None:
    """Twice the clearance is half the area."""
    drug = PLASMA.naltrexone
    many = TwoCompartments(
        uptake=drug.uptake,
        clearance=np.array([1200.0, 2400.0]),
        volume=drug.volume,
        exchange=drug.exchange,
        deep_volume=drug.deep_volume,
    )
    assert many.level([(0.0, 1.0)], FIRST_HOURS).shape == (2, FIRST_HOURS.size)
    assert many.area(1.0)[0] == pytest.approx(2 * many.area(1.0)[1])

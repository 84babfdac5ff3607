"""Every published check-point, walked one by one."""

import numpy as np
import pytest

from openldn.pharmacology.check_points import MEASURES, Reached, reached
from openldn.pharmacology.people import People, typical
from openldn.pharmacology.receptor import EffectSite
from openldn.pharmacology.table import facts

REACHED = {one.check_point.id: one for one in reached()}
# The stated values are printed to three digits or to whole percent (cp12).
PRINTED = {"cp12": 0.5, "cp17": 0.05, "cp13": 0.0005, "cp14": 0.005, "cp15": 0.005, "cp19": 1e-3}
PRINTED_ELSE = 0.06


@pytest.mark.parametrize("key", REACHED)
def test_the_check_point_is_met_within_its_stated_error(key: str) -> None:
    """The model gives what was published."""
    one = REACHED[key]
    assert one.is_met, (one.check_point.what, one.values)


@pytest.mark.parametrize("key", REACHED)
def test_the_check_point_gives_the_value_that_was_stated(key: str) -> None:
    """The code is the model that was described, to the digits printed."""
    one = REACHED[key]
    assert one.values == pytest.approx(one.check_point.stated, abs=PRINTED.get(key, PRINTED_ELSE))


def test_every_check_point_of_the_table_is_measured_and_no_other() -> None:
    """A new row needs a way to work it out."""
    assert set(MEASURES) == {point.id for point in facts().check_points}


def test_only_independent_check_points_count_as_tests_of_the_model() -> None:
    """Five figures were not used to choose a parameter."""
    independent = {key for key, one in REACHED.items() if one.check_point.role == "independent"}
    assert independent == {"cp11", "cp12", "cp15", "cp17", "cp19"}


def person(*, half_time: float) -> People:
    """The typical person with another half-time at the receptor."""
    one = typical()
    other = EffectSite(ed50=one.effect_site.ed50, half_time=half_time, onset=1.0)
    return People(
        effect_site=other,
        slow_release=one.slow_release,
        plasma=one.plasma,
        kappa_ratio=one.kappa_ratio,
        delta_ratio=one.delta_ratio,
    )


@pytest.mark.parametrize(
    ("half_time", "missed"), [(4.0, {"cp8", "cp9", "cp10"}), (200.0, {"cp8", "cp9", "cp12"})]
)
def test_a_blockade_that_follows_the_blood_or_never_fades_is_caught(
    half_time: float, missed: set[str]
) -> None:
    """The check-points can fail: a wrong half-time misses those about time."""
    assert missed <= {
        one.check_point.id for one in reached(person(half_time=half_time)) if not one.is_met
    }


def test_a_range_is_met_by_all_of_its_values_or_not_at_all() -> None:
    """One value inside does not excuse another outside."""
    point = REACHED["cp9"].check_point
    assert Reached(check_point=point, values=(74.0, 84.0)).is_met
    assert not Reached(check_point=point, values=(74.0, 86.0)).is_met
    assert not Reached(check_point=point, values=(np.nan, 74.0)).is_met

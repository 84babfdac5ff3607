"""Blockade of receptors: both readings, any history, against the golden numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openldn.pharmacology.intake import Intake, daily
from openldn.pharmacology.people import typical
from openldn.pharmacology.receptor import EffectSite, Reading, SlowRelease
from openldn.protocol.doses import Dose
from pharmacology.vectors import VECTORS, dose, one

MAIN = typical().effect_site
SLOWER = typical().slow_release
READINGS = pytest.mark.parametrize("reading", [MAIN, SLOWER], ids=["main", "slower"])
DAY = np.linspace(0.0, 24.0, 2401)
# Ordinary rounding of sums of exponentials.
ROUNDING = 1e-12
# The golden tables are printed in whole percent or to a tenth of one, some rounded up from a half.
PRINTED_WHOLE, PRINTED_TENTH = 0.55, 0.051
# 90 days of daily 4.5 mg leave out less than half of a billionth (108 h: 0.5 ** 20 a dose, and
# the share still free makes it smaller).
MANY_DAYS = 90
doses = st.integers(min_value=1, max_value=50_000).map(Dose)
histories = st.lists(
    st.builds(Intake, hour=st.integers(min_value=0, max_value=200).map(float), dose=doses),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("ug", [4500, 50_000])
def test_one_dose_follows_the_golden_course(ug: int) -> None:
    """The equations are those that were written down, hour by hour."""
    golden = VECTORS["receptor"]
    blocked = MAIN.blockade(one(ug), golden["hours"])
    assert blocked == pytest.approx(golden[f"after_{ug}_ug"], rel=VECTORS["tolerance"])


@pytest.mark.parametrize("ug", VECTORS["single"])
def test_one_dose_meets_the_golden_table(ug: str) -> None:
    """Peak and 24 hours after 0.5 to 6 mg."""
    blocked = 100 * MAIN.blockade(one(ug), DAY)
    found = {"peak": blocked.max(), "h24": blocked[-1]}
    assert found == pytest.approx(VECTORS["single"][ug], abs=PRINTED_TENTH)


@pytest.mark.parametrize("ug", VECTORS["daily"])
def test_daily_use_meets_the_golden_table(ug: str) -> None:
    """Peak, trough and mean at steady state."""
    blocked = 100 * MAIN.steady(Dose(int(ug)), DAY)
    found = {"peak": blocked.max(), "trough": blocked[0], "mean": blocked.mean()}
    assert found == pytest.approx(VECTORS["daily"][ug], abs=PRINTED_WHOLE)


def test_the_blockade_fades_after_the_last_daily_dose_as_in_the_golden_table() -> None:
    """From one day to ten days after the last 4.5 mg."""
    golden = VECTORS["after_last_daily_4500_ug"]
    found = 100 * MAIN.steady(dose("4.5"), golden["hours"])
    assert found == pytest.approx(golden["percent"], abs=PRINTED_WHOLE)


@pytest.mark.parametrize("ug", VECTORS["hours_to_below_5_percent"])
def test_the_hours_to_little_blockade_meet_the_golden_table(ug: str) -> None:
    """The closed form finds the hour at which 5% is left."""
    hours = float(MAIN.hours_until(0.05, after_daily=Dose(int(ug))))
    assert hours == pytest.approx(VECTORS["hours_to_below_5_percent"][ug], abs=0.5)
    assert float(MAIN.steady(Dose(int(ug)), [hours])[0]) == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize("half_time", VECTORS["slower"])
def test_the_slower_reading_meets_its_golden_numbers(half_time: str) -> None:
    """12, 15 or 18 days to little blockade, and 16 to 29% left after a week."""
    reading = SlowRelease(ed50=5.59, half_time=float(half_time))
    found = {
        "peak": 100 * float(reading.steady(dose("4.5"), [0])[0]),
        "trough": 100 * float(reading.steady(dose("4.5"), [24])[0]),
        "days": float(reading.hours_until(0.05, after_daily=dose("4.5"))) / 24,
        "left_at_7_days": 100 * float(reading.steady(dose("4.5"), [168])[0]),
    }
    golden = VECTORS["slower"][half_time]
    assert {key: found[key] for key in golden} == pytest.approx(golden, abs=PRINTED_WHOLE)


def test_the_slower_reading_is_unequal_where_heroin_blocks_end() -> None:
    """The reason why it is not the main reading is shown truly."""
    found = [
        100 * float(SLOWER.blockade(one(ug), [hour])[0])
        for ug, hour in ((50_000, 24), (100_000, 48), (150_000, 72))
    ]
    assert found == pytest.approx(VECTORS["slower_heroin"]["percent"], abs=PRINTED_WHOLE)


@READINGS
def test_the_closed_form_of_daily_use_is_the_sum_of_many_days(reading: Reading) -> None:
    """The geometric sum and plain superposition agree."""
    history = daily(dose("4.5"), days=MANY_DAYS)
    summed = reading.blockade(history, history[-1].hour + DAY[:-1])
    assert reading.steady(dose("4.5"), DAY[:-1]) == pytest.approx(summed, abs=1e-9)


@READINGS
@given(history=histories)
def test_blockade_is_a_share_whatever_was_taken(reading: Reading, history: list[Intake]) -> None:
    """Never below 0, never 1 or more, and nothing before the first dose."""
    first = min(intake.hour for intake in history)
    hours = np.arange(-50.0, 400.0, 1.7)
    blocked = reading.blockade(history, hours)
    assert np.all((blocked >= 0) & (blocked < 1))
    assert np.all(blocked[hours < first] == 0)


@READINGS
@given(history=histories)
def test_the_order_in_which_doses_are_listed_does_not_matter(
    reading: Reading, history: list[Intake]
) -> None:
    """A diary can be read from either end."""
    hours = np.arange(0.0, 400.0, 3.1)
    forward, backward = (reading.blockade(h, hours) for h in (history, history[::-1]))
    assert forward == pytest.approx(backward, abs=ROUNDING)


@READINGS
@given(history=histories, extra=doses)
def test_one_dose_more_never_lowers_the_blockade(
    reading: Reading, history: list[Intake], extra: Dose
) -> None:
    """A doubled dose blocks more, a missed one less, at every hour."""
    hours = np.arange(0.0, 400.0, 3.1)
    less = reading.blockade(history, hours)
    more = reading.blockade([*history, Intake(hour=30.0, dose=extra)], hours)
    assert np.all(more >= less - ROUNDING)


@READINGS
def test_two_capsules_at_once_are_one_dose(reading: Reading) -> None:
    """Twice 1.5 mg in the same hour is 3 mg."""
    twice = [*one(1500), *one(1500)]
    hours = [1.0, 9.0, 90.0]
    assert reading.blockade(twice, hours) == pytest.approx(reading.blockade(one(3000), hours))


def test_drives_of_doses_add_up() -> None:
    """Superposition: what two doses do together is the sum of what each does alone."""
    first, second = one(3000), one(4500, hour=30.0)
    hours = np.arange(0.0, 200.0, 0.7)
    together = MAIN.drive([*first, *second], hours)
    assert together == pytest.approx(MAIN.drive(first, hours) + MAIN.drive(second, hours))


def test_a_missed_day_leaves_less_and_the_next_weeks_make_up_for_it() -> None:
    """The memory of a missed dose fades with the half-time of the loss."""
    full, missed = daily(dose("4.5"), days=40), daily(dose("4.5"), days=40, missed=[20])
    hours = [20 * 24.0 + 4, 39 * 24.0 + 4]
    gap = MAIN.blockade(full, hours) - MAIN.blockade(missed, hours)
    assert gap[0] > 0.1
    assert 0 < gap[1] < 1e-3


def test_kappa_needs_twice_the_dose() -> None:
    """The ratio of another receptor scales the dose for half blockade."""
    kappa = EffectSite(ed50=MAIN.ed50, half_time=MAIN.half_time, onset=MAIN.onset, ratio=2.0)
    assert kappa.blockade(one(9000), DAY) == pytest.approx(MAIN.blockade(one(4500), DAY))


def test_many_people_stand_before_the_hours() -> None:
    """Arrays of parameters give one course for each person, as each alone would."""
    half_times = np.array([19.0, 26.0, 36.0])
    many = EffectSite(ed50=5.59, half_time=half_times, onset=1.0)
    curves = many.blockade(one(4500), DAY)
    alone = EffectSite(ed50=5.59, half_time=36.0, onset=1.0).blockade(one(4500), DAY)
    assert curves.shape == (3, DAY.size)
    assert curves[2] == pytest.approx(alone)


@READINGS
def test_a_dose_that_never_blocks_much_takes_no_time_to_fade(reading: Reading) -> None:
    """No negative hours, and no warning, at a dose next to nothing."""
    assert float(reading.hours_until(0.05, after_daily=Dose(1))) == 0.0
    assert float(reading.hours_until(0.05, after_daily=Dose(0))) == 0.0


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_parameter_is_refused(bad: float) -> None:
    """A person without a half-time cannot be made."""
    with pytest.raises(ValueError, match="half_time must be a finite number above 0"):
        EffectSite(ed50=5.59, half_time=bad, onset=1.0)
    with pytest.raises(ValueError, match="ed50 must be a finite number above 0"):
        SlowRelease(ed50=bad, half_time=90.0)


def test_an_onset_slower_than_the_loss_is_refused() -> None:
    """The two rates keep their meaning."""
    with pytest.raises(ValueError, match="onset must be faster"):
        EffectSite(ed50=5.59, half_time=26.0, onset=0.01)

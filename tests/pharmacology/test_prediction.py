"""The saved prediction: the contract's shape, both readings, and the words that go with it."""

import subprocess
import sys
from typing import Any

import pytest

from openldn import pharmacology
from openldn.pharmacology import predict, shortest_transition_days
from openldn.protocol.doses import Dose
from pharmacology.vectors import dose
from support.reading import grade

ONE = predict([dose("1"), dose("4.5")])
DAILY = predict([dose("4.5")], is_daily=True)


def curves(prediction: dict[str, Any], key: str = "mu") -> dict[str, dict[float, float]]:
    """The last dose's course by hour."""
    entry = prediction["doses"][-1]
    return {
        name: dict(zip(entry["hours"], values, strict=True)) for name, values in entry[key].items()
    }


def test_the_contract_s_keys_hold_fractions_for_each_hour() -> None:
    """Two days by the half hour, each dose alone, as shares in order."""
    assert ONE["kind"] == "blockade"
    assert [entry["dose_mg"] for entry in ONE["doses"]] == [1.0, 4.5]
    for entry in ONE["doses"]:
        assert (entry["hours"][0], entry["hours"][-1], len(entry["hours"])) == (0, 48, 97)
        for key in ("mu", "mu_slower"):
            low, middle, high = (entry[key][q] for q in ("q05", "q50", "q95"))
            ordered = zip(low, middle, high, strict=True)
            assert all(0 <= a <= b <= c < 1 for a, b, c in ordered)


def test_the_typical_course_is_the_golden_one_and_the_middle_is_near_it() -> None:
    """4.5 mg: 45% at 4 hours, 33% at 24; the middle of the people within 1 percentage point."""
    main = curves(ONE)
    assert (main["typical"][4.0], main["typical"][24.0]) == pytest.approx((0.45366, 0.33215))
    assert main["q50"][24.0] == pytest.approx(main["typical"][24.0], abs=0.01)
    assert main["q05"][24.0] < 0.28  # wider than what is unknown of the typical person alone
    assert main["q95"][24.0] > 0.40


def test_one_dose_begins_at_nothing_and_daily_use_at_the_trough() -> None:
    """Hour 0 is the hour of the dose."""
    assert curves(ONE)["q50"][0.0] == 0
    daily = curves(DAILY)["typical"]
    assert daily[0.0] == daily[24.0] == daily[48.0] == pytest.approx(0.51, abs=0.01)
    assert max(daily.values()) == pytest.approx(0.64, abs=0.01)


def test_the_slower_reading_stays_higher_two_days_after_a_dose() -> None:
    """It is the one that counts where safety hangs on the blockade being gone."""
    assert ONE["where_safety_counts"] == "mu_slower"
    assert curves(ONE, "mu_slower")["q50"][48.0] > 1.3 * curves(ONE)["q50"][48.0]


def test_the_washout_is_that_of_daily_use_even_for_one_dose() -> None:
    """Never the shorter time: 12 to 18 days in the slower reading, 6 in the main one."""
    washout, daily = ONE["doses"][-1]["washout"], DAILY["doses"][-1]["washout"]
    assert washout == daily
    assert washout["hours"]["mu"]["typical"] == pytest.approx(136, abs=0.5)
    slower = washout["hours"]["mu_slower"]
    assert (slower["q05"] / 24, slower["q95"] / 24) == pytest.approx((12, 18), abs=0.5)


def test_the_limits_say_what_must_be_said() -> None:
    """No timing of opioids, no scan, effects may lag, the slower reading."""
    said = " ".join(ONE["limits"])
    for words in (
        "Never use this to time an opioid medicine",
        "No scan exists at any LDN dose",
        "lag far behind blood levels",
        "the slower one counts",
    ):
        assert words in said


def test_a_dose_above_the_cap_is_marked_as_a_comparison() -> None:
    """50 mg is told apart, and a sentence says why it is there."""
    prediction = predict([dose("4.5"), dose("50")])
    assert [entry["is_comparison_only"] for entry in prediction["doses"]] == [False, True]
    assert "only to compare" in prediction["limits"][-1]
    assert not any("only to compare" in limit for limit in ONE["limits"])


def test_the_limits_are_easy_to_read() -> None:
    """School grade 8 at most."""
    assert grade(" ".join(predict([dose("50")])["limits"])) <= 8


def test_every_citation_leads_to_a_listed_source() -> None:
    """Each number can be followed."""
    known = pharmacology.facts().sources
    assert all(one["citation"] == known[one["id"]].citation for one in ONE["citations"])
    assert ONE["citations"]


def test_the_same_seed_gives_the_same_numbers_and_another_moves_only_the_band() -> None:
    """The typical person is nobody's draw."""
    again, other = predict([dose("4.5")]), predict([dose("4.5")], seed=2)
    assert again["doses"][0] == ONE["doses"][1]
    assert other["doses"][0]["mu"]["typical"] == again["doses"][0]["mu"]["typical"]
    assert other["doses"][0]["mu"]["q95"] != again["doses"][0]["mu"]["q95"]
    assert other["model"]["seed"] == 2


def test_a_dose_of_nothing_is_refused() -> None:
    """Nothing blocks nothing."""
    with pytest.raises(ValueError, match="a dose of nothing"):
        predict([Dose(0)])


@pytest.mark.parametrize(("mg", "days"), [("0.5", 3), ("1.5", 4), ("3", 6), ("4.5", 6)])
def test_the_shortest_transition_is_the_main_reading_in_whole_days(mg: str, days: int) -> None:
    """54, 95, 121 and 136 hours, rounded up."""
    assert shortest_transition_days(dose(mg)) == days


def test_the_tables_load_without_the_model() -> None:
    """A page can show the facts without NumPy."""
    program = (
        "import sys; from openldn.pharmacology import facts; facts(); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("name", pharmacology.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    """The lazy names lead to something that exists, and `dir` shows them."""
    assert getattr(pharmacology, name) is not None
    assert name in dir(pharmacology)


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    """A misspelled name fails as on any other module."""
    with pytest.raises(AttributeError, match="no attribute 'blockaid'"):
        _ = pharmacology.blockaid

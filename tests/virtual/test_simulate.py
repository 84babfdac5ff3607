"""Virtual people: the diary follows the plan and the truth that stands beside it."""

import math
from datetime import date

import numpy as np
import pytest

from openldn.protocol.calendar import calendar
from openldn.protocol.doses import Dose
from openldn.protocol.plan import Arm
from openldn.protocol.problems import InputError
from openldn.protocol.schemes import members
from openldn.virtual import simulate
from support.plans import PAIN, plan

KINDS = [
    "blinded-withdrawal",
    "blinded-crossover",
    "open-randomised",
    "open-titration",
    "open-reversal",
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_diary_holds_what_the_plan_holds_on_each_day(kind: str) -> None:
    """Arm, dose and period of every day are those of the calendar under the invented order."""
    made = plan(kind=kind)
    diary, truth = simulate(made, effects={}, seed=5)
    order = [Arm(arm) for arm in truth["order"]] or None
    planned = calendar(made, order=order)
    assert [(day.day, day.arm, day.period) for day in diary.entries] == [
        (day.day, day.arm, day.period) for day in planned
    ]
    assert [entry.dose_ug for entry in diary.entries] == [
        day.dose.ug if day.dose is not None else None for day in planned
    ]


def test_days_start_where_the_plan_starts() -> None:
    """Dates in the file are those of the plan; without a start there are only day numbers."""
    assert simulate(plan(), effects={}, seed=1).diary.first_date == date(2026, 2, 1)
    assert simulate(plan(start=""), effects={}, seed=1).diary.first_date is None


def test_scores_stay_on_the_steps_of_their_scale() -> None:
    """Energy goes from 0 to 100 in fives, even with an effect that pushes it off the end."""
    diary, _ = simulate(plan(), effects={"energy": 95}, seed=2)
    energy = [entry.scores["energy"] for entry in diary.entries]
    recorded = [value for value in energy if value is not None]
    assert all(0 <= value <= 100 and value % 5 == 0 for value in recorded)
    assert 100 in recorded


def test_the_effect_is_what_separates_two_diaries_of_one_seed() -> None:
    """The same person with and without the effect differs by it, and only where the drug acts.

    The scale is wide and fine, so that rounding and its ends (at most 0.1 points) hide nothing.
    """
    wide = PAIN.replace("max = 10", "max = 10000\nstep = 0.1").replace("mcid = 1.0", "mcid = 50.0")
    made = plan(outcomes=wide, kind="open-titration")
    with_effect, truth = simulate(made, effects={"pain": -900}, seed=4, missing=0)
    without, _ = simulate(made, effects={"pain": 0}, seed=4, missing=0)
    difference = [
        one.scores["pain"] - other.scores["pain"]  # type: ignore[operator]
        for one, other in zip(with_effect.entries, without.entries, strict=True)
    ]
    # An independent statement of model.md section 2 for next-day action and one rung at a time.
    pace = 1 - math.exp(-1 / truth["tau"])
    exposure = dict.fromkeys(truth["effects"]["pain"], 0.0)
    expected = []
    acting = [Dose(0), *(day.level or Dose(0) for day in calendar(made))]
    for level in acting[:-1]:
        for dose in exposure:
            exposure[dose] += pace * ((dose == str(level.mg)) - exposure[dose])
        expected.append(sum(x * truth["effects"]["pain"][dose] for dose, x in exposure.items()))
    assert difference == pytest.approx(expected, abs=0.11)
    assert difference[:15] == [0.0] * 15


def test_smaller_doses_have_an_effect_in_proportion() -> None:
    """The truth names the effect of every dose that is taken."""
    _, truth = simulate(plan(), effects={"pain": -1.5}, seed=1)
    assert truth["effects"] == {
        "pain": {"1.5": -0.5, "3": -1.0, "4.5": -1.5},
        "energy": {"1.5": 0.0, "3": 0.0, "4.5": 0.0},
    }


def test_the_truth_has_the_keys_of_the_contract() -> None:
    """Whoever holds an answer against the truth finds every parameter by its agreed name."""
    _, truth = simulate(plan(), effects={"pain": 1}, seed=9)
    wanted = {"format", "seed", "effects", "tau", "phi", "w", "sigma", "alpha", "gamma", "pill"}
    assert wanted <= truth.keys()
    assert (truth["format"], truth["seed"]) == (1, 9)


def test_the_noise_has_the_size_and_the_memory_of_the_truth() -> None:
    """Over 1,500 days the scatter and the lag-1 correlation are those stated.

    Tolerances: 4 standard errors of a correlated series of that length, at most 0.12 of each.
    """
    wide = PAIN.replace("max = 10", "max = 10000").replace("mcid = 1.0", "mcid = 50.0")
    made = plan(outcomes=wide, period_days=180)
    diary, truth = simulate(made, effects={}, seed=6, missing=0)
    scores = np.array([entry.scores["pain"] for entry in diary.entries], dtype=float)
    n = len(scores)
    place = (np.arange(n) - (n - 1) / 2) / n
    noise = scores - truth["alpha"] - truth["gamma"] * place
    lag_1 = float(noise[1:] @ noise[:-1] / (noise @ noise))
    assert n > 1400
    assert float(noise.std()) == pytest.approx(truth["sigma"], rel=0.12)
    assert lag_1 == pytest.approx(truth["phi"] * (1 - truth["w"]), abs=0.12)


def test_more_missing_days_change_no_score() -> None:
    """What is answered is the same, only less of it."""
    full, _ = simulate(plan(), effects={"pain": -1}, seed=3, missing=0)
    thin, _ = simulate(plan(), effects={"pain": -1}, seed=3, missing=0.5)
    pairs = [
        (one.scores["pain"], other.scores["pain"])
        for one, other in zip(full.entries, thin.entries, strict=True)
    ]
    assert all(other in (None, one) for one, other in pairs)
    # 238 days at one half: 119 expected, standard deviation 7.7; 4 of them either way.
    assert 88 < sum(other is None for _, other in pairs) < 150


def test_a_person_who_answered_nothing_is_possible() -> None:
    """All days missing is a diary too, and what was taken is still in it."""
    diary, _ = simulate(plan(), effects={}, seed=3, missing=1)
    assert all(entry.scores["pain"] is None for entry in diary.entries)
    assert any(entry.dose_ug for entry in diary.entries)


@pytest.mark.parametrize("scheme", ["paired", "balanced", "counterbalanced", "full"])
def test_invented_orders_are_drawn_from_the_scheme_of_the_plan(scheme: str) -> None:
    """Over seeds, orders differ, and each is one that the plan could really draw."""
    made = plan(scheme=scheme)
    design = made.design
    allowed = set(
        members(
            design.scheme,
            pairs=design.pairs,
            max_run=design.max_run,
            contrast=made.contrast_arm,
        )
    )
    drawn = {tuple(simulate(made, effects={}, seed=s).truth["order"]) for s in range(12)}
    assert drawn <= {tuple(map(str, order)) for order in allowed}
    assert len(drawn) > 1


def test_a_given_order_is_kept() -> None:
    """Virtual trials may ask for one order."""
    order = (Arm.PLACEBO, Arm.ACTIVE) * 4
    _, truth = simulate(plan(), effects={}, seed=1, order=order)
    assert truth["order"] == [str(arm) for arm in order]


def test_impossible_requests_are_all_told() -> None:
    """An unknown outcome, an effect off the scale and a share above 1 are three problems."""
    with pytest.raises(InputError) as refused:
        simulate(plan(), effects={"mood": 1, "pain": math.nan}, seed=1, missing=1.5)
    assert [one.code for one in refused.value.problems] == ["LDN-C030", "LDN-C031", "LDN-C032"]

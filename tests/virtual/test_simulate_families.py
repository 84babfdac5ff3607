"""Virtual people with scales of two to six answers, or with counts."""

import math
from itertools import pairwise

import numpy as np
import pytest

from openldn.protocol.calendar import calendar
from openldn.protocol.plan import Arm
from openldn.virtual import simulate
from support.plans import ENERGY, PAIN, plan

SLEPT = """
[[outcome]]
id = "slept"
label = "Slept through"
min = 0
max = 1
better = "higher"
role = "secondary"
"""
RESTED = SLEPT.replace('"slept"', '"rested"').replace("max = 1", "max = 4")
ATTACKS = SLEPT.replace('"slept"', '"attacks"').replace("max = 1", 'max = 500\nfamily = "count"')
ALL = PAIN + ENERGY + SLEPT + RESTED + ATTACKS


def column(diary: object, key: str) -> list[float]:
    """The recorded answers of one outcome."""
    values = [entry.scores[key] for entry in diary.entries]  # type: ignore[attr-defined]
    return [value for value in values if value is not None]


def test_answers_are_whole_steps_inside_the_scale() -> None:
    """Yes or no, one of five, or a number of attacks; nothing between and nothing outside."""
    diary, truth = simulate(plan(outcomes=ALL), effects={}, seed=11)
    assert set(column(diary, "slept")) == {0.0, 1.0}
    assert set(column(diary, "rested")) <= {0.0, 1.0, 2.0, 3.0, 4.0}
    assert len(set(column(diary, "rested"))) > 2
    assert all(value == int(value) >= 0 for value in column(diary, "attacks"))
    assert {key: truth["outcomes"][key].get("family") for key in ("slept", "rested", "pain")} == {
        "slept": "binary",
        "rested": "ordinal",
        "pain": None,
    }


def test_a_gaussian_score_is_the_same_whatever_stands_behind_it_in_the_plan() -> None:
    """The streams of chance are apart: outcomes of other families change no score before them."""
    alone, _ = simulate(plan(outcomes=PAIN + ENERGY), effects={"pain": -1}, seed=3)
    beside, _ = simulate(plan(outcomes=ALL), effects={"pain": -1}, seed=3)
    for key in ("pain", "energy"):
        assert column(alone, key) == column(beside, key)


@pytest.mark.parametrize(("key", "effect"), [("slept", 0.3), ("rested", -1.0), ("attacks", -2.0)])
def test_the_effect_is_met_on_average(key: str, effect: float) -> None:
    """Over many people, settled days on LDN and on placebo differ by the effect in the truth.

    Days after the first two weeks of a period count; with an onset of at most 14 days an effect has
    come 63 to 100% of the way by then, so the difference lies between half of it and all of it,
    plus three Monte Carlo errors.
    """
    made = plan(outcomes=ALL, acts="same-day", period_days=28)
    differences, asked = [], []
    for seed in range(40):
        diary, truth = simulate(made, effects={key: effect}, seed=seed, missing=0.0)
        order = [Arm(arm) for arm in truth["order"]]
        by_arm: dict[Arm, list[float]] = {Arm.ACTIVE: [], Arm.PLACEBO: []}
        days = calendar(made, order=order)
        first = {day.period: day.day for day in reversed(days)}
        for day, entry in zip(days, diary.entries, strict=True):
            score = entry.scores[key]
            if day.period and day.arm and score is not None and day.day - first[day.period] >= 14:
                by_arm[day.arm].append(score)
        differences.append(np.mean(by_arm[Arm.ACTIVE]) - np.mean(by_arm[Arm.PLACEBO]))
        asked.append(truth["effects"][key][str(made.design.target.mg)])
    share = np.array(differences) / effect
    error = share.std() / math.sqrt(len(share))
    assert 0.5 - 3 * error < share.mean() < 1.0 + 3 * error
    # What cannot be made is cut short and told; here it can.
    assert asked == pytest.approx([effect] * len(asked), abs=0.02 * abs(effect))


def test_an_effect_that_no_chance_can_make_is_cut_short_in_the_truth() -> None:
    """From about half of the days to 95 of 100 more is not possible; the truth says what is."""
    _, truth = simulate(plan(outcomes=ALL), effects={"slept": 0.95}, seed=2)
    reached = list(truth["effects"]["slept"].values())[-1]
    assert 0.3 < reached < 0.75


def test_smaller_doses_do_less() -> None:
    """The ladder's effects rise with the dose, in points and on the link scale."""
    _, truth = simulate(plan(outcomes=ALL), effects={"rested": 1.0}, seed=2)
    for told in (truth["effects"]["rested"], truth["outcomes"]["rested"]["link_effects"]):
        by_dose = [told[dose] for dose in sorted(told, key=float)]
        assert all(low < high for low, high in pairwise(by_dose))

"""Side effects of a diary: counted, asked by the family binary, and never in the way."""

from dataclasses import replace
from typing import Any

import pytest

from openldn.diary import Diary
from openldn.inference import Answer, analyse
from openldn.protocol.outcomes import Better, Family
from support.trials import diary_of, outcome, pairs


def with_side_effect(diary: Diary, id_: str, grades: dict[int, int | None]) -> Diary:
    """The same diary with a column of grades by day; a day not named was not asked."""
    entries = tuple(
        replace(one, side_effects={**one.side_effects, id_: grades.get(one.day)})
        for one in diary.entries
    )
    return replace(diary, entries=entries, side_effect_ids=(*diary.side_effect_ids, id_))


def harm_of(answer: Answer, id_: str) -> dict[str, Any]:
    """One row of `harms` as it is written."""
    (found,) = (harm for harm in answer.to_json()["harms"] if harm["id"] == id_)
    return found


DIARY = diary_of(pairs("NANANA", days=14), seed=3).diary
ON = [day for day in range(84) if day // 14 % 2]
OFF = [day for day in range(84) if not day // 14 % 2]


def test_days_are_counted_on_both_sides_and_the_chance_follows() -> None:
    """On 21 of 42 days on LDN and 4 of 42 without it is very likely raised; grades count alike."""
    grades: dict[int, int | None] = dict.fromkeys(range(84), 0)
    grades |= dict.fromkeys(ON[::2], 1) | dict.fromkeys(OFF[::11], 3)
    answer = analyse(with_side_effect(DIARY, "vivid-dreams", grades), outcomes=[outcome()])
    found = harm_of(answer, "vivid-dreams")
    assert found["days_active"] == {"found": 21, "asked": 42}
    assert found["days_contrast"] == {"found": 4, "asked": 42}
    assert found["contrast"] == "none"
    assert found["reason"] is None
    assert found["p_raised"] > 0.9
    assert 0.1 < found["effect"]["mean"] < 0.5
    assert found["link_effect"]["mean"] > found["effect"]["mean"]
    assert set(answer.outcomes) == {"pain"}


def test_days_that_were_not_asked_are_not_days_without() -> None:
    """Asked on every second day: half of the days are counted."""
    grades: dict[int, int | None] = {day: int(day % 14 == 0) for day in range(0, 84, 2)}
    found = harm_of(
        analyse(with_side_effect(DIARY, "nausea", grades), outcomes=[outcome()]), "nausea"
    )
    assert found["days_active"]["asked"] == found["days_contrast"]["asked"] == 21


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        (dict.fromkeys(range(84), 0), "not noted on any of the days"),
        (dict.fromkeys(range(84), 2), "noted on every day"),
        ({0: 1, 20: 0, 30: 1}, "3 recorded values"),
    ],
)
def test_what_cannot_be_answered_says_why_and_stops_nothing(
    grades: dict[int, int | None], words: str
) -> None:
    """A reason stands in the place of the answer; the outcome is answered as ever."""
    alone = analyse(DIARY, outcomes=[outcome()])
    beside = analyse(with_side_effect(DIARY, "nausea", grades), outcomes=[outcome()])
    found = harm_of(beside, "nausea")
    assert words in found["reason"]
    assert found["effect"] is None is found["p_raised"]
    assert beside.outcomes["pain"].to_json() == alone.outcomes["pain"].to_json()


def test_three_days_of_ninety_leave_it_open() -> None:
    """A rare side effect gives a wide answer that leans nowhere far."""
    grades: dict[int, int | None] = dict.fromkeys(range(84), 0) | {15: 1, 17: 1, 3: 1}
    found = harm_of(
        analyse(with_side_effect(DIARY, "nausea", grades), outcomes=[outcome()]), "nausea"
    )
    assert 0.2 < found["p_raised"] < 0.8
    assert found["effect"]["q025"] < 0 < found["effect"]["q975"]
    assert found["link_effect"]["sd"] > 0.5  # the prior's is 0.75


def test_a_side_effect_that_the_plan_scores_is_an_outcome_and_no_harm_beside() -> None:
    """What is an outcome of its own is not told twice."""
    grades: dict[int, int | None] = {day: day % 4 for day in range(84)}
    diary = with_side_effect(DIARY, "nausea", grades)
    answer = analyse(diary, outcomes=[outcome(), outcome(id="nausea", maximum=3.0)])
    assert answer.harms == ()


def test_an_evidence_prior_for_the_outcome_leaves_side_effects_to_the_default() -> None:
    """Studies of pain say nothing on dreams, so they are never refused for want of studies."""
    grades: dict[int, int | None] = {day: int(day % 5 == 0) for day in range(84)}
    diary = with_side_effect(DIARY, "nausea", grades)
    wide = harm_of(analyse(diary, outcomes=[outcome()], prior="wide"), "nausea")
    usual = harm_of(analyse(diary, outcomes=[outcome()]), "nausea")
    assert wide["link_effect"]["sd"] > usual["link_effect"]["sd"]


def test_each_dose_has_its_own_days_and_chance() -> None:
    """Three stretches on two doses: days are counted by what was taken, the answer by dose."""
    doses = [0] * 28 + [1500] * 28 + [4500] * 28
    entries = tuple(
        replace(one, arm=None, dose_ug=dose) for one, dose in zip(DIARY.entries, doses, strict=True)
    )
    grades: dict[int, int | None] = dict.fromkeys(range(84), 0)
    grades |= dict.fromkeys(range(30, 56, 7), 1) | dict.fromkeys(range(56, 84, 2), 1)
    diary = with_side_effect(replace(DIARY, entries=entries), "nausea", grades)
    found = harm_of(analyse(diary, outcomes=[outcome()], sensitivity=False), "nausea")
    low, high = found["levels"]
    assert (low["dose_mg"], low["days"]) == (1.5, {"found": 4, "asked": 28})
    assert (high["dose_mg"], high["days"]) == (4.5, {"found": 14, "asked": 28})
    assert high["p_raised"] > low["p_raised"]


def test_a_yes_or_no_outcome_is_counted_by_the_capsule_of_the_day() -> None:
    """Days above the lowest answer, days with an answer, and their sum, on both sides."""
    sweats = outcome(id="pain", maximum=1.0, better=Better.LOWER, family=Family.BINARY)
    entries = tuple(
        replace(one, scores={"pain": None if one.day % 14 == 5 else float(one.day % 4 == 0)})
        for one in DIARY.entries
    )
    diary = replace(DIARY, entries=entries)
    (found,) = analyse(diary, outcomes=[sweats], sensitivity=False).to_json()["outcomes"]
    given = [day for day in range(84) if day % 14 != 5]
    for side, days in (("days_active", ON), ("days_contrast", OFF)):
        asked = [day for day in given if day in days]
        yes = sum(day % 4 == 0 for day in asked)
        assert found[side] == {"found": yes, "asked": len(asked), "sum": yes}
    (gaussian,) = analyse(DIARY, outcomes=[outcome()], sensitivity=False).to_json()["outcomes"]
    assert gaussian["days_active"] is None is gaussian["days_contrast"]


def test_a_hundred_answers_lie_as_the_chances_say() -> None:
    """In rising order, with as many beyond the difference that matters as the chance of it."""
    (found,) = analyse(DIARY, outcomes=[outcome()], sensitivity=False).to_json()["outcomes"]
    hundred = found["hundred"]
    assert len(hundred) == 100
    assert hundred == sorted(hundred)
    level = found["levels"][0]
    better = sum(value < -found["mcid"] for value in hundred)
    assert abs(better - 100 * level["p_meaningful_benefit"]) <= 0.5 + 1e-6
    assert sum(value < 0 for value in hundred) == round(100 * level["p_benefit"])

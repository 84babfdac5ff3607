"""Stop rules: when a moment that the plan names has come, and that it is never lost."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openldn.protocol import (
    Plan,
    RecordedDay,
    StopRule,
    WatchedOn,
    WatchedRule,
    met_rules,
    unsettled_rules,
    watched_rules,
)
from protocol.plans import plan

SIDE_EFFECTS = {"headache": "Headache", "vivid_dreams": "Vivid dreams"}
EVENTS = {"flare": "A flare", "steroid_burst": "Steroids for a few days"}
START = date(2026, 11, 28)


def rule(on: str = "pain", *, days: int = 3, within: int = 5, **limit: Any) -> StopRule:
    """A stop rule; pain at 9 or more unless told otherwise."""
    limit = limit or {"at_least": 9.0}
    return StopRule(id=f"{on}-rule", on=on, days=days, within=within, **limit)


def with_rules(*rules: StopRule) -> Plan:
    """The good plan, with other stop rules."""
    return replace(plan(), stop_rules=rules)


def watch(*rules: StopRule) -> tuple[WatchedRule, ...]:
    """The rules with the records of the app."""
    return watched_rules(with_rules(*rules), side_effects=SIDE_EFFECTS, events=EVENTS)


def pain(text: str) -> list[RecordedDay]:
    """One day for each word: a score, or `-` for a day without one."""
    return [
        RecordedDay(day=day, scores={"pain": None if word == "-" else float(word)})
        for day, word in enumerate(text.split())
    ]


# days, then which of them met the rule on the last of them; None: not met.
SPEC = [
    ("9 9 9", {}, (0, 1, 2), "three in a row"),
    ("9 9 0 9", {}, (0, 1, 3), "not in a row, within five"),
    ("9 9 8.9", {}, None, "just below the threshold"),
    ("10 9 9", {}, (0, 1, 2), "exactly at the threshold counts"),
    ("9 9", {}, None, "too few days"),
    ("9 9 0 0 9", {}, (0, 1, 4), "the window's first day still counts"),
    ("9 9 0 0 0 9", {}, None, "the first day has left the window"),
    ("9 9 - 9", {}, (0, 1, 3), "a missing day is a day of the calendar and no more"),
    ("9 9 - - - 9", {}, None, "missing days let the window move on"),
    ("9 - 9 - 9", {}, (0, 2, 4), "missing days do not spoil the others"),
    ("- - - - -", {}, None, "missing never meets"),
    ("9 9 nan 9", {}, (0, 1, 3), "not a number is missing"),
    ("9 9 9 0", {}, (0, 1, 2), "met before, and still within the window"),
    ("2 1 0", {"at_most": 2.0}, (0, 1, 2), "at most"),
    ("2 2.1 2 -", {"at_most": 2.0}, None, "at most: above is not met, missing is not low"),
    ("0 0 0", {"at_most": 0.0}, (0, 1, 2), "at most 0: a zero is a value"),
    ("0", {"at_least": 0.0, "days": 1, "within": 1}, (0,), "at least 0"),
    ("9 0", {"days": 1, "within": 1}, None, "one day is that day"),
]


@pytest.mark.parametrize(("scores", "changes", "expected", "why"), SPEC, ids=[s[3] for s in SPEC])
def test_a_rule_is_met_by_so_many_of_the_last_days(
    scores: str, changes: dict[str, Any], expected: tuple[int, ...] | None, why: str
) -> None:
    """At least so many of the calendar days that end today; missing days count as nothing."""
    recorded = pain(scores)
    met = met_rules(watch(rule(**changes)), recorded, today=len(recorded) - 1)
    assert [one.days for one in met] == ([] if expected is None else [expected]), why


# what is watched, what one day holds, whether it is met
KINDS = [
    ("headache", {"at_least": 2.0}, {"side_effects": {"headache": 2}}, True),
    ("headache", {"at_least": 2.0}, {"side_effects": {"headache": 1}}, False),
    ("headache", {"at_least": 2.0}, {"side_effects": {"headache": None}}, False),
    ("headache", {"at_least": None}, {"side_effects": {"headache": 1}}, True),
    ("headache", {"at_least": None}, {"side_effects": {"headache": 0}}, False),
    ("headache", {"at_least": 8.0}, {"side_effects": {"headache": 3}}, True),
    ("headache", {"at_most": 0.0}, {"side_effects": {"headache": 0}}, True),
    ("flare", {"at_least": None}, {"events": ("flare",)}, True),
    ("flare", {"at_least": None}, {"events": ("infection",)}, False),
    ("flare", {"at_least": 5.0}, {"events": ("flare",)}, True),
    ("steroid-burst", {"at_least": None}, {"events": ("steroid_burst",)}, True),
    ("safety", {"at_least": None}, {"is_safety_touched": True}, True),
    ("safety", {"at_least": None}, {}, False),
    ("pain", {"at_least": 9.0}, {"side_effects": {"pain": 9}, "events": ("pain",)}, False),
    ("dizziness", {"at_least": 1.0}, {"side_effects": {"dizziness": 3}}, False),
]


@pytest.mark.parametrize(("on", "limit", "holds", "is_met"), KINDS)
def test_scores_side_effects_events_and_safety_can_be_watched(
    on: str, limit: dict[str, Any], holds: dict[str, Any], is_met: bool
) -> None:
    """Each rule looks at its own record; what has no number is met when it is there."""
    watched = watch(rule(on, days=1, within=1, **limit))
    assert bool(met_rules(watched, [RecordedDay(day=0, **holds)], today=0)) is is_met


def test_a_rule_that_no_record_can_meet_says_so() -> None:
    """Nobody may believe that something is watched which is not."""
    watched = watch(rule("dizziness"), rule("vivid-dreams"), rule("pain"))
    assert [one.on for one in watched] == [
        WatchedOn.NOTHING,
        WatchedOn.SIDE_EFFECT,
        WatchedOn.SCORE,
    ]
    assert watched[0].label == "Dizziness"


WORDS = [
    (rule(), "Muscle pain 9 or more on 3 of 5 days"),
    (rule(at_most=2.0, days=3, within=3), "Muscle pain 2 or less on 3 days in a row"),
    (rule(at_least=9.5, days=1, within=1), "Muscle pain 9.5 or more"),
    (rule("headache", at_least=2.0, days=1, within=1), "Headache moderate or worse"),
    (rule("headache", at_least=3.0, days=2, within=2), "Headache severe on 2 days in a row"),
    (rule("headache", at_least=None, days=1, within=1), "Headache mild or worse"),
    (rule("headache", at_most=1.0, days=1, within=1), "Headache mild or less"),
    (rule("headache", at_most=0.0, days=1, within=1), "Headache none"),
    (rule("flare", at_least=None, days=2, within=7), "A flare on 2 of 7 days"),
    (rule("safety", at_least=None, days=1, within=1), "A yes to a safety question"),
]


@pytest.mark.parametrize(("one", "words"), WORDS, ids=[w for _, w in WORDS])
def test_the_moment_reads_as_the_plan_names_it(one: StopRule, words: str) -> None:
    """Label, limit, and how often."""
    assert watch(one)[0].words == words


def test_every_evaluation_can_be_explained() -> None:
    """The days that met the rule are told as dates, across the end of a month."""
    (met,) = met_rules(watch(rule()), pain("9 0 9 9 9"), today=4)
    assert (
        met.explained(START)
        == "Muscle pain was 9 or more on 28 and 30 November and 1 and 2 December."
    )
    (flare,) = met_rules(
        watch(rule("flare", at_least=None, days=1, within=1)),
        [RecordedDay(day=3, events=("flare",))],
        today=3,
    )
    assert flare.explained(START) == "A flare was recorded on 1 December."


def test_several_rules_are_judged_apart() -> None:
    """One met rule neither hides nor drags in another."""
    watched = watch(
        rule(),
        rule("energy", at_most=1.0, days=2, within=2),
        rule("flare", at_least=None, days=1, within=3),
    )
    days = [
        RecordedDay(day=0, scores={"pain": 9, "energy": 1}, events=("flare",)),
        RecordedDay(day=1, scores={"pain": 9, "energy": 1}),
        RecordedDay(day=2, scores={"pain": 3, "energy": 5}),
    ]
    assert [(m.rule.on, m.days) for m in met_rules(watched, days, today=1)] == [
        ("energy", (0, 1)),
        ("flare", (0,)),
    ]
    assert [m.rule.on for m in met_rules(watched, days, today=2)] == ["flare"]


def unsettled(scores: str, *told: int) -> list[tuple[int, ...]]:
    """The days of the pain rule that nobody was told of."""
    found = unsettled_rules(watch(rule()), pain(scores), settled={"pain-rule": told})
    return [one.days for one in found]


def test_a_moment_stays_until_somebody_was_told() -> None:
    """The window moves on, the notice does not."""
    assert unsettled("9 9 9 0 0 0 0 0 0") == [(0, 1, 2)]
    assert unsettled("9 9 9 0 0 0 0 0 0", 0, 1, 2) == []


def test_a_later_day_that_meets_it_brings_the_moment_back() -> None:
    """Met anew: the new day is shown with the days that make it a moment."""
    assert unsettled("9 9 9 0 0 0 0 9", 0, 1, 2) == []
    assert unsettled("9 9 9 9", 0, 1, 2) == [(0, 1, 2, 3)]
    assert unsettled("9 9 9 0 0 0 0 9 9 9", 0, 1, 2) == [(7, 8, 9)]


def test_a_day_filled_in_late_brings_the_moment_back() -> None:
    """What was told of was another set of days."""
    assert unsettled("9 9 - 9", 0, 1, 3) == []
    assert unsettled("9 9 9 9", 0, 1, 3) == [(0, 1, 2, 3)]


def test_two_moments_that_were_not_told_come_together() -> None:
    """After a long absence nothing of what happened is left out."""
    assert unsettled("9 9 9 0 0 0 0 0 9 9 9") == [(0, 1, 2, 8, 9, 10)]


SCORES = st.lists(st.one_of(st.none(), st.floats(0, 10)), min_size=1, max_size=25)
RULES = st.builds(
    lambda days, more, limit, is_least: rule(
        days=days, within=days + more, **{"at_least" if is_least else "at_most": limit}
    ),
    st.integers(1, 4),
    st.integers(0, 5),
    st.floats(0, 10),
    st.booleans(),
)


def recorded(values: list[float | None]) -> list[RecordedDay]:
    """Days in a row."""
    return [RecordedDay(day=i, scores={"pain": value}) for i, value in enumerate(values)]


class TestMissingDays:
    """A day without a value never meets a limit, and never takes away what others have met."""

    @given(one=RULES, values=SCORES, data=st.data())
    def test_a_gap_row_changes_nothing(
        self, one: StopRule, values: list[float | None], data: st.DataObject
    ) -> None:
        """A row that says nothing, one that is absent, and one with NaN are the same."""
        days = recorded(values)
        today = len(days) - 1
        missing = data.draw(st.sampled_from([None, math.nan]))
        without = [day for day in days if day.scores["pain"] is not None]
        with_nan = [
            day
            if day.scores["pain"] is not None
            else RecordedDay(day=day.day, scores={"pain": missing})
            for day in days
        ]
        expected = met_rules(watch(one), days, today=today)
        assert met_rules(watch(one), without, today=today) == expected
        assert met_rules(watch(one), with_nan, today=today) == expected

    @given(one=RULES, values=SCORES, gaps=st.integers(1, 8))
    def test_gaps_afterwards_never_take_away_a_moment_within_the_window(
        self, one: StopRule, values: list[float | None], gaps: int
    ) -> None:
        """Days that still lie within the window, and are enough, stay met."""
        days = recorded(values)
        today = len(days) - 1
        later = today + gaps
        for met in met_rules(watch(one), days, today=today):
            kept = tuple(day for day in met.days if day > later - one.within)
            found = met_rules(watch(one), recorded([*values, *[None] * gaps]), today=later)
            assert [m.days for m in found] == ([kept] if len(kept) >= one.days else [])

    @given(one=RULES, values=SCORES, gaps=st.integers(1, 8))
    def test_gaps_never_take_away_what_nobody_was_told(
        self, one: StopRule, values: list[float | None], gaps: int
    ) -> None:
        """Not even when the window has moved on."""
        before = unsettled_rules(watch(one), recorded(values), settled={})
        after = unsettled_rules(watch(one), recorded([*values, *[None] * gaps]), settled={})
        assert after == before

    @given(one=RULES, values=SCORES)
    def test_every_day_is_compared_with_a_plain_count(
        self, one: StopRule, values: list[float | None]
    ) -> None:
        """The slow way: count the days of each window by hand."""
        days = recorded(values)

        def meets(value: float | None) -> bool:
            if value is None:
                return False
            return value >= one.at_least if one.at_least is not None else value <= one.at_most  # type: ignore[operator]

        ever: set[int] = set()
        for today in range(len(values)):
            window = range(max(0, today - one.within + 1), today + 1)
            counted = tuple(day for day in window if meets(values[day]))
            is_met = len(counted) >= one.days
            found = met_rules(watch(one), days, today=today)
            assert [m.days for m in found] == ([counted] if is_met else [])
            ever.update(counted if is_met else ())
        pending = unsettled_rules(watch(one), days, settled={})
        assert [set(m.days) for m in pending] == ([ever] if ever else [])
        assert unsettled_rules(watch(one), days, settled={one.id: ever}) == ()

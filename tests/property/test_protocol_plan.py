"""Rules of the protocol, hunted for counter-examples over plans of every shape."""

from datetime import date
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from openldn.protocol.calendar import Phase, PlannedDay, calendar, planned_on
from openldn.protocol.doses import MAX_DAILY, NOTHING, Dose
from openldn.protocol.outcomes import Better, Family, Outcome, Role
from openldn.protocol.plan import (
    Acts,
    Analysis,
    Arm,
    Design,
    Drug,
    Kind,
    LadderStep,
    Person,
    Plan,
    Prescriber,
    RampStep,
    Scheme,
    StopRule,
)
from openldn.protocol.schemes import member, set_size
from openldn.protocol.seal import is_member

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[LadderStep, ...]:
    """Rungs that rise by at most 1.5 mg up to at most 4.5 mg."""
    rises = draw(st.lists(st.integers(1, 15), min_size=1, max_size=6))
    ug, rungs = 0, []
    for rise in rises:
        ug += rise * 100
        if ug <= MAX_DAILY.ug:
            rungs.append(LadderStep(dose=Dose(ug), min_days=draw(st.integers(1, 20))))
    return tuple(rungs)


@st.composite
def plans(draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind)) -> Plan:
    """Make plans that keep every rule."""
    kind = draw(st.sampled_from(kinds))
    ladder = draw(ladders())
    transition = draw(st.integers(4, 9))
    plan = Plan(
        person=Person(label=draw(TEXT), conditions=("lupus",), birth_year=1980),
        prescriber=Prescriber(name=draw(TEXT), agreed=date(2026, 1, 5)),
        drug=Drug(
            form=draw(st.sampled_from(["capsule", "liquid", "tablet"])),
            acts=draw(st.sampled_from(Acts)),
            already_on=draw(st.sampled_from([NOTHING, *(step.dose for step in ladder)])),
        ),
        ladder=ladder,
        design=Design(
            kind=kind,
            start=draw(st.none() | st.dates(date(2020, 1, 1), date(2050, 1, 1))),
            baseline_days=draw(st.integers(0, 20)),
            open_days=draw(st.integers(0, 40)),
            target=draw(st.sampled_from([step.dose for step in ladder])),
            pairs=draw(st.integers(1, 5)) if kind.has_periods else 0,
            period_days=transition + draw(st.integers(1, 14)),
            transition_days=transition,
            scheme=draw(st.sampled_from(Scheme)),
            max_run=draw(st.integers(2, 4)),
            ramp=(RampStep(days=draw(st.integers(3, 4)), fraction=Fraction(1, 2)),),
            none_days=draw(st.integers(0, 10)),
        ),
        outcomes=(_outcome("pain", Role.PRIMARY, draw(st.sampled_from([0.5, 1.0, 1.3]))),),
        analysis=Analysis(prior="wide", decision=0.9, asymmetric=draw(st.booleans())),
        stop_rules=(StopRule(id="worse", on="pain", at_least=9.0, days=2, within=3),),
    )
    assume(plan.check() == ())
    return plan


def _outcome(name: str, role: Role, mcid: float) -> Outcome:
    return Outcome(
        id=name,
        label=name,
        minimum=0,
        maximum=10,
        better=Better.LOWER,
        mcid=mcid,
        role=role,
        family=Family.GAUSSIAN,
    )


def any_order(plan: Plan, data: st.DataObject) -> tuple[Arm, ...] | None:
    """Draw one order of the plan's scheme; None where nothing is drawn."""
    design = plan.design
    if not design.kind.is_randomised:
        return None
    size = set_size(design.scheme, pairs=design.pairs, max_run=design.max_run)
    index = data.draw(st.integers(0, size - 1))
    return member(
        design.scheme,
        index,
        pairs=design.pairs,
        max_run=design.max_run,
        contrast=plan.contrast_arm,
    )


class TestFile:
    """A plan reads back from its own text as an equal plan."""

    @given(plans(), st.booleans())
    def test_round_trip(self, plan: Plan, is_commented: bool) -> None:
        """Through text and bytes, with and without comments."""
        text = plan.to_toml(is_commented=is_commented)
        assert Plan.from_toml(text.encode()) == plan

    @given(plans())
    def test_the_text_is_a_fixed_point(self, plan: Plan) -> None:
        """Writing what was read writes the same text."""
        text = plan.to_toml()
        assert Plan.from_toml(text.encode()).to_toml() == text


class TestCalendar:
    """One function answers "what is planned on day d", for every day and every order."""

    @given(plans(), st.data())
    def test_the_list_and_the_question_agree(self, plan: Plan, data: st.DataObject) -> None:
        """Any day asked for is the day of the list, sealed or open."""
        order = any_order(plan, data)
        for shown in (None, order):
            days = calendar(plan, order=shown)
            assert len(days) == plan.total_days
            assert days == tuple(planned_on(plan, d, order=shown) for d in range(len(days)))
            assert planned_on(plan, len(days), order=shown).phase is Phase.AFTER

    @given(plans())
    def test_periods_tile_their_part_of_the_days(self, plan: Plan) -> None:
        """No day between two periods, none in both, none outside."""
        inside = [day.day for day in calendar(plan) if day.period is not None]
        tiled = [d for p in plan.periods for d in range(p.first_day, p.first_day + p.days)]
        assert inside == tiled == list(range(tiled[0], tiled[0] + len(tiled))) if tiled else True
        assert len(inside) == plan.design.n_periods * plan.design.period_days

    @given(plans(), st.data())
    def test_no_day_holds_more_than_the_target_or_the_limit(
        self, plan: Plan, data: st.DataObject
    ) -> None:
        """Above 4.5 mg never; above the target only what was already taken before day 0."""
        for day in calendar(plan, order=any_order(plan, data)):
            assert day.dose is not None
            assert day.dose <= max(plan.design.target, plan.drug.already_on) <= MAX_DAILY

    @given(plans(), st.data())
    def test_no_rung_is_skipped(self, plan: Plan, data: st.DataObject) -> None:
        """Before the periods a dose rises by one rung at a time, and never by more than 1.5 mg."""
        rungs = [NOTHING, *(step.dose for step in plan.ladder)]
        days = calendar(plan, order=any_order(plan, data))
        before = [day.dose for day in days[: plan.first_period_day]]
        for last, dose in pairwise(before):
            assert last is not None
            assert dose is not None
            if dose > last:
                assert rungs.index(dose) == rungs.index(last) + 1
                assert dose.ug - last.ug <= 1500

    @given(plans(), st.data())
    def test_active_after_another_arm_comes_back_through_the_ramp(
        self, plan: Plan, data: st.DataObject
    ) -> None:
        """In the periods no day rises by more than half the target, under any order."""
        days = calendar(plan, order=any_order(plan, data))[plan.first_period_day :]
        for last, day in pairwise(days):
            assert last.dose is not None
            assert day.dose is not None
            assert 2 * (day.dose.ug - last.dose.ug) <= plan.design.target.ug

    @given(plans(), st.data())
    def test_the_first_drawn_day_never_skips_a_rung_either(
        self, plan: Plan, data: st.DataObject
    ) -> None:
        """From the last open day into an active first period: at most one rung, at most 1.5 mg."""
        order = any_order(plan, data)
        first = plan.first_randomised_day
        if order is None or first is None or first == 0:
            return
        last, day = (planned_on(plan, d, order=order).dose for d in (first - 1, first))
        assert last is not None
        assert day is not None
        assert day.ug - last.ug <= 1500

    @given(plans(), st.data())
    def test_level_and_arm_agree(self, plan: Plan, data: st.DataObject) -> None:
        """An active day counts as a dose, any other as none; only a ramp day holds less."""
        for day in calendar(plan, order=any_order(plan, data)):
            assert day.dose is not None
            assert day.level is not None
            assert (day.arm is Arm.ACTIVE) == (day.level > NOTHING)
            assert day.dose == day.level or (day.is_ramp and day.dose < day.level)


class TestBlind:
    """While the order is sealed, nothing that is shown depends on it."""

    RANDOMISED = tuple(kind for kind in Kind if kind.is_randomised)

    @given(plans(RANDOMISED), st.data())
    def test_what_the_sealed_calendar_shows_is_in_every_open_one(
        self, plan: Plan, data: st.DataObject
    ) -> None:
        """Two orders differ in arm, dose and level of drawn days alone."""

        def public(days: tuple[PlannedDay, ...]) -> list[tuple[object, ...]]:
            return [(d.day, d.phase, d.period, d.pair, d.is_transition, d.is_ramp) for d in days]

        order = any_order(plan, data)
        sealed, opened = calendar(plan), calendar(plan, order=order)
        assert public(sealed) == public(opened)
        for closed, day in zip(sealed, opened, strict=True):
            is_drawn = day.phase is Phase.RANDOMISED
            assert closed.arm == (None if is_drawn else day.arm)
            assert closed.dose == (None if is_drawn else day.dose)

    @given(plans(RANDOMISED), st.data())
    def test_every_order_of_the_set_is_told_to_be_one(
        self, plan: Plan, data: st.DataObject
    ) -> None:
        """The check of a released order knows each member of its set."""
        order = any_order(plan, data)
        assert order is not None
        assert is_member(order, plan)

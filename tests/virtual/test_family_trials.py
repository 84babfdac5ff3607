"""Virtual trials of yes-or-no answers, answers in order and counts."""

import json
from dataclasses import replace

import numpy as np
import pytest

from openldn import analyse, design
from openldn.diary import Diary, Entry
from openldn.inference import looks
from openldn.protocol.calendar import calendar
from openldn.protocol.outcomes import Family
from openldn.protocol.plan import Plan
from openldn.protocol.schemes import member
from openldn.virtual import Assumptions, null_trials, sentences, table
from openldn.virtual.study import FEWER_TRIALS
from openldn.virtual.trials import Block, answers_of, draw, run_block, template_of
from support.plans import PAIN, small_plan

SCALES = {
    Family.BINARY: ("max = 1", 0.1),
    Family.ORDINAL: ("max = 4", 0.5),
    Family.COUNT: ('max = 60\nfamily = "count"', 1.0),
}


def planned(family: Family, **shape: object) -> Plan:
    """Four blinded pairs whose primary outcome is of the family."""
    scale, mcid = SCALES[family]
    text = PAIN.replace("max = 10", scale).replace("mcid = 1.0", f"mcid = {mcid}")
    return small_plan(outcomes=text, **shape)  # type: ignore[arg-type]


def block(plan: Plan, effect: float, **changes: object) -> Block:
    """Some of a believable person's trials."""
    made = Block(
        plan=plan,
        effect=effect,
        assumptions=Assumptions.believable(plan.primary),
        seed=1,
        number=0,
        count=6,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def number_of(plan: Plan, template: object) -> int:
    """Which order of the scheme a template stands for."""
    return next(n for n in range(2**8) if template_of(plan, n) is template)


def kept(plan: Plan, score: np.ndarray, number: int) -> tuple[Diary, tuple]:
    """The same answers as a diary that a person could have kept, and the order behind it."""
    shape = plan.design
    order = member(
        shape.scheme,
        number,
        pairs=shape.pairs,
        max_run=shape.max_run,
        contrast=plan.contrast_arm,
    )
    entries = [
        Entry(
            day=day.day,
            arm=day.arm,
            dose_ug=day.dose.ug if day.dose else None,
            period=day.period,
            scores={"pain": None if np.isnan(score[day.day]) else score[day.day]},
        )
        for day in calendar(plan, order=order)
    ]
    return Diary.from_entries(entries, outcome_ids=["pain"], side_effect_ids=[]), order


@pytest.mark.parametrize(
    ("family", "effect"), [(Family.BINARY, -0.2), (Family.ORDINAL, -0.8), (Family.COUNT, -1.5)]
)
def test_a_virtual_trial_is_told_what_a_real_one_would_be(family: Family, effect: float) -> None:
    """The chance of a benefit, the spread and the verdict are those of `analyse`."""
    plan = planned(family, none_days=14)
    one = block(plan, effect)
    people, tally = draw(one), run_block(one)
    found = answers_of(people, plan=plan)
    verdicts = []
    for at, (score, row) in enumerate(zip(people.score, people.order, strict=True)):
        diary, order = kept(plan, score, number_of(plan, people.templates[row]))
        answer = analyse(diary, plan=plan, order=order, sensitivity=False).outcomes["pain"]
        assert found.p_benefit[at] == pytest.approx(answer.headline.p_benefit, abs=1e-9)
        assert found.sd[at] == pytest.approx(answer.headline.effect.sd, rel=1e-9)
        verdicts.append(answer.verdict)
    assert tally.benefit == verdicts.count("clear-benefit")
    assert tally.harm == verdicts.count("clear-harm")
    assert tally.fitted == tally.alone == len(verdicts)


@pytest.mark.parametrize("family", SCALES)
def test_people_depend_on_the_seed_alone_and_answer_on_their_scale(family: Family) -> None:
    """More trials keep the first ones, every effect meets the same people, answers are whole."""
    plan = planned(family)
    few, many = draw(block(plan, -0.2)), draw(block(plan, -0.2, count=12))
    np.testing.assert_array_equal(few.score, many.score[:6])
    none = draw(block(plan, 0.0))
    np.testing.assert_array_equal(np.isnan(few.score), np.isnan(none.score))
    values = many.score[~np.isnan(many.score)]
    assert (values == np.round(values)).all()
    assert values.min() >= plan.primary.minimum
    assert values.max() <= plan.primary.maximum
    assert np.isnan(many.score[:, : plan.first_randomised_day]).all()


@pytest.mark.parametrize(
    ("family", "effect"), [(Family.BINARY, -0.2), (Family.ORDINAL, -0.8), (Family.COUNT, -1.5)]
)
def test_an_effect_is_so_many_points_on_the_days_of_the_drug(family: Family, effect: float) -> None:
    """With an onset of a tenth of a day, days on the drug lie lower by what was asked."""
    plan = planned(family)
    quick = replace(Assumptions.believable(plan.primary), tau=(0.1, 0.1), missing=0.0)
    with_it, without = (
        draw(block(plan, size, count=256, assumptions=quick)) for size in (effect, 0.0)
    )
    level = np.stack([one.level for one in with_it.templates])[with_it.order]
    day = np.arange(level.shape[1]) >= (plan.first_randomised_day or 0)
    on, off = (level == level.max()) & day, (level != level.max()) & day
    moved = with_it.score[on].mean() - without.score[on].mean()
    # Two draws of 256 x 56 days that wander: about a twentieth of the effect.
    assert moved == pytest.approx(effect, rel=0.15)
    assert with_it.score[off].mean() == pytest.approx(without.score[off].mean(), abs=0.05 * -effect)


def test_a_study_of_a_yes_or_no_outcome_is_told_like_any_other() -> None:
    """Effects are multiples of what matters; the errors are printed; noise in points is not."""
    plan = planned(Family.BINARY)
    study = design(plan, trials=2, effects=[0.0, -0.2])
    assert len(study.designs) > 1
    assert study.share_finished_alone == 1.0
    assert json.loads(json.dumps(study.to_json()))["assumptions"]["sigma"] is None
    told = " ".join(sentences(study))
    assert "slow ups and downs" in told
    assert "daily noise" not in told
    assert "rest on 2 virtual trials" in told
    assert "if LDN brings 20 fewer days in 100 with muscle pain" in told
    assert "For a difference of 20 days in 100" in told
    assert "points" not in told
    assert table(study)


def test_fewer_trials_are_the_default_where_each_takes_a_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits an hour without having asked for it."""
    asked: list[Block] = []

    def watching(blocks: list[Block], **_: object) -> list[object]:
        asked.extend(blocks)
        return [run_block(replace(one, count=1)) for one in blocks]

    monkeypatch.setattr("openldn.virtual.study.run_all", watching)
    monkeypatch.setattr("openldn.virtual.study.neighbours", lambda _: iter(()))
    study = design(planned(Family.ORDINAL))
    assert study.trials == FEWER_TRIALS < 400
    assert {one.count for one in asked} == {FEWER_TRIALS}
    assert study.effects == (0.0, -0.25, -0.5, -1.0)


def test_looks_at_a_yes_or_no_outcome_are_guarded_by_scores_in_its_place() -> None:
    """One by one, two thousand trials would take an hour; the threshold is ready at once."""
    plan = planned(Family.BINARY)
    plan = replace(plan, analysis=replace(plan.analysis, looks=(2,)))
    found = null_trials(plan, looks=looks.all_looks(plan), trials=40, seed=1)
    assert found.shape == (40, 2)
    assert ((found >= 0.0) & (found <= 1.0)).all()

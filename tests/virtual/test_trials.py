"""Virtual trials: each diary is analysed as `analyse` would, and chance is the seed's."""

from dataclasses import replace

import numpy as np
import pytest

from openldn import analyse
from openldn.diary import Diary, Entry
from openldn.inference import gaussian
from openldn.inference.answer import LevelAnswer
from openldn.inference.gaussian import Series
from openldn.protocol.calendar import calendar
from openldn.protocol.plan import Plan
from openldn.protocol.schemes import member
from openldn.virtual.assumptions import Assumptions
from openldn.virtual.trials import BLOCK, Block, Tally, draw, run_block, template_of
from support.plans import ENERGY, PAIN, small_plan

PLANS = {
    "blinded": small_plan(),
    "the next day, with days without capsules after it": small_plan(acts="next-day", none_days=14),
    "open, balanced": small_plan(kind="open-randomised", scheme="balanced"),
    "higher is better": small_plan(
        outcomes=PAIN.replace("primary", "secondary") + ENERGY.replace("secondary", "primary")
    ),
}


def block(plan: Plan, effect: float = -1.0, **changes: object) -> Block:
    """One block of a believable person's trials."""
    assumed = Assumptions.believable(plan.primary)
    made = Block(plan=plan, effect=effect, assumptions=assumed, seed=1, number=0, count=8)
    return replace(made, **changes)  # type: ignore[arg-type]


def diary_of(plan: Plan, score: np.ndarray, *, number: int) -> tuple[Diary, tuple]:
    """The same scores as a diary that a person could have kept, and the order behind it."""
    design = plan.design
    order = member(
        design.scheme,
        number,
        pairs=design.pairs,
        max_run=design.max_run,
        contrast=plan.contrast_arm,
    )
    entries = [
        Entry(
            day=day.day,
            arm=day.arm,
            dose_ug=day.dose.ug if day.dose else None,
            period=day.period,
            scores={plan.primary.id: None if np.isnan(score[day.day]) else score[day.day]},
        )
        for day in calendar(plan, order=order)
    ]
    return Diary.from_entries(entries, outcome_ids=[plan.primary.id]), order


def number_of(plan: Plan, template: object) -> int:
    """Which order of the scheme a template stands for."""
    return next(n for n in range(2**8) if template_of(plan, n) is template)


@pytest.mark.parametrize("name", PLANS)
def test_the_engine_sees_the_same_numbers_as_for_a_real_diary(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days, levels, capsules and what counts are those that `analyse` makes of the diary."""
    plan = PLANS[name]
    people = draw(block(plan))
    seen: list[Series] = []
    fit = gaussian.fit

    def watching(series: Series, **options: object) -> object:
        seen.append(series)
        return fit(series, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(gaussian, "fit", watching)
    template = people.templates[people.order[0]]
    diary, order = diary_of(plan, people.score[0], number=number_of(plan, template))
    analyse(diary, plan=plan, outcomes=[plan.primary], order=order)
    real = seen[0]
    np.testing.assert_array_equal(real.score, people.score[0])
    np.testing.assert_array_equal(real.level, template.level)
    if real.capsule is not None:
        np.testing.assert_array_equal(real.capsule, template.capsule)
    assert (real.capsule is not None) == (plan.design.none_days > 0)


@pytest.mark.parametrize("name", PLANS)
def test_a_virtual_trial_is_told_what_a_real_one_would_be(name: str) -> None:
    """Verdict by verdict: clear benefit and clear harm are those of `analyse`."""
    plan = PLANS[name]
    toward_better = -1.0 if plan.primary.better == "lower" else 1.0
    one = block(plan, effect=0.12 * toward_better * plan.primary.width)
    people, tally = draw(one), run_block(one)
    verdicts, spread, near = [], [], 0
    for score, row in zip(people.score, people.order, strict=True):
        number = number_of(plan, people.templates[row])
        diary, order = diary_of(plan, score, number=number)
        answer = analyse(diary, plan=plan, outcomes=[plan.primary], order=order)
        outcome = answer.outcomes[plan.primary.id]
        headline: LevelAnswer = outcome.headline
        verdicts.append(outcome.verdict)
        spread.append(headline.effect.sd)
        # Two grids may differ by 0.01 in a chance (model.md section 3).
        near += min(abs(headline.p_benefit - edge) for edge in (0.05, 0.95)) < 0.01
    assert abs(tally.benefit - verdicts.count("clear-benefit")) <= near
    assert abs(tally.harm - verdicts.count("clear-harm")) <= near
    assert tally.fitted == len(verdicts)
    # Each SD within 5% (model.md section 3), so their mean too.
    assert tally.sum_sd / tally.fitted == pytest.approx(np.mean(spread), rel=0.05)


def test_the_people_of_a_block_depend_on_the_seed_and_its_number_alone() -> None:
    """More trials keep the first ones; the same people meet every effect."""
    plan = PLANS["blinded"]
    few, many = draw(block(plan)), draw(block(plan, count=BLOCK))
    np.testing.assert_array_equal(few.score, many.score[:8])
    none = draw(block(plan, effect=0.0))
    np.testing.assert_array_equal(np.isnan(few.score), np.isnan(none.score))
    other = draw(block(plan, number=1))
    assert (np.isnan(other.score) != np.isnan(few.score)).any()


def test_scores_are_steps_of_the_scale_and_only_random_days_carry_them() -> None:
    """As in `simulate`: rounded, clipped; and nothing from before the randomised part counts."""
    plan = PLANS["higher is better"]
    people = draw(block(plan, count=BLOCK))
    values = people.score[~np.isnan(people.score)]
    outcome = plan.primary
    assert set(np.unique(values)) <= set(np.arange(outcome.minimum, outcome.maximum + 1, 5.0))
    assert np.isnan(people.score[:, : plan.first_randomised_day]).all()
    answered = 1.0 - np.isnan(people.score[:, plan.first_randomised_day :]).mean()
    # 256 x 112 days: three Monte Carlo errors of a share of 0.9 are 0.005.
    assert answered == pytest.approx(0.9, abs=0.005)


def test_an_effect_moves_days_on_the_drug_and_hope_moves_every_capsule() -> None:
    """The mean of the days in active periods falls by the effect, hope lifts all alike."""
    plan = PLANS["blinded"]
    base = draw(block(plan, effect=0.0, count=BLOCK))
    moved = draw(block(plan, effect=-2.0, count=BLOCK))
    arms = np.stack([one.arm for one in base.templates])[base.order]
    gap = np.nanmean((moved.score - base.score)[arms == 2])
    # Build-up and rounding at the floor take some of the 2 points; other arms hold only traces.
    assert -2.0 < gap < -1.2
    assert -1.0 < np.nanmean((moved.score - base.score)[arms == 1]) < 0.0
    hoping = replace(Assumptions.believable(plan.primary), hope=2.0)
    lifted = draw(block(plan, effect=0.0, count=BLOCK, assumptions=hoping))
    shift = np.nanmean((lifted.score - base.score)[:, plan.first_randomised_day :], axis=0)
    assert np.ptp(shift) < 0.5
    assert shift.mean() < -1.2


def test_drop_out_takes_the_end_of_a_diary() -> None:
    """Who stops leaves no later value, and everyone stops when the chance is 1."""
    plan = PLANS["blinded"]
    all_stop = replace(Assumptions.believable(plan.primary), drop_out=1.0, missing=0.0)
    score = draw(block(plan, count=BLOCK, assumptions=all_stop)).score
    recorded = ~np.isnan(score[:, plan.first_randomised_day :])
    assert not recorded[:, -1].any()
    assert (np.diff(recorded.astype(int), axis=1) <= 0).all()


def test_a_trial_without_a_value_tells_nothing_and_is_counted() -> None:
    """What `analyse` would refuse is no clear answer, and no trial is lost from the count."""
    plan = PLANS["blinded"]
    empty = replace(Assumptions.believable(plan.primary), missing=1.0)
    assert run_block(block(plan, assumptions=empty)) == Tally(trials=8)


def test_without_an_effect_few_answers_mislead() -> None:
    """At most a tenth of null trials say something clear, either way, plus three errors."""
    plan = PLANS["blinded"]
    tally = sum(
        (run_block(block(plan, effect=0.0, number=n, count=BLOCK)) for n in range(2)), Tally()
    )
    assert tally.misleading == tally.benefit + tally.harm
    # model.md section 7: twice 5%, and three errors of 512 trials.
    assert tally.misleading / tally.trials <= 0.10 + 3.0 * np.sqrt(0.1 * 0.9 / tally.trials)


def test_two_pieces_of_work_never_share_a_name() -> None:
    """The key tells plan, effect, assumptions, seed, number, count and grid apart."""
    one = block(PLANS["blinded"])
    others = [
        replace(one, plan=PLANS["open, balanced"]),
        replace(one, effect=-1.0000001),
        replace(one, assumptions=replace(one.assumptions, missing=0.2)),
        replace(one, seed=2),
        replace(one, number=1),
        replace(one, count=9),
        replace(one, points=256),
    ]
    assert len({one.key, *(other.key for other in others)}) == 8
    assert replace(one).key == one.key

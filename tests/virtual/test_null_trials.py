"""Trials without an effect, as a plan with looks needs them for its threshold."""

from dataclasses import replace

import numpy as np

from openldn.inference.looks import NullTrials, raised
from openldn.virtual import null_trials
from openldn.virtual.assumptions import Assumptions
from openldn.virtual.trials import Block, answers_of, draw
from support.plans import small_plan

PLAN = small_plan()
LOOKS = (2, 3, 4)


def test_it_is_what_the_looks_ask_for() -> None:
    """A chance for each trial and look; the last look is the whole trial's own answer."""
    made: NullTrials = null_trials
    found = made(PLAN, looks=LOOKS, trials=12, seed=5)
    assert found.shape == (12, 3)
    block = Block(
        plan=PLAN,
        effect=0.0,
        assumptions=Assumptions.believable(PLAN.primary),
        seed=5,
        number=0,
        count=12,
    )
    whole = answers_of(draw(block), plan=PLAN).p_benefit
    np.testing.assert_array_equal(found[:, 2], whole)
    assert (found[:, 0] != found[:, 1]).all()


def test_more_looks_ask_for_a_higher_threshold() -> None:
    """The threshold that misleads 5 of 100 over three looks is at least that of the last alone."""
    found = null_trials(PLAN, looks=LOOKS, trials=512, seed=1)
    three, one = raised(found, least=0.5), raised(found[:, 2:], least=0.5)
    assert three > one
    # By construction, over the trials themselves.
    assert (found.max(axis=1) >= three).mean() <= 0.05


def test_a_look_that_comes_too_early_tells_nothing() -> None:
    """One pair of three-day periods has too few values for a clear answer, whatever they are."""
    shape = replace(PLAN.design, period_days=3, transition_days=0, ramp=())
    found = null_trials(replace(PLAN, design=shape), looks=(1, 4), trials=64, seed=1)
    assert (found[:, 0] == 0.5).all()
    assert (found[:, 1] != 0.5).any()

"""Trials without an effect, for a plan whose answer is looked at before the end.

Each look is one more chance to be misled, so the threshold is raised until such trials mislead
seldom enough. `openldn.inference.looks` says what it needs of them; they are made here. Trials of
yes-or-no answers, answers in order and counts would take an hour, one by one: scores on the same
scale stand in for them.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openldn.inference.limits import MIN_FOR_CLEAR
from openldn.protocol.outcomes import Family
from openldn.protocol.plan import Plan
from openldn.virtual.assumptions import Assumptions
from openldn.virtual.trials import BLOCK, Block, People, answers_of, draw

__all__ = ["null_trials"]

# Where there is no answer yet, nobody is misled: as likely better as worse.
NOTHING_TOLD = 0.5


def null_trials(plan: Plan, *, looks: Sequence[int], trials: int, seed: int) -> NDArray[np.float64]:
    """P(benefit) of the target dose at each look, in believable people whom LDN does nothing for.

    Parameters
    ----------
    plan
        A plan with a randomised part.
    looks
        After how many whole pairs an answer is given.
    trials, seed
        How many people, and where all chance comes from.

    Returns
    -------
    ndarray
        (trials, looks); `NOTHING_TOLD` where the diary is still too short for a clear answer.
    """
    plan = _as_scores(plan)
    block = Block(
        plan=plan,
        effect=0.0,
        assumptions=Assumptions.believable(plan.primary),
        seed=seed,
        number=0,
    )
    found = []
    for number, first in enumerate(range(0, trials, BLOCK)):
        people = draw(replace(block, number=number, count=min(BLOCK, trials - first)))
        found.append(np.column_stack([_at_look(plan, people, pairs) for pairs in looks]))
    return np.concatenate(found)


def _as_scores(plan: Plan) -> Plan:
    outcomes = (replace(outcome, family=Family.GAUSSIAN) for outcome in plan.outcomes)
    return replace(plan, outcomes=tuple(outcomes))


def _at_look(plan: Plan, people: People, pairs: int) -> NDArray[np.float64]:
    """(N,) P(benefit) from the days up to the end of so many pairs."""
    stop = plan.periods[2 * pairs - 1].first_day + plan.design.period_days
    is_last = pairs == plan.design.pairs  # then the days without capsules count too
    day = np.arange(people.score.shape[1])
    score = np.where(is_last | (day < stop), people.score, np.nan)
    answers = answers_of(replace(people, score=score), plan=plan)
    is_told = ((~np.isnan(score)).sum(axis=1) >= MIN_FOR_CLEAR) & ~np.isnan(answers.p_benefit)
    return np.where(is_told, answers.p_benefit, NOTHING_TOLD)

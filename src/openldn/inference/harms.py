"""Side effects as yes-or-no answers: whether it was there at all that day.

Each column of side effects is asked the question of every outcome, by the family `binary`, and
nothing else: no adjustment for how many are looked at, because a harm must not be argued away. What
cannot be answered is said with its reason and stops nothing else.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from openldn.inference.answer import Counted, Summed
from openldn.inference.course import ARMS, Course
from openldn.protocol.outcomes import Better, Family, Outcome, Role, default_mcid
from openldn.protocol.plan import Arm

__all__ = ["as_scores", "count_on", "outcome_of", "sum_on", "why_all_alike"]


def outcome_of(side_effect_id: str) -> Outcome:
    """A side effect as an outcome of two answers: not there, or there (mild or worse)."""
    return Outcome(
        id=side_effect_id,
        label=side_effect_id,
        minimum=0.0,
        maximum=1.0,
        better=Better.LOWER,
        mcid=default_mcid(width=1.0, step=1.0, family=Family.BINARY),
        role=Role.HARM,
        family=Family.BINARY,
    )


def as_scores(course: Course) -> Course:
    """The same days with side effects, 0 or 1, in place of the scores; None if not asked."""
    days = (
        None
        if day is None
        else replace(
            day,
            scores={
                key: None if grade is None else float(grade > 0)
                for key, grade in day.side_effects.items()
            },
        )
        for day in course.days
    )
    return replace(course, days=tuple(days))


def count_on(course: Course, side_effect_id: str, arm: Arm, counts: NDArray[np.bool_]) -> Counted:
    """Count the days of one arm among those that count; `course` as `as_scores` gives it."""
    score = course.scores(side_effect_id)[counts & (course.arm == ARMS.index(arm))]
    asked = score[~np.isnan(score)]
    return Counted(found=int(asked.sum()), asked=len(asked))


def sum_on(course: Course, outcome: Outcome, arm: Arm, counts: NDArray[np.bool_]) -> Summed:
    """Sum up the scores of one arm among the days that count."""
    score = course.scores(outcome.id)[counts & (course.arm == ARMS.index(arm))]
    given = score[~np.isnan(score)]
    found = int((given > outcome.minimum).sum())
    return Summed(found=found, asked=len(given), sum=float(given.sum()))


def why_all_alike(*counts: Counted) -> str | None:
    """Why days that were all alike tell nothing; None where they were not."""
    found, asked = sum(one.found for one in counts), sum(one.asked for one in counts)
    if asked and not found:
        return "It was not noted on any of the days that were asked."
    if asked and found == asked:
        return "It was noted on every day that was asked, so there is nothing to compare."
    return None

"""What is asked: the question common to all outcomes, the days that count, and the numbers of one.

`analysis` asks the questions and tells the answers; here it is settled which days supply
likelihood, what a dose is held against, and what is hopeless before anything is computed.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from openldn.inference import priors
from openldn.inference.course import ARMS, COVARIATE_EVENTS, Course
from openldn.inference.estimand import score_under, touched_days
from openldn.inference.gaussian import Series
from openldn.inference.grade import Guess
from openldn.inference.priors import BetaPrior
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Better, Outcome
from openldn.protocol.plan import Arm, Plan

__all__ = [
    "MIN_VALUES",
    "CannotAnswer",
    "NoEstimate",
    "Part",
    "Question",
    "contrast_of",
    "events_of",
    "parts_of",
    "prior_of",
    "scores_of",
    "series_of",
    "sign_of",
    "whole_series",
]

BoolArray = NDArray[np.bool_]

# Below this number of values nothing is said at all (contract, section 4).
MIN_VALUES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked of every outcome alike."""

    course: Course
    plan: Plan | None
    prior: str
    decision: float
    is_asymmetric: bool
    guesses: tuple[Guess, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Days that carry likelihood together, and the doses reported from them."""

    name: str
    counts: BoolArray
    doses: tuple[Dose, ...]


class CannotAnswer(Exception):
    """One outcome is refused; the message is the reason, a plain sentence."""


class NoEstimate(CannotAnswer):
    """The prior `evidence` was asked for, and nothing is known: no fault of the diary."""


def parts_of(question: Question) -> tuple[Part, ...]:
    """The part that carries the conclusion first; doses tried only openly are the second."""
    course, plan = question.course, question.plan
    is_drawn = plan is not None and plan.first_randomised_day is not None
    if not is_drawn:
        return (Part(name="open", counts=np.ones(len(course), dtype=bool), doses=course.levels),)
    randomised = course.is_randomised
    tried = {Dose(int(ug)) for ug in course.dose_ug[randomised] if ug}
    only_openly = tuple(dose for dose in course.levels if dose not in tried)
    main = Part(name="randomised", counts=randomised, doses=tuple(sorted(tried)))
    if not only_openly:
        return (main,)
    return (main, Part(name="open", counts=~randomised, doses=only_openly))


def whole_series(outcome: Outcome, question: Question, part: Part) -> Series | None:
    """One outcome over all days, where some of its values lie outside the part."""
    outside = ~part.counts & ~np.isnan(question.course.scores(outcome.id))
    if not outside.any():
        return None
    every = replace(part, counts=np.ones_like(part.counts))
    return series_of(outcome, question, every)[0]


def sign_of(outcome: Outcome) -> float:
    """-1 where a lower score is better, 1 where a higher one is."""
    return -1.0 if outcome.better is Better.LOWER else 1.0


def series_of(outcome: Outcome, question: Question, part: Part) -> tuple[Series, Arm]:
    """The numbers of one outcome in one part, and what its doses are held against.

    Raises
    ------
    CannotAnswer
        When there is too little to go by.
    """
    course = question.course
    score = scores_of(outcome, question, part)
    recorded = ~np.isnan(score)
    dose_ug, arm = course.acting_dose(), course.acting_arm()
    hint = _why_so_few(course, part)
    _refuse_if_hopeless(score[recorded], dose_ug[recorded], hint=hint)
    contrast = contrast_of(course, recorded)
    has_placebo = contrast is Arm.PLACEBO
    has_nothing = bool((course.arm[recorded] == ARMS.index(Arm.NONE)).any())
    level = np.zeros(len(course), dtype=np.int64)
    for k, dose in enumerate(course.levels, start=1):
        level[dose_ug == dose.ug] = k
    events = events_of(question, part, outcome)
    series = Series(
        score=score,
        minimum=outcome.minimum,
        maximum=outcome.maximum,
        level=level,
        n_levels=len(course.levels),
        capsule=arm != ARMS.index(Arm.NONE) if has_placebo and has_nothing else None,
        events=np.column_stack([column for _, column in events])
        if events
        else np.empty((len(course), 0)),
        start_level=course.levels.index(course.already_on) + 1 if course.already_on.ug else 0,
        start_capsule=course.already_on.ug > 0,
        is_asymmetric=question.is_asymmetric,
    )
    return series, contrast


def contrast_of(course: Course, counts: BoolArray) -> Arm:
    """Placebo where placebo days are among those that count, else taking nothing.

    By the day itself, not by the day before that acts on it: one lagged day at the border of the
    periods is no ground to tell the capsule from the drug.
    """
    has_placebo = (course.arm[counts] == ARMS.index(Arm.PLACEBO)).any()
    return Arm.PLACEBO if has_placebo else Arm.NONE


def scores_of(outcome: Outcome, question: Question, part: Part) -> NDArray[np.float64]:
    """(T,) the scores that carry likelihood, under the strategies of the plan if it has any."""
    course = question.course
    score = np.where(part.counts, course.scores(outcome.id), np.nan)
    touched = touched_days(course, plan=question.plan, counts=part.counts)
    return score_under(touched, score, sign=sign_of(outcome))


def _refuse_if_hopeless(
    scores: NDArray[np.float64], dose_ug: NDArray[np.int64], *, hint: str
) -> None:
    if len(scores) < MIN_VALUES:
        values = "1 recorded value" if len(scores) == 1 else f"{len(scores)} recorded values"
        why = f"It has {values} on the days that count; at least {MIN_VALUES} are needed."
        raise CannotAnswer(f"{why} {hint}".rstrip())
    if scores.min() == scores.max():
        raise CannotAnswer(
            f"Every recorded value is {scores[0]:g}, so there is nothing to compare."
        )
    if len(set(dose_ug)) < 2 or not dose_ug.any():
        taken = f"on {Dose(int(dose_ug[0])).text}" if dose_ug[0] else "without the drug"
        raise CannotAnswer(
            f"Every recorded value is from days {taken}, so there is nothing to compare with."
        )


def _why_so_few(course: Course, part: Part) -> str:
    """What may explain that values are missing."""
    if course.outside_days:
        return f"{course.outside_days} recorded days lie outside the plan."
    if part.name == "randomised" and not part.counts.any():
        return "The periods in random order have not begun."
    return ""


def events_of(
    question: Question, part: Part, outcome: Outcome
) -> list[tuple[str, NDArray[np.float64]]]:
    """Outside events that fell on a day with a value; a flare is part of the outcome."""
    course, plan = question.course, question.plan
    if plan is not None and plan.estimand is not None:
        return []  # the plan's strategies stand in their place
    recorded = part.counts & ~np.isnan(course.scores(outcome.id))
    columns = [(event, course.event(event)) for event in COVARIATE_EVENTS]
    return [(event, column) for event, column in columns if column[recorded].any()]


def prior_of(outcome: Outcome, question: Question) -> BetaPrior:
    """The prior of an outcome's effects.

    Raises
    ------
    NoEstimate
        For the prior `evidence`, where no study gives one for this outcome.
    """
    if question.prior != "evidence":
        return priors.beta_prior(question.prior, outcome.family)
    conditions = question.plan.person.conditions if question.plan else ()
    found = priors.evidence_prior(conditions, outcome)
    if found is None:
        raise NoEstimate(
            "There is no pooled estimate of this outcome for the plan's conditions, so the prior"
            " `evidence` has nothing to stand on. Use the default prior."
        )
    return found

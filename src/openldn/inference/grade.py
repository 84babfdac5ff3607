"""How far the design lets one trust the answer: a letter, and every reason for it.

The rules are section 10 of the statistical contract: start from the design, step down for each
breach, and name what is not known as a breach too.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from openldn.inference.blinding import Said
from openldn.inference.course import ARMS, Course
from openldn.protocol.plan import Arm, Plan

__all__ = ["Conduct", "Grade", "Guess", "Reason", "grade_of", "has_reversal"]

# A period is complete with values on at least half of the days after its transition days, and on at
# least five (the project's standards, section 2.6); a pair when both of its periods are.
COMPLETE_SHARE = 0.5
COMPLETE_DAYS = 5
RECORDED_SHARE = 0.8
FEW_RECORDED_SHARE = 0.5
SURE_GUESS = 7
REVERSAL_DAYS = 7
# A capsule forgotten now and then is no stop: shorter runs belong to what is around them.
SKIPPED_DAYS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Guess:
    """What the person guessed about one period, with a confidence from 0 to 10."""

    period: int
    arm: Arm
    confidence: int
    is_from_feeling: bool  # guessed because she felt better or worse


@dataclass(frozen=True, kw_only=True, slots=True)
class Conduct:
    """What happened while the trial ran. None means that nobody recorded it."""

    is_plan_unchanged: bool | None = None
    is_code_kept: bool | None = None
    guesses: tuple[Guess, ...] | None = None
    said: tuple[
        Said, ...
    ] = ()  # every guess that was answered, "I don't know" too; told, not graded
    paused_days: int = 0  # days of the plan on which the trial was paused


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason, with a stable code."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """A (most to be trusted) to E, and why."""

    letter: str
    reasons: tuple[Reason, ...]


def grade_of(
    course: Course, recorded: NDArray[np.bool_], *, plan: Plan | None, conduct: Conduct
) -> Grade:
    """Grade a trial by its design and by how it went.

    Parameters
    ----------
    course
        The days of the trial.
    recorded
        (T,) whether the primary outcome has a value that counts.
    plan
        None for a diary without a plan, which is D or E.
    conduct
        What is known of the blinding and of changes to the plan.
    """
    if plan is None or plan.first_randomised_day is None:
        return _open(course, recorded, plan=plan)
    pairs = _complete_pairs(recorded, plan)
    share = _recorded_share(recorded, plan)
    if plan.design.kind.is_blinded:
        start = Reason(code="randomised-blinded", text="The order was random and hidden.")
        breaches = _breaches(pairs, share, course=course, plan=plan, conduct=conduct)
        letter = "ABC"[min(len(breaches), 2)]
    else:
        start = Reason(
            code="randomised-open", text="The order was random, but you knew what you took."
        )
        breaches = []
        letter = "C"
    reasons = [start, *breaches]
    if letter == "C" and (pairs < 2 or share < FEW_RECORDED_SHARE):
        letter = "D"
        reasons.append(
            Reason(
                code="too-little-for-c",
                text=f"{pairs} complete pairs and {share:.0%} of the days recorded;"
                " at least 2 pairs and half of the days are needed for a C.",
            )
        )
    return Grade(letter=letter, reasons=tuple(reasons))


def has_reversal(course: Course, recorded: NDArray[np.bool_]) -> bool:
    """Whether the drug was stopped or started again after its first start.

    Each side of the switch must hold at least `REVERSAL_DAYS` recorded days.
    """
    runs: list[_Run] = []
    for is_on, has_value in zip(course.acting_dose() > 0, recorded, strict=True):
        if not runs or runs[-1].is_on != is_on:
            runs.append(_Run(bool(is_on), 0, 0))
        last = runs[-1]
        runs[-1] = _Run(last.is_on, last.days + 1, last.values + int(has_value))
    runs = _without_skips(runs)
    # A first run without the drug is only the time before the first start.
    after_start = runs if runs and runs[0].is_on else runs[1:]
    return any(
        before.values >= REVERSAL_DAYS and after.values >= REVERSAL_DAYS
        for before, after in pairwise(after_start)
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """Days in a row on or off the drug, and how many of them have a value."""

    is_on: bool
    days: int
    values: int


def _without_skips(runs: list[_Run]) -> list[_Run]:
    """Join runs across gaps of a day or two."""
    joined: list[_Run] = []
    for run in runs:
        if joined and (run.days < SKIPPED_DAYS or run.is_on == joined[-1].is_on):
            last = joined[-1]
            joined[-1] = _Run(last.is_on, last.days + run.days, last.values + run.values)
        else:
            joined.append(run)
    return joined


def _open(course: Course, recorded: NDArray[np.bool_], *, plan: Plan | None) -> Grade:
    reasons = [Reason(code="no-plan", text="There was no plan with a random order.")]
    if plan is not None:
        reasons = [
            Reason(code="open", text="You knew what you took, and the order was not random.")
        ]
    if has_reversal(course, recorded):
        reasons.append(
            Reason(
                code="reversal",
                text="The dose was stopped or begun again at least once, with a week recorded"
                " on each side.",
            )
        )
        return Grade(letter="D", reasons=tuple(reasons))
    reasons.append(
        Reason(
            code="no-reversal",
            text="The drug was never stopped and begun again with a week recorded on each side,"
            " so the drug and the passing of time cannot be told apart.",
        )
    )
    return Grade(letter="E", reasons=tuple(reasons))


def _breaches(
    pairs: int, share: float, *, course: Course, plan: Plan, conduct: Conduct
) -> list[Reason]:
    found: list[Reason] = []
    if pairs < 3:
        found.append(Reason(code="few-pairs", text=f"{pairs} of 3 pairs or more are complete."))
    if share < RECORDED_SHARE:
        found.append(
            Reason(code="few-days", text=f"{share:.0%} of the days have a value; 80% are asked.")
        )
    if conduct.is_plan_unchanged is None:
        found.append(
            Reason(
                code="plan-change-unknown",
                text="It is not recorded whether the plan was changed after the first hidden day.",
            )
        )
    elif not conduct.is_plan_unchanged:
        found.append(
            Reason(code="plan-changed", text="The plan was changed after the first hidden day.")
        )
    if conduct.is_code_kept is None:
        found.append(
            Reason(
                code="code-unknown",
                text="It is not recorded whether any period was opened before its end.",
            )
        )
    elif not conduct.is_code_kept:
        found.append(Reason(code="code-broken", text="A hidden period was opened before its end."))
    found.extend(_guessing(course, plan=plan, guesses=conduct.guesses))
    return found


def _guessing(course: Course, *, plan: Plan, guesses: tuple[Guess, ...] | None) -> list[Reason]:
    if guesses is None:
        return [
            Reason(
                code="guesses-unknown",
                text="It is not recorded what you guessed about the capsules.",
            )
        ]
    begun = [period for period in plan.periods if period.first_day < len(course)]
    truth = {period.number: ARMS[course.arm[period.first_day]] for period in begun}
    by_period = {guess.period: guess for guess in guesses}
    saw_through = all(
        (guess := by_period.get(number)) is not None
        and guess.arm is arm
        and guess.confidence >= SURE_GUESS
        and not guess.is_from_feeling
        for number, arm in truth.items()
    )
    if saw_through:
        return [
            Reason(
                code="blinding-lost",
                text="Every period was guessed right and with certainty, for another reason than"
                " feeling better or worse.",
            )
        ]
    return []


def _complete_pairs(recorded: NDArray[np.bool_], plan: Plan) -> int:
    complete: dict[int, bool] = {}
    for period in plan.periods:
        first = period.first_day + plan.design.transition_days
        values = int(recorded[first : period.first_day + period.days].sum())
        asked = max(COMPLETE_DAYS, COMPLETE_SHARE * (period.days - plan.design.transition_days))
        complete[period.pair] = complete.get(period.pair, True) and values >= asked
    return sum(complete.values())


def _recorded_share(recorded: NDArray[np.bool_], plan: Plan) -> float:
    """Share of the days of the periods, up to the last day of the diary, that have a value."""
    periods = plan.periods
    days = recorded[periods[0].first_day : periods[-1].first_day + periods[-1].days]
    return float(days.mean()) if len(days) else 0.0

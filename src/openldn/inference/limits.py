"""What the answer cannot tell, in plain sentences.

Each sentence is true of this diary: nothing is printed that did not happen.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from openldn.inference.answer import OutcomeAnswer
from openldn.inference.course import COVARIATE_EVENTS, Course
from openldn.inference.grade import Grade
from openldn.inference.looks import Look
from openldn.protocol.doses import MAX_DAILY
from openldn.protocol.plan import Arm, Plan, Strategy

__all__ = ["MIN_FOR_CLEAR", "limits_of"]

# Six values a person cannot tell (contract, section 4): among 122 real people with six values each,
# two had a chance of benefit just above 0.95.
MIN_FOR_CLEAR = 7


def limits_of(
    course: Course,
    recorded: NDArray[np.bool_],
    *,
    plan: Plan | None,
    grade: Grade,
    look: Look | None,
    outcomes: Iterable[OutcomeAnswer],
    notes: Iterable[str],
    paused_days: int = 0,
) -> tuple[str, ...]:
    """Every limit of this answer.

    Parameters
    ----------
    recorded
        (T,) whether the primary outcome has a value that counts.
    notes
        Sentences that arose on the way, such as doses that could not be answered.
    paused_days
        Days on which a safety rule had paused the trial.
    """
    answered = list(outcomes)
    found = [
        *_what_is_compared(answered, grade),
        *_days(course, recorded, plan),
        *_pauses(paused_days),
        *_doses(course),
        *_events(course, plan),
        *_never_without(course, answered),
        *_looks(look),
        *_conduct(plan, answered),
        *notes,
        "The answer is about you in these weeks. It says nothing about other people, and another"
        " season may differ.",
        "It rests on the model and the starting assumptions listed below; other assumptions would"
        " move it.",
    ]
    return tuple(found)


def _what_is_compared(answered: list[OutcomeAnswer], grade: Grade) -> list[str]:
    levels = [level for outcome in answered for level in outcome.levels]
    found = []
    if grade.letter == "E":
        found.append(
            "There is no stop and new start with a week recorded on each side. The drug, your"
            " hopes and the passing of time cannot be told apart."
        )
    elif any(outcome.headline.contrast is Arm.NONE for outcome in answered):
        found.append("You knew what you took: this is the drug and your expectations together.")
    if {level.part for level in levels} == {"open", "randomised"}:
        found.append(
            "Doses marked open were tried while you knew what you took. They are a separate,"
            " weaker answer."
        )
    return found


def _days(course: Course, recorded: NDArray[np.bool_], plan: Plan | None) -> list[str]:
    found = []
    is_drawn = plan is not None and plan.first_randomised_day is not None
    first = int(course.is_randomised.argmax()) if is_drawn else 0
    asked = len(course) - first
    given = int(recorded[first:].sum())
    if given < asked:
        found.append(
            f"{asked - given} of {asked} days have no value. Gaps are kept as gaps, never as"
            " zeros; if the bad days are the missing ones, the answer is too rosy."
        )
    too_ill = sum(day is not None and day.is_too_ill for day in course.days[first:])
    if too_ill:
        found.append(f"On {too_ill} days you were too ill to answer. They count as missing.")
    if course.filled_days:
        source = "the plan's dose" if plan is not None else "the last dose recorded before"
        found.append(
            f"On {course.filled_days} days the dose was not recorded and {source} was taken."
        )
    if course.contrary_days:
        found.append(
            f"On {course.contrary_days} days the recorded dose does not fit the capsule that was"
            " assigned. The answer compares what was assigned."
        )
    if course.outside_days:
        found.append(
            f"{course.outside_days} recorded days lie outside the plan's days and were left out."
        )
    return found


def _pauses(days: int) -> list[str]:
    if not days:
        return []
    counted = "1 day" if days == 1 else f"{days} days"
    return [
        f"The trial was paused on {counted}. They are compared as what was assigned, so a"
        " difference may look smaller than it is."
    ]


def _doses(course: Course) -> list[str]:
    above = [level.text for level in course.levels if level > MAX_DAILY]
    if not above:
        return []
    return [
        f"The diary holds doses above {MAX_DAILY.text} a day ({', '.join(above)}). They were read"
        " as recorded. OpenLDN is made for low doses of naltrexone."
    ]


def _never_without(course: Course, answered: list[OutcomeAnswer]) -> list[str]:
    """A dose can be held against nothing only where something was recorded without it."""
    levels = [level for outcome in answered for level in outcome.levels]
    has_value = np.array(
        [
            day is not None and any(score is not None for score in day.scores.values())
            for day in course.days
        ]
    )
    without = has_value & (course.acting_dose() == 0)
    for part, days in (("randomised", course.is_randomised), ("open", ~course.is_randomised)):
        is_asked = any(x.part == part and x.contrast is Arm.NONE for x in levels)
        if is_asked and not (without & days).any():
            return [
                "No day without the drug was recorded. The comparison with taking nothing rests on"
                " how the scores moved when the dose changed, and on the starting assumptions."
            ]
    return []


def _events(course: Course, plan: Plan | None) -> list[str]:
    found = []
    estimand = plan.estimand if plan is not None else None
    told = {key.replace("_", "-") for key in estimand.strategies} if estimand else {"flare"}
    is_as_it_was = estimand is None or estimand.flare is Strategy.TREATMENT_POLICY
    if "flare" in course.event_ids and is_as_it_was:
        found.append(
            "Flares are part of what is measured. They were not taken out of the comparison."
        )
    unknown = [event for event in course.event_ids if event not in {*COVARIATE_EVENTS, *told}]
    if unknown:
        found.append(f"These events were kept but not used: {', '.join(unknown)}.")
    return found


def _looks(look: Look | None) -> list[str]:
    if look is None:
        return []
    names = ", ".join(str(pairs) for pairs in look.planned)
    stands = (
        f"This is look {look.number} of {len(look.planned)}: the plan looks after {names} whole"
        " pairs."
        if look.number
        else f"This is none of the planned looks: the plan looks after {names} whole pairs, and"
        f" {look.pairs} are over."
    )
    cost = (
        "Each look adds a chance to be misled, so the answer had to be surer:"
        f" {100 * look.decision:.4g} of 100."
        if look.is_raised
        else "Each look adds a chance to be misled, and the threshold here was not raised for it."
    )
    return [f"{stands} {cost}"]


def _conduct(plan: Plan | None, answered: list[OutcomeAnswer]) -> list[str]:
    found = []
    if plan is not None and plan.first_randomised_day is not None:
        slowest = max((outcome.onset_days.q50 for outcome in answered), default=0.0)
        if plan.design.period_days < 3.0 * slowest:
            found.append(
                f"Periods of {plan.design.period_days} days may be too short: the effect seems to"
                f" need about {slowest:.0f} days to get two thirds of the way."
            )
    if any(outcome.days_recorded < MIN_FOR_CLEAR for outcome in answered):
        found.append(
            f"With fewer than {MIN_FOR_CLEAR} values nothing is called clear, whatever the numbers"
            " say."
        )
    if len(answered) > 1:
        found.append(
            f"{len(answered)} outcomes were looked at. The more one looks at, the more often one of"
            " them stands out by chance; the primary one carries the conclusion."
        )
    return found

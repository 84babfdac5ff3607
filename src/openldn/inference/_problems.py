"""What makes a diary unusable or unanswerable, as problems."""

from collections.abc import Sequence

from openldn.diary import Diary
from openldn.inference import priors
from openldn.protocol.problems import Problem

__all__ = ["no_column", "no_estimate", "no_rows", "no_scale", "no_such_prior", "refusal"]


def refusal(outcome_id: str, why: str) -> Problem:
    return Problem(
        code="LDN-A010",
        place=outcome_id,
        given="a diary from which this outcome cannot be answered",
        expected="enough to compare",
        todo=why,
    )


def no_estimate(outcome_id: str, conditions: Sequence[str]) -> Problem:
    told = ", ".join(conditions) or "no condition in a plan"
    return Problem(
        code="LDN-A015",
        place="the prior",
        given=f"evidence, for {outcome_id} and {told}",
        expected="a pooled estimate of this outcome, on its scale, in one of the conditions",
        todo="Use the default prior, or name in the plan a condition that has such an estimate.",
    )


def no_rows() -> Problem:
    return Problem(
        code="LDN-A011",
        place="the diary",
        given="no rows",
        expected="at least one recorded day",
        todo="Add a row for each day that was recorded.",
    )


def no_scale(diary: Diary) -> Problem:
    known = ", ".join(diary.outcome_ids) or "none"
    return Problem(
        code="LDN-A012",
        place="the outcomes",
        given=f"no scale (columns that could be outcomes: {known})",
        expected="the scale and the better direction of each outcome",
        todo="Give a plan, or name each outcome with its scale, such as pain:0-10:lower.",
    )


def no_column(missing: Sequence[str], known: Sequence[str]) -> Problem:
    return Problem(
        code="LDN-A013",
        place="the diary's columns",
        given=f"no column named {' or '.join(missing)} (there are: {', '.join(known) or 'none'})",
        expected="one column for each outcome",
        todo="Compare the ids of the outcomes with the first line of the diary.",
    )


def no_such_prior(prior: str) -> Problem:
    return Problem(
        code="LDN-A014",
        place="the prior",
        given=prior,
        expected=", ".join(priors.PRIOR_NAMES),
        todo="Choose one of these.",
    )

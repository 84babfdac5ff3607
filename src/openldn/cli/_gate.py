"""The safety gate of the commands: no plan is sealed over a rule that stands in the way."""

from __future__ import annotations

from dataclasses import replace

from openldn.protocol.plan import Plan
from openldn.protocol.problems import Problem
from openldn.protocol.safety import Severity, TouchedRule
from openldn.protocol.screening import Profile, Screening

__all__ = ["problems_of_safety", "rules_not_asked"]

_NOBODY = Profile(answers={}, numbers={})


def problems_of_safety(plan: Plan, profile: Profile | None) -> list[Problem]:
    """List the safety rules that keep a plan from going on.

    Parameters
    ----------
    profile
        What the person said; None: only of the plan's conditions is asked. (A plan for somebody
        under 18 is no plan in the first place.)
    """
    from openldn.protocol.safety import blocking

    said = profile or _NOBODY
    decided = {one.rule for one in said.decisions}
    found = _screened(plan, said)
    return [_problem(rule) for rule in blocking(found.touched, decided=decided)]


def rules_not_asked(plan: Plan, profile: Profile) -> tuple[str, ...]:
    """Name the stop rules that neither the plan nor the profile says anything about.

    They keep nothing from going on, but silence is never taken for "no": it is told.
    """
    from openldn.evidence.safety_rules import rules

    every = rules()
    silent = _screened(plan, profile).not_asked
    return tuple(rule for rule in silent if every[rule].severity is Severity.STOP)


def _screened(plan: Plan, profile: Profile) -> Screening:
    from openldn.evidence.medicines import catalogue
    from openldn.evidence.safety_rules import rules
    from openldn.protocol.screening import screen

    conditions = (*(profile.conditions or ()), *plan.person.conditions)
    said = replace(profile, conditions=conditions)
    return screen(said, rules=rules(), catalogue=catalogue())


def _problem(rule: TouchedRule) -> Problem:
    is_stop = rule.severity is Severity.STOP
    return Problem(
        code="LDN-G020" if is_stop else "LDN-G021",
        place=f"safety rule {rule.id}",
        given=f"a rule that is touched: {rule.why.rstrip('.')}",
        expected="that no stop rule is touched"
        if is_stop
        else "the prescriber's decision, as [[decision]] in the profile",
        todo=rule.do,
    )

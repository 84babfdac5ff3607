"""The safety gate of the commands: no plan is sealed over a rule that stands in the way."""

from __future__ import annotations

from dataclasses import replace

from openldn.protocol.plan import Plan
from openldn.protocol.problems import Problem
from openldn.protocol.safety import Severity, TouchedRule
from openldn.protocol.screening import Profile

__all__ = ["problems_of_safety"]

_NOBODY = Profile(answers={}, numbers={})


def problems_of_safety(plan: Plan, profile: Profile | None) -> list[Problem]:
    """List the safety rules that keep a plan from going on.

    Parameters
    ----------
    profile
        What the person said; None: only of the plan's conditions is asked. (A plan for somebody
        under 18 is no plan in the first place.)
    """
    from openldn.evidence.medicines import catalogue
    from openldn.evidence.safety_rules import rules
    from openldn.protocol.safety import blocking
    from openldn.protocol.screening import screen

    said = profile or _NOBODY
    said = replace(said, conditions=(*(said.conditions or ()), *plan.person.conditions))
    found = screen(said, rules=rules(), catalogue=catalogue())
    decided = {one.rule for one in said.decisions}
    return [_problem(rule) for rule in blocking(found.touched, decided=decided)]


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

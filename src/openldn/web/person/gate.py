"""What the answers and the medicines before a plan touch."""

from collections.abc import Iterable, Mapping

from openldn.protocol import safety
from openldn.protocol.plan import Plan
from openldn.protocol.problems import Problem
from openldn.protocol.safety import Severity, TouchedRule
from openldn.web.person import screens
from openldn.web.person.models import SafetyCheck

__all__ = ["is_blocked", "problems_of_plan", "rules_of", "touched"]


def touched(answers: Mapping[str, bool | None], names: Iterable[str]) -> tuple[TouchedRule, ...]:
    """List the rules that answers and medicines in use touch, the gravest first."""
    listed = (rule for name in names for rule in screens.screened(name).touched)
    return screens.gravest([*safety.touched(answers), *listed])


def rules_of(check: SafetyCheck) -> tuple[TouchedRule, ...]:
    """List the rules that a kept check touches."""
    return touched(check.answers, check.medicines or ())


def problems_of_plan(plan: Plan, check: SafetyCheck) -> list[Problem]:
    """List the rules that the conditions of a plan touch and that keep it from beginning."""
    decided = check.touched if check.decision_by else ()
    rules = safety.blocking(screens.of_conditions(plan.person.conditions), decided=decided)
    return [_in_the_way(rule) for rule in rules]


def is_blocked(check: SafetyCheck) -> bool:
    """Tell whether a plan cannot begin: a stop rule, an open question, medicines not asked."""
    decided = check.touched if check.decision_by else ()
    rules = safety.blocking(rules_of(check), decided=decided)
    return check.medicines is None or bool(rules)


def _in_the_way(rule: TouchedRule) -> Problem:
    is_stop = rule.severity is Severity.STOP
    return Problem(
        code="LDN-G020" if is_stop else "LDN-G021",
        place="The conditions of the plan",
        given=f"one that touches the safety rule {rule.id}: {rule.why.rstrip('.')}",
        expected="that no stop rule is touched" if is_stop else "the prescriber's decision",
        todo=rule.do,
    )

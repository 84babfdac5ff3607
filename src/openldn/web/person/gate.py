"""What the answers and the medicines before a plan touch."""

from collections.abc import Iterable, Mapping

from openldn.protocol import safety
from openldn.protocol.safety import TouchedRule
from openldn.web.person import screens
from openldn.web.person.models import SafetyCheck

__all__ = ["is_blocked", "rules_of", "touched"]


def touched(answers: Mapping[str, bool | None], names: Iterable[str]) -> tuple[TouchedRule, ...]:
    """List the rules that answers and medicines in use touch, the gravest first."""
    listed = (rule for name in names for rule in screens.screened(name).touched)
    return screens.gravest([*safety.touched(answers), *listed])


def rules_of(check: SafetyCheck) -> tuple[TouchedRule, ...]:
    """List the rules that a kept check touches."""
    return touched(check.answers, check.medicines or ())


def is_blocked(check: SafetyCheck) -> bool:
    """Tell whether a plan cannot begin: a stop rule, an open question, medicines not asked."""
    decided = check.touched if check.decision_by else ()
    rules = safety.blocking(rules_of(check), decided=decided)
    return check.medicines is None or bool(rules)

"""What the safety rules say to the medicines of one person, one name at a time.

Rules look at each medicine alone, so a list is screened name by name, and each touched rule is
known with the medicine that touched it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from openldn.evidence.medicines import catalogue
from openldn.evidence.safety_rules import rules, sources
from openldn.protocol.medicines import Recognised
from openldn.protocol.safety import Severity, TouchedRule
from openldn.protocol.screening import PastMedicine, Profile, screen
from openldn.web.languages import recognising

__all__ = [
    "Screened",
    "gravest",
    "of_conditions",
    "screened",
    "sources_in_words",
    "what_is_recognised",
]

_ORDER = tuple(Severity)  # gravest first


@dataclass(frozen=True, kw_only=True, slots=True)
class Screened:
    """One name, what it was recognised as, and the rules that it touches, gravest first."""

    recognised: Recognised
    touched: tuple[TouchedRule, ...]


@lru_cache(maxsize=1024)
def screened(name: str, *, days_ago: int | None = None) -> Screened:
    """Ask every rule about one medicine.

    Parameters
    ----------
    days_ago
        Whole days since the last use; None for a medicine in use.
    """
    in_use = days_ago is None
    profile = Profile(
        medicines=(name,) if in_use else None,
        past_medicines=None if in_use else (PastMedicine(name=name, days_ago=days_ago),),
        answers={},
        numbers={},
    )
    found = screen(profile, rules=rules(), catalogue=catalogue())
    recognised = found.medicines[0] if found.medicines else catalogue().recognise(name)
    return Screened(recognised=recognised, touched=found.touched)


def of_conditions(names: tuple[str, ...]) -> tuple[TouchedRule, ...]:
    """List the rules that conditions touch, gravest first."""
    profile = Profile(conditions=names, answers={}, numbers={})
    return screen(profile, rules=rules(), catalogue=catalogue()).touched


def gravest(touched: Iterable[TouchedRule]) -> tuple[TouchedRule, ...]:
    """Give each rule once, at its gravest, and the gravest rules first."""
    held: dict[str, TouchedRule] = {}
    for rule in touched:
        if rule.id not in held or _weight(rule) < _weight(held[rule.id]):
            held[rule.id] = rule
    return tuple(sorted(held.values(), key=_weight))


def what_is_recognised(one: Recognised) -> str:
    """Tell in one sentence what a name was recognised as."""
    words = recognising.recognised_as(one)
    return f"{words[:1].upper()}{words[1:]}."


def sources_in_words(rule: TouchedRule) -> str:
    """Name the sources of a rule."""
    known: Mapping[str, object] = sources()
    return "; ".join(getattr(known.get(one), "citation", one) for one in rule.source)


def _weight(rule: TouchedRule) -> int:
    return _ORDER.index(rule.severity)

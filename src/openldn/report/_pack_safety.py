"""The safety screen and the watch kept during a trial, as the pack prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from openldn.evidence.conditions import Condition
from openldn.evidence.medicines import catalogue
from openldn.evidence.safety_rules import rules, sources, unconfirmed
from openldn.evidence.screen_words import URGENT, rule_title
from openldn.evidence.side_effects import side_effects
from openldn.protocol.medicines import Recognised
from openldn.protocol.plan import Plan
from openldn.protocol.safety import Severity, TouchedRule
from openldn.protocol.screening import Profile, Screening, screen
from openldn.report._pack_evidence import References
from openldn.report._pack_plan import stop_rule_text, watched
from openldn.report.words import name_text

__all__ = ["banner", "monitoring", "safety_data", "screened", "told_to_person"]

# What two sides can hold beside the rest. What is left out is counted and named by its id.
_MOST_RULES = 8
_MOST_MEDICINES = 12
_MOST_STOP_RULES = 6
_MOST_TOLD = 7
_LONGEST_NAME = 60

_WEIGHTS = {
    Severity.STOP: "Stop",
    Severity.ASK_PRESCRIBER: "Your decision",
    Severity.CAUTION: "Take care",
    Severity.INFO: "To know",
}
_NOT_SAFE = "That a rule was not touched never means that LDN is safe; that is yours to judge."


def screened(profile: Profile | None, condition: Condition) -> Screening:
    """Ask every rule of a profile, and what the condition itself touches."""
    given = profile or Profile(answers={}, numbers={})
    found = screen(given, rules=rules(), catalogue=catalogue())
    alone = Profile(conditions=(condition.name,), answers={}, numbers={})
    of_condition = screen(alone, rules=rules(), catalogue=catalogue()).touched
    held = {rule.id for rule in found.touched}
    added = tuple(rule for rule in of_condition if rule.id not in held)
    asked = {*found.asked, *(rule.id for rule in added)}
    return replace(
        found,
        touched=tuple(sorted((*found.touched, *added), key=_rank)),
        asked=tuple(rule for rule in rules() if rule in asked),
        not_asked=tuple(rule for rule in rules() if rule not in asked),
    )


def banner(screening: Screening) -> str:
    """Say what stands in the way of a trial, "" when nothing does."""
    stops = _names(screening.touched, Severity.STOP)
    if stops:
        return (
            f"A stop rule is touched: {stops}. While it is, OpenLDN does not begin a trial. What"
            " follows is there to read and to talk about."
        )
    open_ = _names(screening.touched, Severity.ASK_PRESCRIBER)
    if open_:
        return f"Your decision is asked before a trial can begin: {open_}. Side 2 says why."
    return ""


def safety_data(screening: Screening, references: References) -> dict[str, Any]:
    """Give what was asked, what it touched, and what nobody has asked yet."""
    shown = screening.touched[:_MOST_RULES]
    left = [rule_title(rule.id) for rule in screening.touched[_MOST_RULES:]]
    stops = [rule for rule in screening.not_asked if rules()[rule].severity is Severity.STOP]
    others = [rule for rule in screening.not_asked if rule not in stops]
    return {
        "summary": _summary(screening),
        "medicines": _medicines(screening.medicines),
        "touched": [_touched(rule, references) for rule in shown],
        "more": f"Touched as well: {', '.join(left)}." if left else "",
        "not_asked": [rules()[rule].trigger for rule in stops],
        "others": f"Nor these: {', '.join(map(rule_title, others))}." if others else "",
        "unconfirmed": f"Unconfirmed in these rules: {' '.join(unconfirmed())}",
    }


def monitoring(plan: Plan, condition: Condition, references: References) -> list[str]:
    """Say what is watched, what ends or pauses a trial, and who is told."""
    return list(_monitoring(plan, condition, references))


def told_to_person(screening: Screening) -> list[str]:
    """Give what each touched rule tells the person to do, the gravest first."""
    told = [
        f"{_capital(rule_title(rule.id))}: {rule.do}" for rule in screening.touched[:_MOST_TOLD]
    ]
    left = [rule_title(rule.id) for rule in screening.touched[_MOST_TOLD:]]
    if left:
        told.append(f"Ask about these too: {', '.join(left)}.")
    return told


def _summary(screening: Screening) -> str:
    asked, every = len(screening.asked), len(rules())
    if not screening.asked:
        return f"None of the {every} rules was asked: no profile was given. {_NOT_SAFE}"
    count = len(screening.touched)
    touched = f"{count} touched" if count else "nothing in these rules was touched"
    return f"Of {every} rules {asked} were asked: {touched}. {_NOT_SAFE}"


def _medicines(medicines: Sequence[Recognised]) -> str:
    """Name the medicines, those that need a second look first."""
    if not medicines:
        return ""
    ranked = sorted(medicines, key=lambda one: (not one.is_opioid, one.is_recognised))
    told = [_medicine(one) for one in ranked[:_MOST_MEDICINES]]
    if len(ranked) > len(told):
        told.append(f"and {len(ranked) - len(told)} more")
    return f"Medicines named: {'; '.join(told)}."


def _medicine(one: Recognised) -> str:
    # A sign that turns the direction of text would turn what is said after the name as well.
    plain = "".join(sign if sign.isprintable() else " " for sign in one.text)
    name = " ".join(plain.split())
    name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    if one.is_opioid:
        return f"{name} (on the list of opioids)"
    return name if one.is_recognised else f"{name} (not recognised)"


def _touched(rule: TouchedRule, references: References) -> list[str]:
    marks = "".join(references.source(sources()[one]) for one in rule.source)
    return [
        _WEIGHTS[rule.severity],
        f"{rule_title(rule.id)} {marks}",
        f"{rules()[rule.id].trigger} {rule.why}",
        rule.do,
    ]


def _monitoring(plan: Plan, condition: Condition, references: References) -> Iterator[str]:
    scores = ", ".join(name_text(outcome.label)[:_LONGEST_NAME] for outcome in watched(plan)[:8])
    yield f"Each day: {scores}, side effects from 0 to 3, capsule taken or not, and events."
    for rule in plan.stop_rules[:_MOST_STOP_RULES]:
        yield f"Rule of the plan: {stop_rule_text(rule, plan)}"
    more = len(plan.stop_rules) - _MOST_STOP_RULES
    if more > 0:
        yield f"And {more} more rules of the plan; openldn plan show lists them."
    flags = [name_text(one.name) for one in side_effects().values() if one.is_red_flag]
    yield (
        f"Red flags at any stage, blinded or not: {', '.join(flags)}. The person is shown at once"
        " what to do, and it is recorded."
    )
    yield "Before each period the person is asked about opioids, whatever the capsule holds."
    yield (
        "In an emergency: act as if naltrexone was taken, whatever the period. The wallet card"
        f" says so. {_from('emergency-pain', references)}"
    )
    days = rules()["surgery-planned"].parameters
    yield (
        f"Before an operation this program pauses the trial {days['program_stop_days']} days"
        f" ahead, never fewer than {days['minimum_days']}. Unconfirmed: no interval for LDN rests"
        f" on a study. {_from('surgery-planned', references)}"
    )
    yield (
        "Yours to decide: liver tests before the first day, so that later ones can be judged."
        f" {_from('liver-other', references)}"
    )
    yield f"To mind in this illness: {condition.watch}"


def _from(rule_id: str, references: References) -> str:
    return "".join(references.source(sources()[one]) for one in rules()[rule_id].source)


def _rank(rule: TouchedRule) -> tuple[bool, int]:
    return rule.id not in URGENT, list(Severity).index(rule.severity)


def _names(touched: Sequence[TouchedRule], severity: Severity) -> str:
    return ", ".join(rule_title(rule.id) for rule in touched if rule.severity is severity)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

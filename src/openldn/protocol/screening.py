"""The screen: every safety rule asked of one person's profile and list of medicines.

The result is never "safe". It lists the rules that are touched, the rules that were asked, and
those that could not be asked because the profile says nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openldn.protocol._screen_questions import MORE_QUESTIONS
from openldn.protocol.medicines import Catalogue, Found, Match, Recognised, words_of
from openldn.protocol.safety import GATE_QUESTIONS, Question, Severity, TouchedRule

__all__ = [
    "ADULT",
    "NOT_RECOGNISED",
    "NUMBERS",
    "QUESTIONS",
    "Decision",
    "Limit",
    "PastMedicine",
    "Profile",
    "Rule",
    "Screening",
    "screen",
]

QUESTIONS: tuple[Question, ...] = (*GATE_QUESTIONS, *MORE_QUESTIONS)
ADULT = 18  # years; rule `minors`
NOT_RECOGNISED = "not-recognised"
_MINORS, _OPIOID_NOW, _COUGH = "minors", "opioid-now", "opioid-antitussive"
_RECENT_SHORT, _RECENT_LONG = "opioid-recent-short", "opioid-recent-long"
# Values that a rule may set a limit on, each with its lowest and highest possible value.
NUMBERS: Mapping[str, tuple[int, int]] = {
    "egfr": (0, 250),  # mL/min/1.73 m2
    "transaminases": (0, 1000),  # times the upper limit of the laboratory
    "planned_dose_mg": (0, 1000),
    "taken_dose_mg": (0, 10000),
    "level_mg": (0, 1000),
    "days_missed": (0, 10000),
    "side_effect_grade": (0, 5),
    "sleep_worse_points": (0, 10),
    "sleep_worse_days": (0, 10000),
    "phq9_item9": (0, 3),
}
_WEIGHT = {
    Severity.STOP: 3,
    Severity.ASK_PRESCRIBER: 2,
    Severity.CAUTION: 1,
    Severity.INFO: 0,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A limit on one value of the profile, perhaps together with a limit on another."""

    name: str
    at_least: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    beside: Limit | None = None

    def is_met(self, numbers: Mapping[str, Decimal]) -> bool:
        """Whether the profile holds the value and it lies within the limit."""
        value = numbers.get(self.name)
        if value is None or (self.beside and not self.beside.is_met(numbers)):
            return False
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def is_asked(self, numbers: Mapping[str, Decimal]) -> bool:
        """Whether the profile holds every value that this limit looks at."""
        return self.name in numbers and (self.beside is None or self.beside.is_asked(numbers))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One safety rule, as the table of rules holds it."""

    id: str
    severity: Severity
    trigger: str
    why: str
    do: str
    basis: tuple[str, ...]
    source: tuple[str, ...]
    verified: str
    conditions: tuple[str, ...] = ()
    stop_conditions: tuple[str, ...] = ()
    numbers: tuple[Limit, ...] = ()
    parameters: Mapping[str, object]

    def touched(self, severity: Severity | None = None) -> TouchedRule:
        """Give the rule in words for the person, at its own or another severity."""
        return TouchedRule(
            id=self.id,
            severity=severity or self.severity,
            why=self.why,
            do=self.do,
            source=self.source,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PastMedicine:
    """A medicine that is no longer used, with the whole days since the last use, if known."""

    name: str
    days_ago: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What a prescriber decided about one rule that asks for it."""

    rule: str
    by: str
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What is known about a person. None means that it was not said."""

    age: int | None = None  # the youngest that a birth year allows
    conditions: tuple[str, ...] | None = None
    medicines: tuple[str, ...] | None = None
    past_medicines: tuple[PastMedicine, ...] | None = None
    answers: Mapping[str, bool]
    numbers: Mapping[str, Decimal]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Screening:
    """What the rules say to one profile."""

    medicines: tuple[Recognised, ...]
    touched: tuple[TouchedRule, ...]  # gravest first, then in the order of the table
    asked: tuple[str, ...]
    not_asked: tuple[str, ...]


_Touch = tuple[str, Severity | None]  # rule id, and its severity where that differs


def screen(profile: Profile, *, rules: Mapping[str, Rule], catalogue: Catalogue) -> Screening:
    """Ask every rule of a profile.

    Parameters
    ----------
    rules
        By id, in the order of the table.
    catalogue
        The medicines that can be recognised.
    """
    current = [catalogue.recognise(text) for text in profile.medicines or ()]
    past = [(one, catalogue.recognise(one.name)) for one in profile.past_medicines or ()]
    touches = [
        *_of_answers(profile.answers),
        *_of_age(profile),
        *_of_conditions(profile.conditions or (), rules.values()),
        *_of_numbers(profile.numbers, rules.values()),
        *(touch for text in current for touch in _of_medicine(text)),
        *(touch for one, text in past for touch in _of_past(text, days_ago=one.days_ago)),
    ]
    asked = _asked(profile, rules=rules, catalogue=catalogue)
    return Screening(
        medicines=(*current, *(text for _, text in past)),
        touched=_gravest(touches, rules),
        asked=tuple(rule for rule in rules if rule in asked),
        not_asked=tuple(rule for rule in rules if rule not in asked),
    )


def _of_answers(answers: Mapping[str, bool]) -> Iterator[_Touch]:
    for question in QUESTIONS:
        if answers.get(question.id) is question.when:
            yield question.touches, question.severity


def _of_age(profile: Profile) -> Iterator[_Touch]:
    if profile.age is not None and profile.age < ADULT:
        yield _MINORS, None


def _of_conditions(conditions: Iterable[str], rules: Iterable[Rule]) -> Iterator[_Touch]:
    said = [" " + " ".join(words_of(text)) + " " for text in conditions]
    for rule in rules:
        if _is_named(rule.stop_conditions, said):
            yield rule.id, Severity.STOP
        elif _is_named(rule.conditions, said):
            yield rule.id, None


def _is_named(wanted: Iterable[str], said: Iterable[str]) -> bool:
    """Whether one of the phrases stands in what was said, as whole words."""
    phrases = [" " + " ".join(words_of(text)) + " " for text in wanted]
    return any(phrase in text for text in said for phrase in phrases)


def _of_numbers(numbers: Mapping[str, Decimal], rules: Iterable[Rule]) -> Iterator[_Touch]:
    for rule in rules:
        if any(limit.is_met(numbers) for limit in rule.numbers):
            yield rule.id, None


def _of_medicine(text: Recognised) -> Iterator[_Touch]:
    """Tell what a medicine in use touches."""
    if not text.is_recognised or text.unknown_parts:
        yield NOT_RECOGNISED, None
    for found in text.found:
        medicine = found.medicine
        severity = _severity(found)
        if medicine.is_opioid and medicine.action == Severity.STOP:
            yield _OPIOID_NOW, severity
        if found.is_cough and medicine.is_opioid:
            yield _COUGH, severity
        for rule in (medicine.rule, *medicine.also):
            if rule:
                yield rule, severity
        if medicine.is_opioid and text.is_long_acting and medicine.action == Severity.STOP:
            yield _RECENT_LONG, severity


def _of_past(text: Recognised, *, days_ago: int | None) -> Iterator[_Touch]:
    """Tell what an opioid that was used before touches, while this program still waits."""
    if not text.is_recognised or text.unknown_parts:
        yield NOT_RECOGNISED, None
    for found in text.found:
        medicine = found.medicine
        if not medicine.is_opioid or text.is_waited_out(found, days_ago=days_ago):
            continue
        severity = _severity(found)
        if medicine.is_opioid and medicine.action == Severity.STOP:
            is_long = text.is_long_acting or medicine.rule == _RECENT_LONG
            yield (_RECENT_LONG if is_long else _RECENT_SHORT), severity
        for rule in (medicine.rule, *medicine.also):
            if rule and rule != _OPIOID_NOW:
                yield rule, severity


def _severity(found: Found) -> Severity | None:
    """Weigh a find: as its entry says; a misspelling is never surer than a question."""
    said = Severity(found.medicine.action) if found.medicine.action else None
    if found.match is Match.FUZZY and said is Severity.STOP:
        return Severity.ASK_PRESCRIBER
    return said


def _gravest(touches: Iterable[_Touch], rules: Mapping[str, Rule]) -> tuple[TouchedRule, ...]:
    """Give each touched rule once, at the gravest severity that anything gave it."""
    held: dict[str, Severity] = {}
    for rule_id, severity in touches:
        weighed = severity or rules[rule_id].severity
        if rule_id not in held or _WEIGHT[weighed] > _WEIGHT[held[rule_id]]:
            held[rule_id] = weighed
    order = list(rules)
    ranked = sorted(held, key=lambda rule: (-_WEIGHT[held[rule]], order.index(rule)))
    return tuple(rules[rule].touched(held[rule]) for rule in ranked)


def _asked(profile: Profile, *, rules: Mapping[str, Rule], catalogue: Catalogue) -> set[str]:
    """Name the rules that something in the profile could have touched."""
    asked = {question.touches for question in QUESTIONS if question.id in profile.answers}
    if profile.age is not None:
        asked.add(_MINORS)
    if profile.medicines is not None:
        asked |= {_OPIOID_NOW, _COUGH, NOT_RECOGNISED, *_rules_of_medicines(catalogue)}
    if profile.past_medicines is not None:
        asked |= {_RECENT_SHORT, _RECENT_LONG, NOT_RECOGNISED}
    for rule in rules.values():
        if profile.conditions is not None and (rule.conditions or rule.stop_conditions):
            asked.add(rule.id)
        if any(limit.is_asked(profile.numbers) for limit in rule.numbers):
            asked.add(rule.id)
    return asked


def _rules_of_medicines(catalogue: Catalogue) -> set[str]:
    return {rule for one in catalogue.medicines for rule in (one.rule, *one.also) if rule}

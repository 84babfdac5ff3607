"""Every safety rule: a table of what touches it and what does not, and the handbook from it."""

import importlib.util
import re
import tomllib
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from openldn.evidence import conditions
from openldn.evidence.medicines import catalogue
from openldn.evidence.safety_rules import rules, sources, unconfirmed
from openldn.protocol import safety
from openldn.protocol.profile import profile_from_toml
from openldn.protocol.screening import QUESTIONS, Rule, Screening, screen
from support import reading, tree

CASES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("safety_cases.toml").read_text("utf-8")
)["case"]
TODAY = date(2026, 3, 1)  # the handbook's day
RULES = rules()
VERIFIED = {"label", "full-text", "abstract", "secondary", "derived", "unconfirmed"}
# Words that would tell someone what to do with the dose, and words no person should read.
VERBS = "take|double|skip|halve|stop taking|start taking|raise|lower|restart|stop|start"
ORDERS = rf"\b({VERBS}) (ldn|the dose|your dose|a dose|it at)\b"
BANNED = r"\b(significant|p-value|proven|works|does not work|responder|effect size|confidence)\b"


def asked(profile: str) -> Screening:
    """Ask every rule of a few lines of a profile."""
    whole = profile_from_toml(f"format = 1\n{profile}".encode(), today=TODAY)
    return screen(whole, rules=RULES, catalogue=catalogue())


@pytest.mark.parametrize("one", conditions.catalogue(), ids=lambda one: one.id)
def test_a_condition_touches_the_same_rules_by_its_name_and_by_the_id_of_a_plan(
    one: conditions.Condition,
) -> None:
    """A plan holds ids; no rule may be deaf to them."""
    by_name, by_id = (asked(f'conditions = ["{text}"]').touched for text in (one.name, one.id))
    assert by_name == by_id


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_no_rule_calls_anything_safe(rule: Rule) -> None:
    """Not even what is welcome: that word is nobody's here to give."""
    assert not re.search(r"\b(is|are|be) safe\b", f"{rule.why} {rule.do}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}: {case['says']}")
def test_a_rule_is_touched_by_what_its_table_says(case: dict[str, Any]) -> None:
    """The rule has the severity of the row, or is asked and not touched."""
    screening = asked(case["profile"])
    touched = {rule.id: str(rule.severity) for rule in screening.touched}
    assert touched.get(case["rule"]) == case.get("severity")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_row_that_touches_it_and_one_that_does_not(rule: str) -> None:
    """No rule is in the table without an example of both."""
    severities = [case.get("severity") for case in CASES if case["rule"] == rule]
    assert any(severities)
    assert None in severities


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_told_in_plain_words_with_its_sources(rule: Rule) -> None:
    """Why, what to do and where from; no word about changing a dose, no banned one."""
    for text in (rule.trigger, rule.why, rule.do):
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith(".")
        assert not re.search(ORDERS, text, re.IGNORECASE)
        assert not re.search(BANNED, text, re.IGNORECASE)
    assert rule.source
    assert set(rule.source) <= set(sources())
    assert rule.verified in VERIFIED


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_can_be_read_at_grade_8(rule: Rule) -> None:
    """Why and what to do, medicine names and all."""
    assert reading.grade(f"{rule.why} {rule.do}") <= 8


@pytest.mark.parametrize("source", sources().values(), ids=sources())
def test_a_source_can_be_looked_up_and_says_how_it_was_read(source: Any) -> None:
    """A citation is there, and its reading is one of the known kinds."""
    assert len(source.citation) > 10
    assert source.verified in VERIFIED


@pytest.mark.parametrize("rule", safety.RULES.values(), ids=safety.RULES)
def test_the_rules_of_the_gate_are_in_the_table(rule: safety.TouchedRule) -> None:
    """The gate's words stand in `protocol`, which reads no file; the table adds the trigger."""
    assert rule == RULES[rule.id].touched()


def test_every_question_leads_to_a_rule_and_has_an_id_of_its_own() -> None:
    """A misspelled rule id would never be touched."""
    assert {question.touches for question in QUESTIONS} <= set(RULES)
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)


def test_every_medicine_leads_to_a_rule_that_exists() -> None:
    """The catalogue names no rule that the table does not have."""
    named = {rule for one in catalogue().medicines for rule in (one.rule, *one.also) if rule}
    assert named <= set(RULES)


def test_an_empty_profile_asks_nothing_and_says_so() -> None:
    """Silence is not a screen: every rule is listed as not asked."""
    screening = asked("")
    assert screening.touched == ()
    assert screening.asked == ()
    assert set(screening.not_asked) == set(RULES)


def test_every_rule_can_be_asked() -> None:
    """A full profile leaves no rule out."""
    answers = ", ".join(f"{question.id} = {_harmless(question)}" for question in QUESTIONS)
    numbers = "egfr = 90, transaminases = 1, planned_dose_mg = 3, days_missed = 0, level_mg = 3"
    numbers += ", side_effect_grade = 0"
    screening = asked(
        f"age = 40\nconditions = []\nmedicines = []\npast_medicine = []\nanswers = {{{answers}}}\n"
        f"numbers = {{{numbers}}}"
    )
    assert screening.not_asked == ()
    assert screening.touched == ()


def _harmless(question: safety.Question) -> str:
    return str(not question.when).lower()


def test_the_gravest_rule_comes_first_and_the_gravest_reason_counts() -> None:
    """One sure and one misspelled opioid: the sure one decides, and stop stands before caution."""
    screening = asked('medicines = ["oxycodne", "levothyroxine", "codeine"]')
    severities = [str(rule.severity) for rule in screening.touched]
    assert severities[0] == "stop"
    assert severities == sorted(severities, key=["stop", "ask-prescriber", "caution"].index)


def test_what_is_unconfirmed_is_in_the_handbook() -> None:
    """Doubts are printed where the rules are."""
    page = handbook().page()
    assert all(doubt in page for doubt in unconfirmed())


def test_the_handbook_is_what_the_rules_say() -> None:
    """The page is rebuilt by one script, and nobody forgot to run it."""
    script = handbook()
    assert script.page() == script.PAGE.read_text(encoding="utf-8")


def handbook() -> ModuleType:
    """Load the script that writes the handbook."""
    path = tree.ROOT / "tools" / "write_safety_handbook.py"
    spec = importlib.util.spec_from_file_location("write_safety_handbook", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script

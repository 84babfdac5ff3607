"""The safety gate."""

import re

import pytest

from openldn.protocol.safety import (
    GATE_QUESTIONS,
    RULES,
    Question,
    Severity,
    TouchedRule,
    blocking,
    touched,
)

SAFE: dict[str, bool | None] = {q.id: not q.when for q in GATE_QUESTIONS}


def ids(answers: dict[str, bool | None]) -> list[str]:
    """List the ids of the touched rules."""
    return [rule.id for rule in touched(answers)]


def test_safe_answers_touch_nothing() -> None:
    """The gate can be passed."""
    assert touched(SAFE) == ()


# safety.yaml: rule id, severity.
EXPECTED = {
    "opioid-now": "stop",
    "opioid-recent-short": "stop",
    "opioid-recent-long": "stop",
    "opioid-dependence-treatment": "stop",
    "kratom": "stop",
    "hepatitis-failure": "stop",
    "liver-other": "ask-prescriber",
    "minors": "stop",
    "pregnancy": "ask-prescriber",
    "breastfeeding": "ask-prescriber",
}


@pytest.mark.parametrize("question", GATE_QUESTIONS, ids=lambda question: question.id)
def test_each_question_touches_its_own_rule_and_no_other(question: Question) -> None:
    """One unsafe answer, one rule, with the severity of the fact sheet."""
    (rule,) = touched(SAFE | {question.id: question.when})
    assert rule.id == question.touches
    assert rule.severity == EXPECTED[rule.id]


def test_every_rule_is_asked_about() -> None:
    """No rule of the gate lies behind a question that nobody asks."""
    assert {q.touches for q in GATE_QUESTIONS} == set(RULES) == set(EXPECTED)


@pytest.mark.parametrize("answer", [None, "no", 0, ""])
@pytest.mark.parametrize("question", GATE_QUESTIONS, ids=lambda question: question.id)
def test_silence_is_never_taken_for_no(question: Question, answer: object) -> None:
    """None, a text or a number is no answer, and blocks whatever is decided."""
    (rule,) = touched(SAFE | {question.id: answer})  # type: ignore[dict-item]
    assert rule.id == f"not-answered:{question.id}"
    assert blocking([rule], decided=[rule.id, question.touches]) == (rule,)


def test_no_answers_at_all_block_with_every_question() -> None:
    """An empty form is not a safe form."""
    assert len(blocking(touched({}))) == len(GATE_QUESTIONS)


def test_an_answer_to_an_unknown_question_is_refused() -> None:
    """A misspelled id must not look like an answer."""
    with pytest.raises(ValueError, match="opiod"):
        touched(SAFE | {"opiod": False})


def test_a_recorded_decision_lifts_a_question_for_the_prescriber_and_nothing_more() -> None:
    """Pregnancy needs a decision; an opioid cannot be decided away."""
    rules = touched(SAFE | {"pregnancy": True, "opioid-now": True})
    assert [rule.id for rule in blocking(rules)] == ["opioid-now", "pregnancy"]
    left = blocking(rules, decided=["pregnancy", "opioid-now"])
    assert [rule.id for rule in left] == ["opioid-now"]


def test_several_rules_are_listed_in_the_order_of_the_questions() -> None:
    """All at once, as they were asked."""
    assert ids(SAFE | {"breastfeeding": True, "adult": False}) == ["minors", "breastfeeding"]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_names_its_source_and_tells_nobody_to_change_a_dose(rule: TouchedRule) -> None:
    """Why and what to do are there; a dose, a stop or a start of the drug is not."""
    assert rule.source
    assert rule.why.endswith(".")
    forbidden = r"\b(take|double|skip|halve|stop taking|start taking|raise|lower) "
    assert not re.search(forbidden, rule.do, re.IGNORECASE)
    assert rule.severity in (Severity.STOP, Severity.ASK_PRESCRIBER)

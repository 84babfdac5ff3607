"""The safety gate: what is asked before a first plan starts, and which rules the answers touch.

Rule ids, triggers and sources are those of the project's safety facts (`safety.yaml`). A `stop`
rule blocks the start. An `ask-prescriber` rule blocks it until the prescriber's decision is
recorded. A question without an answer blocks as well: silence is never taken for "no".
Nothing here ever tells anyone to start, stop or change a dose.

The screen, which asks every rule and reads a list of medicines, is `screening`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "GATE_QUESTIONS",
    "RULES",
    "Question",
    "Severity",
    "TouchedRule",
    "blocking",
    "touched",
]


class Severity(StrEnum):
    """What a touched rule asks of the program."""

    STOP = "stop"
    ASK_PRESCRIBER = "ask-prescriber"
    CAUTION = "caution"
    INFO = "info"


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchedRule:
    """A safety rule that the answers touch, in words for the person."""

    id: str
    severity: Severity
    why: str
    do: str
    source: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of the gate, answered yes or no; one of the answers touches a rule."""

    id: str
    text: str
    touches: str  # rule id
    when: bool = True  # the answer that touches it
    help: str = ""
    severity: Severity | None = None  # where this answer weighs otherwise than the rule itself


RULES: Mapping[str, TouchedRule] = {
    rule.id: rule
    for rule in (
        TouchedRule(
            id="opioid-now",
            severity=Severity.STOP,
            why="LDN pushes opioids off their place in the body. This can bring on sudden, severe "
            "withdrawal, even with 1 mg.",
            do="A trial cannot begin or go on here. Do not change your opioid on your own: talk "
            "with the doctor who gives it to you.",
            source=("us-label", "naumann-2023"),
        ),
        TouchedRule(
            id="opioid-recent-short",
            severity=Severity.STOP,
            why="Traces of an opioid stay for days. The label asks for 7 to 10 days without; this "
            "program waits for 10 full days.",
            do="Come back when 10 full days have passed, and tell your prescriber what you took "
            "and when.",
            source=("us-label", "uk-leaflets", "final-trial", "ldn-registries"),
        ),
        TouchedRule(
            id="opioid-recent-long",
            severity=Severity.STOP,
            why="Methadone, buprenorphine, patches and slow tablets stay for two weeks or more; a "
            "buprenorphine injection or implant stays for months.",
            do="A trial cannot begin or go on here now. Your prescriber must decide how long to "
            "wait.",
            source=("us-label", "alberta-leaflet"),
        ),
        TouchedRule(
            id="kratom",
            severity=Severity.STOP,
            why="Kratom acts like an opioid. Withdrawal after naltrexone has been reported, and no "
            "safe wait has been studied.",
            do="A trial cannot begin or go on here now. Tell your prescriber about the kratom.",
            source=("jarka-2023", "mhc-2021-kratom"),
        ),
        TouchedRule(
            id="opioid-dependence-treatment",
            severity=Severity.STOP,
            why="LDN does not fit with treatment for opioid dependence and must never replace it.",
            do="A trial cannot begin or go on here. Please talk with your clinic, and keep your "
            "treatment.",
            source=("us-label", "eu-csp"),
        ),
        TouchedRule(
            id="hepatitis-failure",
            severity=Severity.STOP,
            why="With a badly ill liver, much more of the drug stays in the body.",
            do="A trial cannot begin or go on here. See a doctor soon if your skin or eyes are "
            "yellow.",
            source=("us-label", "eu-csp"),
        ),
        TouchedRule(
            id="liver-other",
            severity=Severity.ASK_PRESCRIBER,
            why="More of the drug may stay in the body, and liver tests need a first value to be "
            "judged.",
            do="Ask your prescriber. The decision must be written down before the first day.",
            source=("us-label", "final-trial"),
        ),
        TouchedRule(
            id="minors",
            severity=Severity.STOP,
            why="The drug is not advised under 18, and this program has not been studied there.",
            do="A trial cannot begin or go on here. Please talk with the doctor.",
            source=("us-label", "eu-csp"),
        ),
        TouchedRule(
            id="pregnancy",
            severity=Severity.ASK_PRESCRIBER,
            why="Very little is known about LDN in pregnancy. Trials left pregnant people out.",
            do="Ask your prescriber. The decision must be written down before the first day.",
            source=("us-label", "final-trial"),
        ),
        TouchedRule(
            id="breastfeeding",
            severity=Severity.ASK_PRESCRIBER,
            why="A little of the drug passes into milk. European leaflets advise against it.",
            do="Ask your prescriber. The decision must be written down before the first day.",
            source=("uk-leaflets", "lactmed", "chan-2004"),
        ),
    )
}

GATE_QUESTIONS: tuple[Question, ...] = (
    Question(
        id="adult",
        text="Are you 18 or older?",
        touches="minors",
        when=False,
    ),
    Question(
        id="opioid-now",
        text="Do you use any opioid now, even only when needed?",
        touches="opioid-now",
        help="Strong painkillers such as codeine, tramadol, oxycodone, morphine or fentanyl; some "
        "cough and diarrhoea medicines; heroin; patches, sprays and pumps too.",
    ),
    Question(
        id="opioid-last-10-days",
        text="Did you take any opioid in the last 10 days?",
        touches="opioid-recent-short",
        help="Also in hospital, at the dentist or during an operation. If you do not know what you "
        "were given, answer yes.",
    ),
    Question(
        id="opioid-long-acting",
        text="Did you use a long-acting opioid in the last 14 days, or a buprenorphine injection "
        "or implant in the last 12 months?",
        touches="opioid-recent-long",
        help="Methadone, buprenorphine, levorphanol, slow-release tablets, or a patch.",
    ),
    Question(
        id="kratom-last-14-days",
        text="Did you use kratom in the last 14 days?",
        touches="kratom",
    ),
    Question(
        id="opioid-dependence",
        text="Are you treated for opioid dependence, or have you trouble with opioid use?",
        touches="opioid-dependence-treatment",
    ),
    Question(
        id="liver-now",
        text="Do you have acute hepatitis, liver failure, or yellow skin or eyes?",
        touches="hepatitis-failure",
        help="Also advanced cirrhosis with fluid in the belly or confusion.",
    ),
    Question(
        id="liver-other",
        text="Do you have long-term hepatitis, cirrhosis or raised liver tests, or do you drink "
        "heavily?",
        touches="liver-other",
    ),
    Question(
        id="pregnancy",
        text="Are you pregnant, trying to become pregnant, or could you be pregnant?",
        touches="pregnancy",
    ),
    Question(
        id="breastfeeding",
        text="Are you breastfeeding?",
        touches="breastfeeding",
    ),
)


def touched(answers: Mapping[str, bool | None]) -> tuple[TouchedRule, ...]:
    """List the rules that the answers touch, in the order of the questions.

    Parameters
    ----------
    answers
        By question id: True yes, False no. None, a missing id, or anything that is not a plain
        yes or no counts as not answered, and that touches a `stop` rule of its own.

    Raises
    ------
    ValueError
        For an answer to a question that is not asked.
    """
    unknown = set(answers) - {question.id for question in GATE_QUESTIONS}
    if unknown:
        raise ValueError("the gate does not ask: " + ", ".join(sorted(unknown)))
    rules = []
    for question in GATE_QUESTIONS:
        answer = answers.get(question.id)
        if not isinstance(answer, bool):
            rules.append(_not_answered(question))
        elif answer is question.when:
            rules.append(RULES[question.touches])
    return tuple(rules)


def blocking(
    rules: Iterable[TouchedRule], *, decided: Collection[str] = ()
) -> tuple[TouchedRule, ...]:
    """List the rules that keep a plan from starting, drawing its order or going on.

    Parameters
    ----------
    rules
        Touched rules.
    decided
        Ids of `ask-prescriber` rules for which the prescriber's decision is recorded. A decision
        never lifts a `stop`.
    """
    return tuple(
        rule
        for rule in rules
        if rule.severity is Severity.STOP
        or (rule.severity is Severity.ASK_PRESCRIBER and rule.id not in decided)
    )


def _not_answered(question: Question) -> TouchedRule:
    return TouchedRule(
        id=f"not-answered:{question.id}",
        severity=Severity.STOP,
        why=f"This question has no answer yet: {question.text}",
        do="Answer yes or no. If you are not sure, ask your prescriber or pharmacist.",
        source=("program",),
    )

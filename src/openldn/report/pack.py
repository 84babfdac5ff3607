"""The conversation pack: two sides for the prescriber and one for the person, as a PDF.

It proposes a plan to talk about, tells what studies say with the unwelcome first, what the safety
rules touched, and what a personal trial would settle. It never tells anyone to start, stop or
change a dose, and a "no" has its place on it without blame.
"""

from __future__ import annotations

from typing import Any

from openldn.evidence.conditions import Condition
from openldn.protocol.plan import Plan
from openldn.protocol.screening import Profile
from openldn.report._pack_evidence import References, evidence_data
from openldn.report._pack_plan import parts, plan_points, settled
from openldn.report._pack_safety import (
    banner,
    monitoring,
    safety_data,
    screened,
    told_to_person,
)
from openldn.report._printer import print_pdf, print_pictures
from openldn.report.sentences import PURPOSE
from openldn.report.words import AFTER_A_NO, NO_BLAME, matters_text, name_text

__all__ = ["pack_data", "pack_pictures", "render_pack"]

_TEMPLATE = "pack.typ"
_LONGEST_LABEL = 80
_FOR_PRESCRIBER = (
    "For the prescriber, to read together with the person who brings it. It proposes a personal"
    " trial (N-of-1) and tells what studies say, the unwelcome first. Drug, doses and times are"
    " yours to decide. No regulator has approved naltrexone at a low dose."
)
_FOR_PERSON = (
    "This side is for you. The two sides before it are for your prescriber, and nothing in them is"
    " hidden from you. Tick what you want to ask, and write down what you hear."
)
_DECISIONS = ("Yes", "Yes, with changes", "Not now", "No")
_ASK_WHY = (
    "Ask for the reason, and what would have to change. Ask if you may bring it up again, and when."
    " Write it down below, in their words."
)


def render_pack(
    condition: Condition,
    *,
    plan: Plan,
    profile: Profile | None = None,
    is_first_plan: bool = False,
) -> bytes:
    """Print the pack as a tagged PDF of three pages.

    Parameters
    ----------
    condition
        What the evidence is told for.
    plan
        What is proposed.
    profile
        What the safety rules are asked of; None when the person has not said anything yet.
    is_first_plan
        Whether the plan is our own first proposal, which nobody has made fit this person.
    """
    data = pack_data(condition, plan=plan, profile=profile, is_first_plan=is_first_plan)
    return print_pdf(_TEMPLATE, data)


def pack_pictures(
    condition: Condition,
    *,
    plan: Plan,
    profile: Profile | None = None,
    is_first_plan: bool = False,
) -> tuple[bytes, ...]:
    """Print the same pages as pictures (PNG), to look at."""
    data = pack_data(condition, plan=plan, profile=profile, is_first_plan=is_first_plan)
    return print_pictures(_TEMPLATE, data)


def pack_data(
    condition: Condition,
    *,
    plan: Plan,
    profile: Profile | None = None,
    is_first_plan: bool = False,
) -> dict[str, Any]:
    """Give every word of the pack as plain data."""
    screening = screened(profile, condition)
    references = References()
    evidence = evidence_data(condition, references)
    safety = safety_data(screening, references)
    watch = monitoring(plan, condition, references)
    return {
        "title": f"{condition.name} and low-dose naltrexone (LDN): a plan to talk about",
        "lead": _FOR_PRESCRIBER,
        "banner": banner(screening),
        "plan": list(plan_points(plan, is_first=is_first_plan)),
        "parts": [list(part) for part in parts(plan)],
        "settled": list(settled(plan)),
        "evidence": {"title": f"What studies say: {condition.name}", **evidence},
        "safety": safety,
        "monitoring": watch,
        "decisions": list(_DECISIONS),
        "references": references.texts,
        "person": _person(condition, plan, told_to_person(screening), bool(screening.asked)),
        "footer": PURPOSE,
    }


def _person(condition: Condition, plan: Plan, told: list[str], is_asked: bool) -> dict[str, Any]:
    nothing = (
        "Nothing in the rules that were asked was touched. That does not mean that LDN is safe for"
        " you."
        if is_asked
        else "No safety questions were answered yet. Ask your prescriber to go through the list on"
        " side 2 with you."
    )
    return {
        "title": "For you: questions to take along",
        "lead": _FOR_PERSON,
        "studies": f"{condition.name}, in short: {condition.evidence}",
        "questions": list(_questions(plan)),
        "told": told or [nothing],
        "if_no": [NO_BLAME, _ASK_WHY, *AFTER_A_NO],
        "decisions": list(_DECISIONS),
    }


def _questions(plan: Plan) -> tuple[str, ...]:
    primary = plan.primary
    score = name_text(primary.label)[:_LONGEST_LABEL]
    maker = (
        "Who makes the capsules and the placebo, and what do they cost?"
        if plan.design.kind.is_blinded
        else "Who makes the capsules, and what do they cost?"
    )
    return (
        "What do you make of these studies? Is there one that I should know of?",
        "Is there a reason why LDN would be a risk for me?",
        "These are all my medicines, and those of the last weeks. Is an opioid among them? Some"
        " cough and diarrhoea medicines hold one.",
        f"What would have to change before we both call it a gain? The plan asks about {score},"
        f" and says that {matters_text(primary.mcid)} would matter.",
        "Which of my usual medicines and checks go on as they are?",
        maker,
        "Whom do I call if I feel worse, at night too?",
        "What if I need an operation, or have an accident?",
        "What would make us end the trial early?",
        "When do we look at the answer together? And what if it says “we could not tell”?",
    )

"""Walks through the steps of a plan, as a person who fills in each page."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.test import Client

from openldn.protocol.safety import GATE_QUESTIONS
from openldn.web.access import people
from openldn.web.plan import drafts
from support.web import NOW

__all__ = ["AGREED", "SAFE", "STEPS", "draft_number", "fill", "freeze", "walk"]

# The answers of a newcomer with lupus, page by page.
STEPS: dict[str, dict[str, object]] = {
    "condition": {"first": "lupus", "second": "", "third": ""},
    "matters": {"chosen": ["pain", "fatigue"], "own_1": "Walking to the shop", "own_2": ""},
    "words": {
        "label_pain": "Aches",
        "better_pain": "lower",
        "label_fatigue": "Worn out",
        "better_fatigue": "lower",
        "label_own_1": "Walking to the shop",
        "better_own_1": "higher",
        "primary": "fatigue",
    },
    "worth": {"mcid_pain": "1", "mcid_fatigue": "1,5", "mcid_own_1": "2"},
    "doses": {
        **{"dose_1": "1,5", "days_1": "14", "dose_2": "3", "days_2": "14"},
        **{"dose_3": "", "days_3": "", "dose_4": "", "days_4": "", "dose_5": "", "days_5": ""},
        **{"already_on": "0", "time": "bedtime", "acts": "next-day"},
    },
    "design": {"kind": "open-reversal", "pairs": "4", "weeks": "3"},
    "calendar": {"start": NOW.date().isoformat()},
}
AGREED = {"by": "Dr B", "on": "2026-11-20", "is_yes": "on"}
SAFE = {question.id: "no" if question.when else "yes" for question in GATE_QUESTIONS} | {
    "uses_none": "on"
}


def draft_number() -> int:
    """Tell the number that a page shown now holds."""
    return drafts.number_of(people.owner())


def fill(client: Client, step: str, answers: Mapping[str, object], **more: object) -> HttpResponse:
    """Send a page as a browser does that was shown the latest draft."""
    sent: dict[str, object] = {"draft": draft_number(), **answers, **more}
    return client.post(f"/plan/{step}", sent)  # type: ignore[return-value]


def walk(client: Client, *, until: str = "freeze", kind: str = "open-reversal") -> None:
    """Fill in every page before one."""
    design = {**STEPS["design"], "kind": kind}
    pages: dict[str, Mapping[str, object]] = {**STEPS, "design": design, "agree": AGREED}
    for step, answers in pages.items():
        if step == until:
            return
        reply = fill(client, step, answers)
        assert reply.status_code == 302, (step, reply.content.decode())


def freeze(client: Client, **more: object) -> HttpResponse:
    """Freeze the draft as it is."""
    return client.post("/plan/freeze", {"draft": draft_number(), **more})  # type: ignore[return-value]

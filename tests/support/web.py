"""What the web and browser tests share: one plan, its seal, and evenings to fill it with."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from openldn.protocol import seal
from openldn.protocol.plan import Arm, Plan
from openldn.web.person import actions, items, medicines, period_questions
from openldn.web.person.models import Entry, Trial

__all__ = [
    "NOW",
    "ORDER",
    "OTHER_ORDER",
    "PLAN",
    "RULES",
    "SEAL",
    "add_evenings",
    "answer_no_opioids",
    "frighten",
    "meet_every_rule",
    "names_placebo",
    "pause",
    "seal_of",
    "visible",
]

# 21:30 in a zone where the day differs from that of UTC for some hours.
NOW = datetime(2026, 11, 22, 21, 30, tzinfo=timezone(timedelta(hours=5)))

# 38 days: 2 open, then 3 pairs of 6-day periods.
PLAN = """\
format = 1
[person]
label = "Ana"
conditions = ["lupus"]
[prescriber]
name = "Dr B"
agreed = 2026-01-05
[drug]
ingredient = "naltrexone"
form = "capsule"
time = "bedtime"
acts = "next-day"
already_on = 3
[[ladder]]
dose_mg = 3
min_days = 14
[design]
kind = "blinded-withdrawal"
baseline_days = 0
open_days = 2
target_mg = 3
pairs = 3
period_days = 6
transition_days = 3
scheme = "paired"
ramp = [{days = 2, fraction = 0.5}]
[[outcome]]
id = "pain"
label = "Muscle pain"
min = 0
max = 10
better = "lower"
role = "primary"
[[outcome]]
id = "energy"
label = "Energy"
min = 0
max = 4
better = "higher"
role = "secondary"
"""
# Three kinds of moments, and one that nobody but the person can see.
RULES = """
[[stop_rule]]
id = "pain-high"
on = "pain"
at_least = 9
days = 3
within = 5
action = "pause"
[[stop_rule]]
id = "headache-bad"
on = "headache"
at_least = 3
action = "call"
tell = ["person", "prescriber", "pharmacist"]
[[stop_rule]]
id = "any-safety"
on = "safety"
action = "stop"
[[stop_rule]]
id = "dizzy"
on = "dizziness"
at_least = 2
action = "call"
"""
ORDER = (Arm.ACTIVE, Arm.PLACEBO, Arm.PLACEBO, Arm.ACTIVE, Arm.ACTIVE, Arm.PLACEBO)
OTHER_ORDER = (Arm.PLACEBO, Arm.ACTIVE, Arm.ACTIVE, Arm.PLACEBO, Arm.PLACEBO, Arm.ACTIVE)
_SALT = "5a" * 32


def seal_of(order: tuple[Arm, ...], *, is_open: bool, plan_toml: str = PLAN) -> dict[str, Any]:
    """Make the seal of a plan for an order, closed or opened."""
    plan = Plan.from_toml(plan_toml.encode())
    facts = {"salt": _SALT, "order": seal.order_text(order)}
    closed = {
        "format": 1,
        "kind": "seal",
        "commitment": seal.commitment(**facts, plan_sha256=plan.sha256),
        "scheme": "paired",
        "set_size": 8,
        "plan_sha256": plan.sha256,
        "box": "QUJD",
    }
    return closed | facts if is_open else closed


SEAL = seal_of(ORDER, is_open=False)


def add_evenings(trial: Trial, days: Iterable[int]) -> None:
    """Record capsule, scores and side effects, entered the same evening."""
    rows = []
    for day in days:
        moment = datetime.combine(trial.date_of(day), datetime.min.time(), NOW.tzinfo)
        answers = {
            items.CAPSULE: "1",
            items.outcome("pain"): str((day * 7 + day // 6) % 5 + 3),
            items.outcome("energy"): str(day % 4),
            items.side_effect("headache"): "1" if day % 5 == 0 else "0",
        }
        rows += [
            Entry(
                trial=trial,
                day=day,
                item=item,
                kind=Entry.Kind.GIVEN,
                value=value,
                entered_at=moment + timedelta(hours=21),
            )
            for item, value in answers.items()
        ]
    Entry.objects.bulk_create(rows)


def answer_no_opioids(trial: Trial, period: int, *, now: datetime = NOW) -> None:
    """Answer no to each question of a period."""
    for question in period_questions.QUESTIONS:
        actions.answer_period_question(
            trial=trial, period=period, question=question.id, answer=False, now=now
        )


def meet_every_rule(trial: Trial) -> None:
    """Meet each rule of RULES that the app can see, on the day of NOW and the two before."""
    for back in (2, 1, 0):
        day = trial.day_of(NOW.date()) - back
        actions.record(trial=trial, day=day, item=items.outcome("pain"), value="9", now=NOW)
    headache = items.side_effect("headache")
    actions.record(trial=trial, day=trial.day_of(NOW.date()), item=headache, value="3", now=NOW)
    actions.answer_period_question(
        trial=trial, period=3, question="opioid-now", answer=True, now=NOW
    )


def frighten(trial: Trial) -> None:
    """Note a red flag that sends to emergency care, one that does not, and a severe headache."""
    day = trial.day_of(NOW.date())
    for item in (items.red_flag("liver"), items.red_flag("allergy")):
        actions.record(trial=trial, day=day, item=item, value="1", now=NOW)
    headache = items.side_effect("headache")
    actions.record(trial=trial, day=day, item=headache, value="3", now=NOW)


def pause(trial: Trial, *, is_over: bool = False) -> None:
    """Pause a trial by an opioid, beside an unknown name; over: only the decision is missing."""
    for name in ("Zorkomycin <b>", "levothyroxine", "tramadol 50 mg"):
        actions.add_medicine(trial=trial, name=name, now=NOW)
    if is_over:
        row = medicines.in_force(trial)[-1].row
        last_day = (NOW.date() - timedelta(days=30)).isoformat()
        actions.end_medicine(trial=trial, row=row, last_day=last_day, now=NOW)


def names_placebo(html: bytes) -> bool:
    """Tell whether a page names what LDN is held against, beside her own choice of a guess."""
    return b"placebo" in html.lower().replace(b'value="placebo">placebo<', b"")


def visible(html: bytes) -> str:
    """Give the words of a page, with the hidden ones, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())

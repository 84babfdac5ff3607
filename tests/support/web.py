"""What the web and browser tests share: one plan, its seal, and evenings to fill it with."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from openldn.protocol import seal
from openldn.protocol.plan import Arm, Plan
from openldn.web.person import items
from openldn.web.person.models import Entry, Trial

__all__ = ["NOW", "ORDER", "OTHER_ORDER", "PLAN", "SEAL", "add_evenings", "seal_of", "visible"]

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
ORDER = (Arm.ACTIVE, Arm.PLACEBO, Arm.PLACEBO, Arm.ACTIVE, Arm.ACTIVE, Arm.PLACEBO)
OTHER_ORDER = (Arm.PLACEBO, Arm.ACTIVE, Arm.ACTIVE, Arm.PLACEBO, Arm.PLACEBO, Arm.ACTIVE)
_SALT = "5a" * 32


def seal_of(order: tuple[Arm, ...], *, is_open: bool) -> dict[str, Any]:
    """Make the seal of PLAN for an order, closed or opened."""
    plan = Plan.from_toml(PLAN.encode())
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


def visible(html: bytes) -> str:
    """Give the words of a page, with the hidden ones, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())

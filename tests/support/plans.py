"""Valid plans for tests, with the parts that a test wants to change."""

from openldn.protocol.plan import Plan

__all__ = ["ENERGY", "PAIN", "plan", "plan_text", "small_plan", "small_plan_text"]

PAIN = """
[[outcome]]
id = "pain"
label = "Muscle pain"
min = 0
max = 10
better = "lower"
mcid = 1.0
role = "primary"
"""

ENERGY = """
[[outcome]]
id = "energy"
label = "Energy"
min = 0
max = 100
step = 5
better = "higher"
mcid = 10.0
role = "secondary"
"""


def plan_text(
    *,
    kind: str = "blinded-withdrawal",
    outcomes: str = PAIN + ENERGY,
    pairs: int = 4,
    period_days: int = 21,
    start: str = "start = 2026-02-01\n",
    acts: str = "next-day",
    none_days: int = 0,
    scheme: str = "paired",
    baseline_days: int = 14,
    rung_days: int = 14,
    open_days: int = 28,
    transition_days: int = 7,
    condition: str = "lupus",
) -> str:
    """Write a plan that climbs over 1.5 and 3 mg to 4.5 mg."""
    is_open = kind in {"open-titration", "open-reversal"}
    return f"""format = 1
[person]
label = "Ana"
conditions = ["{condition}"]
[prescriber]
name = "Dr B"
agreed = 2026-01-05
[drug]
ingredient = "naltrexone"
form = "capsule"
time = "bedtime"
acts = "{acts}"
already_on = 0
[[ladder]]
dose_mg = 1.5
min_days = {rung_days}
[[ladder]]
dose_mg = 3
min_days = {rung_days}
[[ladder]]
dose_mg = 4.5
min_days = {rung_days}
[design]
kind = "{kind}"
{start}baseline_days = {baseline_days}
open_days = {open_days}
target_mg = 4.5
pairs = {0 if kind == "open-titration" else pairs}
period_days = {period_days}
transition_days = {transition_days}
scheme = "{scheme}"
{"" if is_open else "ramp = [{days = 4, fraction = 0.5}]"}
none_days = {none_days}
{outcomes}"""


def plan(**changes: object) -> Plan:
    """Read such a plan."""
    return Plan.from_toml(plan_text(**changes).encode())  # type: ignore[arg-type]


# Short enough for a test to simulate: every part is there, four pairs of two weeks.
_SMALL = {
    "outcomes": PAIN,
    "period_days": 14,
    "start": "",
    "acts": "same-day",
    "baseline_days": 7,
    "rung_days": 7,
    "open_days": 14,
    "transition_days": 5,
}


def small_plan_text(**changes: object) -> str:
    """Write a short plan that scores pain alone."""
    return plan_text(**{**_SMALL, **changes})  # type: ignore[arg-type]


def small_plan(**changes: object) -> Plan:
    """Read a short plan."""
    return Plan.from_toml(small_plan_text(**changes).encode())

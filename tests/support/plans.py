"""A small valid plan for tests, with the parts that a test wants to change."""

from openldn.protocol.plan import Plan

__all__ = ["small_plan", "small_plan_text"]


def small_plan_text(
    *,
    kind: str = "blinded-withdrawal",
    baseline_days: int = 7,
    rung_days: int = 7,
    open_days: int = 14,
    pairs: int = 4,
    period_days: int = 14,
    none_days: int = 0,
    acts: str = "same-day",
    analysis: str = "",
    condition: str = "lupus",
) -> str:
    """A plan.toml that climbs by 1.5 mg to 4.5 mg and scores pain from 0 to 10."""
    return f"""
format = 1
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
baseline_days = {baseline_days}
open_days = {open_days}
target_mg = 4.5
pairs = {pairs}
period_days = {period_days}
transition_days = 5
scheme = "paired"
ramp = [{{days = 4, fraction = 0.5}}]
none_days = {none_days}
[[outcome]]
id = "pain"
label = "Muscle pain"
min = 0
max = 10
step = 1
better = "lower"
mcid = 1
role = "primary"
[analysis]
prior = "default"
decision = 0.95
{analysis}
"""


def small_plan(**changes: object) -> Plan:
    """The same as a plan."""
    return Plan.from_toml(small_plan_text(**changes).encode())  # type: ignore[arg-type]

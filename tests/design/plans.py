"""Plans for tests of virtual people and of the commands."""

from openldn.protocol.plan import Plan

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
) -> str:
    """Write a plan that climbs over 1.5 and 3 mg to 4.5 mg."""
    is_open = kind in {"open-titration", "open-reversal"}
    return f"""format = 1
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
acts = "{acts}"
already_on = 0
[[ladder]]
dose_mg = 1.5
min_days = 14
[[ladder]]
dose_mg = 3
min_days = 14
[[ladder]]
dose_mg = 4.5
min_days = 14
[design]
kind = "{kind}"
{start}baseline_days = 14
open_days = 28
target_mg = 4.5
pairs = {0 if kind == "open-titration" else pairs}
period_days = {period_days}
transition_days = 7
scheme = "{scheme}"
{"" if is_open else "ramp = [{days = 4, fraction = 0.5}]"}
none_days = {none_days}
{outcomes}"""


def plan(**changes: object) -> Plan:
    """Read such a plan."""
    return Plan.from_toml(plan_text(**changes).encode())  # type: ignore[arg-type]

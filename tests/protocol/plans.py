"""One good plan file, and small makers for the tests that bend it."""

from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError, Problem

PLAN_TOML = """\
format = 1

[person]
label = "Ana"
conditions = ["lupus"]
birth_year = 1980

[prescriber]
name = "Dr B"
agreed = 2026-01-05

[drug]
ingredient = "naltrexone"
form = "capsule"
time = "bedtime"
acts = "next-day"
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
kind = "blinded-withdrawal"
start = 2026-02-01
baseline_days = 14
open_days = 28
target_mg = 4.5
pairs = 4
period_days = 21
transition_days = 7
scheme = "paired"
max_run = 2
ramp = [{days = 4, fraction = 0.5}]
none_days = 0

[[outcome]]
id = "pain"
label = "Muscle pain"
min = 0
max = 10
step = 1
better = "lower"
mcid = 1.0
role = "primary"
family = "gaussian"

[[outcome]]
id = "energy"
min = 0
max = 10
better = "higher"

[analysis]
prior = "default"
decision = 0.95
looks = []

[[stop_rule]]
id = "pain-high"
on = "pain"
at_least = 9
days = 3
within = 5
action = "pause"
tell = ["person", "prescriber"]
"""


def edited(*changes: tuple[str, str]) -> bytes:
    """Bend the good plan: each change replaces a text that must be there."""
    text = PLAN_TOML
    for old, new in changes:
        assert old in text, f"{old!r} is not in the plan"
        text = text.replace(old, new, 1)
    return text.encode()


def plan(*changes: tuple[str, str]) -> Plan:
    """Read the good plan, bent."""
    return Plan.from_toml(edited(*changes))


def problems_of(data: bytes) -> tuple[Problem, ...]:
    """List what is wrong with the bytes of a plan; empty if nothing is."""
    try:
        Plan.from_toml(data)
    except InputError as error:
        return error.problems
    return ()

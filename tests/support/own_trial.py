"""A data folder with one running trial, made before the app is started on it."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

__all__ = ["make_folder", "plan_of", "rows"]

_PLAN = """\
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
[[ladder]]
dose_mg = 1.5
min_days = 60
[design]
kind = "open-titration"
baseline_days = 1
target_mg = 1.5
"""
_OUTCOME = """\
[[outcome]]
id = "{id}"
label = "{label}"
min = 0
max = 10
better = "lower"
role = "{role}"
"""
_LABELS = ("Muscle pain", "Tiredness", "Stiffness", "Low mood", "Brain fog")
_PROGRAM = """\
import json, os, sys
from datetime import timedelta
from pathlib import Path
from openldn.web.access import folder
folder.prepare(Path(os.environ["OPENLDN_DATA"]))
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from openldn.web.access import people
from openldn.web.person import actions, clock
plan, days_ago = json.loads(sys.argv[1])
start = clock.today() - timedelta(days=days_ago)
actions.add_trial(person=people.owner(), plan_toml=plan, start=start)
"""


def plan_of(n_outcomes: int) -> str:
    """Write an open plan with some daily outcomes."""
    outcomes = [
        _OUTCOME.format(
            id=label.lower().replace(" ", "_"), label=label, role="secondary" if i else "primary"
        )
        for i, label in enumerate(_LABELS[:n_outcomes])
    ]
    return _PLAN + "".join(outcomes)


def make_folder(folder: Path, *, n_outcomes: int, days_ago: int = 5) -> Path:
    """Make a folder with a trial that began some days ago, and nothing recorded."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "openldn.web.config.settings",
        "OPENLDN_DATA": str(folder),
    }
    words = [sys.executable, "-c", _PROGRAM, json.dumps([plan_of(n_outcomes), days_ago])]
    subprocess.run(words, check=True, env=environment)
    return folder


def rows(folder: Path, item: str, *, day: int = 5) -> list[tuple[str, str]]:
    """Read kind and value of the rows of one item straight from the file."""
    question = "SELECT kind, value FROM person_entry WHERE day = ? AND item = ? ORDER BY id"
    with closing(sqlite3.connect(folder / "openldn.sqlite3")) as database:
        return list(database.execute(question, (day, item)))

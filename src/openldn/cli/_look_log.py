"""The log of looks: a line for each time that the answer of a plan with looks was worked out.

A look that is not counted makes an answer seem surer than it is (CENT 2015, item 7b), so each one
is written down beside the plan, the unplanned ones too. Lines are only ever added.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["log_look", "log_of"]

_HEADER = ("at", "whole_pairs", "look", "of", "threshold")


def log_of(plan: Path) -> Path:
    """Name the log of a plan: `plan.looks.csv` beside `plan.toml`."""
    return plan.with_suffix(".looks.csv")


def log_look(plan: Path, look: Mapping[str, Any], *, at: datetime) -> str:
    """Add a line, and say so in one sentence; also when it cannot be added.

    Parameters
    ----------
    plan
        The plan file.
    look
        `design.look` of an answer.
    at
        When the answer was worked out, with the zone.
    """
    path = log_of(plan)
    number, planned = look["number"], len(look["planned"])
    row = (at.isoformat(timespec="seconds"), look["pairs"], number or "unplanned", planned)
    try:
        _append(path, (*row, f"{look['decision']:.4f}"))
    except OSError as error:
        return (
            f"This look could not be logged in {path} ({error.strerror}). Write it down: each look"
            " counts."
        )
    named = f"look {number} of {planned}" if number else "a look that the plan does not name"
    return f"Logged in {path}: {named}, after {look['pairs']} whole pairs."


def _append(path: Path, row: tuple[object, ...]) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if file.tell() == 0:
            writer.writerow(_HEADER)
        writer.writerow(row)
        file.write(text.getvalue())  # one write: two runs at once do not mix their lines

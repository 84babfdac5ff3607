"""Kill the app two hundred times under load, and compare what it acknowledged with what it has.

    .venv/bin/python benchmarks/kill.py [--kills N] [--seed N]

Every process of a real `openldn serve` on SQLite is killed at once with SIGKILL, at a chance moment
up to a second after the first acknowledged entry, while four writers send entries.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.killing import Tally, kill_again_and_again
from support.own_trial import make_folder


def main() -> int:
    """Kill, compare, print. Exit 1 if anything is lost, doubled or torn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = make_folder(Path(place) / "data", n_outcomes=1, days_ago=59)
        tally = kill_again_and_again(folder, n_kills=asked.kills, seed=asked.seed)
    print_table(tally, seconds=time.monotonic() - begun)
    return int(bool(tally.lost or tally.doubled or tally.torn))


def print_table(tally: Tally, *, seconds: float) -> None:
    """Print the counts as a table of the README."""
    load = os.getloadavg()[0]
    sys.stdout.write(
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {load:.1f} at the end, "
        f"Python {platform.python_version()}; {seconds:.0f} s\n\n| what | count |\n|---|---|\n"
    )
    for what, count in (
        ("kills (SIGKILL, every process at once)", tally.kills),
        ("entries acknowledged", len(tally.acknowledged)),
        ("of them lost", len(tally.lost)),
        ("sent again after a kill, because no reply had come", tally.resent),
        ("entries stored", len(tally.stored)),
        ("of them stored twice", tally.doubled),
        ("ids without their entry, or entries without their id", len(tally.torn)),
    ):
        sys.stdout.write(f"| {what} | {count:,} |\n")


if __name__ == "__main__":
    sys.exit(main())

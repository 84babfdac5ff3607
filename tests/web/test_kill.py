"""What was acknowledged is on disk: the app is killed under load, and nothing is missing."""

from pathlib import Path

from support.killing import kill_again_and_again
from support.own_trial import make_folder


def test_what_was_acknowledged_survives_every_kill_and_nothing_is_doubled(tmp_path: Path) -> None:
    """A few kills; `benchmarks/kill.py` does the same two hundred times and prints the counts."""
    folder = make_folder(tmp_path / "data", n_outcomes=1, days_ago=59)
    tally = kill_again_and_again(folder, n_kills=3)
    assert len(tally.acknowledged) > 3
    assert (tally.lost, tally.doubled, tally.torn) == (set(), 0, set())

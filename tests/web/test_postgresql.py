"""The tests of the tables, and of all that writes to them, hold on PostgreSQL as on SQLite.

Every web test can be run there by hand: OPENLDN_TEST_DATABASE=postgresql://user@host/name. Here
run those that another database could break, in a process of their own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import requires

_HERE = Path(__file__).parent
_FILES = (
    *("test_tables.py", "test_people.py", "test_consent.py", "test_blinding.py", "test_talk.py"),
    *("test_start.py", "test_tonight.py", "test_pauses.py", "test_accounts.py"),
)


@pytest.mark.parametrize("file", _FILES)
def test_the_same_tests_hold_on_postgresql(file: str, tmp_path: Path) -> None:
    """All pass, and not by running nothing."""
    address = f"{requires.postgresql()}/openldn_{os.getpid()}"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(_HERE / file)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=_HERE.parents[1],
        env=environment | {"OPENLDN_TEST_DATABASE": address},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout

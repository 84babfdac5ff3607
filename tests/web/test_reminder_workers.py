"""Real worker processes on one real database: many at once, and one that is killed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support import tree
from support.post import MailServer, mail_server
from support.serving import served

_DUE = datetime(2027, 3, 28, 18, 0, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_SECONDS = 60.0  # a loaded machine

_SETUP = """
import sys, django
from datetime import date, timedelta
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from openldn.web.access import people
from openldn.web.person import actions
from openldn.web.reminders import choosing
from support.web import NOW, PLAN
actions.add_trial(person=people.owner(), plan_toml=PLAN, start=date(2027, 3, 20))
choosing.begin(people.owner(), zone_name="Europe/Oslo", now=NOW)
choosing.set_email(people.owner(), email="ana@example.org", now=NOW)
"""
_WORK = """
import sys, django
from datetime import datetime
django.setup()
from openldn.web.reminders.sending import send_due
sys.stdin.readline()
print(send_due(now=datetime.fromisoformat(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one trial and one wish for an e-mail."""
    folder = tmp_path_factory.mktemp("prepared")
    done = subprocess.run(
        [sys.executable, "-c", _SETUP], env=_env(folder), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))


def _env(folder: Path, post: MailServer | None = None) -> dict[str, str]:
    mail = {"OPENLDN_MAIL_HOST": "127.0.0.1", "OPENLDN_MAIL_PORT": str(post.port)} if post else {}
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "openldn.web.config.settings",
        "OPENLDN_DATA": str(folder),
        "OPENLDN_MAIL_TLS": "none",
        "PYTHONPATH": str(tree.ROOT / "tests"),
        **mail,
    }


def _worker(folder: Path, post: MailServer, now: datetime) -> subprocess.Popen[str]:
    """Start a worker that looks once, as soon as it is told."""
    return subprocess.Popen(
        [sys.executable, "-c", _WORK, now.isoformat()],
        env=_env(folder, post),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _sent_by(*workers: subprocess.Popen[str]) -> int:
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    said = [worker.communicate(timeout=_SECONDS)[0] for worker in workers]
    assert all(worker.returncode == 0 for worker in workers)
    return sum(map(int, said))


def _killed_at(word: str, folder: Path, post: MailServer) -> None:
    """Kill a worker, as a power cut does, while the mail server keeps it waiting at a word."""
    post.hangs_at = word
    worker = _worker(folder, post, _DUE)
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    assert post.hung.wait(_SECONDS)
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=_SECONDS)
    post.hangs_at = ""


def _times(folder: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "openldn.sqlite3") as database:
        found = database.execute("SELECT handed_at, left_at FROM reminders_leaving").fetchall()
    database.close()
    return found


def test_four_workers_at_once_send_one_reminder(folder: Path) -> None:
    """They look in the same second; the database lets one have it."""
    with mail_server() as post:
        workers = [_worker(folder, post, _DUE) for _ in range(4)]
        time.sleep(1.0)  # most of their start is behind them
        assert _sent_by(*workers) == 1
        assert len(post.letters) == 1
    ((handed, left),) = _times(folder)
    assert handed is not None
    assert left is not None


@pytest.mark.parametrize("word", ["DATA", "END"])
def test_a_worker_killed_while_it_sends_is_not_followed_by_a_second_letter(
    folder: Path, word: str
) -> None:
    """Nobody can tell then whether it left: at END it did. It is never sent again."""
    with mail_server() as post:
        _killed_at(word, folder, post)
        before = len(post.letters)
        for later in (1, 6, 60, 170):
            assert _sent_by(_worker(folder, post, _DUE + later * _MINUTE)) == 0
        assert len(post.letters) == before == (word == "END")


def test_a_worker_killed_before_it_sends_is_followed_by_one_that_does(folder: Path) -> None:
    """It had claimed the evening and reached the mail server: after five minutes another takes it.

    Once only, and never in the five minutes in which the first could still be alive.
    """
    with mail_server() as post:
        _killed_at("GREETING", folder, post)
        assert _sent_by(_worker(folder, post, _DUE + 4 * _MINUTE)) == 0
        assert _sent_by(_worker(folder, post, _DUE + 5 * _MINUTE)) == 1
        assert _sent_by(_worker(folder, post, _DUE + 11 * _MINUTE)) == 0
        assert len(post.letters) == 1


def test_the_app_itself_sends_what_is_due_when_it_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`openldn serve` with its own worker and the real clock, on an afternoon somewhere."""
    zones = ("Europe/London", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland")
    local = (datetime.now(ZoneInfo(zone)) for zone in zones)
    now = next(moment for moment in local if 13 <= moment.hour < 22)
    _move(folder, now)
    with mail_server() as post:
        for name, value in _env(folder, post).items():
            monkeypatch.setenv(name, value)
        with served(folder) as app:
            ends = time.monotonic() + _SECONDS
            while not post.letters and time.monotonic() < ends:
                time.sleep(0.1)
            assert app.url.encode() in post.letters[0]
    assert len(post.letters) == 1


def _move(folder: Path, now: datetime) -> None:
    """Let the trial run today, and the reminder be due a minute ago, in the zone of a moment."""
    facts = (f"{now - _MINUTE:%H:%M:00}", str(now.tzinfo))
    with sqlite3.connect(folder / "openldn.sqlite3") as database:
        start = (now - timedelta(days=9)).date().isoformat()
        database.execute("UPDATE person_trial SET start = ?", [start])
        database.execute("UPDATE reminders_wish SET at = ?, zone_name = ?", facts)
        database.execute("UPDATE reminders_wish SET changed_at = '2026-01-01 00:00:00'")
    database.close()

"""Kills the real app under load, again and again, and compares what it said with what it has.

Several writers send notes, each with an id that is also its text. At a chance moment every process
of the app is killed at once. At the next start the writers send again what was not acknowledged,
as a phone does. In the end each acknowledged note must be there, and none may be there twice.
"""

import contextlib
import http.client
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

from support.serving import free_port

__all__ = ["Tally", "kill_again_and_again"]

_COMMAND = (sys.executable, "-m", "openldn", "serve")
_LAST_DAY = 59  # of the trial in the folder: the notes are spread over its days
_LONGEST_SECONDS = 1.0  # between the first acknowledged note and the kill


@dataclass(kw_only=True, slots=True)
class Tally:
    """What was said and what was found."""

    kills: int = 0
    acknowledged: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)  # sent, and no reply came
    waiting: list[str] = field(default_factory=list)  # of those, what is to be sent again
    resent: int = 0
    stored: list[str] = field(default_factory=list)
    received: set[str] = field(default_factory=set)

    @property
    def lost(self) -> set[str]:
        """Acknowledged and not there."""
        return self.acknowledged - set(self.stored)

    @property
    def doubled(self) -> int:
        """How many notes are there more than once."""
        return len(self.stored) - len(set(self.stored))

    @property
    def torn(self) -> set[str]:
        """Ids without their note, and notes without their id."""
        return set(self.stored) ^ self.received


def kill_again_and_again(folder: Path, *, n_kills: int, n_writers: int = 4, seed: int = 1) -> Tally:
    """Run the app on a folder of `own_trial`, kill it so many times, and compare."""
    dice, tally, cookie = random.Random(seed), Tally(), ""
    for _ in range(n_kills):
        cookie = _one_life(folder, tally, cookie, dice=dice, n_writers=n_writers)
        tally.kills += 1
    _read(folder, tally)
    return tally


def _one_life(
    folder: Path, tally: Tally, cookie: str, *, dice: random.Random, n_writers: int
) -> str:
    """Start, write, kill. Give the cookie, which outlives the app."""
    port = free_port()
    words = [*_COMMAND, "--data", str(folder), "--port", str(port)]
    # A group of its own, so that the page process and the worker die in the same moment.
    app = subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True, text=True)
    try:
        link = _link(app)
        cookie = cookie or _opened(port, link)
        first = threading.Event()
        tally.waiting = list(tally.unsure)
        writers = [
            threading.Thread(target=_write, args=(port, cookie, tally, first, dice.random()))
            for _ in range(n_writers)
        ]
        for writer in writers:
            writer.start()
        first.wait(60)
        time.sleep(dice.uniform(0, _LONGEST_SECONDS))
    finally:
        os.killpg(app.pid, signal.SIGKILL)
        app.communicate()
    for writer in writers:
        writer.join()
    return cookie


def _write(port: int, cookie: str, tally: Tally, first: threading.Event, seed: float) -> None:
    """Send notes until the app is gone: first what an earlier life left open."""
    dice, to_app = random.Random(seed), http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    gone = (OSError, http.client.HTTPException)
    with contextlib.suppress(*gone), contextlib.closing(to_app) as line:
        facts = json.loads(_ask(line, "GET", "/kept/facts", cookie, {}, ""))
        while True:
            note = _next(tally)
            fields = {"entry_id": note, "diary": facts["diary"], "day": str(_day(note))}
            fields |= {"item": "note", "value": note, "said_at": ""}
            reply = _ask(line, "POST", "/kept/entry", cookie, fields, facts["token"])
            assert json.loads(reply) == {"state": "kept"}, reply
            tally.unsure.discard(note)
            tally.acknowledged.add(note)
            first.set()
            time.sleep(dice.uniform(0, 0.01))


def _next(tally: Tally) -> str:
    """Take what is open, or make a new note; until a reply comes it is open."""
    with contextlib.suppress(IndexError):
        note = tally.waiting.pop()
        tally.resent += 1
        return note
    note = str(uuid4())
    tally.unsure.add(note)
    return note


def _day(note: str) -> int:
    """Spread the notes over the days; the same note is always of the same day."""
    return UUID(note).int % (_LAST_DAY + 1)


def _ask(
    line: http.client.HTTPConnection,
    method: str,
    path: str,
    cookie: str,
    fields: dict[str, str],
    token: str,
) -> str:
    headers = {"Cookie": cookie, "X-CSRFToken": token}
    if fields:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    line.request(method, path, body=urlencode(fields) or None, headers=headers)
    return line.getresponse().read().decode()


def _opened(port: int, link: str) -> str:
    to_app = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(to_app) as line:
        line.request("GET", f"/open/{link.rpartition('/')[2]}")
        opened = line.getresponse()
        opened.read()
        cookie = (opened.getheader("Set-Cookie") or "").partition(";")[0]
        _ask(line, "GET", "/kept/facts", cookie, {}, "")  # the session's own token is made now
    return cookie


def _link(app: "subprocess.Popen[str]") -> str:
    assert app.stdout is not None
    for said in app.stdout:
        if found := re.search(r"https?://\S+/open/\S+", said):
            return found[0]
    raise AssertionError("serve ended without a link")


def _read(folder: Path, tally: Tally) -> None:
    with contextlib.closing(sqlite3.connect(folder / "openldn.sqlite3")) as database:
        (found,) = database.execute("PRAGMA integrity_check").fetchone()
        assert found == "ok", found
        notes = "SELECT value FROM person_entry WHERE item = 'note' AND kind = 'given'"
        tally.stored = [value for (value,) in database.execute(notes)]
        ids = database.execute("SELECT entry_id FROM offline_received")
        tally.received = {str(UUID(entry_id)) for (entry_id,) in ids}

"""How many answers of check-ins a server saves, and how long one waits for its reply.

    .venv/bin/python benchmarks/check_ins.py [--seconds S] [--rounds N]

A real `openldn serve --server` with two page processes, on SQLite and on PostgreSQL, takes answers
of 16 people over HTTP on this computer, each in a transaction of its own at full durability. Beside
it stand, in the same run, an empty Django page under the same program, and the same rows written
without Django. All of them, and the client, share the processors. Ends with 1 if a target is
missed.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.loading import Load, Request, as_fast_as_it_goes, at_a_rate, request
from support.many_people import SignedIn, sign_in
from support.serving import described, free_port, serving_many

PEOPLE, OUTCOMES, DAYS = 16, ("muscle_pain", "tiredness", "stiffness", "low_mood", "brain_fog"), 60
WORKERS, THREADS = 2, 16  # as a server starts them when nothing else is said
LEAST_SHARE, LEAST_RATE, MOST_P99_MS = 0.40, 100.0, 150.0
_RECEIVED = (
    "INSERT INTO offline_received (entry_id, day, said_at, received_at, person_id, trial_id) "
    "VALUES ({entry_id}, 1, {now}, {now}, 1, 1)"
)
_ENTRY = (
    "INSERT INTO person_entry (day, item, kind, value, entered_at, trial_id) "
    "VALUES (1, 'outcome:muscle_pain', 'given', '5', {now}, 1)"
)


def main() -> int:
    """Measure on both databases, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, {WORKERS} page processes, {PEOPLE} connections\n\n"
        "| database | bare commits | empty page | answers saved | of the empty page "
        "| p99 at half that | load |\n|---|---|---|---|---|---|---|"
    )
    is_met = []
    for name, address in (("SQLite", "sqlite"), ("PostgreSQL", _postgresql())):
        if address is None:
            print(f"\nNo PostgreSQL answers here (OPENLDN_POSTGRESQL names one): {name} left out.")
        else:
            is_met.append(_measure(name, address, seconds=asked.seconds, rounds=asked.rounds))
    return int(not all(is_met))


def _measure(name: str, address: str, *, seconds: float, rounds: int) -> bool:
    """Take turns, so that a busy minute of the machine meets all three; the middle counts."""
    bare, empty, saved = [], [], []
    with _servers(address) as (measure_bare, ask_empty, people, port):
        makers = [_maker(one) for one in people]
        _save(port, makers, seconds=2.0)  # what is loaded at the first request
        for _ in range(rounds):
            bare.append(measure_bare(seconds))
            empty.append(ask_empty(seconds).rate)
            saved.append(_save(port, makers, seconds=seconds).rate)
        rate = statistics.median(saved)
        calm = at_a_rate(
            port, makers, rate=rate / 2, seconds=2 * seconds, expected=b'{"state": "kept"}'
        )
    return _told(name, statistics.median(bare), statistics.median(empty), rate, calm)


def _told(name: str, bare: float, empty: float, rate: float, calm: Load) -> bool:
    p99 = 1000 * calm.percentile(99)
    print(
        f"| {name} | {bare:,.0f} a second | {empty:,.0f} a second | {rate:,.0f} a second "
        f"| {rate / empty:.0%} | {p99:.0f} ms | {os.getloadavg()[0]:.1f} |",
        flush=True,
    )
    return rate >= max(LEAST_RATE, LEAST_SHARE * empty) and p99 <= MOST_P99_MS


def _save(port: int, makers: list[Request], *, seconds: float) -> Load:
    return as_fast_as_it_goes(port, makers, seconds=seconds, expected=b'{"state": "kept"}')


def _maker(person: SignedIn) -> Request:
    """Give the answers of one person one after the other, no two of them the same."""
    questions = itertools.cycle(itertools.product(range(DAYS), OUTCOMES))
    values = itertools.count()

    def make() -> bytes:
        day, outcome = next(questions)
        value = next(values) // (DAYS * len(OUTCOMES)) % 10
        fields = {"entry_id": str(uuid4()), "diary": person.diary, "day": str(day)}
        fields |= {"item": f"outcome:{outcome}", "value": str(value)}
        fields["said_at"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        return request(
            "POST",
            "/kept/entry",
            body=urlencode(fields),
            Host="notes.example.org",
            Origin="https://notes.example.org",
            X_Forwarded_Proto="https",
            Content_Type="application/x-www-form-urlencoded",
            Cookie=person.cookie,
            X_CSRFToken=person.token,
        )

    return make


Servers = tuple[Callable[[float], float], Callable[[float], Load], list[SignedIn], int]


@contextlib.contextmanager
def _servers(address: str) -> Iterator[Servers]:
    """Start the app and the empty page; give them with what writes the bare rows."""
    with tempfile.TemporaryDirectory() as place, _database(address) as database:
        port, empty_port = free_port(), free_port()
        listen = f"127.0.0.1:{port}"
        file = described(Path(place), database=database, workers=WORKERS, listen=listen)
        facts = {"n_people": PEOPLE, "n_outcomes": len(OUTCOMES), "days_ago": DAYS - 1}
        people = sign_in(file, **facts)
        empty = request("GET", "/", Host="127.0.0.1")

        def ask_empty(seconds: float) -> Load:
            makers: list[Request] = [lambda: empty for _ in range(PEOPLE)]
            return as_fast_as_it_goes(empty_port, makers, seconds=seconds, expected=b"")

        def measure_bare(seconds: float) -> float:
            if database == "sqlite":
                return _bare_sqlite(Path(place) / "data" / "openldn.sqlite3", seconds)
            return _pgbench(database, seconds)

        with serving_many(file), _empty_page(empty_port):
            yield measure_bare, ask_empty, people, port


@contextlib.contextmanager
def _empty_page(port: int) -> Iterator[None]:
    options = ["--interface", "wsgi", "--no-log", "--workers", str(WORKERS)]
    options += ["--blocking-threads", str(THREADS), "--port", str(port), "--host", "127.0.0.1"]
    words = [sys.executable, "-m", "granian", *options, "empty_page:application"]
    process = subprocess.Popen(words, cwd=Path(__file__).parent)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    makers: list[Request] = [lambda: request("GET", "/", Host="127.0.0.1")]
    for _ in range(600):
        with contextlib.suppress(OSError, EOFError, ExceptionGroup):
            as_fast_as_it_goes(port, makers, seconds=0.01, expected=b"")
            return
        time.sleep(0.1)
    raise AssertionError("the empty page did not start")


def _bare_sqlite(path: Path, seconds: float) -> float:
    """Write the two rows of an answer with as many writers as there are page processes."""
    ends, counts = time.perf_counter() + seconds, [0] * WORKERS

    def write(number: int) -> None:
        database = sqlite3.connect(path, isolation_level=None, timeout=10)
        database.execute("PRAGMA synchronous=FULL")
        while time.perf_counter() < ends:
            database.execute("BEGIN IMMEDIATE")
            database.execute(_RECEIVED.format(entry_id=f"'{uuid4().hex}'", now="datetime('now')"))
            database.execute(_ENTRY.format(now="datetime('now')"))
            database.execute("COMMIT")
            counts[number] += 1
        database.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WORKERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return sum(counts) / seconds


def _pgbench(database: str, seconds: float) -> float:
    """Let pgbench write the two rows over as many connections as the app has people."""
    rows = [_RECEIVED.format(entry_id="gen_random_uuid()", now="now()"), _ENTRY.format(now="now()")]
    script = ";\n".join(["BEGIN", *rows, "COMMIT"]) + ";\n"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        words = ["pgbench", "-n", "-f", file.name, "-c", str(PEOPLE), "-j", str(WORKERS)]
        words += ["-T", str(max(1, round(seconds))), database]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
    line = next(one for one in done.stdout.splitlines() if one.startswith("tps"))
    return float(line.split()[2])


def _postgresql() -> str | None:
    """Give the address of a PostgreSQL that answers, as the tests find it."""
    address = os.environ.get("OPENLDN_POSTGRESQL", "postgresql://postgres@127.0.0.1")
    try:
        psycopg.connect(f"{address}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return None
    return address


@contextlib.contextmanager
def _database(address: str) -> Iterator[str]:
    """Make a database for one run, and drop it."""
    if address == "sqlite":
        yield address
        return
    name = f"openldn_check_ins_{os.getpid()}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{address}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    sys.exit(main())

"""What the check-in page and the answer page weigh, and how soon they can be used on a bad line.

    .venv/bin/python benchmarks/pages.py [--repeats N]

A real `openldn serve --demo` and Chromium: 1.6 Mbit/s, 150 ms there and back, a processor four
times slower than this one. The first visit begins with an empty store, the later one has what the
first left. Ends with 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from playwright.sync_api import Browser

from support.serving import Served, served
from support.slow_line import SlowLine, Visit, chromium_on_a_slow_line, visit

MOST_BYTES = 60 * 1024
MOST_SECONDS = {"first": 2.0, "later": 1.0}
FRESH_SECONDS = 61.0  # after which a browser asks again whether a file of ours is the same
PAGES = {"check-in": "/", "answer": "/answer"}


def main() -> int:
    """Open each page first and later, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with (
        tempfile.TemporaryDirectory() as place,
        served(Path(place) / "data", "--demo") as app,
        chromium_on_a_slow_line(app.port) as (browser, line),
    ):
        found = _visits(app, browser, line, repeats)
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| page | visit | bytes | usable | scripts run | waits for | from elsewhere |")
    print("|---|---|---|---|---|---|---|")
    is_met = [_told(*names, visits, app.url) for names, visits in found.items()]
    return int(not all(is_met))


def _visits(
    app: Served, browser: Browser, line: SlowLine, repeats: int
) -> dict[tuple[str, str], list[Visit]]:
    """Open every page in fresh browsers, and once more when nothing they hold is fresh."""
    opening = browser.new_context(service_workers="block")
    opening.new_page().goto(app.link)
    phone: dict[str, Any] = {
        "storage_state": opening.storage_state(),
        "viewport": {"width": 360, "height": 800},
    }
    opened = [
        (page, path, browser.new_context(**phone))
        for _ in range(repeats)
        for page, path in PAGES.items()
    ]
    found: dict[tuple[str, str], list[Visit]] = {}
    for when in MOST_SECONDS:
        for page, path, context in opened:
            found.setdefault((page, when), []).append(visit(context, app.url + path, line))
        if when == "first":
            time.sleep(FRESH_SECONDS)
    return found


def _told(page: str, when: str, visits: list[Visit], url: str) -> bool:
    n_bytes = max(one.n_bytes for one in visits)
    painted = statistics.median(one.painted for one in visits)
    ready = statistics.median(one.ready for one in visits)
    foreign = {file for one in visits for file in one.files if not _is_of(url, file)}
    blocking = max(len(one.blocking) for one in visits)
    print(
        f"| {page} | {when} | {n_bytes:,} | {painted:.2f} s | {ready:.2f} s "
        f"| {blocking} files | {len(foreign)} |"
    )
    is_light = n_bytes <= MOST_BYTES or page != "check-in"
    return is_light and painted <= MOST_SECONDS[when] and not foreign


def _is_of(url: str, file: str) -> bool:
    return urlsplit(file)[:2] == urlsplit(url)[:2]


if __name__ == "__main__":
    sys.exit(main())

"""Runs the real `openldn serve` for a test, and ends it."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Served", "bare", "described", "free_port", "run_serve", "served", "serving_many"]

_START_SECONDS = 60.0  # a loaded machine; an idle one needs 2
_STOP_SECONDS = 20.0
_COMMAND = (sys.executable, "-m", "openldn", "serve")


def bare() -> dict[str, str]:
    """Give the environment of a person: the settings of the tests are not in it."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


@dataclass(kw_only=True, slots=True)
class Served:
    """A running app."""

    process: subprocess.Popen[str]
    link: str
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where its pages are."""
        return self.link.partition("/open/")[0]

    def stop(self, how: int = signal.SIGINT) -> int:
        """End it and wait for it."""
        self.process.send_signal(how)
        return self.process.wait(_STOP_SECONDS)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def run_serve(*options: str) -> subprocess.CompletedProcess[str]:
    """Run a serve that is expected to end by itself."""
    return subprocess.run(
        [*_COMMAND, *options],
        capture_output=True,
        text=True,
        timeout=_START_SECONDS,
        check=False,
        env=bare(),
    )


@contextlib.contextmanager
def served(folder: Path, *options: str, port: int | None = None) -> Iterator[Served]:
    """Start the app on a folder, and end it however the test ends."""
    port = port or free_port()
    words = [*_COMMAND, "--data", str(folder), "--port", str(port), *options]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=bare()
    )
    try:
        yield Served(process=process, link=_link(process), folder=folder, port=port)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()


def described(folder: Path, **more: str | int) -> Path:
    """Write the file of a server: SQLite, e-mails into a folder, behind a proxy or as told."""
    facts: dict[str, str | int] = {
        "host": "notes.example.org",
        "data": str(folder / "data"),
        "email": f"folder://{folder}/mail",
        "email_from": "notes@example.org",
        "listen": f"127.0.0.1:{free_port()}",
        **more,
    }
    if "cert" not in facts:
        facts["proxies"] = 1
    path = folder / "notes.toml"
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in facts.items()))
    return path


@contextlib.contextmanager
def serving_many(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a server on its file, and end it however the test ends."""
    words = [*_COMMAND, "--server", str(file)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert "are answered on" in said, said + process.stderr.read()
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()


def _link(process: subprocess.Popen[str]) -> str:
    ends = time.monotonic() + _START_SECONDS
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"https?://\S+/open/\S+", line):
            return found[0]
        assert time.monotonic() < ends, "no link was printed in time"
    errors = process.stderr.read() if process.stderr else ""
    raise AssertionError(f"serve ended without a link: {errors}")

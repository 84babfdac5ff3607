"""How commands talk to the person at the terminal.

Standard output holds results only, through `print_result`. Everything said on the way goes to
standard error through `say`, `progress` and `print_problems`, so `--json -` can be piped.
Either stream may be closed or full: then words are lost, and the exit status still tells.
"""

import contextlib
import io
import os
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from openldn.protocol.problems import Problem

__all__ = [
    "coloured",
    "end_progress",
    "lost_result",
    "open_missing_streams",
    "print_problems",
    "print_result",
    "progress",
    "say",
]

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_ERASE_LINE = "\r\x1b[K"
_QUIET_SECONDS = 1.0  # what ends sooner needs no progress line
_began = time.monotonic()
_open_line = False
_lost = ""  # why a result did not reach standard output


def coloured(text: str, style: str, *, stream: TextIO | None = None) -> str:
    """Wrap `text` in a terminal style, where the stream is a terminal that wants colour.

    https://no-color.org: any non-empty NO_COLOR switches colour off.
    """
    stream = stream or sys.stderr
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def print_result(text: str) -> None:
    """Write a result on standard output, as it is. `lost_result` tells what became of it."""
    end_progress()
    _deliver(text)


def say(text: str) -> None:
    """Print a line for the person, on standard error."""
    end_progress()
    _tell(f"{text}\n")


def progress(text: str) -> None:
    """Tell how far a long task has come; silent for the first second.

    On a terminal one line is rewritten; in a log each step is a line of its own.
    """
    global _open_line
    if time.monotonic() - _began < _QUIET_SECONDS:
        return
    if sys.stderr.isatty():
        _tell(f"{_ERASE_LINE}{text}")
        _open_line = True
    else:
        _tell(f"{text}\n")


def end_progress() -> None:
    """Wipe the progress line, if one is open."""
    global _open_line
    if _open_line:
        _tell(_ERASE_LINE)
        _open_line = False


def print_problems(problems: Sequence[Problem]) -> None:
    """Print every problem of an input, one a line."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    say(coloured(f"This cannot be used as it is: {count}.", "red"))
    for problem in problems:
        say(f"  {_printable(str(problem))}")


def open_missing_streams() -> None:
    """Put something in the place of standard streams that were closed before we began.

    Python sets such a stream to None and then sends to standard output what was meant for standard
    error; and the next file opened would get the number, and the output, of the missing stream.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, and keeps it
            setattr(sys, name, io.StringIO() if name == "stdin" else _Closed())


def lost_result() -> str:
    """Send off what waits in standard output; say why a result is lost, "" when none is."""
    global _lost
    _deliver("")
    if isinstance(sys.stdout, _Closed) and sys.stdout.has_lost:
        return "a closed stream"
    lost, _lost = _lost, ""
    return lost


class _Closed(io.TextIOBase):
    """Stands for a closed stream: takes everything, keeps nothing, and knows that it did."""

    has_lost = False

    def write(self, text: str) -> int:
        self.has_lost = self.has_lost or bool(text)
        return len(text)


def _deliver(text: str) -> None:
    global _lost
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # `openldn ... | head` has read enough: nothing is lost
        _drop_waiting(sys.stdout)
    except OSError as error:
        _drop_waiting(sys.stdout)
        _lost = error.strerror or str(error)


def _tell(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _drop_waiting(sys.stderr)  # nobody can be told; the exit status remains


def _drop_waiting(stream: TextIO) -> None:
    """Let what a broken stream still holds go nowhere, or Python fails on it once more at exit."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _printable(text: str) -> str:
    # A hostile file must not steer the terminal through the words that quote it.
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)

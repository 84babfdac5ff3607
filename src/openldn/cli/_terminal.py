"""How commands talk to the person at the terminal.

Standard output holds results only. Everything said on the way goes to standard error through
`say`, `progress` and `print_problems`, so `--json -` can be piped.
"""

import os
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from openldn.protocol.problems import Problem

__all__ = ["coloured", "end_progress", "print_problems", "progress", "say"]

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_ERASE_LINE = "\r\x1b[K"
_QUIET_SECONDS = 1.0  # what ends sooner needs no progress line
_began = time.monotonic()
_open_line = False


def coloured(text: str, style: str, *, stream: TextIO | None = None) -> str:
    """Wrap `text` in a terminal style, where the stream is a terminal that wants colour.

    https://no-color.org: any non-empty NO_COLOR switches colour off.
    """
    stream = stream or sys.stderr
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return text
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def say(text: str) -> None:
    """Print a line for the person, on standard error."""
    end_progress()
    print(text, file=sys.stderr)


def progress(text: str) -> None:
    """Tell how far a long task has come; silent for the first second.

    On a terminal one line is rewritten; in a log each step is a line of its own.
    """
    global _open_line
    if time.monotonic() - _began < _QUIET_SECONDS:
        return
    if sys.stderr.isatty():
        print(f"{_ERASE_LINE}{text}", end="", file=sys.stderr, flush=True)
        _open_line = True
    else:
        print(text, file=sys.stderr, flush=True)


def end_progress() -> None:
    """Wipe the progress line, if one is open."""
    global _open_line
    if _open_line:
        print(_ERASE_LINE, end="", file=sys.stderr, flush=True)
        _open_line = False


def print_problems(problems: Sequence[Problem]) -> None:
    """Print every problem of an input, one a line."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    say(coloured(f"This cannot be used as it is: {count}.", "red"))
    for problem in problems:
        say(f"  {_printable(str(problem))}")


def _printable(text: str) -> str:
    # A hostile file must not steer the terminal through the words that quote it.
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)

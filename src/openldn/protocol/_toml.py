"""From the bytes of plan.toml to a dictionary, at a cost that a hostile file cannot drive up.

`tomllib` takes time and memory that grow with the square of the parts of a dotted key: 120 kB of
``a.a.a ...`` held more than 9 GB. A plan nests three deep, so deep keys are refused before parsing.
Long lines need no limit of their own: once keys are shallow, the cost grows with the size alone.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import Any

from openldn.protocol.problems import InputError, Problem

__all__ = ["DEEPEST_KEY", "LARGEST_FILE", "parse"]

LARGEST_FILE = 100_000  # bytes; a plan with every key and forty outcomes is below 20,000
DEEPEST_KEY = 8  # parts of a dotted key

# Strings and comments as TOML reads them, from the left; what is not closed takes the rest, as the
# parser stops there anyway. Each branch takes at least its first sign, so the time is linear.
_QUOTED = re.compile(
    r'"""(?:\\(?s:.)|[^\\])*?(?:"{3,5}|\\?\Z)'  # up to two quotes may stand before the end
    r"|'''(?s:.)*?(?:'{3,5}|\Z)"
    r'|"(?:\\.|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
)
_DEEP_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{DEEPEST_KEY}}}", re.ASCII)


def parse(data: bytes) -> dict[str, Any]:
    """Parse the file.

    Raises
    ------
    InputError
        When it is no TOML file, or one that no plan looks like.
    """
    if len(data) > LARGEST_FILE:
        raise _unreadable(f"{len(data):,} bytes", f"at most {LARGEST_FILE:,} bytes")
    try:
        text = data.decode("utf-8-sig")
        _refuse_deep_keys(text)
        return tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise _unreadable(f"a byte that is not UTF-8 at {error.start}", "UTF-8 text") from None
    except RecursionError:
        raise _unreadable("tables nested too deeply", "a TOML file") from None
    except ValueError as error:  # TOMLDecodeError, and numbers too long or dates that do not exist
        raise _unreadable(str(error)[:200], "a TOML file") from None
    except ArithmeticError:
        raise _unreadable("a number that cannot be held", "a TOML file") from None


def _refuse_deep_keys(text: str) -> None:
    bare = _QUOTED.sub(_stand_in, text)
    deep = _DEEP_KEY.search(bare)
    if deep:
        line = bare.count("\n", 0, deep.start()) + 1
        given = f"a key of more than {DEEPEST_KEY} parts in line {line}"
        raise _unreadable(given, "keys of at most three parts, such as design.pairs")


def _stand_in(quoted: re.Match[str]) -> str:
    """Stand for a string by one letter, as it may be part of a key; keep the count of lines."""
    text = quoted[0]
    return "" if text.startswith("#") else "q" + "\n" * text.count("\n")


def _unreadable(given: str, expected: str) -> InputError:
    todo = "Correct the file at that place, or make a new one with `openldn plan new`."
    return InputError(
        [Problem(code="LDN-P001", place="plan", given=given, expected=expected, todo=todo)]
    )

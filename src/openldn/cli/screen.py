"""`openldn screen`: the safety rules that a profile and a list of medicines touch."""

import argparse
import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openldn.cli._outputs import holds_kind, obstacle
from openldn.cli._terminal import print_result, say
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.protocol.medicines import Recognised
    from openldn.protocol.screening import Profile, Screening

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "screen"
SUMMARY = "Ask the safety rules of a profile and a list of medicines."

_STANDARD_OUTPUT = "-"
_LARGEST_LIST = 2_500_000  # bytes; 10,000 names of 200 characters and their line ends
_MOST_NAMES_SHOWN = 50  # on a terminal; --json holds them all
_WIDTH = 88
_HELP = """\
examples:
  $ openldn screen --medicine "co-codamol 30/500" --medicine levothyroxine
  $ openldn screen --medicine ibuprofen --json -

PROFILE is a small TOML file with age, conditions, medicines and answers. --medicines reads a text
file with one name on each line; empty lines and lines that begin with # are passed over. Times in
a profile are in days, doses in mg a day. Any name, brand or spelling may be given; what is not
recognised is said to be so.
Exit status: 0 whatever was touched, 2 wrong option, 3 unusable file.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument("profile", nargs="?", type=Path, metavar="PROFILE", help="profile (TOML)")
    parser.add_argument(
        "--medicine",
        action="append",
        default=[],
        metavar="TEXT",
        help="a medicine in use, as written on its box; may be given again",
    )
    parser.add_argument(
        "--medicines", type=Path, metavar="FILE", help="text file, one medicine on each line"
    )
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON; - prints it")
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Ask the rules, and print or write what they say."""
    if args.profile is None and args.medicines is None and not args.medicine:
        args.complain("give a PROFILE, --medicine or --medicines")
    out = _output(args)
    profile = _profile(args)

    from openldn.evidence.medicines import catalogue
    from openldn.evidence.safety_rules import rules
    from openldn.protocol.screening import screen

    screening = screen(profile, rules=rules(), catalogue=catalogue())
    if args.json:
        text = json.dumps(_as_json(screening), indent=1, ensure_ascii=False) + "\n"
        if out is None:
            print_result(text)
            return 0
        from openldn.files import write_atomically

        write_atomically(out, text)
        say(f"Wrote {out}.")
    print_result(_as_text(screening))
    return 0


def _profile(args: argparse.Namespace) -> "Profile":
    """Put together what the file, the options and the list say; all problems at once."""
    from openldn.files import LARGEST_SMALL_FILE, read_limited
    from openldn.protocol.profile import problems_of_medicines, profile_from_toml
    from openldn.protocol.screening import Profile

    problems: list[Problem] = list(problems_of_medicines(args.medicine, place="--medicine"))
    profile = Profile(answers={}, numbers={})
    listed: list[str] = []
    try:
        if args.profile:
            data = read_limited(args.profile, LARGEST_SMALL_FILE)
            profile = profile_from_toml(data, today=date.today())  # noqa: DTZ011 - the person's own day
    except InputError as error:
        problems += error.problems
    try:
        if args.medicines:
            listed = _listed(args.medicines)
    except InputError as error:
        problems += error.problems
    every = (*(profile.medicines or ()), *args.medicine, *listed)
    if not problems:
        problems += problems_of_medicines(every, place="all medicines together")
    if problems:
        raise InputError(problems)
    is_given = profile.medicines is not None or bool(args.medicine) or bool(args.medicines)
    return Profile(
        age=profile.age,
        conditions=profile.conditions,
        medicines=every if is_given else None,
        past_medicines=profile.past_medicines,
        answers=profile.answers,
        numbers=profile.numbers,
    )


def _listed(path: Path) -> list[str]:
    """Read one name from each line."""
    from openldn.files import read_limited
    from openldn.protocol.profile import problems_of_medicines

    try:
        lines = read_limited(path, _LARGEST_LIST).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError([_no_text(path, error)]) from None
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    problems = problems_of_medicines(names, place=str(path))
    if problems:
        raise InputError(problems)
    return names


def _no_text(path: Path, error: UnicodeDecodeError) -> Problem:
    return Problem(
        code="LDN-G012",
        place=str(path),
        given=f"bytes that are no text, from byte {error.start} on",
        expected="a text file in UTF-8",
        todo="Save the list as plain text in UTF-8.",
    )


def _output(args: argparse.Namespace) -> Path | None:
    """Say where the JSON goes, checked before the work; None for standard output."""
    if args.json is None or args.json == _STANDARD_OUTPUT:
        return None
    path = Path(args.json)
    inputs = [one for one in (args.profile, args.medicines) if one is not None]
    given = obstacle(path, may_replace=holds_kind("screen"), taken=inputs)
    if given:
        problem = Problem(
            code="LDN-G013",
            place="--json",
            given=f"{path}, {given}",
            expected="a new file, or one that an earlier `screen --json` wrote",
            todo="Choose another name, or move that file away; nothing was overwritten.",
        )
        raise InputError([problem])
    return path


def _as_json(screening: "Screening") -> dict[str, Any]:
    from openldn._version import __version__
    from openldn.evidence.screen_words import NOT_SAFE, NOTHING

    return {
        "format": 1,
        "kind": "screen",
        "openldn": __version__,
        "medicines": [_medicine(one) for one in screening.medicines],
        "rules": [
            {
                "id": rule.id,
                "severity": str(rule.severity),
                "why": rule.why,
                "do": rule.do,
                "source": list(rule.source),
            }
            for rule in screening.touched
        ],
        "rules_asked": list(screening.asked),
        "rules_not_asked": list(screening.not_asked),
        "limits": [*([] if screening.touched else [NOTHING]), NOT_SAFE],
    }


def _medicine(one: "Recognised") -> dict[str, Any]:
    return {
        "text": one.text,
        "recognised": one.is_recognised,
        "match": str(one.match),
        "ingredients": list(one.ingredients),
        "atc": list(one.atc),
        "opioid": one.is_opioid,
        "not_recognised_parts": list(one.unknown_parts),
    }


def _as_text(screening: "Screening") -> str:
    from openldn.evidence.screen_words import NOT_SAFE

    parts = []
    if screening.medicines:
        parts.append(_medicines_told(screening.medicines))
    parts += _rules_told(screening)
    parts += [
        _folded("Rules asked: " + ", ".join(screening.asked) + "."),
        _folded("Not asked, because nothing was said about it: " + _or_none(screening.not_asked)),
        _folded(NOT_SAFE),
    ]
    return "\n\n".join(parts) + "\n"


def _medicines_told(medicines: Sequence["Recognised"]) -> str:
    from openldn.evidence.screen_words import recognised_as

    shown = medicines[:_MOST_NAMES_SHOWN]
    lines = [f"  {_printable(f'{one.text}: {recognised_as(one)}')}" for one in shown]
    more = len(medicines) - len(lines)
    if more > 0:
        unknown = sum(not one.is_recognised for one in medicines[_MOST_NAMES_SHOWN:])
        opioids = sum(one.is_opioid for one in medicines[_MOST_NAMES_SHOWN:])
        lines.append(
            f"  and {more} more, of them {opioids} on the list of opioids and {unknown} not"
            " recognised; --json holds them all"
        )
    return "Medicines:\n" + "\n".join(lines)


def _rules_told(screening: "Screening") -> list[str]:
    from openldn.evidence.screen_words import HEADINGS, NOTHING

    if not screening.touched:
        return [NOTHING]
    parts = []
    for severity, heading in HEADINGS.items():
        touched = [rule for rule in screening.touched if rule.severity == severity]
        if touched:
            parts.append(heading.upper())
        parts += [
            f"{rule.id}\n{_folded('Why: ' + rule.why, 2)}\n{_folded('What to do: ' + rule.do, 2)}"
            f"\n{_folded('Source: ' + _cited(rule.source), 2)}"
            for rule in touched
        ]
    return parts


def _cited(ids: Iterable[str]) -> str:
    from openldn.evidence.safety_rules import sources

    known: Mapping[str, Any] = sources()
    return "; ".join(known[one].citation for one in ids) + "."


def _or_none(ids: Sequence[str]) -> str:
    return (", ".join(ids) if ids else "none") + "."


def _folded(text: str, indent: int = 0) -> str:
    margin = " " * indent
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _printable(text: str) -> str:
    """Keep what a name holds from steering the terminal or turning the line around."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)

"""The `openldn` command: find the command, run it, turn failures into words and exit codes.

Exit status: 0 done; 1 a mistake of ours; 2 wrong usage; 3 unusable input, or a result that could
not be written; 4 the analysis refused to answer; 130 stopped by the person.
"""

import argparse
import difflib
import io
import sys
import traceback
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import NoReturn, Protocol

from openldn._version import __version__
from openldn.cli._terminal import (
    coloured,
    end_progress,
    lost_result,
    open_missing_streams,
    print_problems,
    print_result,
    say,
)
from openldn.protocol.problems import InputError, Problem

__all__ = ["COMMANDS", "DONE", "INTERNAL", "REFUSED", "STOPPED", "UNUSABLE", "USAGE", "main"]

DONE, INTERNAL, USAGE, UNUSABLE, REFUSED, STOPPED = 0, 1, 2, 3, 4, 130

# The one-line summaries stand here as well as in the modules (a test holds the two together),
# because importing every command just to list it would make `openldn --help` slow.
COMMANDS = {
    "serve": (
        "Open the app in your browser, on this computer only; or run a server for many people."
    ),
    "plan": "Write, check or show the plan of one personal trial.",
    "randomise": "Draw the hidden order once and seal it for a pharmacist.",
    "open-box": "For the pharmacist: open the sealed box and print which kit holds what.",
    "verify-seal": "Check that a released order is the one that was sealed.",
    "simulate": "Make the diary of an invented person from a plan.",
    "analyse": "Work out an answer, with its uncertainty, from a diary.",
    "contribute": "Write what one person gives to a pooled answer: no diary, no dates.",
    "pool": "Put many people's contributions together.",
    "design": "Tell how likely a plan is to give a clear answer, by virtual trials.",
    "evidence": "Tell what is known about a condition, a claim or a side effect, and from where.",
    "pack": "Print what to bring to the prescriber: plan, evidence, safety, questions; and a card.",
    "screen": "Ask the safety rules of a profile and a list of medicines.",
    "blockade": "Show how much of the opioid receptors a dose may block, hour by hour.",
    "release": "Publish what people gave to the pool of this app, as a whole.",
    "backup": "Copy all records into one checked file, also while the app runs.",
    "restore": "Bring a backup back into an empty folder.",
    "doctor": "Check the installation and the records, and say how to mend what is wrong.",
}

_EXAMPLE = """\
example:
  $ openldn plan new --condition lupus --out plan.toml
  $ openldn simulate plan.toml --effect=-1 --seed 1 --out diary.csv
  $ openldn analyse diary.csv --plan plan.toml

Doses are in mg a day, times in days, effects in points of the score.
OpenLDN never tells anyone to start, stop or change a dose.
`openldn COMMAND --help` tells more about one command."""


class _Command(Protocol):
    """What a command module offers."""

    NAME: str
    SUMMARY: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


class _Parser(argparse.ArgumentParser):
    """A parser that ends a usage error with where to read on."""

    def error(self, message: str) -> NoReturn:
        say(f"{self.format_usage()}{self.prog}: {message}\nSee `{self.prog} --help`.")
        raise SystemExit(USAGE)

    def print_help(self, file: object = None) -> None:
        print_result(self.format_help())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status.

    Parameters
    ----------
    argv
        The words after `openldn`; those of this process when left out.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    open_missing_streams()
    _survive_any_letter()
    status = _dispatch(words)
    lost = lost_result()
    if lost and status == DONE:
        print_problems([_not_printed(lost)])
        return UNUSABLE
    return status


def _dispatch(words: Sequence[str]) -> int:
    parser = _top_parser()
    if not words:
        say(parser.format_help().rstrip())
        return USAGE
    try:
        top = parser.parse_args(words)
        return _guarded(top.command, top.rest, is_debugging=top.debug)
    except SystemExit as end:  # argparse has printed its help, version or usage error
        return end.code if isinstance(end.code, int) else USAGE


def _survive_any_letter() -> None:
    # Old Windows terminals lack letters that labels and notes may hold: show a mark, never fail.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _top_parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:{width}}  {summary}" for name, summary in COMMANDS.items())
    parser = _Parser(
        prog="openldn",
        usage="openldn [--version] [--debug] COMMAND ...",
        description="Personal trials of low-dose naltrexone (LDN): plan, diary, honest answer.",
        epilog=f"commands:\n{listing}\n\n{_EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"openldn {__version__}")
    parser.add_argument("--debug", action="store_true", help="show where a mistake of ours is")
    parser.add_argument(
        "command", metavar="COMMAND", type=_command_name, help="one of the commands below"
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _command_name(word: str) -> str:
    if word in COMMANDS:
        return word
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"Did you mean `openldn {near[0]}`?" if near else f"Commands: {', '.join(COMMANDS)}."
    raise argparse.ArgumentTypeError(f"there is no command {word!r}. {hint}")


def _guarded(name: str, words: Sequence[str], *, is_debugging: bool) -> int:
    """Run a command; whatever goes wrong becomes words and an exit status."""
    try:
        return _run(name, words)
    except InputError as error:
        print_problems(error.problems)
        return UNUSABLE
    except _refusals() as error:
        _print_refusal(getattr(error, "problems", ()))
        return REFUSED
    except BrokenPipeError:
        return DONE  # of a result, to a reader who has read enough
    except OSError as error:
        print_problems([_problem_of(error)])
        return UNUSABLE
    except KeyboardInterrupt:
        say("Stopped.")
        return STOPPED
    except Exception as error:
        if is_debugging:
            say(traceback.format_exc().rstrip())
        say(
            f"OpenLDN made a mistake ({type(error).__name__}: {error}). Run"
            f" `openldn --debug {name} ...` to see where, and please report it."
        )
        return INTERNAL
    finally:
        end_progress()


def _run(name: str, words: Sequence[str]) -> int:
    command: _Command = import_module(f"openldn.cli.{name.replace('-', '_')}")
    parser = _Parser(
        prog=f"openldn {name}",
        description=command.SUMMARY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def _refusals() -> tuple[type[Exception], ...]:
    # Only an engine that is loaded can have refused, so it is never imported just to ask.
    refusal = getattr(sys.modules.get("openldn.inference"), "AnalysisRefused", None)
    return (refusal,) if refusal else ()


def _print_refusal(problems: Iterable[Problem]) -> None:
    say(coloured("No answer can be given:", "yellow"))
    for problem in problems:
        say(f"  {problem}")


def _not_printed(lost: str) -> Problem:
    return Problem(
        code="LDN-C002",
        place="standard output",
        given=lost,
        expected="somewhere to print the result",
        todo="Print it to a terminal or into a file with room, then run this again.",
    )


def _problem_of(error: OSError) -> Problem:
    return Problem(
        code="LDN-C001",
        place=str(error.filename or "the computer"),
        given=error.strerror or str(error),
        expected="a file or folder that can be read and written",
        todo="Check the name, the free space and your rights to it, then try again.",
    )

"""`openldn simulate`: the diary of an invented person, for practice and for checking answers."""

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

from openldn.cli._outputs import holds_kind, obstacle
from openldn.cli._terminal import say
from openldn.protocol.problems import InputError, Problem

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "simulate"
SUMMARY = "Make the diary of an invented person from a plan."

_MARK = "invented by openldn simulate"  # the first line of what we wrote, and may write again

_HELP = """\
example (an effect of one point down at the target dose):
  $ openldn plan new --condition lupus --out plan.toml
  $ openldn simulate plan.toml --effect=-1 --seed 1 --out diary.csv

Effects are in points of the score: negative means a lower score. `--effect pain=-1` names the
outcome, else it is the plan's primary one. Doses are in mg. The truth behind the diary, with the
invented order of the periods, is written beside it: diary.csv.truth.json.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument("plan", type=Path, metavar="PLAN", help="plan file (TOML)")
    parser.add_argument(
        "--effect",
        action="append",
        required=True,
        type=_effect,
        metavar="E",
        help="effect at the target dose in points, signed: --effect=-1 or --effect pain=-1",
    )
    parser.add_argument(
        "--seed", type=_seed, default=1, metavar="N", help="whole number from 0 (default 1)"
    )
    parser.add_argument(
        "--missing",
        type=_share,
        default=0.1,
        metavar="SHARE",
        help="share of days without an answer, 0 to 1 (default 0.1)",
    )
    parser.add_argument(
        "--out", required=True, type=_file_name, metavar="DIARY", help="diary file to write (CSV)"
    )
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Write the diary and the truth behind it."""
    from openldn.files import Plan, write_atomically
    from openldn.virtual import simulate

    truth_path = args.out.with_name(args.out.name + ".truth.json")
    _refuse_to_replace(args.out, truth_path, taken=[args.plan])
    plan = Plan.read(args.plan)
    effects: dict[str, float] = {}
    for outcome_id, effect in args.effect:
        key = outcome_id or plan.primary.id
        if key in effects:
            args.complain(f"--effect: {key} is named twice")
        effects[key] = effect
    unknown = sorted(set(effects) - {outcome.id for outcome in plan.outcomes})
    if unknown:
        known = ", ".join(outcome.id for outcome in plan.outcomes)
        args.complain(f"--effect: the plan has no outcome {', '.join(unknown)}; it has {known}")
    diary, truth = simulate(plan, effects=effects, seed=args.seed, missing=args.missing)
    diary.write(args.out, comments=[_MARK, f"seed {args.seed}; no real person"])
    write_atomically(truth_path, json.dumps(truth, indent=1) + "\n")
    say(f"Wrote {len(diary.entries)} invented days to {args.out}, the truth to {truth_path}.")
    return 0


def _refuse_to_replace(out: Path, truth_path: Path, *, taken: Sequence[Path]) -> None:
    # A slip of the finger must not replace what a person recorded for months.
    obstacles = {
        out: obstacle(out, may_replace=_is_invented, taken=taken),
        truth_path: obstacle(truth_path, may_replace=holds_kind("truth"), taken=taken),
    }
    problems = [
        Problem(
            code="LDN-C033",
            place="--out",
            given=f"{path}, {given}",
            expected="a new file, or one that an earlier `simulate` wrote",
            todo="Choose another name; nothing was overwritten.",
        )
        for path, given in obstacles.items()
        if given
    ]
    if problems:
        raise InputError(problems)


def _is_invented(path: Path) -> bool:
    from openldn.diary import first_comment

    return first_comment(path) == _MARK


def _file_name(text: str) -> Path:
    path = Path(text)
    if not path.name:
        raise argparse.ArgumentTypeError(f"given {text!r}; expected the name of a file to write")
    return path


def _effect(text: str) -> tuple[str | None, float]:
    outcome_id, sign, number = text.rpartition("=")
    try:
        effect = float(number)
    except ValueError:
        effect = math.nan
    if not math.isfinite(effect) or (sign and not outcome_id):
        raise argparse.ArgumentTypeError(
            f"given {text!r}; expected points such as -1, or an outcome with points: pain=-1"
        )
    return outcome_id or None, effect


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise argparse.ArgumentTypeError(f"given {text!r}; expected a whole number from 0")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"given {text!r}; expected a share from 0 to 1")
    return share

"""`openldn pool`: many people's contributions put together."""

import argparse
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openldn.cli._outputs import holds_kind, obstacle
from openldn.cli._terminal import print_result, progress, say
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.pooling.people import People
    from openldn.pooling.pool import PoolPriors

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "pool"
SUMMARY = "Put many people's contributions together."

_STANDARD_OUTPUT = "-"
_WIDTH = 79
_MOST_CONDITIONS = 40
_HELP = """\
example (a table of estimates in tenths of the scale; contributions are given in the same way):
  $ openldn pool people.csv
  $ openldn pool people.csv --json pool.json

CONTRIBUTIONS are files of `openldn contribute`, folders of them, or Parquet files with one row a
person; or one CSV table with the columns id, estimate, se and perhaps condition.

Effects are in tenths of the scale; negative is better. What is printed is not for publication
unless --release was given: then no person and no group under 11 people can be told from it.
Exit status: 0 done, 2 wrong option, 3 unusable file, 4 no answer can be given.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument(
        "contributions", nargs="+", type=Path, metavar="CONTRIBUTIONS", help="files or folders"
    )
    parser.add_argument("--release", action="store_true", help="only what may be published")
    parser.add_argument("--json", metavar="FILE", help="write the numbers as JSON; - prints them")
    parser.add_argument(
        "--method",
        choices=("bayes", "reml"),
        default="bayes",
        help="reml: the usual meta-analysis, as a check (default bayes)",
    )
    parser.add_argument(
        "--include-open",
        action="store_true",
        help="take open diaries (grade D and E) too, each kind with a bias term",
    )
    parser.add_argument(
        "--mcid",
        type=_number,
        default=1.0,
        metavar="X",
        help="the smallest difference that matters, in tenths of the scale (default 1)",
    )
    parser.add_argument(
        "--prior-mu-sd",
        type=_number,
        default=2.0,
        metavar="X",
        help="mu ~ Normal(0, X), in tenths of the scale (default 2)",
    )
    for name, told in (("omega", "between people"), ("kappa", "between conditions")):
        parser.add_argument(
            f"--prior-{name}",
            type=_spread,
            default=("half-normal", 2.0),
            metavar="KIND:X",
            help=f"spread {told}: half-normal:X or half-cauchy:X (default half-normal:2)",
        )
    parser.add_argument(
        "--prior-bias-sd",
        type=_number,
        default=1.0,
        metavar="X",
        help="bias of grade D and E ~ Normal(0, X) (default 1)",
    )
    parser.add_argument(
        "--workers", type=_count, metavar="N", help="threads (default: one a processor)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a running Dask scheduler, such as tcp://host:8786"
    )
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Pool, print the summary or the JSON, and write what was asked for."""
    if args.method == "reml" and args.release:
        args.complain("--release goes with --method bayes only")
    path = None if args.json in (None, _STANDARD_OUTPUT) else Path(args.json)
    if path is not None:
        _refuse_to_replace(path, taken=args.contributions)
    result = _result(args)
    # allow_nan=False: a number that is none must fail here and not in somebody's reader.
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if path is not None:
        from openldn.files import write_atomically

        write_atomically(path, text)
        say(f"Wrote {path}.")
    print_result(text if args.json == _STANDARD_OUTPUT else _told(result))
    return 0


def _result(args: argparse.Namespace) -> Mapping[str, Any]:
    progress("reading")
    from openldn.pooling.people_files import read_people

    people = read_people(args.contributions, include_open=args.include_open)
    progress("adding up the people")
    from openldn.pooling.pool import pool_reml

    if args.method == "reml":
        return pool_reml(people).to_json()
    return _pooled(people, args)


def _pooled(people: "People", args: argparse.Namespace) -> Mapping[str, Any]:
    from openldn.pooling.pool import pool
    from openldn.pooling.release import refuse_if_few, released

    if args.release:
        refuse_if_few(people)
    options = {"priors": _priors(args), "mcid": args.mcid, "is_release": args.release}
    if args.scheduler:
        from openldn.pooling.crew import DaskCrew

        with closing(DaskCrew(args.scheduler)) as crew:
            pooled = pool(people, crew=crew, **options)
    else:
        pooled = pool(people, workers=args.workers, **options)
    return released(pooled) if args.release else pooled.to_json()


def _priors(args: argparse.Namespace) -> "PoolPriors":
    from openldn.pooling.pool import PoolPriors, Spread

    (omega, omega_scale), (kappa, kappa_scale) = args.prior_omega, args.prior_kappa
    return PoolPriors(
        mu_sd=args.prior_mu_sd,
        omega=Spread(kind=omega, scale=omega_scale),
        kappa=Spread(kind=kappa, scale=kappa_scale),
        bias_sd=args.prior_bias_sd,
    )


def _told(result: Mapping[str, Any]) -> str:
    """The result for a terminal."""
    lines = [
        f"{_counted(result['people'])}, effects in tenths of the scale; negative is better.",
        f"This is {result['publication']}."
        if result["publication"] == "not for publication"
        else "This may be published.",
        "",
        _line("average effect", result["mu"]),
    ]
    if result["method"] == "reml":
        lines += [
            _line("  Hartung and Knapp", result["mu_hartung_knapp"]),
            f"  {'spread of people':28}{result['omega']['mean']:8.3f}",
            f"  {'tau squared':28}{result['tau_squared']:8.4f}",
        ]
    else:
        lines += _bayes_lines(result)
    lines += ["", *(line for limit in result["limits"] for line in _bullet(limit))]
    return "\n".join(lines) + "\n"


def _counted(people: int) -> str:
    return "1 person" if people == 1 else f"{people:,} people"


def _bayes_lines(result: Mapping[str, Any]) -> list[str]:
    lines = [_line("spread of people", result["omega"])]
    if result["kappa"]:
        lines.append(_line("spread of conditions", result["kappa"]))
    lines += [_line(f"bias of grade {name}", bias) for name, bias in result["bias"].items()]
    conditions = list(result["conditions"].items())
    if len(conditions) > 1 or result["kappa"]:
        lines += [
            _line(f"{_printable(name)[:18]} ({one['people']})", one["mu"])
            for name, one in conditions[:_MOST_CONDITIONS]
        ]
    share = result["share_meaningful_benefit"]
    lines += [
        "",
        f"Of 100 new people, about {100 * share['mean']:.0f} would be better by {result['mcid']:g}"
        f" or more (likely between {100 * share['q025']:.0f} and {100 * share['q975']:.0f}).",
    ]
    persons = result.get("persons") or []
    if len(persons) > 1:
        heaviest = max(persons, key=lambda person: abs(person["without"]["influence"]))
        lines.append(
            f"Without {_printable(heaviest['id'])[:32]}, who moves it most, the average would be"
            f" {heaviest['without']['mu']:.2f}."
        )
    return lines


def _line(name: str, summary: Mapping[str, float]) -> str:
    low, high = summary["q025"], summary["q975"]
    return f"  {name:28}{summary['mean']:8.2f}   likely between {low:.2f} and {high:.2f}"


def _printable(text: str) -> str:
    # A hostile file must not steer the terminal through the names in it.
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _bullet(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="- ", subsequent_indent="  ")


def _refuse_to_replace(path: Path, *, taken: Sequence[Path]) -> None:
    given = obstacle(path, may_replace=holds_kind("pool"), taken=taken)
    if given:
        problem = Problem(
            code="LDN-N019",
            place="--json",
            given=f"{path}, {given}",
            expected="a new file, or one that an earlier `pool --json` wrote",
            todo="Choose another name, or move that file away; nothing was overwritten.",
        )
        raise InputError([problem])


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 1e-3 <= number <= 1e3:
        raise argparse.ArgumentTypeError(f"given {text!r}; expected a number from 0.001 to 1000")
    return number


def _spread(text: str) -> tuple[str, float]:
    kind, _, scale = text.partition(":")
    if kind not in ("half-normal", "half-cauchy"):
        raise argparse.ArgumentTypeError(
            f"given {text!r}; expected half-normal or half-cauchy with a scale: half-normal:2"
        )
    return kind, _number(scale or "2")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1_000:
        raise argparse.ArgumentTypeError(f"given {text!r}; expected a whole number from 1 to 1000")
    return int(text)

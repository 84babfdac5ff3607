"""`openldn design`: how likely a plan is to give a clear answer, by virtual trials."""

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from openldn.cli._outputs import holds_kind, obstacle
from openldn.cli._terminal import print_result, progress, say
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.diary import Diary
    from openldn.protocol.plan import Plan
    from openldn.virtual import Assumptions, Study

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "design"
SUMMARY = "Tell how likely a plan is to give a clear answer, by virtual trials."

_STANDARD_OUTPUT = "-"
_MOST_WORKERS = 64
_HELP = """\
example (20 virtual trials for each plan and effect; 400 take a minute or two):
  $ openldn plan new --condition lupus --out plan.toml
  $ openldn design plan.toml --trials 20 --effect 0 --effect=-1

Effects are in points of the primary score, signed: negative means a lower score. Times are in
days. Each virtual trial gets the whole analysis that `openldn analyse` gives a real one.
In the table, benefit and harm are how often a clear answer of that kind was told, wrong how often
it was the wrong one, +- the error of these figures in points of percent, and interval how wide
the 95% interval of the effect was, in points.
Noise is assumed, unless --diary gives your own days before the first dose. The figures are about
plans, and say nothing about what LDN does for you."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument("plan", type=Path, metavar="PLAN", help="plan file (TOML)")
    parser.add_argument(
        "--effect",
        action="append",
        type=_effect,
        metavar="E",
        help="a true effect in points, signed: --effect=-1 (default 0, and 0.5, 1 and 2 tenths of"
        " the scale toward better; for outcomes of 2 to 6 answers and counts as many times the"
        " difference that matters); may be given several times",
    )
    parser.add_argument(
        "--trials",
        type=_count,
        metavar="N",
        help="virtual trials for each plan and effect, 1 to 100000 (default 400; 60 for outcomes of"
        " 2 to 6 answers and counts, whose trials are analysed one by one, a few a second)",
    )
    parser.add_argument(
        "--diary", type=Path, metavar="DIARY", help="take noise from your own baseline days"
    )
    parser.add_argument(
        "--optimise", action="store_true", help="search all feasible plans; needs --most-days"
    )
    parser.add_argument("--most-days", type=_count, metavar="N", help="longest plan of the search")
    _add_assumptions(parser)
    _add_work(parser)
    parser.set_defaults(complain=parser.error)


def _add_assumptions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--noise", type=_range, metavar="LOW-HIGH", help="SD of the noise in points"
    )
    parser.add_argument(
        "--phi", type=_range, metavar="LOW-HIGH", help="memory from day to day (default 0-0.8)"
    )
    parser.add_argument(
        "--tau",
        type=_range,
        metavar="LOW-HIGH",
        help="days until 63%% of an effect is there (default 3-14)",
    )
    parser.add_argument(
        "--missing", type=_number, metavar="SHARE", help="days without an answer (default 0.1)"
    )
    parser.add_argument(
        "--drop-out", type=_number, metavar="SHARE", help="chance to stop early (default 0)"
    )
    parser.add_argument(
        "--hope",
        type=_number,
        metavar="POINTS",
        help="what any capsule does by being taken, toward better (default 0)",
    )


def _add_work(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed", type=_count, default=1, metavar="N", help="whole number from 0 (default 1)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON; - prints them")
    parser.add_argument(
        "--workers",
        type=_count,
        default=1,
        metavar="N",
        help=f"processes on this computer, 1 to {_MOST_WORKERS} (default 1); changes no figure",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler, such as tcp://127.0.0.1:8786"
    )
    parser.add_argument(
        "--resume", type=Path, metavar="DIR", help="keep finished work there, and go on from it"
    )


def run(args: argparse.Namespace) -> int:
    """Run the virtual trials and tell what came of them."""
    from openldn.files import Plan
    from openldn.virtual import design

    if args.optimise != (args.most_days is not None):
        args.complain("--optimise and --most-days go together: say how long a plan may take")
    if args.diary and (args.noise or args.phi):
        args.complain("--diary already tells the noise: leave --noise and --phi out")
    if not 1 <= args.workers <= _MOST_WORKERS:
        args.complain(f"--workers: expected 1 to {_MOST_WORKERS}")
    _refuse_to_replace(args.json, taken=[args.plan, *([args.diary] if args.diary else [])])
    plan = Plan.read(args.plan)
    study = design(
        plan,
        trials=args.trials,
        effects=_effects(args, plan),
        diary=_diary(args.diary, plan),
        assumptions=_assumptions(args, plan),
        seed=args.seed,
        most_days=args.most_days,
        workers=args.workers,
        scheduler=args.scheduler,
        resume=args.resume,
        progress=_reporter(),
    )
    if args.json == _STANDARD_OUTPUT:
        print_result(_json_text(study))
        return 0
    print_result(_in_words(study))
    if args.json:
        _write(Path(args.json), study)
    return 0


def _effects(args: argparse.Namespace, plan: "Plan") -> list[float] | None:
    if args.effect is None:
        return None
    for outcome_id, _ in args.effect:
        if outcome_id not in (None, plan.primary.id):
            args.complain(f"--effect: only the primary outcome is simulated, {plan.primary.id}")
    return [effect for _, effect in args.effect]


def _assumptions(args: argparse.Namespace, plan: "Plan") -> "Assumptions":
    from openldn.virtual import Assumptions

    given = {
        "sigma": args.noise,
        "phi": args.phi,
        "tau": args.tau,
        "missing": args.missing,
        "drop_out": args.drop_out,
        "hope": args.hope,
    }
    asked = {name: value for name, value in given.items() if value is not None}
    return replace(Assumptions.believable(plan.primary), **asked)


def _diary(path: Path | None, plan: "Plan") -> "Diary | None":
    if path is None:
        return None
    from openldn.diary import Diary

    return Diary.read(path, outcomes=plan.outcomes, start=plan.design.start)


def _reporter() -> Callable[[int, int], None]:
    """Say how far it has come, at most once for each hundredth."""
    last = -1

    def report(done: int, total: int) -> None:
        nonlocal last
        if (share := 100 * done // total) > last:
            last = share
            progress(f"virtual trials: {share}% of {total} blocks")

    return report


def _in_words(study: "Study") -> str:
    from openldn.virtual import sentences, table

    head = (
        f"{study.trials} virtual trials for each plan and effect. The plan you gave stands first."
    )
    told = "\n".join(f"- {sentence}" for sentence in sentences(study))
    alone = f"{100 * study.share_finished_alone:.1f}%"
    foot = f"{alone} of the trials were finished by the adaptive route; none was left out."
    return f"{head}\n\n{table(study)}\n\n{foot}\n\n{told}\n"


def _json_text(study: "Study") -> str:
    return json.dumps(study.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _write(path: Path, study: "Study") -> None:
    from openldn.files import write_atomically

    _refuse_to_replace(str(path), taken=[])  # the work took a while
    write_atomically(path, _json_text(study))
    say(f"Wrote {path}.")


def _refuse_to_replace(name: str | None, *, taken: list[Path]) -> None:
    if name is None or name == _STANDARD_OUTPUT:
        return
    found = obstacle(Path(name), may_replace=holds_kind("design"), taken=taken)
    if found:
        problem = Problem(
            code="LDN-C070",
            place="--json",
            given=f"{name}, {found}",
            expected="a new file, or one that an earlier `design` wrote",
            todo="Choose another name; nothing was overwritten.",
        )
        raise InputError([problem])


def _effect(text: str) -> tuple[str | None, float]:
    outcome_id, sign, number = text.rpartition("=")
    effect = _finite(number)
    if effect is None or (sign and not outcome_id):
        raise argparse.ArgumentTypeError(f"given {text!r}; expected points such as -1")
    return outcome_id or None, effect


def _number(text: str) -> float:
    value = _finite(text)
    if value is None:
        raise argparse.ArgumentTypeError(f"given {text!r}; expected a number")
    return value


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    ends = _finite(low), _finite(high or low)
    if ends[0] is None or ends[1] is None:
        raise argparse.ArgumentTypeError(f"given {text!r}; expected a range such as 3-14")
    return ends[0], ends[1]


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise argparse.ArgumentTypeError(f"given {text!r}; expected a whole number from 0")
    return int(text)

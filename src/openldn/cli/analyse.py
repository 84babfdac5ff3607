"""`openldn analyse`: from a diary, with or without its plan, to an answer with its uncertainty."""

import argparse
import json
import math
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openldn.cli._outputs import holds_kind, holds_page, holds_print, obstacle
from openldn.cli._terminal import print_problems, print_result, progress, say
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Outcome, Role, parse_outcome_option
from openldn.protocol.plan import Acts, Arm
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.diary import Diary
    from openldn.files import Plan
    from openldn.inference.looks import NullTrials

__all__ = ["NAME", "SUMMARY", "add_arguments", "opened_order", "run", "typed_outcomes"]

NAME = "analyse"
SUMMARY = "Work out an answer, with its uncertainty, from a diary."

_PRIORS = ("default", "sceptical", "wide", "evidence")
_STANDARD_OUTPUT = "-"
_HELP = """\
example (an invented person; with a plan, scales and doses come from it):
  $ openldn plan new --condition lupus --out plan.toml
  $ openldn simulate plan.toml --effect=-1 --seed 1 --out diary.csv
  $ openldn analyse diary.csv --plan plan.toml

A blinded trial is answered once the pharmacist has opened the seal: from the arm column of the
diary, or from the opened seal.json beside the plan.

Without a plan, say what was scored, on which scale, and which way is better:
  $ openldn analyse diary.csv --outcome pain:0-10:lower:mcid=1

mcid is the smallest difference that would matter to you, in points of the score (a tenth of the
scale if left out). step is the distance between two answers on the scale (step=0.5; 1 if left
out). The first --outcome carries the conclusion. Doses are in mg, times in days.
Exit status: 0 done, 2 wrong option, 3 unusable file, 4 no answer can be given.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument("diary", type=Path, metavar="DIARY", help="diary file (CSV)")
    parser.add_argument("--plan", type=Path, metavar="PLAN", help="plan file (TOML)")
    parser.add_argument(
        "--outcome",
        action="append",
        default=[],
        metavar="ID:MIN-MAX:lower|higher[:mcid=X][:step=X]",
        help="a scored column, its scale and its better direction; may be given again",
    )
    parser.add_argument(
        "--prior", choices=_PRIORS, help="what is assumed before the data (default: the plan's)"
    )
    parser.add_argument(
        "--acts",
        type=_acts,
        metavar="same-day|next-day",
        help="when a dose shows in the scores (default: the plan's, else same-day)",
    )
    parser.add_argument(
        "--already-on",
        type=_dose,
        metavar="DOSE",
        help="mg taken steadily before the first day (default: the plan's, else 0)",
    )
    parser.add_argument("--json", metavar="FILE", help="write the answer as JSON; - prints it")
    parser.add_argument("--html", metavar="FILE", help="write a page to read and share")
    parser.add_argument("--pdf", metavar="FILE", help="write one printed page for the visit")
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Answer, print the summary, and write what was asked for."""
    try:
        typed = typed_outcomes(args.outcome)
    except InputError as error:
        print_problems(error.problems)
        return 2
    outputs = _outputs(args)
    told = _answered(args, typed)
    if look := told.answer["design"].get("look"):
        from openldn.cli._look_log import log_look

        say(log_look(args.plan, look, at=datetime.now().astimezone()))
    for option, path in outputs.items():
        progress(f"writing {path}")
        _write(option, path, told)
    answer, plan = told.answer, told.plan
    if args.json == _STANDARD_OUTPUT:
        print_result(_json_text(answer))
    else:
        from openldn.report.plain_text import summary_text

        print_result(summary_text(answer, plan=plan))
    return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """An answer as it is saved, and what it was made from."""

    answer: Mapping[str, Any]
    diary: "Diary"
    plan: "Plan | None"
    order: tuple[Arm, ...] | None


def _answered(args: argparse.Namespace, typed: tuple[Outcome, ...]) -> _Told:
    from openldn.diary import Diary
    from openldn.files import Plan

    plan = Plan.read(args.plan) if args.plan else None
    outcomes = _asked_outcomes(args, plan, typed)
    if not outcomes:
        raise InputError([_no_scale(args.diary, Diary.read(args.diary))])
    diary = Diary.read(args.diary, outcomes=outcomes, start=plan.design.start if plan else None)
    progress("loading the engine")
    from openldn.inference import Conduct, analyse

    order = opened_order(args.plan, plan) if plan and plan.first_randomised_day else None
    answer = analyse(
        diary,
        plan=plan,
        outcomes=outcomes,
        order=order,
        # The seal holds the fingerprint of the plan that was drawn for; it was checked just now.
        conduct=Conduct(is_plan_unchanged=True) if order else None,
        prior=args.prior,
        acts=args.acts,
        already_on=args.already_on,
        progress=progress,
        null_trials=_null_trials(plan),
    )
    return _Told(answer=answer.to_json(), diary=diary, plan=plan, order=order)


def opened_order(path: Path, plan: "Plan") -> tuple[Arm, ...] | None:
    """The order of an opened seal beside the plan; None without one, or while it is closed.

    Raises
    ------
    InputError
        When the seal is open and does not match itself or this very plan.
    """
    from openldn.sealing.folder import SEAL

    if not (path.parent / SEAL).exists():
        return None
    from openldn.protocol.seal import is_released, read_order, verify, verify_with_plan
    from openldn.sealing import read_seal

    seal = read_seal(path.parent)
    if not is_released(seal):
        return None
    problems = (
        [*verify(seal)] or [*_other_plan(path, plan, seal)] or [*verify_with_plan(seal, plan)]
    )
    if problems:
        raise InputError(problems)
    return read_order(str(seal["order"]))


def _other_plan(path: Path, plan: "Plan", seal: Mapping[str, Any]) -> tuple[Problem, ...]:
    if plan.sha256 == seal["plan_sha256"]:
        return ()
    return (
        Problem(
            code="LDN-S004",
            place=str(path),
            given="a plan with other bytes than the one that was sealed beside it",
            expected="the plan that was sealed",
            todo="Give the sealed plan, unchanged to the last byte, or another folder's plan.",
        ),
    )


def typed_outcomes(texts: list[str]) -> tuple[Outcome, ...]:
    """Read every --outcome; what is wrong with any of them is told at once."""
    from openldn.diary import RESERVED

    outcomes: list[Outcome] = []
    problems: list[Problem] = []
    for text in texts:
        role = Role.SECONDARY if outcomes else Role.PRIMARY
        try:
            outcome = parse_outcome_option(text, role=role)
        except InputError as error:
            problems += error.problems
            continue
        if outcome.id in RESERVED:
            problems.append(_fixed_column(outcome.id))
        if any(outcome.id == other.id for other in outcomes):
            problems.append(_named_twice(outcome.id, "named twice"))
        outcomes.append(outcome)
    if problems:
        raise InputError(problems)
    return tuple(outcomes)


def _asked_outcomes(
    args: argparse.Namespace, plan: "Plan | None", typed: tuple[Outcome, ...]
) -> tuple[Outcome, ...]:
    """Give the plan's outcomes; what is typed beside a plan is looked at as well, after them."""
    if plan is None:
        return typed
    planned = {outcome.id for outcome in plan.outcomes}
    for outcome in typed:
        if outcome.id in planned:
            args.complain(f"--outcome: the plan says already how {outcome.id} is scored")
    added = [parse_outcome_option(text, role=Role.SECONDARY) for text in args.outcome]
    return (*plan.outcomes, *added)


def _named_twice(outcome_id: str, given: str) -> Problem:
    return Problem(
        code="LDN-C016",
        place="--outcome",
        given=f"{outcome_id}, {given}",
        expected="each outcome once",
        todo="Leave one of them out.",
    )


def _fixed_column(name: str) -> Problem:
    return Problem(
        code="LDN-C011",
        place="--outcome",
        given=f"{name}, a column with a fixed meaning",
        expected="a scored column",
        todo="Name the column that holds the scores; give it another name if needed.",
    )


def _acts(text: str) -> Acts:
    try:
        return Acts(text)
    except ValueError:
        expected = " or ".join(Acts)
        raise argparse.ArgumentTypeError(f"given {text!r}; expected {expected}") from None


def _dose(text: str) -> Dose:
    try:
        return Dose.from_mg(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; expected mg such as 1.5") from None


def _outputs(args: argparse.Namespace) -> dict[str, Path]:
    """Say which files are to be written, each checked before the long work begins."""
    asked = {"--json": args.json, "--html": args.html, "--pdf": args.pdf}
    outputs: dict[str, Path] = {}
    problems: list[Problem] = []
    inputs = [path for path in (args.diary, args.plan) if path is not None]
    for option, text in asked.items():
        if text is None or (option == "--json" and text == _STANDARD_OUTPUT):
            continue
        if text == _STANDARD_OUTPUT:
            args.complain(f"{option}: only --json can be printed; give the name of a file")
        path = Path(text)
        problems += _in_the_way(option, path, taken=[*inputs, *outputs.values()])
        outputs[option] = path
    if problems:
        raise InputError(problems)
    return outputs


def _in_the_way(option: str, path: Path, *, taken: Sequence[Path] = ()) -> list[Problem]:
    """Tell why a file cannot be written: a list with that problem, or with none."""
    given = obstacle(path, may_replace=_KINDS[option].may_replace, taken=taken)
    if given is None:
        return []
    return [
        Problem(
            code="LDN-C034",
            place=option,
            given=f"{path}, {given}",
            expected=f"a new file, or one that an earlier `analyse {option}` wrote",
            todo="Choose another name, or move that file away; nothing was overwritten.",
        )
    ]


def _write(option: str, path: Path, told: _Told) -> None:
    from openldn.files import write_atomically

    content = _KINDS[option].rendered(told)
    problems = _in_the_way(option, path)  # the work took a while, and others may have written
    if problems:
        raise InputError(problems)
    write_atomically(path, content)
    say(f"Wrote {path}.")


def _null_trials(plan: "Plan | None") -> "NullTrials | None":
    """Give what raises the threshold of a plan with looks; loaded for such a plan only."""
    if plan is None or not plan.analysis.looks:
        return None
    from openldn.virtual import null_trials

    progress("raising the threshold for the planned looks")
    return null_trials


def _json(told: _Told) -> str:
    return _json_text(told.answer)


def _html(told: _Told) -> str:
    from openldn.report import render_html

    return render_html(told.answer, diary=told.diary, plan=told.plan, order=told.order)


def _pdf(told: _Told) -> bytes:
    from openldn.report import render_pdf

    return render_pdf(told.answer, diary=told.diary, plan=told.plan, order=told.order)


def _json_text(answer: Mapping[str, Any]) -> str:
    # allow_nan=False: a number that is none must fail here and not in somebody's reader.
    return json.dumps(answer, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """One kind of file that an answer is written to."""

    rendered: Callable[[_Told], bytes | str]
    may_replace: Callable[[Path], bool]


_KINDS = {
    "--json": _Kind(rendered=_json, may_replace=holds_kind("answer")),
    "--html": _Kind(rendered=_html, may_replace=holds_page),
    "--pdf": _Kind(rendered=_pdf, may_replace=holds_print),
}


def _no_scale(path: Path, diary: "Diary") -> Problem:
    """Say which line to type, with scales guessed from the columns of the diary itself."""
    guesses = [
        f"--outcome {key}:{_guessed_scale(diary, key)}:lower" for key in diary.outcome_ids
    ] or [f"--outcome {key}:0-10:lower" for key in diary.side_effect_ids]
    line = shlex.join(["openldn", "analyse", str(path)])
    return Problem(
        code="LDN-C035",
        place="the command line",
        given="neither --plan nor --outcome, so no scale",
        expected="what was scored, on which scale, and which way is better",
        todo=f"Type this, with your own scale and direction (lower or higher):"
        f" {line} {' '.join(guesses) or '--outcome pain:0-10:lower'}",
    )


def _guessed_scale(diary: "Diary", key: str) -> str:
    values = [value for entry in diary.entries if (value := entry.scores.get(key)) is not None]
    least, most = min(values, default=0), max(values, default=0)
    for low, high in ((0, 10), (0, 100)):
        if low <= least and most <= high:
            return f"{low}-{high}"
    return f"{math.floor(least)}-{math.ceil(most)}"

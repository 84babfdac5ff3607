"""`openldn contribute`: from one person's diary to what she gives to a pooled answer."""

import argparse
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from openldn.cli._outputs import holds_kind, obstacle
from openldn.cli._terminal import print_problems, print_result, progress, say
from openldn.cli.analyse import opened_order, typed_outcomes
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.files import Plan
    from openldn.pooling.contribution import Contribution
    from openldn.protocol.outcomes import Outcome

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "contribute"
SUMMARY = "Write what one person gives to a pooled answer: no diary, no dates."

_ID_BYTES = 16  # 128 random bits
_HELP = """\
example (an invented person):
  $ openldn plan new --condition lupus --out plan.toml
  $ openldn simulate plan.toml --effect=-1 --seed 1 --out diary.csv
  $ openldn contribute diary.csv --plan plan.toml --out mine.json

Without a plan, say what was scored, and perhaps for which condition:
  $ openldn contribute diary.csv --outcome pain:0-10:lower --condition lupus --out open.json

The file is made on this computer and stays here until you pass it on. Read what is in it first:
it is printed, in words. Each run draws a new random id, so give one file only to one pool.
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
        help="the scored column, its scale and its better direction, where there is no plan",
    )
    parser.add_argument(
        "--condition", metavar="ID", help="such as lupus or sle (default: the plan's first)"
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help="contribution to write (JSON)"
    )
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Write the contribution, and print what is in it and what is not."""
    try:
        typed = typed_outcomes(args.outcome)
    except InputError as error:
        print_problems(error.problems)
        return 2
    if (args.plan is None) == (not typed):
        args.complain("give either --plan or --outcome")
    _refuse_to_replace(args.out, taken=[args.diary, *([args.plan] if args.plan else [])])
    condition = _condition(args.condition)
    contribution = _made(args.diary, args.plan, typed, condition)

    from openldn.files import write_atomically

    text = json.dumps(contribution.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(args.out, text + "\n")
    say(f"Wrote {args.out}.")
    print_result(_told(contribution))
    return 0


def _made(
    diary_file: Path, plan_file: Path | None, typed: tuple["Outcome", ...], condition: str | None
) -> "Contribution":
    from openldn.diary import Diary
    from openldn.files import Plan

    plan: Plan | None = Plan.read(plan_file) if plan_file else None
    outcomes = plan.outcomes if plan else typed
    diary = Diary.read(diary_file, outcomes=outcomes, start=plan.design.start if plan else None)
    progress("loading the engine")
    from openldn.inference import Conduct, analyse
    from openldn.pooling.contribution import contribution_of

    order = opened_order(plan_file, plan) if plan_file and plan and _is_drawn(plan) else None
    answer = analyse(
        diary,
        plan=plan,
        outcomes=outcomes,
        order=order,
        # The seal holds the fingerprint of the plan that was drawn for; it was checked just now.
        conduct=Conduct(is_plan_unchanged=True) if order else None,
        progress=progress,
    )
    name = secrets.token_hex(_ID_BYTES)
    return contribution_of(answer, contribution_id=name, condition=condition, plan=plan)


def _is_drawn(plan: "Plan") -> bool:
    return plan.first_randomised_day is not None


def _told(contribution: "Contribution") -> str:
    """What leaves with the file, and what stays."""
    low, high = contribution.scale
    count = len(contribution.components.lam)
    return f"""\
What leaves, when you pass this file on:
  - a random name, drawn just now: {contribution.id}
  - the condition: {contribution.condition or "not said"}
  - what was scored: {contribution.outcome}, {low:g} to {high:g}, {contribution.better} is better
  - the dose: {contribution.dose_mg:g} mg, compared with {_CONTRASTS[contribution.contrast]}
  - how far the design can be trusted: grade {contribution.grade}
  - what your records say about this one effect: {3 * count} numbers
What stays with you:
  - the diary, every score, every date and every note
  - the plan, your name, your prescriber and where you live
  - all other scores, side effects and events
What the records say is not printed here as an answer; `openldn analyse` tells it.
Once a pooled result is published, your part of it cannot be taken back.
"""


_CONTRASTS = {"placebo": "placebo", "none": "taking nothing"}


def _condition(given: str | None) -> str | None:
    """The id of the catalogue: free words could name a person."""
    if given is None:
        return None
    from openldn.evidence.conditions import catalogue, find, nearest

    found = find(given)
    if found is not None:
        return found.id
    close = nearest(given)
    hint = f"Did you mean {close.id}? " if close else ""
    raise InputError(
        [
            Problem(
                code="LDN-C040",
                place="--condition",
                given=given[:80],
                expected="one of " + ", ".join(condition.id for condition in catalogue()),
                todo=f"{hint}Leave it out if yours is not there.",
            )
        ]
    )


def _refuse_to_replace(path: Path, *, taken: list[Path]) -> None:
    given = obstacle(path, may_replace=holds_kind("contribution"), taken=taken)
    if given:
        problem = Problem(
            code="LDN-N020",
            place="--out",
            given=f"{path}, {given}",
            expected="a new file, or one that an earlier `contribute` wrote",
            todo="Choose another name, or move that file away; nothing was overwritten.",
        )
        raise InputError([problem])

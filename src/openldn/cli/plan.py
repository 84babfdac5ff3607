"""`openldn plan`: write a first plan, check a plan, show a plan in words."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from openldn.cli._terminal import say
from openldn.protocol.problems import InputError, Problem

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "plan"
SUMMARY = "Write, check or show the plan of one personal trial."

_KINDS = (
    "open-titration",
    "open-reversal",
    "blinded-withdrawal",
    "blinded-crossover",
    "open-randomised",
)
_TEMPLATES = ("open-three-months", "open-three-months-and-back")
_EXAMPLE = """\
example:
  $ openldn plan new --condition lupus --out plan.toml
  $ openldn plan check plan.toml
  $ openldn plan show plan.toml

Doses are in mg a day (at most 4.5), times in days, scores in points.
`check` ends with 0 when the plan can be used, and with 3 and a list of problems when not."""

_NEW = """\
example:
  $ openldn plan new --condition lupus --design blinded-withdrawal --out plan.toml
  $ openldn plan new --condition lupus --template open-three-months --out open.toml

A template is a whole plan: three months in the open, up to 4.5 mg, as many people have them; or the
same, and back: 3 weeks without LDN and 3 weeks with it again. The grade is told before the start.

A file that is already there is never overwritten. Doses are in mg a day, times in days.
With --agreed the plan says that the prescriber agreed to it; without that no order is drawn."""
_CHECK = """\
example:
  $ openldn plan check plan.toml

Ends with 0 when the plan can be used, and with 3 and a list of problems when not."""
_SHOW = """\
example:
  $ openldn plan show plan.toml

Doses are in mg a day, times in days from the start. While an order is sealed, no arm is shown."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the three actions."""
    parser.epilog = _EXAMPLE
    actions = parser.add_subparsers(dest="action", metavar="new|check|show", required=True)
    new = _action(actions, "new", "Write a first plan, to go through with the prescriber.", _NEW)
    new.add_argument("--condition", required=True, metavar="ID", help="such as lupus or sle")
    shape = new.add_mutually_exclusive_group()
    shape.add_argument(
        "--design", choices=_KINDS, default="blinded-withdrawal", metavar="KIND", help=_kinds()
    )
    shape.add_argument(
        "--template",
        choices=_TEMPLATES,
        metavar="NAME",
        help=f"instead of a design: {' or '.join(_TEMPLATES)}",
    )
    new.add_argument("--out", required=True, type=Path, metavar="FILE", help="where to write it")
    new.add_argument(
        "--agreed",
        type=_day,
        metavar="DATE",
        help="day on which the prescriber agreed to this plan, such as 2026-01-05, if that is done",
    )
    new.set_defaults(act=_new)
    check = _action(actions, "check", "List every problem of a plan.", _CHECK)
    show = _action(actions, "show", "Print a plan in plain sentences, with its calendar.", _SHOW)
    for action, act in ((check, _check), (show, _show)):
        action.add_argument("file", type=Path, metavar="FILE", help="plan.toml")
        action.set_defaults(act=act)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str, more: str
) -> argparse.ArgumentParser:
    return actions.add_parser(
        name,
        help=does,
        description=does,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(args: argparse.Namespace) -> int:
    """Run the action that was asked for."""
    status: int = args.act(args)
    return status


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        given = repr(text[:40])
        raise argparse.ArgumentTypeError(f"{given}; expected a date such as 2026-01-05") from None


def _kinds() -> str:
    return "one of " + ", ".join(_KINDS) + " (default blinded-withdrawal)"


def _new(args: argparse.Namespace) -> int:
    from openldn.evidence.conditions import find
    from openldn.evidence.first_plan import Template, first_plan, plan_text
    from openldn.evidence.foreseen import foreseen
    from openldn.files import Plan, write_new
    from openldn.protocol.plan import Kind

    condition = find(args.condition)
    if condition is None:
        raise InputError([_unknown_condition(args.condition)])
    template = Template(args.template) if args.template else None
    plan = first_plan(condition, kind=Kind(args.design), template=template, agreed=args.agreed)
    text = plan_text(plan, condition=condition)
    Plan.from_toml(text.encode())  # a date of another century is told now, not at the draw
    try:
        write_new(args.out, text)
    except FileExistsError:
        raise InputError([_taken(args.out)]) from None
    grade = foreseen(plan)
    say(f"Wrote {args.out}: a first plan for {condition.name}. Go through it with your prescriber.")
    say(" ".join(filter(None, (grade.sentence, grade.more))))
    if args.agreed:
        say(f"It says that the prescriber agreed on {args.agreed}: that is for every line of it.")
    say(f"Then check it: openldn plan check {args.out}")
    return 0


def _check(args: argparse.Namespace) -> int:
    from openldn.cli._plan_words import not_agreed, short_transition
    from openldn.evidence.conditions import find
    from openldn.files import Plan

    plan = Plan.read(args.file)
    say(f"{args.file} can be used: {plan.design.kind}, {plan.total_days} days.")
    for name in plan.person.conditions:
        if find(name) is None:
            say(f"Note: the catalogue has no condition {name!r}; it is kept as written.")
    if note := short_transition(plan):
        say(f"Note: {note}")
    if plan.prescriber.agreed is None:
        say(f"Note: {not_agreed(plan)}")
    return 0


def _show(args: argparse.Namespace) -> int:
    from openldn.cli._plan_words import plan_lines
    from openldn.files import Plan

    print("\n".join(plan_lines(Plan.read(args.file))))
    return 0


def _unknown_condition(given: str) -> Problem:
    from openldn.evidence.conditions import catalogue, nearest

    meant = nearest(given)
    return Problem(
        code="LDN-C040",
        place="--condition",
        given=repr(given[:80]),
        expected="one of " + ", ".join(condition.id for condition in catalogue()),
        todo=f"Did you mean {meant.id}?" if meant else "Choose one of these.",
    )


def _taken(path: Path) -> Problem:
    return Problem(
        code="LDN-C041",
        place=str(path),
        given="a file that is already there",
        expected="a new file",
        todo="Choose another name; nothing was overwritten.",
    )

"""`openldn pack`: the conversation pack for the prescriber, and the wallet card."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from openldn.cli._terminal import say
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.evidence.conditions import Condition
    from openldn.protocol.plan import Plan
    from openldn.protocol.screening import Profile

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "pack"
SUMMARY = "Print what to bring to the prescriber: plan, evidence, safety, questions; and a card."

_EXAMPLE = """\
examples:
  $ openldn pack --condition lupus --out pack.pdf --card card.pdf

PROFILE is the small TOML file that `openldn screen` reads; its conditions are looked up in the
catalogue and its medicines are screened. The pack has two sides for the prescriber and one for the
person. Without --plan it proposes a first plan. Doses are in mg a day, times in days.
A file that is already there is never overwritten.
Exit status: 0 done, 2 wrong option, 3 unusable file or unknown condition.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the pack is made from, and where it goes."""
    parser.epilog = _EXAMPLE
    parser.add_argument("profile", nargs="?", type=Path, metavar="PROFILE", help="profile (TOML)")
    parser.add_argument("--condition", metavar="ID", help="such as lupus or sle")
    parser.add_argument("--plan", type=Path, metavar="PLAN", help="plan.toml, if there is one")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the pack (PDF, 3 pages)")
    parser.add_argument(
        "--card", type=Path, metavar="FILE", help="the wallet card in five languages (PDF, 1 page)"
    )
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Print the pack, the card, or both."""
    if args.out is None and args.card is None:
        args.complain("give --out FILE, --card FILE or both")
    if args.out and not (args.profile or args.condition or args.plan):
        args.complain("give a PROFILE, --condition or --plan, so that the pack has a condition")
    targets = [path for path in (args.out, args.card) if path is not None]
    problems = list(_in_the_way(targets))
    printed: list[tuple[Path, bytes, str]] = []
    if args.out:
        try:
            printed.append((args.out, _pack(args), "the pack, three pages"))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    if args.card:
        from openldn.report.card import render_card

        printed.append((args.card, render_card(), "the wallet card"))
    for path, content, what in printed:
        _write(path, content)
        say(f"Wrote {path}: {what}.")
    return 0


def _pack(args: argparse.Namespace) -> bytes:
    """Read what was given, all problems at once, and print the pack."""
    from openldn.evidence.first_plan import first_plan
    from openldn.protocol.plan import Kind
    from openldn.report.pack import render_pack

    problems: list[Problem] = []
    profile: Profile | None = None
    plan: Plan | None = None
    try:
        profile = _profile(args.profile) if args.profile else None
    except InputError as error:
        problems += error.problems
    try:
        plan = _plan(args.plan) if args.plan else None
    except InputError as error:
        problems += error.problems
    try:
        condition = None if problems and not args.condition else _condition(args, profile, plan)
    except InputError as error:
        problems += error.problems
    if problems or condition is None:
        raise InputError(problems)
    say(f"Condition: {condition.name}.")
    return render_pack(
        condition,
        plan=plan or first_plan(condition, kind=Kind.BLINDED_WITHDRAWAL),
        profile=profile,
        is_first_plan=plan is None,
    )


def _profile(path: Path) -> Profile:
    from openldn.files import LARGEST_SMALL_FILE, read_limited
    from openldn.protocol.profile import profile_from_toml

    data = read_limited(path, LARGEST_SMALL_FILE)
    return profile_from_toml(data, today=date.today())  # noqa: DTZ011 - the person's own day


def _plan(path: Path) -> Plan:
    from openldn.files import Plan

    return Plan.read(path)


def _condition(args: argparse.Namespace, profile: Profile | None, plan: Plan | None) -> Condition:
    """Find the condition that was named: on the command line, else in the profile or the plan."""
    from openldn.evidence.conditions import find

    if args.condition is not None:
        named: tuple[str, ...] = (args.condition,)
        place = "--condition"
    else:
        in_profile = (profile.conditions or ()) if profile else ()
        named = (*in_profile, *(plan.person.conditions if plan else ()))
        place = "conditions"
    for name in named:
        condition = find(name)
        if condition is not None:
            return condition
    raise InputError([_unknown(place, named)])


def _unknown(place: str, named: tuple[str, ...]) -> Problem:
    from openldn.evidence.conditions import catalogue, nearest

    meant = next((found for name in named if (found := nearest(name))), None)
    return Problem(
        code="LDN-C040",
        place=place,
        given=", ".join(repr(name[:80]) for name in named[:5]) or "no condition",
        expected="one of " + ", ".join(condition.id for condition in catalogue()),
        todo=f"Did you mean {meant.id}?" if meant else "Name one with --condition.",
    )


def _in_the_way(targets: Iterable[Path]) -> Iterable[Problem]:
    """Say what keeps a file from being written, before the work and before the first is written."""
    seen: set[Path] = set()
    for path in targets:
        if os.path.lexists(path) or path.absolute() in seen:
            yield _taken(path)
        seen.add(path.absolute())


def _write(path: Path, content: bytes) -> None:
    from openldn.files import write_new

    try:
        write_new(path, content)
    except FileExistsError:
        raise InputError([_taken(path)]) from None


def _taken(path: Path) -> Problem:
    return Problem(
        code="LDN-C041",
        place=str(path),
        given="a file that is already there, or the same name twice",
        expected="a new file",
        todo="Choose another name; nothing was overwritten.",
    )

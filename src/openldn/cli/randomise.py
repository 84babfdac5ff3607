"""`openldn randomise`: draw the hidden order once and seal it for a pharmacist."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from openldn.cli._terminal import say
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.protocol.screening import Profile

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "randomise"
SUMMARY = "Draw the hidden order once and seal it for a pharmacist."

_EXAMPLE = """\
example, from a plan that is agreed (the second line is the pharmacist's):
  $ openldn plan new --condition lupus --agreed 2026-01-05 --out plan.toml
  $ echo "five random words stand here" > pharmacist.txt
  $ openldn randomise plan.toml --out sealed --passphrase-file pharmacist.txt

The folder then holds seal.json (the sealed order and a promise that anyone can check later),
kits.csv (one label for each period, in days from the start) and the plan itself. If it cannot be
written whole, nothing is: try again.
The order is drawn once. It is in the box only: nobody but the pharmacist can read it, and it is
never drawn again. The pharmacist makes the passphrase or the key, and keeps it from the person.
With --profile the safety rules are asked first: no order is drawn while a stop rule is touched, nor
while a rule asks for the prescriber's decision and the profile holds none. Without it only what the
plan says is asked.
Before each period starts, ask about opioids again, whatever the period holds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the plan, the folder and the lock."""
    parser.epilog = _EXAMPLE
    parser.add_argument("plan", type=Path, metavar="PLAN", help="plan.toml, agreed and checked")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to make")
    parser.add_argument(
        "--profile",
        type=Path,
        metavar="FILE",
        help="the person's profile (TOML), as `openldn screen` reads it; its rules are asked first",
    )
    lock = parser.add_mutually_exclusive_group(required=True)
    lock.add_argument(
        "--pharmacist-key",
        type=Path,
        metavar="FILE",
        help="the pharmacist's public key (X25519: PEM, base64 or hex)",
    )
    lock.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="one line: the pharmacist's passphrase, 12 characters or more",
    )


def run(args: argparse.Namespace) -> int:
    """Draw, seal and write, or say everything that is in the way."""
    from openldn.cli._gate import problems_of_safety, rules_not_asked
    from openldn.files import LARGEST_SMALL_FILE, Plan, read_limited
    from openldn.sealing import check_passphrase, create_folder, randomise, read_public_key
    from openldn.sealing.folder import check_free
    from openldn.sealing.seal import problems_before_draw

    problems: list[Problem] = []
    plan = passphrase = public_key = None
    plan_bytes = b""
    profile: Profile | None = None
    try:
        profile = _profile(args.profile) if args.profile else None
    except InputError as error:
        problems += error.problems
    try:
        plan_bytes = read_limited(args.plan, LARGEST_SMALL_FILE)
        plan = Plan.from_toml(plan_bytes)
        problems += problems_before_draw(plan)
        problems += problems_of_safety(plan, profile)
    except InputError as error:
        problems += error.problems
    try:
        if args.passphrase_file is not None:
            data = read_limited(args.passphrase_file, LARGEST_SMALL_FILE)
            passphrase = check_passphrase(data)
        else:
            public_key = read_public_key(read_limited(args.pharmacist_key, LARGEST_SMALL_FILE))
    except InputError as error:
        problems += error.problems
    try:
        check_free(args.out, plan_bytes=plan_bytes)
    except InputError as error:
        problems += error.problems
    if problems or plan is None:
        raise InputError(problems)
    sealed = randomise(plan, passphrase=passphrase, public_key=public_key)
    create_folder(args.out, sealed=sealed, plan_bytes=plan_bytes)
    _report(args.out, n_kits=len(sealed.kits), promise=sealed.seal["commitment"])
    if profile is None:
        say("No profile was given, so the safety rules were asked of the plan alone, not of her")
        say("medicines. `openldn screen` asks them; with --profile no order is drawn over one.")
    elif silent := rules_not_asked(plan, profile):
        say("Stop rules that nobody has asked yet, as the profile says nothing about them:")
        say(", ".join(silent) + ".")
    return 0


def _profile(path: Path) -> Profile:
    from openldn.files import LARGEST_SMALL_FILE, read_limited
    from openldn.protocol.profile import profile_from_toml

    data = read_limited(path, LARGEST_SMALL_FILE)
    return profile_from_toml(data, today=date.today())  # noqa: DTZ011 - the person's own day


def _report(folder: Path, *, n_kits: int, promise: str) -> None:
    say(f"The order is drawn and sealed in {folder}, with labels for {n_kits} kits.")
    say(f"Promise (commitment): {promise}")
    say("Give the folder to the pharmacist. Keep a copy: the promise can be checked at the end.")
    say("Before each period begins, go through the opioid questions again, whatever it holds.")

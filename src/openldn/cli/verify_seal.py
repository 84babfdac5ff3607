"""`openldn verify-seal`: check that a released order is the one that was sealed."""

from __future__ import annotations

import argparse
from pathlib import Path

from openldn.cli._terminal import say
from openldn.protocol.problems import InputError

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "verify-seal"
SUMMARY = "Check that a released order is the one that was sealed."

_EXAMPLE = """\
example, from the plan to the check:
  $ openldn plan new --condition lupus --agreed 2026-01-05 --out plan.toml
  $ echo "five random words stand here" > pharmacist.txt
  $ openldn randomise plan.toml --out sealed --passphrase-file pharmacist.txt
  $ openldn open-box sealed --passphrase-file pharmacist.txt --release
  $ openldn verify-seal sealed/seal.json

Ends with 0 when order, salt and plan fit the promise that was made on day one; with 3 when they do
not, or when the seal is still closed. A plan.toml beside the seal is checked as well."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file."""
    parser.epilog = _EXAMPLE
    parser.add_argument("file", type=Path, metavar="FILE", help="seal.json, or its folder")


def run(args: argparse.Namespace) -> int:
    """Check the seal and say so."""
    from openldn.sealing.folder import verify_folder

    problems = verify_folder(args.file)
    if problems:
        raise InputError(problems)
    say(f"{args.file} matches: this is the order that was sealed.")
    return 0

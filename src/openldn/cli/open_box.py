"""`openldn open-box`: for the pharmacist, who fills the kits and later releases the order."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from openldn.cli._terminal import say

if TYPE_CHECKING:
    from openldn.sealing.box import Opened

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "open-box"
SUMMARY = "For the pharmacist: open the sealed box and print which kit holds what."

_EXAMPLE = """\
example, from the plan to the list of kits:
  $ openldn plan new --condition lupus --agreed 2026-01-05 --out plan.toml
  $ echo "five random words stand here" > pharmacist.txt
  $ openldn randomise plan.toml --out sealed --passphrase-file pharmacist.txt
  $ openldn open-box sealed --passphrase-file pharmacist.txt

The list shows what each kit holds. Keep it from the person until the trial is over. With --release
the order is written into seal.json for all to see, and `openldn verify-seal` can check it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder and the key."""
    parser.epilog = _EXAMPLE
    parser.add_argument("folder", type=Path, metavar="DIR", help="the sealed folder, or seal.json")
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument(
        "--private-key", type=Path, metavar="FILE", help="the pharmacist's private key (X25519)"
    )
    key.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="the passphrase it was sealed with"
    )
    parser.add_argument(
        "--release", action="store_true", help="end the blinding: write the order into seal.json"
    )


def run(args: argparse.Namespace) -> int:
    """Open the box and print the list, or release the order."""
    from openldn.files import LARGEST_SMALL_FILE, read_limited
    from openldn.sealing import (
        check_passphrase,
        open_box,
        read_private_key,
        read_seal,
        release_folder,
    )

    if args.private_key is not None:
        opened = open_box(
            read_seal(args.folder),
            key=read_private_key(read_limited(args.private_key, LARGEST_SMALL_FILE)),
        )
    else:
        passphrase = check_passphrase(read_limited(args.passphrase_file, LARGEST_SMALL_FILE))
        opened = open_box(read_seal(args.folder), key=passphrase)
    if args.release:
        release_folder(args.folder, opened=opened)
        say("Released: the order is now in seal.json, for all to see.")
        return 0
    print("\n".join(_lines(opened)))
    return 0


def _lines(opened: Opened) -> Iterator[str]:
    yield "kit     period  arm      contents"
    for kit in opened.kits:
        contents = ", then ".join(_content(int(days), str(mg)) for days, mg in kit["contents"])
        yield f"{kit['kit']:<6}  {kit['period']:>6}  {kit['arm']:<7}  {contents}"


def _content(days: int, mg: str) -> str:
    return f"{days} days without naltrexone" if mg == "0" else f"{days} days at {mg} mg"

"""`openldn restore`: bring a backup back, into a folder that holds nothing."""

import argparse
from pathlib import Path

from openldn.cli._web import add_server, of_records, start_web

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "restore"
SUMMARY = "Bring a backup back into an empty folder."

_HELP = """\
example:
  $ openldn restore monday.zip --data brought-back
  $ openldn serve --data brought-back

Every file is held against its checksum, and the database is read through, before the folder gets
its name. A folder that holds something is refused: move it away first, or name another one.
Without --data the records go where `openldn serve` looks for them.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument("file", type=Path, metavar="FILE", help="what `openldn backup` wrote")
    parser.add_argument("--data", type=Path, metavar="DIR", help="empty or new folder")
    add_server(parser)
    parser.add_argument("--demo", action="store_true", help="into the invented person's folder")


def run(args: argparse.Namespace) -> int:
    """Bring the records back."""
    folder = of_records(args)
    return start_web(["restore", *folder, "--", str(args.file.absolute())])

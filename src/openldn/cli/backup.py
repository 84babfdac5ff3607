"""`openldn backup`: a checked copy of the records, made while the app runs."""

import argparse
from pathlib import Path

from openldn.cli._web import add_server, of_records, start_web

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "backup"
SUMMARY = "Copy all records into one checked file, also while the app runs."

_HELP = """\
example (the folder of the records is found by itself; --data names another one):
  $ openldn backup copy.zip --data records

Given a folder, it writes a new file there whose name tells the day and the time.
The file holds the whole data folder at one moment, with checksums, and is read back before the
command ends. It is not locked: keep it as you keep the records. Nothing is ever replaced.
On a server with PostgreSQL the database is copied with pg_dump.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument(
        "target", type=Path, metavar="DIR|FILE", help="folder to write into, or a new file"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the records")
    add_server(parser)
    parser.add_argument("--demo", action="store_true", help="copy the invented person's folder")


def run(args: argparse.Namespace) -> int:
    """Write the backup."""
    folder = of_records(args)
    return start_web(["backup", *folder, "--", str(args.target.absolute())])

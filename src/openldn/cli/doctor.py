"""`openldn doctor`: look at the installation and the records, and say how to mend them."""

import argparse
from pathlib import Path

from openldn.cli._web import add_server, of_records, start_web

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "doctor"
SUMMARY = "Check the installation and the records, and say how to mend what is wrong."

_HELP = """\
example (the folder of the records is found by itself; --data names another one):
  $ openldn doctor --data records

It looks at the program and its packages, the tables, time zones, the data folder and who can read
it, the free space, the database, its version, that kept rows cannot be changed, and the seals.
Nothing is changed, and no record is printed. It may run while the app runs.
Exit status: 0 nothing to mend, 3 something to mend, with what to do.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the records")
    add_server(parser)
    parser.add_argument("--demo", action="store_true", help="look at the invented person's folder")


def run(args: argparse.Namespace) -> int:
    """Look at everything."""
    return start_web(["doctor", *of_records(args)])

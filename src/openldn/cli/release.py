"""`openldn release`: publish what people gave to the pool of this app."""

import argparse
from pathlib import Path

from openldn.cli._web import add_server, of_records, start_web

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "release"
SUMMARY = "Publish what people gave to the pool of this app, as a whole."

_HELP = """\
example (a pool that was made elsewhere; people.csv as for `openldn pool`):
  $ openldn pool people.csv --release --json pool.json
  $ openldn release --data records --file pool.json

Without --file it puts together what people gave in the app, score by score. The page "What everyone
found" shows the last release of each score. Nothing is published of fewer than 11 people, nor when
fewer than 11 came or went since the last release. Open diaries (grade D and E) are left out. What
was withdrawn is in no later release.
Exit status: 0 something was published, 3 unusable file or nobody, 4 not enough people.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the records")
    add_server(parser)
    parser.add_argument("--demo", action="store_true", help="in the invented person's folder")
    parser.add_argument("--file", type=Path, metavar="FILE", help="a release that is made already")


def run(args: argparse.Namespace) -> int:
    """Publish it."""
    file = ["--file", str(args.file.absolute())] if args.file else []
    return start_web(["release", *of_records(args), *file])

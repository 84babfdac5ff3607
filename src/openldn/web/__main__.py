"""The programs behind `openldn serve`: the server itself and its worker.

`python -m openldn.web serve ...` is started by the command line with checked options;
`python -m openldn.web worker` and `demo` are started by the server. `backup`, `restore` and
`doctor` look after the records.
"""

import argparse
import os
import sys
from pathlib import Path

from openldn.web.access.folder import default_folder
from openldn.web.keeping import programs
from openldn.web.server import Address, print_new_link, serve
from openldn.web.worker import make_demo_person, work

__all__ = ["main"]

_KEEPING = ("backup", "restore", "doctor", "release")


def main(argv: list[str]) -> int:
    """Run one of the programs."""
    args = _parser().parse_args(argv)
    if args.program == "worker":
        return work()
    if args.program == "demo":
        return make_demo_person()
    folder = args.data or default_folder(is_demo=args.demo)
    if args.program == "link":
        return print_new_link(folder)
    if args.program in _KEEPING:
        return _keep(args, folder)
    address = Address(
        host=args.host, port=args.port, may_move=args.may_move, cert=args.cert, key=args.key
    )
    return serve(folder, address, is_demo=args.demo, opens_browser=args.open)


def _keep(args: argparse.Namespace, folder: Path) -> int:
    if args.program == "backup":
        return programs.run_backup(folder, args.target)
    if args.program == "restore":
        return programs.run_restore(args.file, folder)
    if args.program == "release":
        return programs.run_release(folder, args.file)
    return programs.run_doctor(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m openldn.web")
    found = parser.add_subparsers(dest="program", required=True)
    found.add_parser("worker")
    found.add_parser("demo")
    link = found.add_parser("link")
    server = found.add_parser("serve")
    keeping = {name: found.add_parser(name) for name in _KEEPING}
    keeping["backup"].add_argument("target", type=Path)
    keeping["restore"].add_argument("file", type=Path)
    keeping["release"].add_argument("--file", type=Path)
    for program in (link, server, *keeping.values()):
        program.add_argument("--data", type=Path)
        program.add_argument("--demo", action="store_true")
    server.add_argument("--host", required=True)
    server.add_argument("--port", type=int, required=True)
    server.add_argument("--may-move", action="store_true")
    server.add_argument("--cert", type=Path)
    server.add_argument("--key", type=Path)
    server.add_argument("--open", action="store_true")
    return parser


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openldn.web.config.settings")
    sys.exit(main(sys.argv[1:]))

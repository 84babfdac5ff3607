"""The programs behind `openldn serve`: the app itself, its worker, and a server for many people.

`python -m openldn.web serve ...` is started by the command line with checked options;
`python -m openldn.web worker` and `demo` are started by the server. `backup`, `restore`,
`doctor` and `release` look after the records.
"""

import argparse
import os
import sys
from pathlib import Path

from openldn.web.access.folder import default_folder
from openldn.web.config.server_options import options_from
from openldn.web.keeping import programs as keeping
from openldn.web.manage import use_server_settings
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
    if args.program == "server":
        from openldn.web.public import serve_many

        return serve_many(args.file)
    if args.program in _KEEPING:
        return _keep(args)
    folder = args.data or default_folder(is_demo=args.demo)
    if args.program == "link":
        return print_new_link(folder)
    address = Address(
        host=args.host, port=args.port, may_move=args.may_move, cert=args.cert, key=args.key
    )
    return serve(folder, address, is_demo=args.demo, opens_browser=args.open)


def _keep(args: argparse.Namespace) -> int:
    """Look after the records of a data folder, or of a server that a file describes."""
    folder = args.data or default_folder(is_demo=args.demo)
    if args.server:
        use_server_settings(args.server)
        folder = Path(options_from(os.environ).data)
    if args.program == "backup":
        return keeping.run_backup(folder, args.target)
    if args.program == "restore":
        return keeping.run_restore(args.file, folder)
    if args.program == "release":
        return keeping.run_release(folder, args.file)
    return keeping.run_doctor(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m openldn.web")
    programs = parser.add_subparsers(dest="program", required=True)
    programs.add_parser("worker")
    programs.add_parser("demo")
    programs.add_parser("server").add_argument("file", type=Path)
    link = programs.add_parser("link")
    server = programs.add_parser("serve")
    keepers = {name: programs.add_parser(name) for name in _KEEPING}
    keepers["backup"].add_argument("target", type=Path)
    keepers["restore"].add_argument("file", type=Path)
    keepers["release"].add_argument("--file", type=Path)
    for program in keepers.values():
        program.add_argument("--server", type=Path)
    for program in (link, server, *keepers.values()):
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

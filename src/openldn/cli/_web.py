"""Starting the programs of the web from the command line."""

import argparse
import runpy
import sys
from pathlib import Path

__all__ = ["add_server", "of_folder", "of_records", "start_web"]


def start_web(words: list[str]) -> int:
    """Run the web program in this process.

    It is started like any other program, not imported: the command line and the web never
    depend on each other, and a Ctrl-C or a kill reaches one process only.
    """
    before = sys.argv
    sys.argv = ["openldn.web", *words]
    try:
        runpy.run_module("openldn.web", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    finally:
        sys.argv = before
    return 0


def of_folder(folder: Path | None, *, is_demo: bool = False) -> list[str]:
    """Name a data folder as the programs take it."""
    return [*(["--data", str(folder.absolute())] if folder else []), *(["--demo"] * is_demo)]


def add_server(parser: argparse.ArgumentParser) -> None:
    """Declare the file of a server, whose records are meant instead of a folder's."""
    parser.add_argument("--server", type=Path, metavar="FILE", help="a server's file, see `serve`")


def of_records(args: argparse.Namespace) -> list[str]:
    """Name the records that a command looks after."""
    server = ["--server", str(args.server.absolute())] if args.server else []
    return [*of_folder(args.data, is_demo=args.demo), *server]

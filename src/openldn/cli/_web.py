"""Starting the programs of the web from the command line."""

import runpy
import sys
from pathlib import Path

__all__ = ["of_folder", "start_web"]


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

"""Write `docs/reference/command-line.md` from the commands' own `--help`.

    python tools/write_reference.py

A test fails when the page and the commands differ.
"""

import argparse
import contextlib
import io
import os
from importlib import import_module
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "command-line.md"
INTRODUCTION = """\
# The command line

Written by `tools/write_reference.py` from `--help`. Do not edit.

| exit status | it means |
|---|---|
| 0 | done |
| 1 | a mistake of ours; run it with `openldn --debug` and report it |
| 2 | wrong usage: unknown command or option |
| 3 | unusable input; every problem is listed on standard error, with its [code](problem-codes.md) |
| 4 | the analysis refused to answer, and says why |
| 130 | stopped with Ctrl-C |
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Put together the help of every command."""
    os.environ["COLUMNS"] = "100"  # argparse folds its lines at the width of the terminal
    from openldn.cli.main import COMMANDS

    sections = [INTRODUCTION, section("openldn", [])]
    for name in COMMANDS:
        sections.append(section(f"openldn {name}", [name]))
        sections += [section(f"openldn {name} {sub}", [name, sub]) for sub in subcommands(name)]
    return "\n".join(sections)


def section(title: str, words: list[str]) -> str:
    """Give one command's help under its own heading."""
    from openldn.cli.main import main as openldn

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        openldn([*words, "--help"])
    return f"## {title}\n\n```text\n{said.getvalue().rstrip()}\n```\n"


def subcommands(name: str) -> list[str]:
    """Name the commands within a command."""
    parser = argparse.ArgumentParser()
    import_module(f"openldn.cli.{name.replace('-', '_')}").add_arguments(parser)
    return [
        sub
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for sub in action.choices
    ]


if __name__ == "__main__":
    main()

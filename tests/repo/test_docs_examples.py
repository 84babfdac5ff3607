"""Every example that a reader can copy runs, in the order of its page, from an empty folder.

Three kinds of fenced block are read. `console`: each line `$ openldn ...` must end with status 0,
or with the status named after the word, as in `console exit=4`. `python`: runs, one after the
other. Any language with `title=NAME`: the block is first written to the file NAME.
"""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from openldn.cli.main import COMMANDS, main
from support import tree
from support.serving import bare

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = {
    str(page.relative_to(tree.ROOT)): page
    for page in tree.documents()
    if BLOCK.search(page.read_text(encoding="utf-8"))
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One fenced block of a page."""

    language: str
    options: dict[str, str]
    text: str


def blocks(page: Path) -> list[Block]:
    """Read the fenced blocks of a page."""
    return [
        Block(language=language, options=dict(re.findall(r"(\w+)=(\S+)", info)), text=text)
        for language, info, text in BLOCK.findall(page.read_text(encoding="utf-8"))
    ]


def commands(text: str) -> list[list[str]]:
    """Give the words after `openldn` of each example line, with or without a prompt.

    A line may go on after a backslash.
    """
    whole = re.sub(r"\\\n\s*", " ", text)
    lines = re.findall(r"^\s*(?:\$ )?openldn (.*)$", whole, re.MULTILINE)
    return [shlex.split(line) for line in lines]


def run(words: list[str]) -> int:
    """Run one example; the server, which never ends by itself, is only asked for its help.

    What looks after the records opens a database of its own, so it gets a process of its own.
    """
    if words[0] in ("backup", "restore", "doctor", "release"):
        command = [sys.executable, "-m", "openldn", *words]
        return subprocess.run(command, check=False, env=bare()).returncode
    return main(["serve", "--help"] if words[0] == "serve" else words)


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("name", PAGES)
def test_the_examples_of_a_page_run_as_printed(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reader who copies line after line gets what the page promises."""
    names: dict[str, object] = {}
    for block in blocks(PAGES[name]):
        if "title" in block.options:
            Path(block.options["title"]).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for words in commands(block.text):
                status = run(words)
                assert status == int(block.options.get("exit", 0)), (words, capsys.readouterr().err)
        elif block.language == "python":
            exec(compile(block.text, name, "exec"), names)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the files that an example may start from: plan, diary, seal, estimates, records."""
    folder = tmp_path_factory.mktemp("shelf")
    reference = blocks(tree.ROOT / "docs" / "reference" / "plan-file.md")
    plan, passphrase = folder / "plan.toml", folder / "pharmacist.txt"
    plan.write_text(next(b.text for b in reference if b.language == "toml"), encoding="utf-8")
    passphrase.write_text("five random words stand here\n", encoding="utf-8")
    estimates = "id,estimate,se\n" + "".join(f"p{i},{-i / 10},0.5\n" for i in range(12))
    (folder / "people.csv").write_text(estimates, encoding="utf-8")
    sealed = ["--passphrase-file", str(passphrase)]
    diary = str(folder / "diary.csv")
    assert main(["simulate", str(plan), "--effect=-1", "--seed", "1", "--out", diary]) == 0
    assert main(["randomise", str(plan), "--out", str(folder / "sealed"), *sealed]) == 0
    assert main(["open-box", str(folder / "sealed"), *sealed, "--release"]) == 0
    records = str(folder / "records")
    subprocess.run([sys.executable, "-c", _RECORDS, records], check=True)
    assert run(["backup", str(folder / "monday.zip"), "--data", records]) == 0
    return folder


_RECORDS = """
import os, pathlib, sys
from openldn.web.access.folder import prepare
prepare(pathlib.Path(sys.argv[1]))
os.environ |= {"OPENLDN_DATA": sys.argv[1], "DJANGO_SETTINGS_MODULE": "openldn.web.config.settings"}
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def take_from(shelf: Path, *, examples: list[list[str]], to: Path) -> None:
    """Put what the examples read, and do not make themselves, into the folder."""
    made = {words[at + 1] for words in examples for at, word in enumerate(words) if word == "--out"}
    named = {word.partition("/")[0] for words in examples for word in words} - made
    for path in shelf.iterdir():
        if path.name in named:
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, to / path.name)


@pytest.mark.parametrize("command", ["", *COMMANDS, "plan new", "plan check", "plan show"])
def test_the_help_of_a_command_shows_an_example_that_runs_as_printed(
    command: str, shelf: Path, empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line after line, in a folder that holds the files it names and no others."""
    assert main([*command.split(), "--help"]) == 0
    examples = commands(capsys.readouterr().out)
    assert any(" ".join(words).startswith(command) for words in examples)
    take_from(shelf, examples=examples, to=empty_folder)
    for words in examples:
        assert run(words) == 0, (words, capsys.readouterr().err)

"""The documents lead somewhere and name what exists."""

import importlib.util
import re
from pathlib import Path

import pytest

from support import tree

DOCUMENTS = {str(path.relative_to(tree.ROOT)): path for path in tree.documents()}
# contract: the words that code, pages, files and docs share
WORDS = (
    *("plan", "arm", "level", "period", "pair", "transition days", "ramp", "diary", "outcome"),
    *("event", "answer", "contribution", "seal", "MCID", "verdict", "grade"),
)
CODE = re.compile(r"LDN-[A-Z]\d{3}")


def anchors(page: Path) -> set[str]:
    """Give the anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_inside_the_project_resolves(name: str) -> None:
    """A link or a picture leads to a file that is there, and to a heading that is in it."""
    page = DOCUMENTS[name]
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_explains_the_word(word: str) -> None:
    """Each shared word has its own entry."""
    glossary = (tree.ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert f"\n**{word}**" in glossary


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    """A change has somewhere to be told."""
    assert "\n## Unreleased\n" in (tree.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_problem_code_has_its_line_in_the_reference_and_no_other() -> None:
    """A code that a person meets can be looked up, and a code that is gone is gone."""
    reference = tree.ROOT / "docs" / "reference" / "problem-codes.md"
    told = set(CODE.findall(reference.read_text(encoding="utf-8")))
    used = {
        code
        for path in tree.SOURCE.rglob("*.py")
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    }
    assert told == used


def test_the_map_of_the_house_names_every_room() -> None:
    """ARCHITECTURE.md is drawn from the tree that exists."""
    drawn = (tree.ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in (tree.SOURCE / "openldn").glob("*/__init__.py")]
    assert [room for room in rooms if f"`{room}`" not in drawn] == []


def test_the_command_reference_is_what_the_commands_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is rebuilt by one script, and nobody forgot to run it."""
    path = tree.ROOT / "tools" / "write_reference.py"
    spec = importlib.util.spec_from_file_location("write_reference", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setenv("COLUMNS", "")  # put back what the script sets
    assert script.page() == script.PAGE.read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    """docs/adr/0001-..., 0002-..., each with its date and state."""
    decisions = sorted((tree.ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == list(range(1, len(decisions) + 1))
    assert all(re.search(r"^Accepted, \d{4}-\d\d-\d\d\.", p.read_text(), re.M) for p in decisions)

"""The page about pharmacology is what the table and the model say."""

import importlib.util
from types import ModuleType

import pytest

from openldn.pharmacology.table import facts
from support import tree


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Load the script that writes the page."""
    path = tree.ROOT / "tools" / "write_pharmacology_docs.py"
    spec = importlib.util.spec_from_file_location("write_pharmacology_docs", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(script: ModuleType) -> None:
    """Nobody changed the table or the model and forgot the script."""
    text = script.PAGE.read_text(encoding="utf-8")
    assert script.page(text) == text


def test_the_page_shows_every_row(script: ModuleType) -> None:
    """No fact of the table is kept from the reader."""
    text, table = script.PAGE.read_text(encoding="utf-8"), facts()
    shown = [
        *(one.citation for one in table.sources.values()),
        *(one.quantity for one in table.parameters),
        *(one.text for one in (*table.findings, *table.statements)),
        *(one.what for one in table.check_points),
        *(one.basis for one in table.model),
    ]
    assert [words for words in shown if words not in text] == []


def test_unconfirmed_findings_carry_the_word_on_the_page(script: ModuleType) -> None:
    """Doubt is printed where the number is."""
    text = script.PAGE.read_text(encoding="utf-8")
    doubtful = [one.text for one in facts().findings if not one.confirmed]
    assert doubtful
    assert all(f"*Unconfirmed.* {words}" in text for words in doubtful)


def test_a_page_without_the_place_of_a_part_is_refused(script: ModuleType) -> None:
    """A marker that was lost in an edit is named."""
    text = script.PAGE.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="'check-points' once, and holds it 0x"):
        script.page(text.replace("<!-- begin: check-points -->", ""))


def test_the_page_says_what_it_must(script: ModuleType) -> None:
    """The warnings stand on top, before any number."""
    top = script.PAGE.read_text(encoding="utf-8").partition("## ")[0].replace("\n", " ")
    for words in (
        "Never use it to time an opioid medicine",
        "No scan exists at any LDN dose",
        "Effects may lag far behind",
    ):
        assert words in top

"""The pages of evidence: made from the tables, complete, easy to read."""

import importlib.util
import re
import subprocess
import sys
from types import ModuleType
from xml.etree import ElementTree

import pytest

from openldn.evidence import catalogue
from openldn.evidence._rows import TableFault
from openldn.evidence.claims import Category, claims, read_story, story
from openldn.evidence.pages import PAGES, anchor, pictures
from openldn.evidence.references import references
from openldn.evidence.studies import studies
from openldn.evidence.words import VERDICTS
from openldn.tables import read_table
from support import tree
from support.reading import grade

TEXTS = {name: build() for name, build in PAGES.items()}
HARDEST, SHORT = 8.0, 100


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the pages."""
    path = tree.ROOT / "tools" / "write_evidence_docs.py"
    spec = importlib.util.spec_from_file_location("write_evidence_docs", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_what_the_tables_say(script: ModuleType) -> None:
    """Nobody forgot to run the script, and no page is left over."""
    written = {path.name: path.read_text("utf-8") for path in script.FOLDER.iterdir()}
    assert written == script.contents()


def story_rows() -> list[str]:
    """The lines of the tables of the story page."""
    return [line for line in TEXTS["story.md"].splitlines() if line.startswith("| [")]


@pytest.mark.parametrize("claim_id", claims())
def test_the_story_page_holds_every_claim_with_verdict_and_source(claim_id: str) -> None:
    """One line for it, which leads to the claim and to each of its sources."""
    claim = claims()[claim_id]
    link = f"[{claim.claim}](claims.md#{anchor(claim.claim)})"
    (row,) = [line for line in story_rows() if line.startswith(f"| {link}")]
    assert VERDICTS[claim.verdict] in row
    assert all(f"studies.md#{study}" in row for study in claim.studies)
    assert all(source.title in row for source in claim.sources)
    if claim.category is Category.MECHANISM:
        assert "Seen in" in row


@pytest.mark.parametrize("reference_id", references())
def test_the_story_page_holds_every_reference(reference_id: str) -> None:
    """As printed, as found, and how sure."""
    reference = references()[reference_id]
    (row,) = [line for line in story_rows() if line.startswith(f"| [{reference.as_printed}]")]
    assert reference.what_it_is in row
    assert reference.url in row


@pytest.mark.parametrize(
    "claim",
    [c for c in claims().values() if c.category is Category.MECHANISM],
    ids=lambda claim: claim.id,
)
def test_a_mechanism_says_where_it_was_seen(claim: object) -> None:
    """In cells or mice, where that is so."""
    assert "cells or mice" in getattr(claim, "seen_in", "")


def test_a_story_that_leads_nowhere_is_refused() -> None:
    """A link to a claim that is gone fails the build."""
    text = read_table("claims.toml").replace("(claim:focus)", "(claim:fokus)")
    with pytest.raises(TableFault, match="claim:fokus"):
        read_story(text)


def test_the_story_leaves_nothing_out() -> None:
    """Its passages hold every claim and every reference."""
    told = {item for passage in story() for item in passage.items}
    assert told == {f"claim:{i}" for i in claims()} | {f"reference:{i}" for i in references()}


def test_every_study_and_condition_has_its_place() -> None:
    """One heading each, so that every link arrives."""
    for study in studies():
        assert f"\n## {study}\n" in TEXTS["studies.md"]
    for condition in catalogue():
        assert f"\n## {condition.name}\n" in TEXTS["conditions.md"]


@pytest.mark.parametrize("name", TEXTS)
def test_the_disputed_study_is_flagged_wherever_it_is_shown(name: str) -> None:
    """No link to it without the word."""
    links = re.findall(r"\[([^\]]*)\]\(studies\.md#vatvani-2024\)", TEXTS[name])
    assert all("disputed" in words for words in links)


def test_the_extraction_error_is_told_on_its_own_entry_and_beside_its_figure() -> None:
    """Where the figure -0.86 stands, the warning stands."""
    for name in ("studies.md", "pain-in-fibromyalgia.md"):
        assert "copied wrongly from the FINAL trial" in TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_a_verdict_s_mark_never_stands_without_its_word(name: str) -> None:
    """A reader who cannot tell the shapes reads the words."""
    for line in TEXTS[name].splitlines():
        if re.search("[●◐◔○✕]", line):
            assert any(word in line for word in (*VERDICTS.values(), "| --- |"))


def prose(page: str) -> str:
    """Keep what is read as sentences: no tables, sources, codes, titles of papers or headings."""
    kept = []
    for line in page.splitlines():
        is_cited = re.search(r"\]\(https?:", line) and "*" in line
        is_listed = line.startswith(
            ("|", "#", "!", "<", "-", "Sources:", "Codes:", "Measured", "*")
        ) and not line.startswith(("*What", "*Mind", "**"))
        if not is_cited and not is_listed:
            kept.append(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line).strip("*> "))
    names = r"fibromyalgia|dermatomyositis|amitriptyline|rheumatologist"
    return re.sub(names, "it", "\n".join(f"{k}." for k in kept if k), flags=re.IGNORECASE)


@pytest.mark.parametrize("name", TEXTS)
def test_a_page_of_a_hundred_words_reads_at_grade_8_or_lower(name: str) -> None:
    """The sentences; tables, papers' titles and lists of sources are looked up, not read."""
    text = prose(TEXTS[name])
    assert len(text.split()) < SHORT or grade(text) <= HARDEST


@pytest.mark.parametrize("name", pictures())
def test_a_picture_is_whole_and_tells_what_it_shows(name: str) -> None:
    """Well-formed, with a title and a description for those who do not see it."""
    root = ElementTree.fromstring(pictures()[name])
    space = "{http://www.w3.org/2000/svg}"
    told = root.findtext(f"{space}desc") or ""
    assert root.findtext(f"{space}title")
    assert "Average: " in told
    assert "A new trial: " in told


def test_evidence_is_read_without_numpy() -> None:
    """Tables, pooling, pages and search: a page of the app may show all of it."""
    program = (
        "import sys, openldn.evidence, openldn.evidence.pages, openldn.evidence.search;"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr

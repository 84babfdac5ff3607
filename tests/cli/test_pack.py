"""`openldn pack`."""

import argparse
from pathlib import Path

import pytest
from pypdf import PdfReader

from openldn.cli import pack
from openldn.evidence.conditions import find
from openldn.evidence.first_plan import first_plan
from openldn.protocol.plan import Kind
from openldn.protocol.problems import InputError


def run(*words: str) -> int:
    """Run the command as the front door does."""
    parser = argparse.ArgumentParser()
    pack.add_arguments(parser)
    return pack.run(parser.parse_args(words))


def problems(*words: str) -> dict[str, str]:
    """Give what a call ends with: each code, and what to do next."""
    with pytest.raises(InputError) as caught:
        run(*words)
    return {problem.code: problem.todo for problem in caught.value.problems}


def text(path: Path) -> str:
    """Read the words of a PDF."""
    return " ".join(" ".join(p.extract_text() for p in PdfReader(path).pages).split())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_condition_is_enough(folder: Path) -> None:
    """Synonyms count; the plan is our first proposal, and says so."""
    assert run("--condition", "SLE", "--out", "pack.pdf") == 0
    printed = text(folder / "pack.pdf")
    assert len(PdfReader(folder / "pack.pdf").pages) == 3
    assert "Systemic lupus erythematosus" in printed
    assert "first proposal by OpenLDN" in printed


def test_a_profile_names_the_condition_and_is_screened(folder: Path) -> None:
    """The first condition that the catalogue knows; medicines and answers are asked."""
    (folder / "me.toml").write_text(
        'format = 1\nconditions = ["sore knees", "fibro"]\nmedicines = ["tramadol"]\n'
    )
    assert run("me.toml", "--out", "pack.pdf") == 0
    printed = text(folder / "pack.pdf")
    assert "What studies say: Fibromyalgia" in printed
    assert "A stop rule is touched: opioid now" in printed


def test_a_plan_takes_the_place_of_the_first_proposal(folder: Path) -> None:
    """Its own design and numbers, and its own condition when no other is named."""
    lupus = find("lupus")
    assert lupus is not None
    (folder / "plan.toml").write_text(first_plan(lupus, kind=Kind.OPEN_REVERSAL).to_toml())
    assert run("--plan", "plan.toml", "--out", "pack.pdf") == 0
    printed = text(folder / "pack.pdf")
    assert "off and on again" in printed
    assert "first proposal by OpenLDN" not in printed


def test_the_card_needs_nothing_and_can_come_along(folder: Path) -> None:
    """Alone, or in the same call as the pack."""
    assert run("--card", "card.pdf") == 0
    assert len(PdfReader(folder / "card.pdf").pages) == 1
    assert run("--condition", "ms", "--out", "pack.pdf", "--card", "again.pdf") == 0
    assert (folder / "again.pdf").read_bytes() == (folder / "card.pdf").read_bytes()


def test_an_unknown_condition_names_the_nearest(folder: Path) -> None:
    """And nothing is written, the card included."""
    found = problems("--condition", "fibromialgia", "--out", "pack.pdf", "--card", "card.pdf")
    assert found == {"LDN-C040": "Did you mean fibromyalgia?"}
    assert list(folder.iterdir()) == []


def test_a_profile_without_a_condition_is_told_what_to_add(folder: Path) -> None:
    """Not guessed."""
    (folder / "me.toml").write_text("format = 1\nage = 46\n")
    assert problems("me.toml", "--out", "pack.pdf") == {"LDN-C040": "Name one with --condition."}


def test_a_file_that_is_there_is_kept(folder: Path) -> None:
    """Both names are looked at before either is written."""
    (folder / "card.pdf").write_text("mine")
    assert set(problems("--condition", "ms", "--out", "pack.pdf", "--card", "card.pdf")) == {
        "LDN-C041"
    }
    assert (folder / "card.pdf").read_text() == "mine"
    assert not (folder / "pack.pdf").exists()


def test_one_name_for_two_files_is_refused(folder: Path) -> None:
    """The second would take the place of the first."""
    assert "LDN-C041" in problems("--condition", "ms", "--out", "a.pdf", "--card", "./a.pdf")
    assert list(folder.iterdir()) == []


def test_all_problems_are_told_at_once(folder: Path) -> None:
    """A bad profile, a missing plan, an unknown condition and a name that is taken."""
    (folder / "me.toml").write_text("format = 1\nage = 200\n")
    (folder / "pack.pdf").write_text("mine")
    words = ("me.toml", "--plan", "no.toml", "--condition", "xyzzy", "--out", "pack.pdf")
    assert set(problems(*words)) == {"LDN-G004", "LDN-C020", "LDN-C040", "LDN-C041"}


@pytest.mark.parametrize("words", [[], ["--condition", "ms"], ["--out", "pack.pdf"]])
def test_a_call_without_a_target_or_a_condition_is_wrong_usage(words: list[str]) -> None:
    """Exit 2, before any work."""
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == 2

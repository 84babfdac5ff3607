"""Finding an entry by its id, an everyday name, or words."""

import time

import pytest

from openldn.evidence import catalogue
from openldn.evidence.claims import claims
from openldn.evidence.search import nearest_entries, search
from openldn.evidence.side_effects import side_effects


def ids(text: str) -> list[str]:
    """What is found, as ids."""
    return [entry.id for entry in search(text)]


@pytest.mark.parametrize("claim_id", claims())
def test_every_claim_is_found_by_its_id_and_by_its_words(claim_id: str) -> None:
    """As the listing prints it, and as the story says it."""
    assert claim_id in ids(claim_id)
    assert claim_id in ids(claims()[claim_id].claim)


@pytest.mark.parametrize("effect_id", side_effects())
def test_every_side_effect_is_found(effect_id: str) -> None:
    """By id and by name."""
    assert effect_id in ids(effect_id)
    assert effect_id in ids(side_effects()[effect_id].name)


@pytest.mark.parametrize("condition", catalogue(), ids=lambda condition: condition.id)
def test_every_condition_is_found_by_each_of_its_names(condition: object) -> None:
    """Everyday names too."""
    for name in (condition.id, condition.name, *condition.synonyms):  # type: ignore[attr-defined]
        assert condition.id in ids(name)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "first"),
    [("SLE", "lupus"), ("Sjögren", "sjogrens"), ("brain fog", "focus"), ("nightmares", "se-viv")],
)
def test_everyday_words_lead_to_the_entry(text: str, first: str) -> None:
    """Whatever the case and the accents."""
    assert any(found.startswith(first) for found in ids(text))


def test_words_that_no_name_holds_are_looked_for_in_the_reasons() -> None:
    """Every word has to be there."""
    assert ids("thyroid hormone")[0] == "hashimotos"
    assert ids("thyroid zebra") == []


@pytest.mark.parametrize(
    ("text", "meant"), [("fibromialgia", "fibromyalgia"), ("lupuss", "lupus"), ("sleap", "sleep")]
)
def test_a_misspelled_name_has_near_ones(text: str, meant: str) -> None:
    """And is itself not taken for anything."""
    assert ids(text) == []
    assert meant in nearest_entries(text)


@pytest.mark.parametrize(
    "text", ["", "   ", "💊", "<script>alert(1)</script>", "\u202eupul", "'" * 9]
)
def test_text_that_names_nothing_finds_nothing(text: str) -> None:
    """Emoji, markup, right-to-left marks: no match, and no failure."""
    assert ids(text) == []


def test_a_very_long_question_is_answered_at_once() -> None:
    """Only its beginning is read."""
    began = time.monotonic()
    assert ids("lupus " * 200_000) != ["lupus", "zebra"]
    assert nearest_entries("x" * 1_000_000) == ()
    assert time.monotonic() - began < 2.0

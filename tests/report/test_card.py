"""The wallet card: one page, every language whole, the same for drug and placebo."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from openldn.evidence.safety_rules import rules, sources
from openldn.report.card import Card, _table, card_pictures, cards, render_card

# What each language calls the drug, placebo, a general anaesthetic and breathing or its arrest.
SAID = {
    "en": ("naltrexone", "placebo", "general anaesthesia", "breathing", "as if"),
    "de": ("Naltrexon", "Placebo", "Vollnarkose", "Atemstillstand", "als wäre"),
    "fr": ("naltrexone", "placebo", "anesthésie générale", "respiratoire", "comme si"),
    "es": ("naltrexona", "placebo", "anestesia general", "respiración", "como si"),
    "nl": ("naltrexon", "placebo", "narcose", "ademhaling", "alsof"),
}


def words(data: bytes) -> str:
    """Return the words of the sheet, line ends undone."""
    pages = PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_card_speaks_at_least_five_languages_and_english_leads() -> None:
    """A traveller can show it; the first one is the source of the others."""
    assert cards()[0].language == "en"
    assert set(SAID) <= {card.language for card in cards()}


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.language)
def test_a_language_says_all_that_english_says(card: Card) -> None:
    """No translation leaves out a point, a field, or the words that matter."""
    leading = cards()[0]
    assert len(card.points) == len(leading.points)
    assert len(card.fields) == len(leading.fields)
    told = " ".join((card.heading, *card.points))
    assert [word for word in SAID[card.language] if word.casefold() not in told.casefold()] == []


def test_the_card_gives_no_dose_and_nothing_about_the_person() -> None:
    """The same sheet for everybody, in every period: nothing to read an arm from."""
    assert not any(sign.isdigit() for card in cards() for text in card.points for sign in text)


def test_the_card_rests_on_the_source_of_the_rules_that_name_it() -> None:
    """What a hospital is told has the source of the rules on pain relief."""
    card_sources = set(_table()["source"])
    assert card_sources <= set(sources())
    for rule in ("emergency-pain", "tolerance-loss"):
        assert card_sources & set(rules()[rule].source), rule
    told = " ".join(cards()[0].points)
    assert "regional anaesthesia, non-opioid medicines or general anaesthesia" in told
    assert "Do not give more and more opioid" in told


def test_the_sheet_is_one_tagged_page_with_title_and_language() -> None:
    """A screen reader finds structure, title, and the language of each card."""
    data = render_card()
    reader = PdfReader(io.BytesIO(data))
    (page,) = reader.pages
    catalog = reader.trailer["/Root"]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert b"pdfuaid" in data
    assert reader.metadata is not None
    assert reader.metadata.title == "Wallet card: naltrexone"


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.language)
def test_every_word_of_a_card_can_be_taken_out_as_text(card: Card) -> None:
    """Accents included, so that it can be read aloud or searched."""
    text = words(render_card())
    for part in (card.heading, card.back, *card.fields):
        assert " ".join(part.split()) in text


def test_the_sheet_says_that_translations_are_not_reviewed() -> None:
    """A card that nobody checked does not look checked."""
    assert "not yet reviewed" in words(render_card())


def test_the_same_card_gives_the_same_bytes_and_a_picture(tmp_path: Path) -> None:
    """No clock and no chance; the picture is left to be looked at."""
    assert render_card() == render_card()
    (picture,) = card_pictures()
    (tmp_path / "card.png").write_bytes(picture)
    assert picture.startswith(b"\x89PNG")

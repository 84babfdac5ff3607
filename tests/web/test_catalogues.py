"""The catalogues: whole, without doubt, every placeholder kept, compiled as they are written."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from django.utils import translation

from openldn.evidence import screen_words
from openldn.evidence.medicines import catalogue
from openldn.web.languages import recognising
from tools import messages

# What the program or the browser puts something in for, or reads: it must come out of a
# translation as it went in.
_HELD = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;|https?://\S+|LDN-[A-Z]\d+")
_FORMATS = {"j M", "j"}  # of dates: their letters may change


@pytest.fixture(scope="module")
def found() -> Catalog:
    """Every text of the pages, collected anew."""
    return messages.collected()


def _key(message: Message) -> tuple[str | None, str]:
    text = message.id if isinstance(message.id, str) else message.id[0]
    context: object = message.context
    # Babel reads the context of a compiled text as bytes.
    return (context.decode() if isinstance(context, bytes) else message.context, text)


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Give each form of a text with its translation; the last English form stands for the rest."""
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    string = message.string or ""
    said = [string] if isinstance(string, str) else list(string)
    for place, translated in enumerate(said):
        yield texts[min(place, len(texts) - 1)], translated


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_catalogue_holds_the_texts_of_the_pages_and_no_other(
    language: str, found: Catalog
) -> None:
    """A new text, or a changed safety rule, is missed here until `tools/messages.py` is run."""
    texts = {_key(message) for message in found if message.id}
    assert {_key(message) for message in messages.read(language) if message.id} == texts


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_nothing_is_without_a_translation_and_none_is_doubtful(language: str) -> None:
    """An empty or fuzzy entry would show English in the middle of a page."""
    assert [message.id for message in messages.missing(messages.read(language))] == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_placeholder_survives(language: str) -> None:
    """What is put in, and every tag, stands in the translation as often as in the text."""
    broken = [
        (text, translated)
        for message in messages.read(language)
        if message.id
        for text, translated in _pairs(message)
        if Counter(_HELD.findall(text)) != Counter(_HELD.findall(translated))
    ]
    assert broken == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_text_begins_and_ends_as_it_does_in_english(language: str) -> None:
    """Spaces, full stops, colons and question marks hold texts together on a page."""
    broken = [
        (text, translated)
        for message in messages.read(language)
        if message.id and message.id not in _FORMATS
        for text, translated in _pairs(message)
        if _edges(text) != _edges(translated)
    ]
    assert broken == []


def _edges(text: str) -> tuple[bool, bool, str]:
    last = text.rstrip()[-1:]
    return text[:1].isspace(), text[-1:].isspace(), last if last in ".:?" else ""


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_figures_of_safety_texts_are_the_same(language: str) -> None:
    """A dose, a number of days or a limit is never lost or changed on the way."""
    from openldn.web.languages import tables

    texts = {text for text, place in tables.texts() if "safety_rules" in place and text}
    with translation.override(language):
        said = {text: tables.said(text) for text in texts}
    assert len(said) > 80
    broken = {
        text: translated
        for text, translated in said.items()
        if _figures(text) != _figures(translated.replace(",", "."))
    }
    assert broken == {}


def _figures(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)?", text))


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_compiled_file_says_what_its_source_says(language: str) -> None:
    """`python tools/messages.py` compiles; a catalogue edited by hand alone fails here."""
    with messages.po_of(language).with_suffix(".mo").open("rb") as file:
        compiled = _said(read_mo(file))
    assert compiled == _said(messages.read(language))


def _said(catalog: Catalog) -> dict[tuple[str | None, str], list[str]]:
    return {_key(one): [said for _text, said in _pairs(one)] for one in catalog if one.id}


def test_the_same_texts_make_the_same_file() -> None:
    """No clock and no order of a folder is in it, so a change shows what changed."""
    catalogs = [messages.updated(messages.read("nb"), messages.collected()) for _ in range(2)]
    assert messages.compiled(catalogs[0]) == messages.compiled(catalogs[1])


@pytest.mark.parametrize(
    "typed",
    ["tramadol", "tramadoll", "codeine + ibuprofen", "zorkomycin", "LDN 4.5 mg", "naloxone"],
)
def test_a_name_is_recognised_in_the_words_that_the_terminal_uses(typed: str) -> None:
    """In English the app says what the printed pack and `openldn screen` say."""
    one = catalogue().recognise(typed)
    with translation.override("en"):
        assert recognising.recognised_as(one) == screen_words.recognised_as(one)

"""A language of no people: every text that goes through the catalogue is seen to have done so.

The letters of each text are put in other letters, so that what stays in plain letters on a page was
never looked up. Placeholders and tags stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from django.utils.translation import trans_real

__all__ = ["speak", "unmarked"]

_PLAIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHER: Final = str.maketrans(_PLAIN, "αβγδεζηθικλμνξοπρστυφχψωϊϋΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫ")
_AS_IT_IS: Final = re.compile(r"(<[^>]*>|&\w+;|%\(\w+\)[a-z]|%[a-z%]|\{\w*\})")
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
# What is nobody's language: names, units, codes, addresses, and the words that the tests type.
_NOBODY_S: Final = re.compile(
    r"“[^”]*”|OpenLDN|\bLDN\b|\bmg\b|\bml\b|\b[Dd][Oo][Ii]\b|\bPMID\b|\bURL\b|\bPDF\b|\bCSV\b|\bJSON\b|\bICD\S*"
    r"|https?://\S+|\bLDN-[A-Z]\d+\b|plan\.toml|seal\.json|[\w-]+\.(?:csv|toml|json|pdf|key|txt)"
    r"|\b(?:[Mm]uscle pain|[Ee]nergy|Dizziness|Ana|Dr B|tramadol|levothyroxine|Zorkomycin)\b"
)
_READ_ALOUD: Final = {"aria-label", "title", "alt", "placeholder", "aria-description"}
_EMPTY: Final = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
_OWN_WORDS: Final = {"bdi", "textarea", "code", "pre", "style", "script"}


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look-up of the catalogue answer in the other letters."""
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        monkeypatch.setattr(
            f"django.utils.translation._trans.{name}", _otherwise(getattr(trans_real, name))
        )


def unmarked(html: str) -> list[str]:
    """List the texts of a page that never went through the catalogue.

    What is in one language on purpose stands in an element with `lang`, and what somebody typed in
    a `bdi` or between marks of quotation: neither is listed.
    """
    page = _Page()
    page.feed(html)
    return [text for text in page.texts if _WORD.search(_NOBODY_S.sub("", text))]


def _otherwise(looked_up: Callable[..., str]) -> Callable[..., str]:
    def answer(*words: Any) -> str:
        pieces = _AS_IT_IS.split(str(looked_up(*words)))
        pieces[::2] = [piece.translate(_OTHER) for piece in pieces[::2]]
        return "".join(pieces)

    return answer


class _Page(HTMLParser):
    """Gathers what a reader sees or hears, without what is left out on purpose."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each element, and whether it is left out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_out = self._is_out or tag in _OWN_WORDS or (tag != "html" and "lang" in dict(attrs))
        if tag not in _EMPTY:
            self._open.append((tag, is_out))
        if not is_out:
            self.texts += _spoken(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_out and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def _is_out(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def _spoken(attrs: dict[str, str | None]) -> Iterator[str]:
    yield from (value for name, value in attrs.items() if name in _READ_ALOUD and value)

"""What of a page no language may change: its drawings, and what its forms send."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Final

__all__ = ["drawn"]

_DRAWINGS: Final = {"svg", "path", "rect", "circle", "line", "polyline", "polygon", "g", "text"}
_FORMS: Final = {"form", "input", "button", "select", "option"}
# Attributes that are read, or that follow from what is read: they may differ.
_WORDS: Final = {
    *("aria-label", "placeholder", "title", "aria-current", "aria-pressed"),
    *("data-phone", "data-computer"),
}

# Another one each time a page is shown.
_DRAWN_ANEW: Final = {'name="csrfmiddlewaretoken"', 'name="form_key"'}


def drawn(html: str) -> Counter[str]:
    """Count every element of a drawing or a form with its attributes.

    A decimal comma in a path, or a translated value of a button, shows here.
    """
    page = _Page()
    page.feed(html)
    return page.found


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DRAWINGS | _FORMS:
            kept = [f'{name}="{value}"' for name, value in attrs if name not in _WORDS]
            if _DRAWN_ANEW.isdisjoint(kept):
                self.found[f"{tag} {' '.join(kept)}"] += 1

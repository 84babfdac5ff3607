"""The wallet card: this person takes naltrexone, what to do then, and whom to call.

One sheet with the card in every language of the table. It is the same in every period of a blinded
trial, so that it gives nothing away. Names and numbers are filled in by hand: the sheet holds
nothing about the person.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from openldn.report._printer import print_pdf, print_pictures
from openldn.tables import read_table

__all__ = ["Card", "card_data", "card_pictures", "cards", "render_card"]

_TEMPLATE = "card.typ"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """The card in one language."""

    language: str  # ISO 639-1
    name: str
    heading: str
    points: tuple[str, ...]
    back: str
    fields: tuple[str, ...]


def cards() -> tuple[Card, ...]:
    """List the cards, the leading language first.

    Raises
    ------
    TypeError
        When a row lacks a text or holds an unknown one; a mistake of ours.
    """
    return tuple(
        Card(**row | {"points": tuple(row["points"]), "fields": tuple(row["fields"])})
        for row in _table()["card"]
    )


def card_data() -> dict[str, Any]:
    """Give every word of the sheet as plain data."""
    table = _table()
    return {
        "title": table["title"],
        "how": table["how"],
        "cards": [asdict(card) for card in cards()],
    }


def render_card() -> bytes:
    """Print the sheet as a tagged PDF of one page."""
    return print_pdf(_TEMPLATE, card_data())


def card_pictures() -> tuple[bytes, ...]:
    """Print the same page as a picture (PNG), to look at."""
    return print_pictures(_TEMPLATE, card_data())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(read_table("card.toml"))

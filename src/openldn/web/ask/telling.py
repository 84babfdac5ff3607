"""The story of one patient, passage by passage, with its claims and papers beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from openldn.evidence.claims import Passage, claims, story
from openldn.evidence.references import Reference, references
from openldn.evidence.words import HOW_SURE
from openldn.web.ask import citing
from openldn.web.ask.cards import ClaimCard, claim_card
from openldn.web.ask.citing import Citation, Link

__all__ = ["ReferenceCard", "ToldPassage", "told"]

_LINK = re.compile(r"\[([^\]]+)\]\((claim|reference):([a-z0-9-]+)\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceCard:
    """One paper that the story names, as printed and as found."""

    id: str
    as_printed: str
    how_sure: str
    basis: str
    what_it_is: str
    unconfirmed: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldPassage:
    """A part of the story; `text` in pieces, some of which lead on."""

    heading: str
    text: tuple[Link, ...]
    claims: tuple[ClaimCard, ...]
    references: tuple[ReferenceCard, ...]


def told() -> tuple[ToldPassage, ...]:
    """Give every passage."""
    return tuple(_passage(one) for one in story())


def _passage(passage: Passage) -> ToldPassage:
    items = [item.split(":", 1) for item in passage.items]
    return ToldPassage(
        heading=passage.heading,
        text=tuple(_pieces(passage.text)),
        claims=tuple(claim_card(claims()[name]) for kind, name in items if kind == "claim"),
        references=tuple(
            _reference(references()[name]) for kind, name in items if kind == "reference"
        ),
    )


def _pieces(text: str) -> Iterator[Link]:
    at = 0
    for found in _LINK.finditer(text):
        words, kind, name = found.groups()
        yield Link(words=text[at : found.start()])
        is_claim = kind == "claim"
        yield Link(words=words, url=reverse("ask:claim", args=[name]) if is_claim else f"#{name}")
        at = found.end()
    yield Link(words=text[at:])


def _reference(reference: Reference) -> ReferenceCard:
    return ReferenceCard(
        id=reference.id,
        as_printed=reference.as_printed,
        how_sure=HOW_SURE[reference.certainty],
        basis=reference.basis,
        what_it_is=reference.what_it_is,
        unconfirmed=reference.unconfirmed,
        citation=citing.of_reference(reference),
    )

"""Looking for an entry by one's own words, and keeping to one condition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from openldn.evidence.claims import Category, Claim, claims
from openldn.evidence.conditions import Condition, catalogue, plain
from openldn.evidence.search import Entry, nearest_entries, search
from openldn.evidence.side_effects import SideEffect, side_effects
from openldn.evidence.studies import Result, studies
from openldn.web.ask import citing
from openldn.web.ask.cards import (
    ClaimCard,
    ConditionCard,
    EffectCard,
    claim_card,
    condition_card,
    condition_named,
    effect_card,
)
from openldn.web.ask.citing import Citation, Link
from openldn.web.languages.tables import said

__all__ = ["Found", "look"]

_HEADINGS: Final = {
    Category.BENEFIT: _("What it is said to do"),
    Category.CONDITION: _("Where it is said to help"),
    Category.MECHANISM: _("How it is said to act"),
    Category.SIDE_EFFECT: _("What is said of side effects"),
    Category.DOSE: _("What is said of the dose"),
    Category.BACKGROUND: _("What is said of the drug"),
}
_SHOWN_LETTERS = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What fits a question; with no question, everything."""

    text: str
    condition: Condition | None
    conditions: tuple[ConditionCard, ...]
    claims: tuple[tuple[str, tuple[ClaimCard, ...]], ...]
    effects: tuple[EffectCard, ...]
    count: int
    count_elsewhere: int  # fit the words, and have nothing to do with the condition
    meant: tuple[Link, ...]
    sources: tuple[Citation, ...]

    @property
    def is_asked(self) -> bool:
        """Whether anything was asked."""
        return bool(self.text or self.condition)


def look(text: str, *, condition_id: str) -> Found:
    """Find what fits the words and has to do with the condition."""
    words, condition = text.strip(), condition_named(condition_id)
    fitting = _fitting(words) if words else _everything()
    entries = tuple(one for one in fitting if condition is None or _is_about(one, condition))
    found = [claim_card(entry) for entry in entries if isinstance(entry, Claim)]
    return Found(
        text=words[:_SHOWN_LETTERS],
        condition=condition,
        conditions=tuple(condition_card(one) for one in entries if isinstance(one, Condition)),
        claims=_under_headings(found),
        effects=tuple(effect_card(one) for one in entries if isinstance(one, SideEffect)),
        count=len(entries),
        count_elsewhere=len(fitting) - len(entries),
        meant=() if fitting else _meant(words),
        sources=citing.all_of(study for entry in entries for study in entry.studies),
    )


def _everything() -> tuple[Entry, ...]:
    return (*catalogue(), *claims().values(), *side_effects().values())


def _fitting(words: str) -> tuple[Entry, ...]:
    """Find entries by name or by words, and after them those that hold the words in their title.

    A word that is an everyday name, such as pain, would else find the entry of that name alone.
    """
    wanted = [plain(word) for word in words[:_SHOWN_LETTERS].split() if plain(word)]
    titled = (
        entry for entry in _everything() if wanted and all(one in _title(entry) for one in wanted)
    )
    found = {(type(entry), entry.id): entry for entry in (*search(words), *titled)}
    return tuple(found.values())


def _title(entry: Entry) -> str:
    if isinstance(entry, Claim):
        return plain(entry.claim)
    return plain(f"{entry.name} {said(entry.name)}")  # also as the reader's language has it


def _is_about(entry: Entry, condition: Condition) -> bool:
    """Tell whether an entry is this condition, speaks of it, or rests on a study in it."""
    if isinstance(entry, Condition):
        return entry.id == condition.id
    speaks_of_it = isinstance(entry, Claim) and entry.condition == condition.id
    # A review that only lists what others found would tie together illnesses at opposite ends.
    tested = {one for one in condition.studies if studies()[one].result is not Result.NONE}
    return speaks_of_it or not tested.isdisjoint(entry.studies)


def _under_headings(found: Iterable[ClaimCard]) -> tuple[tuple[str, tuple[ClaimCard, ...]], ...]:
    cards = tuple(found)
    groups = (
        (str(heading), tuple(card for card in cards if card.category is category))
        for category, heading in _HEADINGS.items()
    )
    return tuple((heading, group) for heading, group in groups if group)


def _meant(words: str) -> tuple[Link, ...]:
    # Where a condition and the claim about it share an id, the condition leads to both.
    by_id = {entry.id: entry for entry in reversed(_everything())}
    return tuple(_entry_link(by_id[one]) for one in nearest_entries(words))


def _entry_link(entry: Entry) -> Link:
    if isinstance(entry, Claim):
        card = claim_card(entry)
        return Link(words=card.claim, url=card.url)
    shown = condition_card(entry) if isinstance(entry, Condition) else effect_card(entry)
    return Link(words=shown.name, url=shown.url)

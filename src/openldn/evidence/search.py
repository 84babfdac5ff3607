"""Finding what someone asks about: a claim, a condition or a side effect, by name or by words."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from openldn.evidence.claims import Claim, claims
from openldn.evidence.conditions import Condition, catalogue, plain
from openldn.evidence.side_effects import SideEffect, side_effects

__all__ = ["Entry", "nearest_entries", "search"]

Entry = Claim | Condition | SideEffect
_LONGEST = 200  # letters of a question; the rest is not read
_MOST_NEAR = 3
_LEAST_STEM = 4  # letters; a shorter word has to fit whole


@dataclass(frozen=True, slots=True)
class _Known:
    entry: Entry
    names: tuple[str, ...]
    words: frozenset[str]


def search(text: str) -> tuple[Entry, ...]:
    """Find entries: those of this very name, else those that hold every word.

    A condition comes first, then claims, then side effects. Empty when there is nothing.
    """
    wanted = plain(text[:_LONGEST])
    if not wanted:
        return ()
    named = [known.entry for known in _index() if wanted in known.names]
    if named:
        return tuple(named)
    words = _words(text[:_LONGEST])
    return tuple(
        known.entry
        for known in _index()
        if words and all(_holds(known.words, word) for word in words)
    )


def nearest_entries(text: str) -> tuple[str, ...]:
    """Give the ids that were probably meant."""
    names = {name: known.entry.id for known in _index() for name in known.names}
    close = difflib.get_close_matches(plain(text[:_LONGEST]), names, n=_MOST_NEAR, cutoff=0.6)
    return tuple(dict.fromkeys(names[name] for name in close))


def _holds(words: frozenset[str], word: str) -> bool:
    return word in words or (
        len(word) >= _LEAST_STEM and any(one.startswith(word) for one in words)
    )


@cache
def _index() -> tuple[_Known, ...]:
    found: list[_Known] = [
        _known(c, (c.id, c.name, *c.synonyms), f"{c.evidence} {c.watch}") for c in catalogue()
    ]
    found += [
        _known(c, (c.id, c.claim, *c.names), f"{c.why} {c.meaning}") for c in claims().values()
    ]
    found += [
        _known(s, (s.id, s.name, *s.names), f"{s.what_to_do} {s.note}")
        for s in side_effects().values()
    ]
    return tuple(found)


def _known(entry: Entry, names: tuple[str, ...], prose: str) -> _Known:
    return _Known(
        entry=entry,
        names=tuple(plain(name) for name in names),
        words=frozenset(_words(" ".join((*names, prose)))),
    )


def _words(text: str) -> list[str]:
    return [plain(word) for word in re.findall(r"\w+", text) if plain(word)]

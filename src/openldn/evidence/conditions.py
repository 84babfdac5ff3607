"""The conditions a plan can name, their everyday names, and a first daily question for each."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from openldn.protocol.outcomes import Better

__all__ = ["SLEEP", "Condition", "Question", "catalogue", "find", "nearest", "question"]

# Sleep trouble is the most consistent unwanted effect of LDN in placebo-controlled trials
# (safety.yaml `titration-halt`), so every new plan asks about it.
SLEEP = "poor_sleep"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A daily question from 0 to 10, in our own plain words."""

    id: str
    label: str
    better: Better
    mcid: float
    mcid_source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A condition of the catalogue."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    primary: str  # id of the question that a new plan asks first
    second: str
    source: str


def catalogue() -> tuple[Condition, ...]:
    """List the conditions."""
    return tuple(
        Condition(**{**entry, "synonyms": tuple(entry["synonyms"])})
        for entry in _table()["condition"]
    )


def question(question_id: str) -> Question:
    """Look up a daily question.

    Raises
    ------
    KeyError
        When the table has none of this id.
    """
    entry = _table()["question"][question_id]
    return Question(id=question_id, **{**entry, "better": Better(entry["better"])})


def find(text: str) -> Condition | None:
    """Find a condition by its id, name or a synonym, whatever the case and the accents."""
    return _names().get(_plain(text))


def nearest(text: str) -> Condition | None:
    """Find the condition that was probably meant by a misspelled name."""
    names = _names()
    close = difflib.get_close_matches(_plain(text)[:100], names, n=1)
    return names[close[0]] if close else None


def _names() -> dict[str, Condition]:
    return {
        _plain(name): condition
        for condition in catalogue()
        for name in (condition.id, condition.name, *condition.synonyms)
    }


def _plain(text: str) -> str:
    """Reduce a name to its letters and digits."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("openldn") / "data" / "conditions.toml").read_text("utf-8"))

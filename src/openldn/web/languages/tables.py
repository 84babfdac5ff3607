"""Texts of the data tables, as pages show them: looked up in the catalogue by their English words.

A table keeps one language. Its rows are part of the catalogue (`texts`), so a row that is new or
changed has no translation, and the tests say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from openldn.evidence.conditions import catalogue
from openldn.evidence.safety_rules import rules
from openldn.evidence.side_effects import side_effects

__all__ = ["said", "texts"]


def said(text: str) -> str:
    """Say a text of a table in the reader's language; English where it has not been translated."""
    return gettext(text) if text else ""


def texts() -> Iterator[tuple[str, str]]:
    """List every text of a table that is translated, with its row."""
    for rule in rules().values():
        place = f"safety_rules.toml#{rule.id}"
        yield from ((text, place) for text in (rule.trigger, rule.why, rule.do))
    for effect in side_effects().values():
        place = f"side_effects.toml#{effect.id}"
        yield from ((text, place) for text in (effect.name, effect.what_to_do) if text)
    for condition in catalogue():
        yield condition.name, f"conditions.toml#{condition.id}"

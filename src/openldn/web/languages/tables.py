"""Texts of the data tables, as pages show them: looked up in the catalogue by their English words.

A table keeps one language. Its rows are part of the catalogue (`texts`), so a row that is new or
changed has no translation, and the tests say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from openldn.evidence import screen_words, words
from openldn.evidence.conditions import catalogue
from openldn.evidence.foreseen import WHYS
from openldn.evidence.outcomes import items, refused
from openldn.evidence.safety_rules import rules
from openldn.evidence.side_effects import side_effects
from openldn.protocol.screening import QUESTIONS
from openldn.report.words import AFTER_A_NO, NO_BLAME

__all__ = ["said", "texts"]


def said(text: str) -> str:
    """Say a text of a table in the reader's language; English where it has not been translated."""
    return gettext(text)


def texts() -> Iterator[tuple[str, str]]:
    """List every text of a table that is translated, each with its row."""
    for rule in rules().values():
        yield from ((text, f"safety_rules.toml#{rule.id}") for text in (rule.trigger, rule.why))
        yield rule.do, f"safety_rules.toml#{rule.id}"
    for effect in side_effects().values():
        yield effect.name, f"side_effects.toml#{effect.id}"
        yield effect.what_to_do, f"side_effects.toml#{effect.id}"
    for condition in catalogue():
        yield condition.name, f"conditions.toml#{condition.id}"
        if found := refused(condition):
            yield from (
                (text, f"conditions.toml#{condition.id}") for text in (found.why, found.todo)
            )
    for item in items().values():
        yield item.label, f"outcomes.toml#{item.id}"
    for question in QUESTIONS:
        yield from ((text, f"questions#{question.id}") for text in (question.text, question.help))
    yield from ((text, "evidence/words.py") for text in words.VERDICTS.values())
    yield from ((text, "evidence/words.py") for text in words.CERTAINTIES.values())
    yield from ((text, "evidence/screen_words.py") for text in screen_words.HEADINGS.values())
    yield from ((one, "evidence/screen_words.py") for one in _OF_THE_SCREEN)
    yield from ((one, "evidence/foreseen.py") for one in WHYS)
    yield from ((text, "report/words.py") for text in (NO_BLAME, *AFTER_A_NO))


_OF_THE_SCREEN = (screen_words.NOTHING, screen_words.NOT_SAFE)

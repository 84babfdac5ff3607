"""My story as a PDF: the person's own words, and beside them the figures of her answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openldn.report._printer import print_pdf
from openldn.report.sentences import (
    PURPOSE,
    first_sentence,
    grade_sentence,
    interval_note,
    scale_sentence,
    shares,
)

if TYPE_CHECKING:
    from openldn.report.page import AnswerPage

__all__ = ["render_story", "story_data"]


def story_data(page: AnswerPage, *, words: str) -> dict[str, Any]:
    """Give every word of the sheet as plain data.

    Raises
    ------
    ValueError
        When the answer has no outcome to tell of.
    """
    outcome = page.primary
    if outcome is None:
        raise ValueError("a story stands beside an answer")
    told = first_sentence(outcome)
    return {
        "title": "My story",
        "words": [part for part in words.split("\n") if part.strip()],
        "words_head": "In my own words",
        "figures_head": "What my records say",
        "sentence": [told.before, told.strong, told.after],
        "note": f"{scale_sentence(outcome)} {interval_note()}",
        "shares": [
            {
                "group": share.group,
                "count": share.count,
                "number": str(share.count),
                "label": share.label,
                "word": share.word,
            }
            for share in shares(outcome)
        ],
        "alt": ", ".join(f"{share.label}: {share.count} of 100" for share in shares(outcome)),
        "grade": grade_sentence(page.saved),
        "limits_head": "What this cannot tell",
        "limits": list(page.saved.limits),
        "footer": "The words are the person's own. The figures come from the saved answer."
        f" {PURPOSE} OpenLDN {page.saved.version}.",
    }


def render_story(page: AnswerPage, *, words: str) -> bytes:
    """Print the story as a tagged PDF."""
    return print_pdf("story.typ", story_data(page, words=words))

"""The parts that every page of evidence is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from openldn.evidence.studies import Study
from openldn.evidence.words import RESULTS

__all__ = ["anchor", "page", "study_link", "study_links", "table", "unconfirmed"]

_MADE = "<!-- Written by tools/write_evidence_docs.py from src/openldn/data. Do not edit. -->"


def anchor(heading: str) -> str:
    """Give the anchor that a heading makes on a rendered page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page(title: str, parts: Iterable[str]) -> str:
    """Put a page together."""
    text = "\n\n".join([_MADE, f"# {title}", *parts])
    return text.rstrip() + "\n"


def study_link(study: Study) -> str:
    """Link to the entry of a study."""
    name = f"{study.name}, disputed" if study.disputed else study.name
    return f"[{name}](studies.md#{anchor(study.id)})"


def study_links(found: Iterable[Study]) -> str:
    """Link to studies, each with what it found."""
    return ", ".join(f"{study_link(study)} ({RESULTS[study.result]})" for study in found)


def unconfirmed(texts: Iterable[str]) -> Iterator[str]:
    """Mark what is in doubt."""
    yield from (f"**Unconfirmed:** {text}" for text in texts)


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Write a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

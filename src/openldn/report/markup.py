"""Small pieces of HTML that every fragment shares: escaping and the marks of the arms.

Fragments carry classes only, never a style or an event attribute, so that they pass a
strict content security policy.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["arm_mark", "bullets", "esc", "in_english", "picture", "section"]

# Shape says what colour says: LDN a circle, placebo a square, no capsule an open square.
_ARM_SHAPES = {
    "active": '<circle class="fillA" cx="5" cy="5" r="4.6"/>',
    "placebo": '<rect class="fillP" x="1" y="1" width="8" height="8"/>',
    "none": '<rect class="fillN" x="1.5" y="1.5" width="7" height="7"/>',
}
_INK_SHAPE = '<circle class="fillI" cx="5" cy="5" r="3.6"/>'


def esc(text: object) -> str:
    """Escape anything that came from a person or a file."""
    return escape(str(text), quote=True)


def picture(shapes: str, *, box: str = "0 0 10 10", extra: str = "") -> str:
    """Return a decorative drawing that screen readers pass over."""
    return f'<svg{extra} viewBox="{box}" aria-hidden="true" focusable="false">{shapes}</svg>'


def arm_mark(arm: str | None) -> str:
    """Return the small mark of an arm."""
    return picture(_ARM_SHAPES.get(arm or "", _INK_SHAPE))


def bullets(lines: Iterable[str]) -> str:
    """Return escaped lines as a list."""
    return '<ul class="dots">' + "".join(f"<li>{esc(line)}</li>" for line in lines) + "</ul>"


def in_english(html: str) -> str:
    """Mark a part that is told in English whatever the language of the page."""
    return f'<div lang="en">{html}</div>' if html else ""


def section(heading: str, body: str) -> str:
    """Return a section of the page under its heading."""
    return f'<section class="sec"><h2>{esc(heading)}</h2>{body}</section>'

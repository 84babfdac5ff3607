"""The language that an answer is told in: English, unless a program that knows others says so.

This room knows no catalogue. The web hands in its own look-ups when it starts (`speak_with`), and
the terminal leaves them as they are. Every text here stays English in the source, and whole
sentences are looked up before something is put into them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

__all__ = ["counted", "marked", "said", "short_date", "speak_with", "written"]


def _as_it_is(text: str) -> str:
    return text


def _one_or_many(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _in_english(when: date) -> str:
    return f"{when.day} {when:%b}"


@dataclass(kw_only=True, slots=True)
class _Speaker:
    said: Callable[[str], str] = _as_it_is
    counted: Callable[[str, str, int], str] = _one_or_many
    written: Callable[[str], str] = _as_it_is
    short_date: Callable[[date], str] = _in_english


_SPEAKER = _Speaker()


def speak_with(
    *,
    said: Callable[[str], str],
    counted: Callable[[str, str, int], str],
    written: Callable[[str], str],
    short_date: Callable[[date], str],
) -> None:
    """Tell answers in the language that these look-ups speak at the moment of telling.

    Parameters
    ----------
    said, counted
        Look up a text, and a text for one and for many.
    written
        Puts the decimal mark of the language into a number that was written with a point.
    short_date
        Writes a date for an axis.
    """
    _SPEAKER.said, _SPEAKER.counted = said, counted
    _SPEAKER.written, _SPEAKER.short_date = written, short_date


def marked(text: str) -> str:
    """Mark a text that is kept in a table, to be looked up where it is told."""
    return text


def said(text: str) -> str:
    """Say a text in the reader's language."""
    return _SPEAKER.said(text)


def counted(one: str, many: str, count: int) -> str:
    """Say the text for one or for many, with the number in it."""
    return _SPEAKER.counted(one, many, count).format(count=count)


def written(number: str) -> str:
    """Write a number with the decimal mark of the reader's language."""
    return _SPEAKER.written(number)


def short_date(when: date) -> str:
    """Write a date as an axis needs it: 22 Nov."""
    return _SPEAKER.short_date(when)

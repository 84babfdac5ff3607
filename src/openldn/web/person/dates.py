"""Dates in words."""

from datetime import date

__all__ = ["day_month", "in_words", "short"]


def in_words(when: date) -> str:
    """Write a date as it is said: Sunday 22 November."""
    return f"{when:%A} {when.day} {when:%B}"


def day_month(when: date) -> str:
    """Write a date within a known week: 22 November."""
    return f"{when.day} {when:%B}"


def short(when: date) -> str:
    """Write a date for an axis: 22 Nov."""
    return f"{when.day} {when:%b}"

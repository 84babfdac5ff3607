"""Dates in words, in the reader's language."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext

__all__ = ["day_month", "in_words", "short", "with_year"]


def in_words(when: date) -> str:
    """Write a date as it is said: Sunday 22 November."""
    return f"{date_format(when, 'l')} {day_month(when)}"


def day_month(when: date) -> str:
    """Write a date within a known year: 22 November."""
    return date_format(when, "MONTH_DAY_FORMAT")


def short(when: date) -> str:
    """Write a date for an axis: 22 Nov."""
    # Translators: letters of Django's date format; j is the day, M the short month.
    return date_format(when, pgettext("a short date, as 22 Nov", "j M"))


def with_year(when: date) -> str:
    """Write a date that may be long ago: 22 November 2026."""
    return date_format(when, "DATE_FORMAT")

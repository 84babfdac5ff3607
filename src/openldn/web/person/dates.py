"""Dates in words, in the reader's language."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

__all__ = ["day_month", "in_words", "joined", "several", "short", "with_year"]


def in_words(when: date) -> str:
    """Write a date as it is said: Sunday 22 November."""
    return f"{date_format(when, 'l')} {day_month(when)}"


def day_month(when: date) -> str:
    """Write a date within a known year: 22 November."""
    return date_format(when, "MONTH_DAY_FORMAT")


def joined(words: Sequence[str]) -> str:
    """Join words as a list is said: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return _("{several} and {last}").format(several=", ".join(words[:-1]), last=words[-1])


def several(days: Iterable[date]) -> str:
    """Write dates, each month once: 30 November, 1 and 2 December."""
    months = [list(same) for _month, same in groupby(days, key=lambda day: (day.year, day.month))]
    return joined([joined([*map(_day_alone, same[:-1]), day_month(same[-1])]) for same in months])


def short(when: date) -> str:
    """Write a date for an axis: 22 Nov."""
    # Translators: letters of Django's date format; j is the day, M the short month.
    return date_format(when, pgettext("a short date, as 22 Nov", "j M"))


def with_year(when: date) -> str:
    """Write a date that may be long ago: 22 November 2026."""
    return date_format(when, "DATE_FORMAT")


def _day_alone(when: date) -> str:
    # Translators: letters of Django's date format; j is the day.
    return date_format(when, pgettext("a day before others of its month, as 1 in 1 and 2 May", "j"))

"""Numbers as people write them: read with either decimal mark, written with the reader's own."""

import re
from decimal import Decimal

from django.utils.formats import number_format

__all__ = ["decimal_number", "in_words", "whole_number"]

_MOST_DIGITS = 18  # fits the number of any row
# One mark at most, so that "1,234.5" is no number: nobody can tell what was meant. No "-0".
_DECIMAL = re.compile(r"(?!-0*(?:[.,]0*)?$)[+-]?\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)


def whole_number(text: str) -> int | None:
    """Read a whole number. None: it is no such number, or far too long for one of ours."""
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None


def decimal_number(text: str) -> Decimal | None:
    """Read a number with a point or a comma before its decimals. None: it is no such number."""
    return Decimal(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else None


def in_words(number: float | Decimal) -> str:
    """Write a number with the marks of the reader's language: 2,000.5."""
    exact = number if isinstance(number, int | Decimal) else Decimal(f"{number:g}")
    return str(number_format(exact, use_l10n=True, force_grouping=True))

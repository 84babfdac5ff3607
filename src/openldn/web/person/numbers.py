"""Whole numbers in what a browser sent."""

__all__ = ["whole_number"]

_MOST_DIGITS = 18  # fits the number of any row


def whole_number(text: str) -> int | None:
    """Read a whole number. None: it is no such number, or far too long for one of ours."""
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None

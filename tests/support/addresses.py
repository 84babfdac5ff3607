"""Every address of a list of addresses, walked, so that a new page cannot be forgotten."""

from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver

__all__ = ["without_holes"]


def without_holes(patterns: Sequence[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Give every address that needs nothing filled in."""
    for one in patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from without_holes(one.url_patterns, address)
        elif "<" not in address and "^" not in address:
            yield address

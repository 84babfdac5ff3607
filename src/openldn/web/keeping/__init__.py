"""Keeping records, bringing them back, checking them, handing them out, and erasing them."""

__all__: list[str] = []

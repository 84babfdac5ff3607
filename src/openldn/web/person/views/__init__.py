"""Pages, one module each: fetch, act, render."""

__all__: list[str] = []

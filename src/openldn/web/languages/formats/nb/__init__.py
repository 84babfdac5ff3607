"""How dates and numbers are written in one language."""

__all__: list[str] = []

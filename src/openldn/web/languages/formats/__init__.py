"""How dates and numbers are written, language by language."""

__all__: list[str] = []

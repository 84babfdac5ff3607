"""The pages of sharing: hers, and the ones that a link opens."""

__all__: list[str] = []

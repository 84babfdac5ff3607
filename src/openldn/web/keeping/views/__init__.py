"""The pages of taking everything along, and of erasing it."""

__all__: list[str] = []

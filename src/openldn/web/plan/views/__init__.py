"""The pages of a plan."""

__all__: list[str] = []

"""The pages of giving, and the public page of what everyone found."""

__all__: list[str] = []

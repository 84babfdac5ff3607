"""What other rooms' pages show of a plan."""

__all__: list[str] = []

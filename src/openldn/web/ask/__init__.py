"""What is known: claims, conditions, side effects, one patient's story, and blockade over time."""

__all__: list[str] = []

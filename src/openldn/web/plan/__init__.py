"""The way to a plan: what matters, how much, which doses, which design, and the freeze."""

__all__: list[str] = []

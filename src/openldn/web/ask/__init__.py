"""What is known, the safety check, the pack for the prescriber, and how the talk went."""

__all__: list[str] = []

"""The invented person of the demo."""

__all__: list[str] = []

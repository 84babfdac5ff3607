"""Know: one's own data at any time, and what stands beside the answer once it is there."""

__all__: list[str] = []

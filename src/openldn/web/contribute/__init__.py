"""What one person gives to a pool of many, takes back, and what everyone found together."""

__all__: list[str] = []

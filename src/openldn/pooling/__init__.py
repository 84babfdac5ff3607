"""Many people together: what one person gives, what all of it says, and what may be published."""

__all__: list[str] = []

"""The browser: one person's records on her own computer, served on the loopback address."""

__all__: list[str] = []

"""Settings, addresses and the server's entry point."""

__all__: list[str] = []

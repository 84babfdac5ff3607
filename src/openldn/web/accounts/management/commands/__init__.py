"""Commands for whoever runs a server."""

__all__: list[str] = []

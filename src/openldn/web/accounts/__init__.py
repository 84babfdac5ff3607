"""Accounts of a server for many people: who signs in, and how. The local app has none of it."""

__all__: list[str] = []

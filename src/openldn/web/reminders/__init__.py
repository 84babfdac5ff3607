"""Reminders: one neutral sentence in the evening, by calendar, browser or e-mail."""

__all__: list[str] = []

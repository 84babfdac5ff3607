"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["RemindersConfig"]


class RemindersConfig(AppConfig):
    """The evening's reminder."""

    name = "openldn.web.reminders"
    label = "reminders"

"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["AskConfig"]


class AskConfig(AppConfig):
    """What is known outside this one person, and the talk with the prescriber."""

    name = "openldn.web.ask"
    label = "ask"

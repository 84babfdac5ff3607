"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["KnowConfig"]


class KnowConfig(AppConfig):
    """One's own curves, the answer page as it is kept, and how its picture was read."""

    name = "openldn.web.know"
    label = "know"

"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["PersonConfig"]


class PersonConfig(AppConfig):
    """One person's trial."""

    name = "openldn.web.person"
    label = "person"

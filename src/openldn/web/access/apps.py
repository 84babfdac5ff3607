"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["AccessConfig"]


class AccessConfig(AppConfig):
    """The owner's way in."""

    name = "openldn.web.access"
    label = "access"

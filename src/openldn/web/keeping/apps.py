"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["KeepingConfig"]


class KeepingConfig(AppConfig):
    """Export and erasure; it has no tables of its own."""

    name = "openldn.web.keeping"
    label = "keeping"

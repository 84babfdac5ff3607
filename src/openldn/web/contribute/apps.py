"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["ContributeConfig"]


class ContributeConfig(AppConfig):
    """Contributions and releases."""

    name = "openldn.web.contribute"
    label = "contribute"

"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["ConsentConfig"]


class ConsentConfig(AppConfig):
    """What a person agreed to."""

    name = "openldn.web.consent"
    label = "consent"

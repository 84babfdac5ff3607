"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["LanguagesConfig"]


class LanguagesConfig(AppConfig):
    """The language of the pages, and the catalogues of every room of the web."""

    name = "openldn.web.languages"
    label = "languages"

"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["GalleryConfig"]


class GalleryConfig(AppConfig):
    """The parts of the pages."""

    name = "openldn.web.gallery"
    label = "gallery"

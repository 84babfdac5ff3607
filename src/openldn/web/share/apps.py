"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["ShareConfig"]


class ShareConfig(AppConfig):
    """Links and stories."""

    name = "openldn.web.share"
    label = "share"

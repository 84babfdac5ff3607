"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["OfflineConfig"]


class OfflineConfig(AppConfig):
    """Entries that were made on a device."""

    name = "openldn.web.offline"
    label = "offline"

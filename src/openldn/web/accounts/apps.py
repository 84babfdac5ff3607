"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["AccountsConfig"]


class AccountsConfig(AppConfig):
    """Who signs in on a server."""

    name = "openldn.web.accounts"
    label = "accounts"

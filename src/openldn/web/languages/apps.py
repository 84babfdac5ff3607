"""Tells Django about this app."""

from django.apps import AppConfig
from django.utils.formats import get_format
from django.utils.translation import gettext, ngettext

from openldn.report import speaking

__all__ = ["LanguagesConfig"]


class LanguagesConfig(AppConfig):
    """The language of the pages, and the catalogues of every room of the web."""

    name = "openldn.web.languages"
    label = "languages"

    def ready(self) -> None:
        """Let saved answers be told in the language of the page that tells them."""
        from openldn.web.person import dates

        speaking.speak_with(
            said=gettext, counted=ngettext, written=_with_mark, short_date=dates.short
        )


def _with_mark(number: str) -> str:
    return number.replace(".", str(get_format("DECIMAL_SEPARATOR")))

"""The parts of the pages, in all their states, for the people who build pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from openldn.evidence.words import VERDICTS
from openldn.report.icons import icons_html
from openldn.report.sentences import Share
from openldn.report.words import matters_text
from openldn.web.languages.tables import said

__all__ = ["gallery"]

_SCHEMES = (("light", _("By day")), ("dark", _("By the bedside lamp")))
_KEYS = range(11)
_CHOSEN = 6
_MARKS = (
    ("recorded", _("Written the same evening")),
    ("late", _("Written a day late")),
    ("ill", _("Too ill to answer")),
    ("", _("No entry")),
)
_SEVERITIES = ("stop", "ask-prescriber", "caution", "information")


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every part twice, from the same variables."""
    shares = _shares()
    facts = {
        "schemes": _SCHEMES,
        "keys": _KEYS,
        "chosen": _CHOSEN,
        "hundred": mark_safe(icons_html(shares)),  # noqa: S308  our own picture of fixed counts
        "shares": shares,
        "marks": _MARKS,
        "severities": _SEVERITIES,
        "verdicts": VERDICTS.items(),
        "tab": "",
    }
    return render(request, "gallery/gallery.html", facts)


def _shares() -> tuple[Share, Share, Share]:
    name = {"outcome": said("Pain"), "enough": matters_text(1)}
    lower = said("{outcome} lower by {enough} or more").format(**name)
    higher = said("{outcome} higher by {enough} or more").format(**name)
    return (
        Share(group="better", count=62, label=lower),
        Share(group="same", count=25, label=said("About the same")),
        Share(group="worse", count=13, label=higher),
    )

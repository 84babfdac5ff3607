"""The parts of the pages, in all their states, for the people who build pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from openldn.evidence.words import VERDICTS
from openldn.report.icons import icons_html
from openldn.report.sentences import Share

__all__ = ["gallery"]

_SCHEMES = (("light", "By day"), ("dark", "By the bedside lamp"))
_KEYS = range(11)
_CHOSEN = 6
_SHARES = (
    Share(group="better", count=62, label="Pain lower by 1 point or more"),
    Share(group="same", count=25, label="About the same"),
    Share(group="worse", count=13, label="Pain higher by 1 point or more"),
)
_MARKS = (
    ("recorded", "Written the same evening"),
    ("late", "Written a day late"),
    ("ill", "Too ill to answer"),
    ("", "No entry"),
)
_SEVERITIES = ("stop", "ask-prescriber", "caution", "information")


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every part twice, from the same variables."""
    facts = {
        "schemes": _SCHEMES,
        "keys": _KEYS,
        "chosen": _CHOSEN,
        "hundred": mark_safe(icons_html(_SHARES)),  # noqa: S308  our own picture of fixed counts
        "shares": _SHARES,
        "marks": _MARKS,
        "severities": _SEVERITIES,
        "verdicts": VERDICTS.items(),
        "tab": "",
    }
    return render(request, "gallery/gallery.html", facts)

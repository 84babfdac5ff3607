"""The door, and the pages that say why something did not open."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from openldn.web.access import links

__all__ = [
    "alive",
    "bad_request",
    "closed",
    "forbidden",
    "leave",
    "not_found",
    "open_link",
    "our_mistake",
    "stale_form",
    "too_large",
    "unknown_host",
    "wrong_method",
]


@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange a one-time link for a session, and lead away from the address that holds it."""
    if links.redeem(token, now=datetime.now(UTC)):
        request.session.cycle_key()
        request.session[links.OWNER] = True
        response: HttpResponse = HttpResponseRedirect("/")
    else:
        response = _said(request, "link_used", status=403)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End this session."""
    request.session.flush()
    response = _said(request, "left", status=200)
    response["Clear-Site-Data"] = '"storage"'  # what the device had kept for the time offline
    return response


@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Tell the terminal that pages are being answered."""
    return HttpResponse(status=204)


def closed(request: HttpRequest) -> HttpResponse:
    """Say where the link is, to whoever has no session."""
    return _said(request, "closed", status=403)


def unknown_host(request: HttpRequest) -> HttpResponse:
    """Refuse a name that is not ours. Nothing is rendered for it."""
    words = "This address is not one of the app's own. Use the link printed in the terminal."
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came from an old page."""
    return _said(request, "stale_form", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request could not be read."""
    return _said(request, "bad_request", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a page is not for this reader."""
    return _said(request, "closed", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page."""
    return _said(request, "not_found", status=404)


def our_mistake(request: HttpRequest) -> HttpResponse:
    """Say that we failed, without a word of what was entered."""
    return _said(request, "our_mistake", status=500)


def too_large(request: HttpRequest) -> HttpResponse:
    """Say that this was more than any form here takes."""
    return _said(request, "too_large", status=413)


def wrong_method(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """Say that this address only takes a form, or only shows a page."""
    response = _said(request, "wrong_method", status=405)
    response["Allow"] = allowed
    return response


def _said(request: HttpRequest, page: str, *, status: int) -> HttpResponse:
    return render(request, f"access/{page}.html", status=status)

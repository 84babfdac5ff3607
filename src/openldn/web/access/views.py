"""The door, and the pages that say why something did not open."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from openldn.web.access import links, people

__all__ = [
    "alive",
    "bad_request",
    "closed",
    "forbidden",
    "leave",
    "not_found",
    "open_link",
    "opened",
    "our_mistake",
    "stale_form",
    "too_large",
    "unknown_host",
    "wrong_method",
]


@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange a one-time link for a session, and lead away from the address that holds it."""
    if settings.IS_SERVER:
        raise Http404
    if links.redeem(token, now=datetime.now(UTC)):
        request.session.cycle_key()
        request.session[links.OWNER] = True
        response: HttpResponse = HttpResponseRedirect("/opened")
    else:
        response = _said(request, "link_used", status=403)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
def opened(request: HttpRequest) -> HttpResponse:
    """Lead on whoever has just opened a link, or say that their browser keeps no cookies.

    A browser that was sent here by another site shows its cookie only at the next step.
    """
    if people.known(request) is not None:
        return redirect("/")
    return _said(request, "no_cookie", status=403)


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
    """Say where the way in is, to whoever has not come through it."""
    if settings.IS_SERVER and request.method in ("GET", "HEAD"):
        return redirect("account_login")
    return _said(request, "closed", status=403)


def unknown_host(request: HttpRequest) -> HttpResponse:
    """Refuse a name that is not ours. Nothing is rendered for it."""
    words = "This address is not one of the app's own. Use the link printed in the terminal."
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came from an old page, or from a browser that keeps no cookies."""
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    return _said(request, "stale_form" if has_cookie else "no_cookie", status=403)


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

"""What every request passes: the headers, the Host check, and the door."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from openldn.web.access import people, views

__all__ = ["CONTENT_SECURITY_POLICY", "headers", "known_host_only", "known_only", "small_only"]

Answer = Callable[[HttpRequest], HttpResponse]

# Scripts, styles and pictures come from files of this app alone, and talk to it alone. Every page
# works without scripts.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)

# A calendar and a shared page come without a session: the secret in the address is what opens.
_OPEN_PATHS = (
    "/open/",
    "/opened",
    "/shared/",
    "/found",
    "/calendar/",
    "/static/",
    "/alive",
    "/language",
)


def headers(get_response: Answer) -> Answer:
    """Put the security headers on every answer, errors and files included."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return response  # what the browser has holds, with its headers
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response["X-Content-Type-Options"] = "nosniff"
        response["X-Frame-Options"] = "DENY"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        # Not "no-referrer" on every page: browsers then send "Origin: null" with our own forms,
        # and the check for forged forms would have nothing to check.
        response.setdefault("Referrer-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return answer


def known_host_only(get_response: Answer) -> Answer:
    """Refuse names that do not belong to this app, which ends DNS rebinding."""

    def answer(request: HttpRequest) -> HttpResponse:
        try:
            host = request.get_host()
        except DisallowedHost:
            return views.unknown_host(request)
        if settings.EXACT_HOSTS and host.lower() not in settings.EXACT_HOSTS:
            return views.unknown_host(request)
        return get_response(request)

    return answer


def small_only(get_response: Answer) -> Answer:
    """Refuse what is larger than anything that a form of ours sends."""

    def answer(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.LARGEST_REQUEST:
            return views.too_large(request)
        return get_response(request)

    return answer


def known_only(get_response: Answer) -> Answer:
    """Let in whose records these are; tell everyone else where the way in is."""

    def answer(request: HttpRequest) -> HttpResponse:
        is_open = request.path.startswith((*_OPEN_PATHS, *settings.ALSO_OPEN))
        if not is_open and people.known(request) is None:
            return views.closed(request)
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return views.wrong_method(request, allowed=response["Allow"])
        return response

    return answer

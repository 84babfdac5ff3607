"""Files of ours travel compressed and once, so that an evening comes quickly over a bad line.

Pages do not: what stands in them is secret, and the length of a compressed page can tell of it.
The worker and its page hold nothing of anybody. The questions that a device keeps hold no answer,
and repeat nothing that a request says, so nobody can learn from their length whether a guess fits.
"""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

__all__ = ["light_files"]

Answer = Callable[[HttpRequest], HttpResponse]


_LIGHT_PATHS = ("/worker.js", "/kept", "/kept/facts")


def light_files(get_response: Answer) -> Callable[[HttpRequest], HttpResponseBase]:
    """Compress what may be, for browsers that take it."""
    compressed = GZipMiddleware(get_response)

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/static/") or request.path in _LIGHT_PATHS:
            _ask_for_same(request)
            return cast("HttpResponseBase", compressed(request))  # never awaited: this is WSGI
        return get_response(request)

    return answer


def _ask_for_same(request: HttpRequest) -> None:
    """Let a file that the browser has be found the same, though compressing weakened its mark."""
    mark = request.META.get("HTTP_IF_NONE_MATCH")
    if mark:
        request.META["HTTP_IF_NONE_MATCH"] = mark.removeprefix("W/")

"""Files of ours travel compressed, so that the first evening comes quickly over a bad line.

Pages do not: what stands in them is secret, and the length of a compressed page can tell of it.
"""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

__all__ = ["light_files"]

Answer = Callable[[HttpRequest], HttpResponse]


def light_files(get_response: Answer) -> Callable[[HttpRequest], HttpResponseBase]:
    """Compress what lies under /static/ for browsers that take it."""
    compressed = GZipMiddleware(get_response)

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/static/"):
            return cast("HttpResponseBase", compressed(request))  # never awaited: this is WSGI
        return get_response(request)

    return answer

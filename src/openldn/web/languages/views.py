"""The page that changes the language."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from openldn.web.languages import choosing

__all__ = ["choose"]


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Offer the languages; take the choice and lead back to where the reader was."""
    code = request.POST.get("language", "")
    if choosing.is_known(code):
        choosing.choose(request, code)
        return HttpResponseRedirect(_ours(request, request.POST.get("back", "")))
    context = {
        "languages": settings.LANGUAGES,
        "back": _ours(request, request.META.get("HTTP_REFERER", "")),
    }
    return render(request, "languages/choose.html", context)


def _ours(request: HttpRequest, address: str) -> str:
    """Give the path of an address of this app; of any other, the first page."""
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    parts = urlsplit(address) if is_ours else urlsplit("/")
    path = parts.path if parts.path.startswith("/") and parts.path != request.path else "/"
    return f"{path}?{parts.query}" if parts.query and path != "/" else path

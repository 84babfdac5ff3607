"""Help, in the same place on every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

__all__ = ["help_page"]


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Say what the app is, where the records are, and how to leave."""
    return render(request, "person/help.html", {"tab": ""})

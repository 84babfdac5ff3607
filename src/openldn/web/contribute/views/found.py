"""What everyone found: a public page of the last release."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openldn.web.contribute.in_words import found_in
from openldn.web.contribute.models import Release

__all__ = ["found"]


@require_GET
def found(request: HttpRequest) -> HttpResponse:
    """Show the last release of each score, or that there are not enough people yet."""
    releases = [(one.made_at, found_in(one.pooled)) for one in Release.objects.of_each_score()]
    return render(request, "contribute/found.html", {"releases": releases})

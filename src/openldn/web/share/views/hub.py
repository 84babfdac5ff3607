"""Share: what can be shown, taken along, given, or erased."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openldn.web.access import people
from openldn.web.share.mine import latest_answer

__all__ = ["hub"]


@require_GET
def hub(request: HttpRequest) -> HttpResponse:
    """List the ways to share, with the one that needs nobody else first."""
    answer = latest_answer(people.of(request))
    has_page = answer is not None and bool(answer.page_for_doctor)
    facts = {"answer": answer, "has_page_for_doctor": has_page}
    return render(request, "share/hub.html", facts)

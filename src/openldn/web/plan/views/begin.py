"""Beginning a draft anew. What was saved before is kept, and counts no more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from openldn.web.access import people
from openldn.web.person import clock
from openldn.web.person.numbers import whole_number
from openldn.web.plan import drafts

__all__ = ["begin_anew"]


@require_POST
def begin_anew(request: HttpRequest) -> HttpResponse:
    """Put the draft away, if it is still the one that the page showed."""
    seen = whole_number(request.POST.get("draft", "")) or 0
    try:
        drafts.put_away(person=people.of(request), seen=seen, now=clock.now())
    except drafts.StaleDraft:
        return redirect("person:start")
    return redirect("plan:condition")

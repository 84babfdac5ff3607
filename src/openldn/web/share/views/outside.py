"""What a link opens: one result, read-only, without a name. No session is asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from openldn.web.person import clock
from openldn.web.share import links
from openldn.web.share.models import Link
from openldn.web.share.showing import page_of

__all__ = ["as_others_see", "shared"]


@require_GET
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show the result of a link; unknown, ended and run out look alike."""
    link = links.opened(token, now=clock.now())
    if link is None or link.answer.saved is None:
        response = render(request, "share/no_link.html", status=404)
    else:
        response = as_others_see(request, link, is_look=False)
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def as_others_see(request: HttpRequest, link: Link, *, is_look: bool) -> HttpResponse:
    """Write the page of a link."""
    page = page_of(link.answer, outcomes=link.outcomes, has_side_effects=link.has_side_effects)
    facts = {
        # The report escapes every word that a person wrote.
        "body": mark_safe(page.body),  # noqa: S308
        "story": link.story.words if link.story else "",
        "is_look": is_look,
        "valid_until": None if is_look else link.valid_until,
    }
    return render(request, "share/shared.html", facts)

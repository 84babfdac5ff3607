"""Whose records a request may see: the one question that every page asks first."""

from django.http import Http404, HttpRequest

from openldn.web.access import links
from openldn.web.access.models import Person

__all__ = ["of", "owner"]


def of(request: HttpRequest) -> Person:
    """Give the person whose records this request may see.

    Raises
    ------
    Http404
        The request came through no door. The middleware answers such requests before any page.
    """
    if not request.session.get(links.OWNER):
        raise Http404
    return owner()


def owner() -> Person:
    """Give the one person of local mode, made at the first question."""
    return Person.objects.first() or Person.objects.create()

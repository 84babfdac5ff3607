"""Whose records a request may see: the one question that every page asks first."""

from django.conf import settings
from django.http import Http404, HttpRequest

from openldn.web.access import links
from openldn.web.access.models import Person

__all__ = ["known", "of", "owner"]


def of(request: HttpRequest) -> Person:
    """Give the person whose records this request may see.

    Records are asked for through this person (`person.trials`), never of a table as a whole, so
    what belongs to somebody else is not found, exactly as what does not exist.

    Raises
    ------
    Http404
        The request came through no door. The middleware answers such requests before any page.
    """
    person = known(request)
    if person is None:
        raise Http404
    return person


def known(request: HttpRequest) -> Person | None:
    """Give the person of a request, or None for a stranger."""
    if settings.IS_SERVER:
        account = getattr(request, "user", None)
        return account.person if account is not None and account.is_authenticated else None
    # A request that was refused at the front, say for its Host, has no session at all.
    session = getattr(request, "session", None)
    return owner() if session is not None and session.get(links.OWNER) else None


def owner() -> Person:
    """Give the one person of local mode, made at the first question."""
    return Person.objects.first() or Person.objects.create()

"""Making a link, opening it, ending it."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from openldn.web import consent
from openldn.web.access.models import Person
from openldn.web.person.models import Answer
from openldn.web.share.models import Link, Story

__all__ = ["DAYS", "MOST_LINKS", "PURPOSE", "TOKEN_BYTES", "end", "make", "opened"]

PURPOSE = "share-page"
TOKEN_BYTES = 32  # 256 bit: far beyond guessing
DAYS = (7, 30, 90)
MOST_LINKS = 20  # open at one time


@transaction.atomic
def make(
    *,
    person: Person,
    answer: Answer,
    outcomes: Sequence[str],
    has_side_effects: bool,
    days: int,
    meant_for: str,
    form_key: str,
    now: datetime,
    story: Story | None = None,
) -> str | None:
    """Remember a new link and return its token, which is shown once.

    None: this very form made its link already, as by a double tap.
    """
    if Link.objects.filter(form_key=form_key).exists():
        return None
    consent.give(person, PURPOSE, now=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Link.objects.create(
        person=person,
        answer=answer,
        story=story,
        token_sha256=_digest(token),
        form_key=form_key,
        outcomes=list(outcomes),
        has_side_effects=has_side_effects,
        meant_for=meant_for,
        made_at=now,
        valid_until=now + timedelta(days=days),
    )
    return token


def opened(token: str, *, now: datetime) -> Link | None:
    """Give the link that a token opens, and count it. None: unknown, ended, or run out."""
    link = (
        Link.objects.open_at(now)
        .filter(token_sha256=_digest(token))
        .select_related("answer__trial", "person", "story")
        .first()
    )
    if link is None or not consent.given(link.person, PURPOSE):
        return None
    Link.objects.filter(pk=link.pk).update(last_opened_at=now, times_opened=F("times_opened") + 1)
    return link


def end(*, person: Person, row: int | None, now: datetime) -> None:
    """End a link of this person at once."""
    if row is not None:
        Link.objects.open_at(now).filter(person=person, pk=row).update(ended_at=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()

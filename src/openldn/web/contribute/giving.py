"""Making, giving and withdrawing a contribution. One transaction each."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from openldn.web import consent
from openldn.web.access.models import Person
from openldn.web.contribute import tasks
from openldn.web.contribute.models import Gift, Offer
from openldn.web.person.models import Answer

__all__ = ["PURPOSE", "ask", "gift_of", "give", "latest_offer", "pool_files", "resume", "withdraw"]

PURPOSE = "pool"
_MOST_ATTEMPTS = 2  # a file that ended the worker twice is our mistake, not bad luck


@transaction.atomic
def ask(*, person: Person, answer: Answer, now: datetime) -> Offer:
    """Have the file of an answer made, unless it is here or on its way."""
    held = latest_offer(person, answer)
    if held is not None and held.state != Offer.State.FAILED:
        return held
    offer = Offer.objects.create(person=person, answer=answer, asked_at=now)
    transaction.on_commit(partial(tasks.queue, offer.pk))
    return offer


def latest_offer(person: Person, answer: Answer) -> Offer | None:
    """Give the file that was made, or is being made, of an answer."""
    return Offer.objects.filter(person=person, answer=answer).last()


def gift_of(person: Person) -> Gift | None:
    """Give what of this person is in the pool now."""
    if not consent.given(person, PURPOSE):
        return None
    return Gift.objects.in_pool().filter(person=person).first()


@transaction.atomic
def give(*, person: Person, offer: Offer, now: datetime) -> None:
    """Put a file into the pool, in the place of an earlier one of the same person."""
    held = Gift.objects.in_pool().filter(person=person).first()
    consent.give(person, PURPOSE, now=now)
    if held is not None and held.file == offer.file:
        return
    _take_out(person, now)
    Gift.objects.create(person=person, file=offer.file, given_at=now)


@transaction.atomic
def withdraw(*, person: Person, now: datetime) -> None:
    """Take the file out of the pool: it is in no later release."""
    consent.withdraw(person, PURPOSE, now=now)
    _take_out(person, now)


def pool_files() -> list[dict[str, Any]]:
    """List what is in the pool: the files of those who agree now."""
    gifts = Gift.objects.in_pool().select_related("person")
    return [gift.file for gift in gifts if gift.file and consent.given(gift.person, PURPOSE)]


def resume() -> None:
    """Queue again what was asked for and never finished, because a worker ended early."""
    for offer in Offer.objects.filter(state=Offer.State.ASKED):
        if offer.attempts < _MOST_ATTEMPTS:
            tasks.queue(offer.pk)
        else:
            offer.state = Offer.State.FAILED
            offer.save(update_fields=["state"])


def _take_out(person: Person, now: datetime) -> None:
    Gift.objects.in_pool().filter(person=person).update(file=None, withdrawn_at=now)

"""The rows behind consent: the latest one of a purpose counts."""

from datetime import datetime

from django.db import transaction

from openldn.web.access.models import Person
from openldn.web.consent.models import Consent
from openldn.web.consent.purposes import PURPOSES

__all__ = ["add", "is_given", "latest"]


def latest(person: Person, purpose: str) -> Consent | None:
    """Give what a person said last about a purpose."""
    return person.consents.filter(purpose=PURPOSES[purpose].id).last()


def is_given(person: Person, purpose: str) -> bool:
    """Tell whether the last word was yes, and to the text that stands now."""
    held = latest(person, purpose)
    return held is not None and held.is_given and held.version == PURPOSES[purpose].version


@transaction.atomic
def add(person: Person, purpose: str, *, is_given: bool, now: datetime) -> None:
    """Add a row. The same again, as by a double tap, adds none."""
    Person.objects.select_for_update().get(pk=person.pk)
    held, version = latest(person, purpose), PURPOSES[purpose].version
    was_given = held is not None and held.is_given
    is_same_text = held is not None and held.version == version
    if was_given == is_given and (is_same_text or not is_given):
        return
    Consent.objects.create(
        person=person, purpose=purpose, version=version, is_given=is_given, said_at=now
    )

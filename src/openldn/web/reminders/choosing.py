"""What a person chooses about reminders, as it is kept. All of it can be undone."""

import secrets
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation

from openldn.web import consent
from openldn.web.access.models import Person
from openldn.web.reminders import zones
from openldn.web.reminders.models import Calendar, Device, Wish

__all__ = [
    "add_device",
    "begin",
    "change_address",
    "may_test",
    "remove_device",
    "set_email",
    "set_evening",
    "stop_calendar",
    "wish_of",
]

_SECRET_BYTES = 32  # 256 bit: far beyond guessing
_BETWEEN_TESTS = timedelta(minutes=1)


def wish_of(person: Person, *, now: datetime) -> Wish:
    """Give the wish of a person; at first 20:00 in the zone of this computer."""
    found = Wish.objects.filter(person=person).first()
    if found is not None:
        return found
    return Wish(person=person, zone_name=zones.of_this_computer(), changed_at=now.astimezone(UTC))


def begin(person: Person, *, zone_name: str, now: datetime) -> None:
    """Keep a wish with the first button: in the browser's zone, or else in this computer's.

    The language is the one that the person reads now.
    """
    language = translation.get_language() or "en"
    first_zone = zone_name if zone_name in zones.known() else zones.of_this_computer()
    Wish.objects.update_or_create(
        person=person,
        defaults={"language": language},
        create_defaults={"zone_name": first_zone, "language": language, "changed_at": now},
    )


@transaction.atomic
def set_evening(person: Person, *, at: time, zone_name: str, now: datetime) -> None:
    """Choose the time of evening and the zone."""
    wish = Wish.objects.get(person=person)
    if (wish.at, wish.zone_name) != (at, zone_name):
        Wish.objects.filter(pk=wish.pk).update(
            at=at, zone_name=zone_name, changes=F("changes") + 1, changed_at=now
        )


@transaction.atomic
def set_email(person: Person, *, email: str, now: datetime) -> None:
    """Choose where e-mails go, which is a yes to them; empty: a no."""
    others = Wish.objects.filter(person=person).exclude(email=email)
    others.update(email=email, changed_at=now)
    (consent.give if email else consent.withdraw)(person, "email", now=now)


def change_address(person: Person, *, now: datetime) -> None:
    """Make the calendar's secret address, or a new one: the old one then leads nowhere."""
    Calendar.objects.update_or_create(
        person=person,
        defaults={"secret": secrets.token_urlsafe(_SECRET_BYTES), "made_at": now},
    )


def stop_calendar(person: Person) -> None:
    """Close the calendar's address for good."""
    Calendar.objects.filter(person=person).delete()


@transaction.atomic
def add_device(
    person: Person, *, name: str, endpoint: str, p256dh: str, auth: str, now: datetime
) -> None:
    """Add a browser, or its new keys, which is a yes to push messages.

    A browser belongs to whoever added it last.
    """
    facts = {"person": person, "name": name, "p256dh": p256dh, "auth": auth, "added_at": now}
    Device.objects.update_or_create(endpoint=endpoint, defaults=facts)
    consent.give(person, "push", now=now)


@transaction.atomic
def remove_device(person: Person, *, row: int, now: datetime) -> None:
    """Forget a browser of this person; without any left, the yes is taken back too."""
    mine = Device.objects.filter(person=person)
    mine.filter(pk=row).delete()
    if not mine.exists():
        consent.withdraw(person, "push", now=now)


def may_test(person: Person, *, now: datetime) -> bool:
    """Use up the one test message of this minute."""
    rested = Q(tested_at=None) | Q(tested_at__lte=now - _BETWEEN_TESTS)
    return Wish.objects.filter(rested, person=person).update(tested_at=now) == 1

"""What leaves now: each reminder is claimed in the database before it is sent."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from openldn.web.access.models import Person
from openldn.web.reminders import mail, notebook, push
from openldn.web.reminders.channels import GoneError, RefusedError, UnsureError
from openldn.web.reminders.models import Leaving, Wish
from openldn.web.reminders.moments import due_evening, leaves_at

__all__ = ["send_due"]

_TRY_AGAIN = timedelta(minutes=5)  # after a push or mail service refused
_REMEMBER = timedelta(days=2)  # no evening that is due was claimed earlier
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reminder:
    """One message that is due."""

    person: Person
    day: date
    channel: str
    send: Callable[[], None]
    forget: Callable[[], object] | None = None  # whoever is gone


def send_due(*, now: datetime) -> int:
    """Send every reminder that is due and not claimed yet; say how many left."""
    now = now.astimezone(UTC)
    settled = _settled(now=now)
    wishes = Wish.objects.select_related("person").prefetch_related("person__reminder_devices")
    return sum(_sent_of(wish, settled, now=now) for wish in wishes.order_by("pk"))


_Key = tuple[int, date, str]


def _settled(*, now: datetime) -> set[_Key]:
    """Name what left, is being sent, or was refused a moment ago."""
    rows = Leaving.objects.filter(claimed_at__gt=now - _REMEMBER)
    rows = rows.exclude(refused_at__lte=now - _TRY_AGAIN)
    return set(rows.values_list("person_id", "day", "channel"))


def _sent_of(wish: Wish, settled: set[_Key], *, now: datetime) -> int:
    """Send what is due for one person. Whatever goes wrong holds up nobody else."""
    try:
        day = due_evening(now, wish.at, wish.zone)
        if day is None:
            return 0
        due = [
            one
            for one in _reminders(wish, day)
            if (wish.person_id, day, one.channel) not in settled
        ]
        if not due or not notebook.is_waiting(wish.person, day):
            return 0
        return sum(_leaves(one, now=now) for one in due)
    except Exception:
        _log.exception("The reminder of one person failed")
        return 0


def _reminders(wish: Wish, day: date) -> Iterator[_Reminder]:
    """List the channels of a person; what was set after the hour counts from the next evening."""
    due = leaves_at(day, wish.at, wish.zone)
    if due is None or due < wish.changed_at:
        return
    if wish.email and mail.is_offered():
        send = partial(mail.send, wish)
        yield _Reminder(person=wish.person, day=day, channel="email", send=send)
    for device in wish.person.reminder_devices.all():
        if device.added_at <= due:
            yield _Reminder(
                person=wish.person,
                day=day,
                channel=f"push {device.pk}",
                send=partial(push.send, device, wish.language),
                forget=device.delete,
            )


def _leaves(one: _Reminder, *, now: datetime) -> bool:
    row = _claimed(one, now=now)
    if row is None:
        return False
    kind = one.channel.split()[0]
    try:
        one.send()
    except UnsureError as error:
        _log.warning("Nobody can tell whether a reminder by %s left: %s", kind, error)
        return False
    except RefusedError as error:
        _log.warning("A reminder by %s was refused: %s", kind, error)
        Leaving.objects.filter(pk=row).update(refused_at=now)
        if isinstance(error, GoneError) and one.forget:
            one.forget()
        return False
    Leaving.objects.filter(pk=row).update(left_at=now)
    return True


def _claimed(one: _Reminder, *, now: datetime) -> int | None:
    """Claim a reminder for this worker. None: somebody else has it.

    The database decides: one row can be added for an evening and a channel, and one UPDATE can
    take up again what was refused.
    """
    key = {"person": one.person, "day": one.day, "channel": one.channel}
    try:
        with transaction.atomic():
            return Leaving.objects.create(**key, claimed_at=now).pk
    except IntegrityError:
        refused = Leaving.objects.filter(**key, refused_at__lte=now - _TRY_AGAIN)
        if refused.update(refused_at=None, claimed_at=now) == 0:
            return None
        return Leaving.objects.get(**key).pk

"""What leaves now: each reminder is claimed in the database before it is sent."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Protocol

from openldn.web import consent
from openldn.web.reminders import claims, mail, notebook, push
from openldn.web.reminders.channels import GoneError, RefusedError, TakenError, UnsureError
from openldn.web.reminders.models import Wish
from openldn.web.reminders.moments import due_evening, leaves_at

__all__ = ["send_due"]

_log = logging.getLogger(__name__)


class _Send(Protocol):
    def __call__(self, *, before: Callable[[], None]) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reminder:
    """One message that is due."""

    key: claims.Key
    send: _Send
    forget: Callable[[], object] | None = None  # whoever is gone


def send_due(*, now: datetime) -> int:
    """Send every reminder that is due and not claimed yet; say how many left."""
    now = now.astimezone(UTC)
    settled = claims.settled(now=now)
    wishes = Wish.objects.select_related("person").prefetch_related("person__reminder_devices")
    return sum(_sent_of(wish, settled, now=now) for wish in wishes.order_by("pk"))


def _sent_of(wish: Wish, settled: set[claims.Key], *, now: datetime) -> int:
    """Send what is due for one person. Whatever goes wrong holds up nobody else."""
    try:
        day = due_evening(now, wish.at, wish.zone)
        if day is None:
            return 0
        due = [one for one in _reminders(wish, day) if one.key not in settled]
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
    if wish.email and mail.is_offered() and consent.given(wish.person, "email"):
        yield _Reminder(key=(wish.person_id, day, "email"), send=partial(mail.send, wish))
    devices = [one for one in wish.person.reminder_devices.all() if one.added_at <= due]
    if devices and consent.given(wish.person, "push"):
        for device in devices:
            yield _Reminder(
                key=(wish.person_id, day, f"push {device.pk}"),
                send=partial(push.send, device, wish.read_in),
                forget=device.delete,
            )


def _leaves(one: _Reminder, *, now: datetime) -> bool:
    claim = claims.claimed(one.key, now=now)
    if claim is None:
        return False
    kind = one.key[2].split()[0]
    try:
        one.send(before=claim.hand_over)
    except TakenError:
        return False
    except UnsureError as error:
        _log.warning("Nobody can tell whether a reminder by %s left: %s", kind, error)
        return False
    except RefusedError as error:
        _log.warning("A reminder by %s was refused: %s", kind, error)
        claim.was_refused(now=now)
        if isinstance(error, GoneError) and one.forget:
            one.forget()
        return False
    claim.has_left(now=now)
    return True

"""Who sends a reminder: the database decides, so that it leaves once.

claimed     a worker has it; when that worker is gone, another may take it after five minutes
handed over from here on nobody can tell whether it left, so nobody takes it up again
left        done
refused     surely not sent: it may be claimed again after five minutes
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from openldn.web.reminders.channels import TakenError
from openldn.web.reminders.models import Leaving

__all__ = ["Claim", "Key", "claimed", "settled"]

_TRY_AGAIN = timedelta(minutes=5)
_REMEMBER = timedelta(days=2)  # no evening that is due was claimed earlier
Key = tuple[int, date, str]  # person, evening, channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A reminder that this worker may send."""

    row: int
    since: datetime

    def hand_over(self) -> None:
        """Note that the next thing to happen is the sending.

        Raises
        ------
        TakenError
            This worker slept so long that another has it.
        """
        mine = Leaving.objects.filter(pk=self.row, claimed_at=self.since, handed_at=None)
        if mine.update(handed_at=self.since) == 0:
            raise TakenError

    def has_left(self, *, now: datetime) -> None:
        """Note that it left."""
        Leaving.objects.filter(pk=self.row).update(left_at=now)

    def was_refused(self, *, now: datetime) -> None:
        """Note that it surely did not leave."""
        mine = Leaving.objects.filter(pk=self.row, claimed_at=self.since)
        mine.update(refused_at=now, handed_at=None)


def settled(*, now: datetime) -> set[Key]:
    """Name what left, what is being sent, and what was refused a moment ago."""
    rows = Leaving.objects.filter(claimed_at__gt=now - _REMEMBER).exclude(_is_free(now))
    return set(rows.values_list("person_id", "day", "channel"))


def claimed(key: Key, *, now: datetime) -> Claim | None:
    """Claim a reminder. None: somebody else has it."""
    person, day, channel = key
    try:
        with transaction.atomic():
            row = Leaving.objects.create(person_id=person, day=day, channel=channel, claimed_at=now)
    except IntegrityError:
        rows = Leaving.objects.filter(person=person, day=day, channel=channel)
        return _taken_up(rows, now=now)
    return Claim(row=row.pk, since=now)


def _taken_up(rows: QuerySet[Leaving], *, now: datetime) -> Claim | None:
    if rows.filter(_is_free(now)).update(refused_at=None, claimed_at=now) == 0:
        return None
    return Claim(row=rows.get().pk, since=now)


def _is_free(now: datetime) -> Q:
    is_refused = Q(refused_at__lte=now - _TRY_AGAIN)
    is_left_behind = Q(handed_at=None, refused_at=None, claimed_at__lte=now - _TRY_AGAIN)
    return is_refused | is_left_behind

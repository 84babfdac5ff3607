"""Taking in one entry, exactly once, however often and however late it comes."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.core.signing import Signer
from django.db import transaction

from openldn.web.access.models import Person
from openldn.web.offline.models import Received
from openldn.web.person import actions, items, records, red_flags
from openldn.web.person.models import Trial
from openldn.web.person.records import Held
from openldn.web.person.taps import Tap, keep

__all__ = ["Arrival", "diary_mark", "id_of", "is_known", "receive"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One entry as it came from a page or a device."""

    entry_id: UUID | None  # None: from a page without scripts
    day: int
    tap: Tap
    said_at: datetime | None = None  # None: just now, on a page that is connected
    adds: bool = False  # to the note of its day, which its page could not show


@transaction.atomic
def receive(arrival: Arrival, *, person: Person, trial: Trial, now: datetime) -> bool:
    """Keep an entry unless it was kept before. False: it was.

    The id and the entry are written together or not at all.

    Raises
    ------
    InputError
        When the item or the value cannot be. The id is not used up then.
    """
    if arrival.entry_id is not None and not _is_first(arrival, person, trial, now):
        return False
    said_at = arrival.said_at if arrival.tap.wish != "undo" else None
    before = _held(trial, arrival.day) if said_at else {}
    keep(_whole(arrival, before), trial=trial, day=arrival.day, now=now)
    if said_at:
        _yield_to_later(arrival, said_at, before, trial=trial, now=now)
    return True


def is_known(arrival: Arrival, person: Person) -> bool:
    """Tell whether an entry was received before, so that nothing can refuse it any more."""
    entry_id = arrival.entry_id
    if entry_id is None:
        return False
    return Received.objects.filter(person=person, entry_id=entry_id).exists()


def id_of(text: str) -> UUID | None:
    """Read the id that a device gave. None: it gave none, or something else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def diary_mark(trial: Trial) -> str:
    """Name a trial to a page or a device, so that no entry lands in another one."""
    return Signer(salt="openldn.web.offline").signature(str(trial.pk))[:20]


def _is_first(arrival: Arrival, person: Person, trial: Trial, now: datetime) -> bool:
    said_at = arrival.said_at
    facts = {"trial": trial, "day": arrival.day, "said_at": said_at, "received_at": now}
    _, is_new = Received.objects.get_or_create(
        person=person, entry_id=arrival.entry_id, defaults=facts
    )
    return is_new


def _held(trial: Trial, day: int) -> dict[str, Held]:
    return records.in_force(trial.entries.filter(day=day)).get(day, {})


def _whole(arrival: Arrival, before: dict[str, Held]) -> Tap:
    """Write a note behind the one that its page could not show, so that neither is lost."""
    tap, earlier = arrival.tap, before.get(items.NOTE)
    is_more = arrival.adds and tap.item == items.NOTE and tap.wish == "value"
    if not is_more or earlier is None or earlier.value is None:
        return tap
    return replace(tap, value=f"{earlier.value}\n{tap.value}")


def _yield_to_later(
    arrival: Arrival, said_at: datetime, before: dict[str, Held], *, trial: Trial, now: datetime
) -> None:
    """Let an answer count that was given after this one, on another device, and came before it.

    Both stay on record: what came late is taken back at once, as an undo would. A severe side
    effect is not: it must be told, and who answered later may not have seen it.
    """
    day = arrival.day
    for item, held in _held(trial, day).items():
        earlier = before.get(item)
        if earlier is None or earlier.row == held.row or _stands(item, held, arrival):
            continue
        if _given_at(earlier, arrival, trial) > said_at:
            actions.undo(trial=trial, day=day, item=item, row=held.row, now=now)


def _stands(item: str, held: Held, arrival: Arrival) -> bool:
    is_severe = item.startswith("side:") and records.level(held) == red_flags.SEVERE
    return is_severe or (item == items.NOTE and arrival.adds)


def _given_at(held: Held, arrival: Arrival, trial: Trial) -> datetime:
    """Give when an answer was given; one that waited on a device was given before it came."""
    others = Received.objects.exclude(entry_id=arrival.entry_id)
    came = others.filter(trial=trial, day=arrival.day, received_at=held.entered_at).last()
    return (came and came.said_at) or held.entered_at

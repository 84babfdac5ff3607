"""Taking in one entry, exactly once, however often and however late it comes."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.core.signing import Signer
from django.db import IntegrityError, transaction

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


def receive(arrival: Arrival, *, person: Person, trial: Trial, now: datetime) -> bool:
    """Keep an entry unless it was kept before. False: it was.

    The id and the entry are written together or not at all.

    Raises
    ------
    InputError
        When the item or the value cannot be. The id is not used up then.
    """
    try:
        _receive(arrival, person=person, trial=trial, now=now)
    except IntegrityError:  # the database takes an id once, whoever looks it up at the same moment
        if not is_known(arrival, person):
            raise
        return False
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


@transaction.atomic
def _receive(arrival: Arrival, *, person: Person, trial: Trial, now: datetime) -> None:
    day, said_at = arrival.day, arrival.said_at
    if arrival.entry_id is not None:
        facts = {"trial": trial, "day": day, "said_at": said_at, "received_at": now}
        Received.objects.create(person=person, entry_id=arrival.entry_id, **facts)
    later = {} if arrival.tap.wish == "undo" else _later(arrival, trial)
    keep(_whole(arrival, trial), trial=trial, day=day, now=now)
    if later:
        _yield_to(later, trial=trial, day=day, now=now)


def _whole(arrival: Arrival, trial: Trial) -> Tap:
    """Write a note behind the one that its page could not show, so that neither is lost."""
    tap = arrival.tap
    if not (_is_more(arrival) and tap.wish == "value"):
        return tap
    earlier = _held(trial, arrival.day).get(items.NOTE)
    if earlier is None or earlier.value is None:
        return tap
    return replace(tap, value=f"{earlier.value}\n{tap.value}")


def _is_more(arrival: Arrival) -> bool:
    return arrival.adds and arrival.tap.item == items.NOTE


def _later(arrival: Arrival, trial: Trial) -> dict[str, Held]:
    """Find the answers that were given after this one, on another device, and came before it."""
    said_at = arrival.said_at
    if said_at is None or _is_more(arrival):
        return {}
    held = _held(trial, arrival.day)
    came_after = {item: answer for item, answer in held.items() if answer.entered_at > said_at}
    return {
        item: answer
        for item, answer in came_after.items()
        if _given_at(answer, arrival, trial) > said_at
    }


def _held(trial: Trial, day: int) -> dict[str, Held]:
    return records.in_force(trial.entries.filter(day=day)).get(day, {})


def _yield_to(later: dict[str, Held], *, trial: Trial, day: int, now: datetime) -> None:
    """Let the later answers count.

    Both stay on record: what came late is taken back at once, as an undo would. A severe side
    effect is not: it must be told, and who answered later may not have seen it.
    """
    for item, held in _held(trial, day).items():
        earlier = later.get(item)
        if earlier and earlier.row != held.row and not _is_severe(item, held):
            actions.undo(trial=trial, day=day, item=item, row=held.row, now=now)


def _is_severe(item: str, held: Held) -> bool:
    return item.startswith("side:") and records.level(held) == red_flags.SEVERE


def _given_at(held: Held, arrival: Arrival, trial: Trial) -> datetime:
    """Give when an answer was given; one that waited on a device was given before it came."""
    at_once = Received.objects.filter(
        trial=trial, day=arrival.day, received_at=held.entered_at
    ).order_by("-pk")
    came = next((other for other in at_once if other.entry_id != arrival.entry_id), None)
    return (came and came.said_at) or held.entered_at

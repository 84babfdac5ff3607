"""The medicines beside LDN: from rows that are only ever added to what counts now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from openldn.protocol.medicines import LONGEST_NAME
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.safety import TouchedRule
from openldn.web.person import items, numbers, screens
from openldn.web.person.models import MedicineNote, Trial
from openldn.web.person.screens import Screened

__all__ = [
    "MOST",
    "Medicine",
    "accepted_end",
    "accepted_name",
    "in_force",
    "names_of",
    "not_on_the_list",
    "notes_in_force",
    "too_many",
]

MOST = 100  # names of one list; a longer one is not read by anybody
# A last day of use that lies longer back than this is a slip in the year, and would end a wait.
_LONGEST_BACK = timedelta(days=365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Medicine:
    """One medicine as it counts now."""

    row: int  # the note that names it
    name: str
    noted_at: datetime
    ended_on: date | None  # None: in use
    latest_row: int  # that taking back takes back
    latest_at: datetime

    @property
    def key(self) -> str:
        """Its name among the causes of a pause."""
        return f"medicine:{self.row}"

    def screened(self, today: date) -> Screened:
        """Ask the rules about it."""
        days_ago = None if self.ended_on is None else (today - self.ended_on).days
        return screens.screened(self.name, days_ago=days_ago)

    def touched(self, today: date) -> tuple[TouchedRule, ...]:
        """List the rules that it touches, gravest first."""
        return self.screened(today).touched


def in_force(trial: Trial) -> tuple[Medicine, ...]:
    """List the medicines that were not taken back: those in use first, in the order noted."""
    found = [_medicine(stack) for stack in _stacks(trial)]
    return tuple(sorted(found, key=lambda one: (one.ended_on is not None, one.row)))


def notes_in_force(trial: Trial) -> tuple[MedicineNote, ...]:
    """List every note that was not taken back."""
    return tuple(note for stack in _stacks(trial) for note in stack)


def names_of(text: str) -> tuple[str, ...]:
    """Read a list with one name a line, each name once.

    Raises
    ------
    InputError
        When a name or the list is too long.
    """
    lines = filter(None, map(items.one_line, text.splitlines()))
    names = tuple({line.casefold(): line for line in lines}.values())
    if len(names) > MOST:
        raise InputError([too_many(len(names))])
    return tuple(accepted_name(name) for name in names)


def accepted_name(text: str) -> str:
    """Return a name as it is kept.

    Raises
    ------
    InputError
        When it is empty or too long.
    """
    name = items.one_line(text)
    if 0 < len(name) <= LONGEST_NAME and any(sign.isalnum() for sign in name):
        return name
    raise InputError([_no_name(name)])


def accepted_end(text: str, *, noted: date, today: date) -> date:
    """Return the last day of use.

    Raises
    ------
    InputError
        When it is no day, lies ahead, or so far back that it must be a slip.
    """
    earliest = noted - _LONGEST_BACK
    try:
        ended = date.fromisoformat(text.strip())
    except ValueError:
        ended = None
    if ended is None or not earliest <= ended <= today:
        raise InputError([_no_end(text, earliest, today)])
    return ended


def too_many(given: int) -> Problem:
    """Say that a list is too long."""
    return Problem(
        code="LDN-W044",
        place=_("Your medicines"),
        given=_("{count} names").format(count=numbers.in_words(given)),
        expected=_("{count} or fewer").format(count=MOST),
        todo=_("Keep those that you use now."),
    )


def not_on_the_list() -> Problem:
    """Say that a form is about what is not on the list any more."""
    return Problem(
        code="LDN-W043",
        place=_("This form"),
        given=_("a medicine that is not on the list, or that has ended already"),
        expected=_("a medicine that is in use"),
        todo=_("Nothing was changed. The page now shows the list as it is: please look again."),
    )


def _stacks(trial: Trial) -> list[list[MedicineNote]]:
    """Collect, by medicine, the notes that count, the latest last."""
    stacks: dict[int, list[MedicineNote]] = {}
    for note in trial.medicine_notes.all():
        if note.about_id is None:
            stacks[note.pk] = [note]
        elif note.kind == MedicineNote.Kind.ENDED:
            stacks[note.about_id].append(note)
        elif stacks[note.about_id]:
            stacks[note.about_id].pop()
    return [stack for stack in stacks.values() if stack]


def _medicine(stack: list[MedicineNote]) -> Medicine:
    first, latest = stack[0], stack[-1]
    return Medicine(
        row=first.pk,
        name=first.name,
        noted_at=first.noted_at,
        ended_on=latest.ended_on,
        latest_row=latest.pk,
        latest_at=latest.noted_at,
    )


def _no_name(name: str) -> Problem:
    return Problem(
        code="LDN-W040",
        place=_("The name"),
        given=_("{count} characters").format(count=numbers.in_words(len(name)))
        if name
        else _("nothing"),
        expected=_("the name as on the box, {count} characters or fewer").format(
            count=LONGEST_NAME
        ),
        todo=_("Nothing was saved yet. Write the name, and save again."),
    )


def _no_end(text: str, earliest: date, today: date) -> Problem:
    return Problem(
        code="LDN-W042",
        place=_("The last day of use"),
        given=f"“{text[:40]}”" if text.strip() else _("nothing"),
        expected=_("a day from {first} to {last}").format(first=earliest, last=today),
        todo=_("Nothing was saved yet. Write the day like 2026-11-30, and save again."),
    )

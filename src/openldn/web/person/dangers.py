"""Red flags and severe side effects that were noted, and the days nobody was told of yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from openldn.evidence.side_effects import SideEffect
from openldn.web.languages.tables import said
from openldn.web.person import items, records, red_flags
from openldn.web.person.models import Told, Trial
from openldn.web.person.records import Held

__all__ = ["Danger", "dangers_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Danger:
    """A red flag, or a side effect that was severe, with every day that holds it."""

    rule: str  # under which it is noted that somebody was told
    label: str
    effect: SideEffect | None  # None: the table knows nothing about it
    is_severe: bool  # else a red flag
    days: Mapping[int, datetime]  # when each day's entry was made

    @property
    def is_urgent(self) -> bool:
        """Tell whether the table sends to emergency services."""
        return self.effect is not None and red_flags.is_urgent(self.effect)

    @property
    def leads(self) -> bool:
        """Tell whether the words of the table come first; else the call to the prescriber does."""
        return not self.is_severe or self.is_urgent

    @property
    def what_to_do(self) -> str:
        """What the table says; empty where it says nothing."""
        return said(self.effect.what_to_do) if self.effect else ""

    @property
    def source(self) -> str:
        """What the table rests on."""
        return red_flags.sources_of(self.effect) if self.effect else ""

    def untold(self, notes: Iterable[Told]) -> tuple[int, ...]:
        """Give the days without a note. One made before the entry was about another."""
        told = [(day, note.noted_at) for note in notes for day in note.days]
        return tuple(
            day
            for day, entered in sorted(self.days.items())
            if not any(about == day and noted >= entered for about, noted in told)
        )


def dangers_of(trial: Trial) -> tuple[Danger, ...]:
    """List the red flags and the severe side effects of a trial."""
    by_day = records.in_force(trial.entries.filter(item__regex="^(red-flag|side):"))
    flags = (
        Danger(
            rule=items.red_flag(effect.id),
            label=said(effect.name),
            effect=effect,
            is_severe=False,
            days=_days(by_day, items.red_flag(effect.id), "1"),
        )
        for effect in red_flags.known()
    )
    severe = (
        Danger(
            rule=f"severe:{known.id}",
            label=_("{effect}: severe").format(effect=known.label),
            effect=red_flags.of_app(known.id),
            is_severe=True,
            days=_days(by_day, items.side_effect(known.id), str(red_flags.SEVERE)),
        )
        for known in items.SIDE_EFFECTS
    )
    return tuple(one for one in (*flags, *severe) if one.days)


def _days(
    by_day: Mapping[int, Mapping[str, Held]], item: str, value: str
) -> Mapping[int, datetime]:
    return {
        day: held[item].entered_at
        for day, held in by_day.items()
        if item in held and held[item].value == value
    }

"""Red flags and severe side effects: what the table of side effects says to do at once."""

from functools import cache

from openldn.evidence.side_effects import SideEffect, side_effects

__all__ = ["SEVERE", "event_id", "ids", "is_urgent", "known", "of_app", "sources_of"]

SEVERE = 3  # of the levels 0 to 3
# The side effects that the evening asks about, as the table of side effects names them. It has no
# row for "something else".
_IN_TABLE = {
    "vivid_dreams": "vivid-dreams",
    "broken_sleep": "insomnia",
    "headache": "headache",
    "feeling_sick": "nausea",
}


@cache
def known() -> tuple[SideEffect, ...]:
    """List the red flags: those that need emergency care first, else in the order of the table."""
    found = [effect for effect in side_effects().values() if effect.is_red_flag]
    return tuple(sorted(found, key=lambda effect: not is_urgent(effect)))


@cache
def ids() -> tuple[str, ...]:
    """Give the ids of the red flags, as the table has them."""
    return tuple(effect.id for effect in known())


def event_id(effect_id: str) -> str:
    """Name a red flag among the events of the diary file."""
    return f"red-flag-{effect_id}"


def is_urgent(effect: SideEffect) -> bool:
    """Tell whether the table sends to emergency services."""
    return "emergency services" in effect.what_to_do


def of_app(side_effect_id: str) -> SideEffect | None:
    """Find the row of the table for a side effect of the evening."""
    name = _IN_TABLE.get(side_effect_id)
    return side_effects()[name] if name else None


def sources_of(effect: SideEffect) -> str:
    """Name what a row rests on."""
    return ", ".join([*effect.studies, *(source.title for source in effect.sources)])

"""The zones that a person can choose from, and the one of this computer."""

import zoneinfo
from functools import cache

import tzlocal

__all__ = ["UTC", "grouped", "known", "of_this_computer"]

UTC = "UTC"
_REGIONS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"),
    *("Indian", "Pacific"),
)


@cache
def known() -> frozenset[str]:
    """Name every zone of a place, and UTC."""
    places = (name for name in zoneinfo.available_timezones() if name.split("/")[0] in _REGIONS)
    return frozenset({UTC, *places})


@cache
def grouped() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """List the zones as a menu shows them: each region with its places."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(known() - {UTC}):
        region, _, place = name.partition("/")
        groups[region].append((name, place.replace("_", " ").replace("/", ", ")))
    places = tuple((region, tuple(listed)) for region, listed in groups.items() if listed)
    return (*places, (UTC, ((UTC, UTC),)))


def of_this_computer() -> str:
    """Name the zone that this computer is set to; UTC where it has none that we know."""
    try:
        name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return UTC
    return name if name in known() else UTC

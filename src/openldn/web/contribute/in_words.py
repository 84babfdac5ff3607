"""A contribution and a release, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from openldn.evidence.conditions import catalogue

__all__ = ["Found", "Group", "condition_name", "contribution_rows", "found_in"]

_AS_PERCENT = 100
_FOR_PUBLISHERS = "Do not publish"  # how the limit begins that is not for readers


def contribution_rows(file: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say what leaves with a contribution, name by name."""
    low, high = file["scale"]
    is_lower = file["better"] == "lower"
    count = 3 * len(file["components"])
    return [
        (_("A random name, drawn just for this file"), str(file["id"])),
        (_("Your condition"), condition_name(file["condition"]) or _("not said")),
        (_("What you scored"), str(file["outcome"]).replace("_", " ")),
        (
            _("Its scale"),
            _("%(low)g to %(high)g, lower is better") % {"low": low, "high": high}
            if is_lower
            else _("%(low)g to %(high)g, higher is better") % {"low": low, "high": high},
        ),
        (_("The dose"), _("%(dose)g mg a day") % {"dose": file["dose_mg"]}),
        (
            _("Compared with"),
            _("placebo") if file["contrast"] == "placebo" else _("taking nothing"),
        ),
        (_("How far the design can be trusted"), _("grade %(grade)s") % {"grade": file["grade"]}),
        (
            _("What your records say about this one difference"),
            _("%(count)d numbers: a few bell curves of how large it may be") % {"count": count},
        ),
    ]


def condition_name(condition_id: str | None) -> str:
    """Give the name of a condition of the catalogue; empty where none was said."""
    names = {one.id: one.name for one in catalogue()}
    return names.get(condition_id or "", condition_id or "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """All people, or those of one condition."""

    name: str
    people: int
    average: str
    low: str
    high: str
    share: int
    share_low: int
    share_high: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a release says."""

    everyone: Group
    conditions: tuple[Group, ...]
    outcome: str
    spread: str
    spread_low: str
    spread_high: str
    worthwhile: str
    limits: tuple[str, ...]


def found_in(pooled: Mapping[str, Any]) -> Found:
    """Read a release for the page."""
    spread = pooled["omega"]
    groups = [
        _group(condition_name(name), one["people"], one)
        for name, one in pooled["conditions"].items()
    ]
    return Found(
        everyone=_group("", pooled["people"], pooled),
        conditions=tuple(groups),
        outcome=str(pooled["outcome"] or "").replace("_", " "),
        spread=_tenths(spread["mean"]),
        spread_low=_tenths(spread["q025"]),
        spread_high=_tenths(spread["q975"]),
        worthwhile=f"{pooled['mcid']:g}",
        limits=tuple(
            str(limit) for limit in pooled["limits"] if not limit.startswith(_FOR_PUBLISHERS)
        ),
    )


def _group(name: str, people: int, one: Mapping[str, Any]) -> Group:
    average, share = one["mu"], one["share_meaningful_benefit"]
    return Group(
        name=name,
        people=int(people),
        average=_tenths(average["mean"]),
        low=_tenths(average["q025"]),
        high=_tenths(average["q975"]),
        share=_of_100(share["mean"]),
        share_low=_of_100(share["q025"]),
        share_high=_of_100(share["q975"]),
    )


def _tenths(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _of_100(share: float) -> int:
    return round(_AS_PERCENT * share)

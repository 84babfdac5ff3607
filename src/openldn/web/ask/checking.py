"""What the screen says to a profile, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openldn.evidence.medicines import catalogue
from openldn.evidence.safety_rules import Source, rules, sources
from openldn.evidence.screen_words import HEADINGS, NOT_SAFE, NOTHING, URGENT
from openldn.protocol.medicines import Recognised
from openldn.protocol.safety import Severity, TouchedRule
from openldn.protocol.screening import Profile, screen
from openldn.web.ask import citing
from openldn.web.ask.citing import Link
from openldn.web.languages.recognising import recognised_as
from openldn.web.person.numbers import in_words

__all__ = ["Checked", "MedicineLine", "RuleCard", "check"]

_MOST_SHOWN: Final = 50  # names; of a longer list those come first that need a second look


@dataclass(frozen=True, kw_only=True, slots=True)
class MedicineLine:
    """One name as it was typed, and what it was recognised as."""

    typed: str
    told: str
    is_opioid: bool
    is_recognised: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleCard:
    """One touched rule."""

    id: str
    severity: Severity
    trigger: str
    why: str
    do: str
    sources: tuple[tuple[str, tuple[Link, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The whole result."""

    medicines: tuple[MedicineLine, ...]
    more: str  # what is said of the names that are not shown
    groups: tuple[tuple[str, tuple[RuleCard, ...]], ...]
    asked: tuple[str, ...]
    not_asked: tuple[str, ...]
    nothing: str = NOTHING
    not_safe: str = NOT_SAFE


def check(profile: Profile) -> Checked:
    """Ask every rule of a profile."""
    screening = screen(profile, rules=rules(), catalogue=catalogue())
    now = len(profile.medicines or ())
    days = [None] * now + [one.days_ago for one in profile.past_medicines or ()]
    lines = [
        _medicine(one, is_past=place >= now, days_ago=days[place])
        for place, one in enumerate(screening.medicines)
    ]
    if len(lines) > _MOST_SHOWN:
        lines.sort(key=lambda line: (not line.is_opioid, line.is_recognised))
    return Checked(
        medicines=tuple(lines[:_MOST_SHOWN]),
        more=_more(lines[_MOST_SHOWN:]),
        groups=_grouped(screening.touched),
        asked=tuple(rules()[one].trigger for one in screening.asked),
        not_asked=tuple(rules()[one].trigger for one in screening.not_asked),
    )


def _medicine(one: Recognised, *, is_past: bool, days_ago: int | None) -> MedicineLine:
    told = recognised_as(one)
    if is_past:
        told = _("{medicine}; no longer used, {since}").format(
            medicine=told, since=_since(days_ago)
        )
    return MedicineLine(
        typed=one.text,
        told=told,
        is_opioid=one.is_opioid,
        is_recognised=one.is_recognised and not one.unknown_parts,
    )


def _since(days: int | None) -> str:
    if days is None:
        return _("days since the last use not said")
    return ngettext("last used {count} day ago", "last used {count} days ago", days).format(
        count=in_words(days)
    )


def _more(lines: Sequence[MedicineLine]) -> str:
    if not lines:
        return ""
    opioids = sum(line.is_opioid for line in lines)
    unknown = sum(not line.is_recognised for line in lines)
    return _(
        "And {count} more. Of these, {opioids} are on the list of opioids and {unknown} were not"
        " fully recognised. The rules were asked of all of them."
    ).format(count=in_words(len(lines)), opioids=in_words(opioids), unknown=in_words(unknown))


def _grouped(touched: Sequence[TouchedRule]) -> tuple[tuple[str, tuple[RuleCard, ...]], ...]:
    """Put rules under their severity; what asks for help today stands first."""
    ordered = sorted(touched, key=lambda rule: rule.id not in URGENT)
    groups = (
        (heading, tuple(_card(rule) for rule in ordered if rule.severity is severity))
        for severity, heading in HEADINGS.items()
    )
    return tuple((heading, cards) for heading, cards in groups if cards)


def _card(rule: TouchedRule) -> RuleCard:
    return RuleCard(
        id=rule.id,
        severity=rule.severity,
        trigger=rules()[rule.id].trigger,
        why=rule.why,
        do=rule.do,
        sources=tuple((source.citation, _links(source)) for source in _sources(rule)),
    )


def _sources(rule: TouchedRule) -> list[Source]:
    return [sources()[one] for one in rule.source]


def _links(source: Source) -> tuple[Link, ...]:
    return citing.identifiers(pmid=source.pmid, doi=source.doi, url=source.url)

"""Entries of the evidence as a page shows them: words, marks, and sources beside each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from openldn.evidence.claims import Category, Claim, Verdict, claims
from openldn.evidence.conditions import Condition, catalogue
from openldn.evidence.pages import count_words
from openldn.evidence.side_effects import SideEffect, side_effects
from openldn.evidence.studies import Result, Study, negative_first, studies
from openldn.evidence.words import CERTAINTIES, DESIGNS, RESULTS, VERDICTS
from openldn.web.ask import citing
from openldn.web.ask.citing import Citation, Link
from openldn.web.languages.tables import said

__all__ = [
    "LEGEND",
    "ClaimCard",
    "ConditionCard",
    "EffectCard",
    "StudyCard",
    "StudyGroup",
    "claim_about",
    "claim_card",
    "condition_card",
    "condition_named",
    "effect_card",
    "grouped",
    "harms_of",
]

LEGEND: Final = tuple(VERDICTS.items())
# Each study stands under one heading, in this order: the unwelcome first.
_GROUPS: Final = {
    _("Studies that found no clear gain"): (Result.NO_GAIN, Result.NO_CHANGE),
    _("Studies with mixed results"): (Result.MIXED,),
    _("Studies that found a gain"): (Result.GAIN,),
    _("Studies without a fair comparison"): (Result.UNCONTROLLED,),
    _("Studies about safety"): (Result.SAFETY,),
    _("Seen in cells, mice or blood samples"): (Result.LABORATORY,),
    _("Nothing on gain in what we read"): (Result.NONE,),
}
_ABOUT: Final = {
    Result.NO_GAIN: _("Shown first, as they are the ones that get left out."),
    Result.UNCONTROLLED: _(
        "People often feel better with time, or from hope. Without others to compare with, such"
        " a study cannot tell why."
    ),
}
# Conditions of which the story makes no claim, by how much is known: in words, and what it means.
_WITHOUT_CLAIM: Final = {
    "trials, mostly without a gain": (
        gettext_noop("Trials, mostly without a gain"),
        "On average there is little or no gain, and only a careful trial of your own can hint at"
        " how it is for you.",
    ),
    "indirect": (
        gettext_noop("Not tested in this illness alone"),
        "Nobody has tested it in this illness alone, so nobody can say.",
    ),
    "no fair comparison": (
        gettext_noop("No fair comparison yet"),
        "Some people tell of a gain, but no study could say if LDN did it.",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimCard:
    """One claim with its verdict."""

    id: str
    claim: str
    url: str
    category: Category
    verdict: Verdict
    verdict_words: str
    how_sure: str
    seen_in: str
    meaning: str
    condition: Link | None
    sources: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionCard:
    """One condition, and how much is known of it."""

    id: str
    name: str
    url: str
    verdict: Verdict | None
    verdict_words: str
    how_sure: str
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EffectCard:
    """One side effect with what was counted."""

    id: str
    name: str
    url: str
    is_red_flag: bool
    how_sure: str
    counts: tuple[tuple[Link, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyCard:
    """One study in short."""

    name: str
    setting: str
    result: str
    told: str
    limits: str
    disputed: str
    disputed_by: Link | None
    unconfirmed: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyGroup:
    """Studies that found the same."""

    heading: str
    about: str
    studies: tuple[StudyCard, ...]


def claim_card(claim: Claim) -> ClaimCard:
    """Show a claim."""
    return ClaimCard(
        id=claim.id,
        claim=claim.claim,
        url=reverse("ask:claim", args=[claim.id]),
        category=claim.category,
        verdict=claim.verdict,
        verdict_words=said(VERDICTS[claim.verdict]),
        how_sure=said(CERTAINTIES[claim.certainty]),
        seen_in=claim.seen_in,
        meaning=claim.meaning,
        condition=_condition_link(claim.condition) if claim.condition else None,
        sources=(
            *(_study_link(study) for study in claim.evidence),
            *(Link(words=source.title, url=source.url) for source in claim.sources),
        ),
    )


def condition_card(condition: Condition) -> ConditionCard:
    """Show a condition, with the verdict of the claim about it where there is one."""
    claim = claim_about(condition)
    words, meaning = (
        (VERDICTS[claim.verdict], claim.meaning) if claim else _WITHOUT_CLAIM[condition.level]
    )
    return ConditionCard(
        id=condition.id,
        name=said(condition.name),
        url=reverse("ask:condition", args=[condition.id]),
        verdict=claim.verdict if claim else None,
        verdict_words=said(words),
        how_sure=said(CERTAINTIES[claim.certainty]) if claim else "",
        meaning=meaning,
    )


def effect_card(effect: SideEffect) -> EffectCard:
    """Show a side effect."""
    return EffectCard(
        id=effect.id,
        name=said(effect.name),
        url=reverse("ask:side_effect", args=[effect.id]),
        is_red_flag=effect.is_red_flag,
        how_sure=said(CERTAINTIES[effect.certainty]),
        counts=tuple(
            (_study_link(studies()[count.study]), count_words(count)) for count in effect.counts
        ),
    )


def claim_about(condition: Condition) -> Claim | None:
    """Give the claim that LDN helps in a condition, where the story makes it."""
    return next((one for one in claims().values() if one.condition == condition.id), None)


def condition_named(condition_id: str) -> Condition | None:
    """Look up a condition by its id."""
    return next((one for one in catalogue() if one.id == condition_id), None)


def harms_of(claim: Claim) -> Link | None:
    """Lead from a claim about a side effect to what was counted."""
    effect = side_effects().get(claim.id.removeprefix("se-"))
    if effect is None or claim.category is not Category.SIDE_EFFECT:
        return None
    return Link(words=said(effect.name), url=reverse("ask:side_effect", args=[effect.id]))


def grouped(ids: tuple[str, ...], *, is_harm: bool = False) -> tuple[StudyGroup, ...]:
    """Put studies under headings, those without a gain first.

    Under each heading the largest comes first. With `is_harm` they stand under one: what a study
    found on gain says nothing on its harms.
    """
    found = sorted(negative_first(ids), key=_people, reverse=True)
    if is_harm:
        cards = tuple(_study_card(study, is_harm=True) for study in found)
        return (StudyGroup(heading=str(_("Studies")), about="", studies=cards),) if cards else ()
    groups = (
        StudyGroup(
            heading=str(heading),
            about=str(_ABOUT.get(results[0], "")),
            studies=tuple(
                _study_card(one, is_harm=False) for one in found if one.result in results
            ),
        )
        for heading, results in _GROUPS.items()
    )
    return tuple(group for group in groups if group.studies)


def _study_card(study: Study, *, is_harm: bool) -> StudyCard:
    return StudyCard(
        name=f"{study.name}, disputed" if study.disputed else study.name,
        setting=_setting(study),
        result="" if is_harm else _begun(RESULTS[study.result]),
        told=(study.harms or "Harms were not in what we read.") if is_harm else study.found,
        limits=study.limits,
        disputed=study.disputed,
        disputed_by=_study_link(studies()[study.disputed_by]) if study.disputed_by else None,
        unconfirmed=study.unconfirmed,
        citation=citing.of_study(study, with_result=False),
    )


def _people(study: Study) -> int:
    return study.analysed or study.randomised or 0


def _setting(study: Study) -> str:
    people = _people(study)
    design = DESIGNS[study.design]
    if study.compared_with and study.compared_with != "none":
        design += f", compared with: {study.compared_with}"
    facts = (
        study.condition,
        f"{people} people" if people else "",
        f"dose in mg: {study.dose_mg}" if study.dose_mg else "",
        f"{study.weeks} weeks" if study.weeks else "",
        design,
    )
    return _sentences(facts)


def _sentences(parts: Iterable[str]) -> str:
    return " ".join(f"{_begun(part)}." for part in parts if part)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _study_link(study: Study) -> Link:
    return Link(words=f"{study.name}, disputed" if study.disputed else study.name, url=study.url)


def _condition_link(condition_id: str) -> Link | None:
    condition = condition_named(condition_id)
    if condition is None:
        return None
    return Link(words=said(condition.name), url=reverse("ask:condition", args=[condition_id]))

"""Pages of what a plan rests on: doses and times, evening questions, and the prior `evidence`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openldn.evidence import dosing
from openldn.evidence._markdown import page, study_link, table, unconfirmed
from openldn.evidence.conditions import NONE_FOUND, catalogue
from openldn.evidence.dosing import Ladder, Read, Topic
from openldn.evidence.effect_priors import effect_priors
from openldn.evidence.outcomes import Item, Skeleton, first_outcomes, items, mcid_sources, refused
from openldn.evidence.outcomes import skeletons as known_skeletons
from openldn.evidence.studies import studies

__all__ = ["dosing_page", "effect_prior_parts", "questions_page"]

_READ = {
    Read.FULL_TEXT: "read in full",
    Read.ABSTRACT: "abstract read",
    Read.SECONDARY: "second-hand",
    Read.DERIVED: "worked out by us",
    Read.UNCONFIRMED: "unconfirmed",
}


def dosing_page() -> str:
    """Tell the ladders and ranges that others used, and what is known of time."""
    standard = dosing.standard()
    levels = ", ".join(dose.text for dose in standard.levels)
    parts = [
        "What others took, and what is known of the dose and of time. Most of it is habit. No trial"
        " has compared two ladders or two times of day. Nothing here says what to take: that is for"
        " the person and the prescriber.",
        "## What a new plan begins with",
        f"{levels}. {standard.text} {_cited(standard.sources)}",
        "## Ladders in use",
        table(
            ["Ladder", "Time of day", "Doses (mg a day)", "Steps", "To mind", "Source"],
            map(_ladder, dosing.ladders().values()),
        ),
        "## Names for ranges",
        table(
            ["Name", "Range", "Source"],
            (
                [one.name, one.text, _cited(one.sources, one.verified)]
                for one in dosing.categories().values()
            ),
        ),
    ]
    for topic in Topic:
        parts += [f"## {str(topic).capitalize()}", _facts(topic)]
    parts += ["## Sources that are not studies", _sources()]
    return page("Doses and times", parts)


def questions_page() -> str:
    """Tell what a new plan asks each evening, and where each difference that matters comes from."""
    parts = [
        "A new plan asks a few questions each evening, from 0 to 10. In all of them lower is"
        " better. The difference that matters (MCID) comes from groups of people, so ask yourself"
        " first: what difference would make this worth it?",
        "## The questions",
        table(
            ["Question", "Difference that matters", "Note", "Source"], map(_item, items().values())
        ),
        "## What each condition asks first",
        table(["Condition", "Asked, the main one first"], _asked()),
        "## Questionnaires",
        "OpenLDN holds the scale of these and none of their words. Whoever may use one fills it in"
        " on paper and enters the score.",
        table(
            ["Questionnaire", "Score", "Difference that matters", "Licence", "Source"],
            map(_skeleton, known_skeletons().values()),
        ),
    ]
    return page("Questions of a plan", parts)


def effect_prior_parts() -> Iterator[str]:
    """Tell each prior that rests on studies: numbers, studies, doubts."""
    yield (
        "An answer may start from what studies found, with `--prior evidence`. It then says which"
        " studies these are, and how far they moved it. Without that, it starts from no effect."
    )
    for prior in effect_priors().values():
        low, high = prior.scale
        others = " and ".join(f"{spread:g}" for spread in prior.other_spreads)
        yield (
            f"**{prior.outcome.capitalize()} in {prior.condition}**, {low:g} to {high:g}: the"
            f" average is {prior.mean:g} points (error {prior.error:g}). People are taken to differ"
            f" by {prior.spread:g} points; {others} are shown beside it. {prior.basis}"
        )
        yield f"Studies: {', '.join(map(study_link, prior.studies))}."
        yield from unconfirmed(prior.unconfirmed)


def _ladder(ladder: Ladder) -> list[str]:
    return [
        f"{ladder.name} ({ladder.kind})",
        ladder.time or "not told",
        _doses(ladder),
        _steps(ladder),
        ladder.text,
        _cited(ladder.sources, ladder.verified),
    ]


def _doses(ladder: Ladder) -> str:
    if ladder.levels_mg:
        return ", ".join(f"{dose:g}" for dose in ladder.levels_mg)
    start, rise = (_or(values) for values in (ladder.start_mg, ladder.rise_mg))
    return f"from {start}" + (f" by {rise}" if rise else "") + f", up to {ladder.to_mg:g}"


def _steps(ladder: Ladder) -> str:
    if ladder.weeks:
        return f"{', '.join(f'{weeks:g}' for weeks in ladder.weeks)} weeks"
    return f"every {_or(ladder.every_days)} days" if ladder.every_days else "not told"


def _or(values: Iterable[float]) -> str:
    return " or ".join(f"{value:g}" for value in values)


def _facts(topic: Topic) -> str:
    told = (one for one in dosing.facts().values() if one.topic is topic)
    return "\n".join(f"- {one.text} {_cited(one.sources, one.verified)}" for one in told)


def _cited(ids: Iterable[str], verified: Read | None = None) -> str:
    read = f"; {_READ[verified]}" if verified else ""
    return f"({', '.join(map(_source_link, ids))}{read})"


def _source_link(source_id: str) -> str:
    if source_id == NONE_FOUND:
        return "nothing was found"
    study = studies().get(source_id)
    return study_link(study) if study else f"[{source_id}](#{source_id})"


def _sources() -> str:
    return "\n\n".join(
        f"### {one.id}\n\n"
        + (f"[{one.citation}]({one.url})" if one.url else one.citation)
        + f". How it was read: {_READ[one.verified]}."
        for one in dosing.sources().values()
    )


def _item(item: Item) -> list[str]:
    return [item.label, f"{item.mcid:g}", item.note, _mcid_cited(item.sources)]


def _asked() -> Iterator[list[str]]:
    for condition in catalogue():
        found = refused(condition)
        if found:
            yield [condition.name, f"No plan is made. {found.why}"]
        else:
            yield [condition.name, ", ".join(one.label for one in first_outcomes(condition))]


def _skeleton(one: Skeleton) -> list[str]:
    outcome = one.outcome
    scale = f"{one.part}: {outcome.minimum:g} to {outcome.maximum:g}, {outcome.better} is better"
    name = f"{one.instrument.name} ({one.instrument.short})"
    return [name, scale, f"{outcome.mcid:g}", one.instrument.licence, _mcid_cited(one.mcid_sources)]


def _mcid_cited(ids: Iterable[str]) -> str:
    found = (mcid_sources()[one] for one in ids)
    return "; ".join(f"[{one.title}]({one.url})" if one.url else one.title for one in found)

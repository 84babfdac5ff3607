"""The evidence as pages of Markdown, made from the tables: nothing is typed twice.

A study is linked to its entry on the page of studies, which leads to the paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from openldn.evidence._markdown import anchor, page, study_link, study_links, table, unconfirmed
from openldn.evidence._plan_pages import dosing_page, effect_prior_parts, questions_page
from openldn.evidence.claims import Category, Claim, Passage, claims, story
from openldn.evidence.conditions import Condition, Instrument, catalogue, instruments
from openldn.evidence.forest import RowKind, figures, forest, forest_svg
from openldn.evidence.meta_analysis import Average, common_effect
from openldn.evidence.references import Reference, references
from openldn.evidence.side_effects import Count, SideEffect, side_effects
from openldn.evidence.studies import Pool, Standing, Study, pools, published, studies
from openldn.evidence.words import (
    CERTAINTIES,
    DESIGNS,
    HOW_SURE,
    MARKS,
    RESULTS,
    VERDICTS,
    VERIFIED,
    marked,
)

__all__ = ["PAGES", "anchor", "count_words", "pictures"]

_LINK = re.compile(r"\[([^\]]+)\]\((claim|reference):([a-z0-9-]+)\)")


def count_words(count: Count) -> str:
    """Put one count into words."""
    parts = []
    if count.ldn:
        parts.append(f"{count.ldn[0]} of {count.ldn[1]} on LDN")
    if count.placebo:
        parts.append(f"{count.placebo[0]} of {count.placebo[1]} on placebo")
    if count.ratio:
        estimate, low, high = count.ratio
        parts.append(f"{estimate:g} times ({low:g} to {high:g}), {count.measure}")
    if count.text:
        parts.append(count.text)
    if count.unconfirmed:
        parts.append(f"unconfirmed: {count.unconfirmed}")
    return "; ".join(parts)


def pictures() -> dict[str, str]:
    """Give every picture of the pages, by its file name."""
    return {f"{pool.id}.svg": forest_svg(forest(pool)) for pool in pools().values()}


# The story


def _story() -> str:
    parts = [
        "Where this project began, told in our own words, each part beside its verdict."
        " The mark and the words of a verdict are told [at the end](#the-marks)."
    ]
    for passage in story():
        parts += [f"## {passage.heading}", _LINK.sub(_to_page, passage.text)]
        parts += _beside(passage)
    parts += ["## The marks", _legend()]
    return page("One patient's story, checked", parts)


def _to_page(link: re.Match[str]) -> str:
    words, kind, entry = link.groups()
    if kind == "reference":
        return f"[{words}](references.md#{anchor(references()[entry].as_printed)})"
    return f"[{words}](claims.md#{anchor(claims()[entry].claim)})"


def _beside(passage: Passage) -> Iterator[str]:
    told = [item.split(":", 1)[1] for item in passage.items if item.startswith("claim:")]
    if told:
        yield table(["She says", "Verdict", "Sources"], (_claim_row(claims()[i]) for i in told))
    meant = [item.split(":", 1)[1] for item in passage.items if item.startswith("reference:")]
    if meant:
        head = ["As printed", "What it is", "Is it the paper meant?", "Source"]
        yield table(head, (_reference_row(references()[one]) for one in meant))


def _claim_row(claim: Claim) -> list[str]:
    verdict = f"{marked(claim.verdict)} ({CERTAINTIES[claim.certainty]})"
    if claim.seen_in:
        verdict += f"<br>Seen in {claim.seen_in}"
    sources = [study_link(study) for study in claim.evidence]
    sources += [f"[{s.title}]({s.url})" if s.url else s.title for s in claim.sources]
    return [f"[{claim.claim}](claims.md#{anchor(claim.claim)})", verdict, ", ".join(sources)]


def _reference_row(reference: Reference) -> list[str]:
    source = f"[{reference.identifier}]({reference.url})" if reference.url else "none"
    link = f"[{reference.as_printed}](references.md#{anchor(reference.as_printed)})"
    return [link, reference.what_it_is, HOW_SURE[reference.certainty], source]


def _legend() -> str:
    return table(["Mark", "Verdict"], ([MARKS[v], VERDICTS[v]] for v in VERDICTS))


# Claims


def _claims() -> str:
    parts = [
        "Every claim of [the story](story.md), with its verdict and why. Verdicts are the judgement"
        " of one reviewer, checked by a second. Studies without a gain come first."
    ]
    for claim in claims().values():
        parts += [f"## {claim.claim}", *_claim(claim)]
    return page("Forty claims about LDN", parts)


def _claim(claim: Claim) -> Iterator[str]:
    yield f"**{marked(claim.verdict)}** ({CERTAINTIES[claim.certainty]})"
    if claim.certainty_note:
        yield claim.certainty_note
    if claim.seen_in:
        yield f"Seen in {claim.seen_in}."
    yield claim.why
    yield from unconfirmed(claim.unconfirmed)
    yield f"*What this means for you:* {claim.meaning}"
    if claim.condition:
        name = next(c.name for c in catalogue() if c.id == claim.condition)
        yield f"See also: [{name}](conditions.md#{anchor(name)})"
    is_harm = claim.category is Category.SIDE_EFFECT  # a study's gain says nothing on its harms
    links = ", ".join(map(study_link, claim.evidence)) if is_harm else study_links(claim.evidence)
    sources = [links] if claim.studies else []
    sources += [f"[{s.title}]({s.url})" if s.url else s.title for s in claim.sources]
    yield "Sources: " + "; ".join(sources)


# Conditions


def _conditions() -> str:
    parts = [
        "What is known for each condition that a plan can name, and how the illness is usually"
        " measured. Of an instrument only names and figures stand here, never its questions. An"
        " MCID is the smallest difference that matters to groups of people; for one person it is"
        " often larger."
    ]
    for condition in catalogue():
        parts += [f"## {condition.name}", *_condition(condition)]
    parts += ["## Instruments", _instrument_table()]
    return page("Conditions", parts)


def _condition(condition: Condition) -> Iterator[str]:
    told = next((c for c in claims().values() if c.condition == condition.id), None)
    if told:
        link = f"[{told.claim}](claims.md#{anchor(told.claim)})"
        yield f"**{marked(told.verdict)}** ({CERTAINTIES[told.certainty]}): {link}"
    yield condition.evidence
    yield f"*Mind:* {condition.watch}"
    codes = f"ICD-10 {condition.icd10} ({condition.icd10_read})"
    if condition.icd11:
        codes += f"; ICD-11 {condition.icd11} ({condition.icd11_read})"
    yield f"Codes: {codes}"
    names = [instruments()[i].short for i in condition.instruments]
    first = instruments()[condition.suggested].short
    yield f"Measured by: {', '.join(names)}; often first: {first}"
    if condition.studies:
        found = sorted((studies()[i] for i in condition.studies), key=_order)
        yield f"Sources: {study_links(found)}"
    else:
        yield "Sources: none was found."


def _order(study: Study) -> int:
    return list(RESULTS).index(study.result)


def _instrument_table() -> str:
    head = ["Name", "Answered by", "Range", "Better", "MCID", "Licence"]
    return table(head, (_instrument_row(one) for one in instruments().values()))


def _instrument_row(one: Instrument) -> list[str]:
    mcid = f"{one.mcid} ({one.mcid_source})" if one.mcid else "none found"
    licence = f"[{one.licence}]({one.licence_source})" if one.licence_source else one.licence
    return [f"{one.name} ({one.short})", one.answered_by, one.range, one.direction, mcid, licence]


# Studies


def _studies() -> str:
    clinical = sum(study.is_clinical for study in studies().values())
    parts = [
        f"{len(studies())} studies, {clinical} of them in people with a result. Most were read as"
        " abstracts, none in full. Numbers are as printed. What is marked unconfirmed was known"
        " second-hand only, or is in doubt."
    ]
    for study in studies().values():
        parts += [f"## {study.id}", *_study(study)]
    return page("Studies", parts)


def _study(study: Study) -> Iterator[str]:
    author = f"{study.first_author}. " if study.first_author else ""
    year = f" ({study.year})" if study.year else ""
    about = "" if study.is_title_exact else " (our words: the title was not seen)"
    link = f"[{study.identifier}]({study.url})"
    yield f"{author}*{study.title}*{about}. {study.journal}{year}. {link}"
    if study.disputed:
        other = studies()[study.disputed_by]
        yield f"> **{study.disputed}** See {study_link(other)}."
    people = study.analysed or study.randomised
    facts = [
        DESIGNS[study.design],
        f"compared with: {study.compared_with}" if study.compared_with else "",
        f"{people} people" if people else "",
        f"dose in mg: {study.dose_mg}" if study.dose_mg else "",
        f"weeks: {study.weeks}" if study.weeks else "",
        VERIFIED[study.verified],
    ]
    yield f"*{study.condition}.* " + "; ".join(filter(None, facts))
    yield f"**Result: {RESULTS[study.result]}.** {study.found}"
    if study.harms:
        yield f"Harms: {study.harms}"
    yield f"Limits: {study.limits}"
    yield from unconfirmed(study.unconfirmed)


# Side effects and references


def _side_effects() -> str:
    parts = [
        "Side effects and warning signs, with every count that was read. No count means that none"
        " was found at a low dose, not that it never happens."
    ]
    for flag, title in ((True, "Red flags"), (False, "Others")):
        parts.append(f"## {title}")
        for effect in side_effects().values():
            if effect.is_red_flag is flag:
                parts += [f"### {effect.name}", *_side_effect(effect)]
    return page("Side effects", parts)


def _side_effect(effect: SideEffect) -> Iterator[str]:
    yield f"*What to do:* {effect.what_to_do}"
    if effect.note:
        yield effect.note
    sure = f"How sure the count is: {CERTAINTIES[effect.certainty]}."
    yield sure + (f" When: {effect.onset}." if effect.onset else "")
    if effect.counts:
        rows = ([study_link(studies()[c.study]), count_words(c)] for c in effect.counts)
        yield table(["Study", "Count"], rows)
    sources = [study_link(studies()[one]) for one in effect.studies]
    sources += [f"[{s.title}]({s.url})" for s in effect.sources]
    yield "Sources: " + ", ".join(sources)


def _references() -> str:
    parts = ["The five references of [the story](story.md), as printed there and as found."]
    for reference in references().values():
        parts += [f"## {reference.as_printed}", *_reference(reference)]
    return page("Five references", parts)


def _reference(reference: Reference) -> Iterator[str]:
    if reference.title:
        link = f" [{reference.identifier}]({reference.url})" if reference.url else ""
        yield f"{reference.authors}. *{reference.title}*. {reference.printed_in}.{link}"
    yield f"Is it the paper meant? **{HOW_SURE[reference.certainty]}**. {reference.basis}"
    yield reference.what_it_is
    if reference.study:
        yield f"See {study_link(studies()[reference.study])}."
    if reference.related:
        links = (f"[{n}]({url})" for n, url in enumerate(reference.related, start=1))
        yield "Papers that discuss it: " + ", ".join(links)
    yield from unconfirmed(reference.unconfirmed)


# Pain in fibromyalgia


def _pooled() -> str:
    parts = [
        "The one question that several placebo trials have asked: does LDN lower pain in"
        " fibromyalgia? Points are on a scale of 0 to 10, LDN minus placebo. Below zero is less"
        " pain on LDN. All sums are done here, from the figures in the tables."
    ]
    for pool in pools().values():
        parts += [f"## {pool.title}", *_pool(pool)]
    parts += ["## Pooled by others", *_by_others()]
    parts += ["## What a personal trial may start from", *effect_prior_parts()]
    return page("Pain in fibromyalgia: the trials together", parts)


def _pool(pool: Pool) -> Iterator[str]:
    plot = forest(pool)
    yield pool.about
    yield f"![{pool.title}: forest plot, told in the table below]({pool.id}.svg)"
    inputs = {studies()[one.study].name: one for one in pool.inputs}
    rows = []
    for row in plot.rows:
        one = inputs.get(row.label)
        label = study_link(studies()[one.study]) if one else row.label
        share = f"{row.share:.0%}" if row.kind is RowKind.TRIAL else ""
        rows.append([label, figures(row), share, one.basis if one else ""])
    yield table(["Trial", "Points (95% range)", "Share", "Where the input comes from"], rows)
    yield from unconfirmed(
        f"{studies()[one.study].name}: {one.unconfirmed}" for one in pool.inputs if one.unconfirmed
    )
    yield from _pool_words(pool)


def _pool_words(pool: Pool) -> Iterator[str]:
    plot = forest(pool)
    fixed = common_effect([i.estimate for i in pool.inputs], [i.error for i in pool.inputs])
    new_low, new_high = plot.bayesian.prediction
    low, high = plot.bayesian.average.low, plot.bayesian.average.high
    pain = instruments()["nrs-pain"]
    yield (
        f"In words: on average the difference lies between {low:.1f} and {high:.1f} points."
        f" In a new trial it could lie between {new_low:.1f} and {new_high:.1f}. What a person"
        f" calls better is {pain.mcid} ({pain.mcid_source})."
    )
    prediction = plot.random_effects.prediction
    yield table(
        ["Way of pooling", "Average (95% range)", "A new trial"],
        [
            ["one true effect", _average(fixed), ""],
            ["REML", _average(plot.random_effects.wald), ""],
            [
                "REML, Hartung-Knapp range",
                _average(plot.random_effects.average),
                f"{prediction[0]:.2f} to {prediction[1]:.2f}" if prediction else "too few trials",
            ],
            ["Bayesian", _average(plot.bayesian.average), f"{new_low:.2f} to {new_high:.2f}"],
        ],
    )
    yield (
        f"Spread between trials: {plot.random_effects.spread:.2f} points by REML,"
        f" {plot.bayesian.spread:.2f} by the Bayesian sum. I2:"
        f" {plot.random_effects.i_squared:.0%}. The Bayesian sum assumes a half-normal spread of"
        f" scale {pool.spread_scale:g} points and nothing about the average."
    )


def _average(one: Average) -> str:
    return f"{one.estimate:.2f} ({one.low:.2f} to {one.high:.2f})"


def _by_others() -> Iterator[str]:
    yield "None of these holds INNOVA. They disagree as they pool trials in different ways."
    rows = []
    for one in published():
        study = studies()[one.study]
        value = f"{one.estimate:g} ({one.low:g} to {one.high:g}) {one.measure}"
        standing = f"**{one.standing}**" if one.standing is Standing.LEFT_OUT else str(one.standing)
        rows.append([study_link(study), value, standing, one.remark])
    yield table(["Study", "Pain", "Standing", "Remark"], rows)
    for one in published():
        study = studies()[one.study]
        if study.disputed:
            yield f"> **{study.name}: {study.disputed}**"


def _index() -> str:
    return page(
        "What is known about LDN",
        [
            "- [The story](story.md): one patient's words, each beside its verdict\n"
            "- [Forty claims](claims.md): verdict, how sure, why, and the studies\n"
            "- [Conditions](conditions.md): what was found for each\n"
            "- [Pain in fibromyalgia](pain-in-fibromyalgia.md): the trials together\n"
            "- [Side effects](side-effects.md): with every count that was read\n"
            "- [Doses and times](doses-and-times.md): what others took, and what is not known\n"
            "- [Questions of a plan](questions-of-a-plan.md): what is asked each evening, and"
            " which difference matters\n"
            "- [Studies](studies.md): all of them, with their limits\n"
            "- [Five references](references.md): what they are",
            "This tells what studies found. It is no advice on what to take.",
        ],
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "README.md": _index,
    "story.md": _story,
    "claims.md": _claims,
    "conditions.md": _conditions,
    "pain-in-fibromyalgia.md": _pooled,
    "side-effects.md": _side_effects,
    "doses-and-times.md": dosing_page,
    "questions-of-a-plan.md": questions_page,
    "studies.md": _studies,
    "references.md": _references,
}

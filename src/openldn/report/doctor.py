"""The doctor's detail: estimand, model, interval, other assumptions, conduct, limits.

Everything that a reader needs to check the answer, printed from the saved file.
"""

from __future__ import annotations

from collections.abc import Iterable

from openldn.report.assumptions import model_rows, value_text
from openldn.report.checks import (
    handled_lines,
    interval_text,
    strip_text,
    strip_unit,
    test_text,
)
from openldn.report.guesses import index_rows
from openldn.report.markup import bullets, esc
from openldn.report.saved import Interval, OutcomeAnswer, SavedAnswer
from openldn.report.sentences import GIVEN, grade_sentence, recorded_sentence, shares
from openldn.report.strip import STRIP_HEADING, strip_html
from openldn.report.words import dose_text, number, title_text

__all__ = [
    "conduct_rows",
    "doctor_html",
    "estimand_text",
    "quantity_rows",
    "result_text",
]

_INCLUDES = {"drug": "the drug", "expectation": "expectation", "time": "the passing of time"}


def estimand_text(saved: SavedAnswer, outcome: OutcomeAnswer) -> str:
    """Return what exactly was estimated."""
    level = outcome.headline
    against = "placebo" if level.contrast == "placebo" else "taking nothing"
    if level.counts_time:
        against = "the days before"
    kept = " and ".join(_INCLUDES.get(part, part) for part in level.includes)
    days = (
        "Randomised days only, by the assigned capsule."
        if level.part == "randomised"
        else "All days, by the dose recorded."
    )
    told = " ".join(handled_lines(saved))
    return (
        f"Steady-state difference in daily {outcome.name} "
        f"({outcome.minimum:g} to {outcome.maximum:g}, {outcome.better_word} is better), "
        f"{dose_text(level.dose_mg)} of naltrexone against {against}. {days} "
        f"The difference includes {kept}. Differences are LDN minus comparison; "
        f"a negative one is a lower score. {told}"
    ).rstrip()


def result_text(outcome: OutcomeAnswer) -> str:
    """Return the posterior of the headline level in numbers, with the rule for a clear answer."""
    level = outcome.headline
    told = "; ".join(f"{share.label} {share.count} of 100" for share in shares(outcome, level))
    return (
        "Posterior mean and 95% interval: "
        f"{strip_text(outcome, level.effect)} {strip_unit(outcome)}. "
        f"Any gain: {_chance(level.p_benefit)}. {told}. "
        f"A clear answer asks for {100 * outcome.decision:g} of 100. "
        f"All of this is {GIVEN}."
    )


def quantity_rows(outcome: OutcomeAnswer) -> tuple[tuple[str, str], ...]:
    """Return the model's other quantities with their 95% intervals."""
    decimals = outcome.decimals
    named = (
        ("Build-up and fade, tau in days (63% of the way)", outcome.onset_days, 1),
        ("Fade, tau in days", outcome.offset_days, 1),
        ("Spread of daily scores, SD in points", outcome.noise_sd, decimals),
        ("Size of the wandering on the link scale, su", outcome.wander_sd, 2),
        ("Day-to-day memory, phi", outcome.phi, 2),
        ("Share of scatter without memory, w", outcome.white_share, 2),
        ("Drift over the days used, points", outcome.trend, decimals),
        ("Any capsule under blinding, points", outcome.pill, decimals),
    )
    rows = [(name, _plain(value, digits)) for name, value, digits in named if value is not None]
    rows += [
        (f"Event: {title_text(id_)}, points", interval_text(effect, decimals))
        for id_, effect in outcome.events
    ]
    return tuple(rows)


def conduct_rows(saved: SavedAnswer, outcome: OutcomeAnswer) -> tuple[tuple[str, str], ...]:
    """Return how the trial was carried out."""
    kind = title_text(saved.kind.replace("-", " ")) or "Diary without a plan"
    days = ", ".join(
        f"{dose_text(level.dose_mg)} {level.part}: {level.days}" for level in outcome.levels
    )
    missing = max(0, saved.days - outcome.days_recorded)
    return (
        ("Design", kind),
        ("Grade", saved.grade),
        ("Days with a score", f"{outcome.days_recorded} of {saved.days} ({missing} missing)"),
        ("Days at each dose", days),
        *index_rows(saved.blinding),
    )


def doctor_html(saved: SavedAnswer, outcome: OutcomeAnswer) -> str:
    """Return the doctor's detail about one outcome, as closed details with an open first one."""
    parts = (
        ("What was estimated", _estimate(saved, outcome)),
        # The strip of the primary outcome stands on the page itself.
        (STRIP_HEADING, "" if outcome is saved.primary else strip_html(outcome)),
        ("Every dose that was tried", _levels(outcome)),
        (f"How good was this trial? Grade {saved.grade}", _conduct(saved, outcome)),
        ("Model and priors", _model(saved, outcome)),
        ("Sources", _sources(saved)),
    )
    return "".join(
        f"<details{' open' if i == 0 else ''}><summary>{esc(head)}</summary>"
        f"<div>{body}</div></details>"
        for i, (head, body) in enumerate(parts)
        if body
    )


def _plain(value: Interval, decimals: int) -> str:
    ends = f"{number(value.low, decimals)} to {number(value.high, decimals)}"
    return f"{number(value.mean, decimals)} ({ends})"


def _estimate(saved: SavedAnswer, outcome: OutcomeAnswer) -> str:
    texts = (estimand_text(saved, outcome), result_text(outcome), test_text(outcome))
    return "".join(f"<p>{esc(text)}</p>" for text in texts)


def _chance(probability: float) -> str:
    share = 100 * probability
    if 0 < share < 0.5 or 99.5 <= share < 100:
        return "below 1 of 100" if share < 1 else "above 99 of 100"
    return f"{share:.0f} of 100"


def _levels(outcome: OutcomeAnswer) -> str:
    heads = ("Dose", "Part", "Days", "Difference (95%)", "Better, same, worse", "Best")
    rows = (
        (
            dose_text(level.dose_mg),
            f"{level.part}, against {'placebo' if level.contrast == 'placebo' else 'no LDN'}",
            str(level.days),
            strip_text(outcome, level.effect),
            ", ".join(str(count) for count in level.shares),
            "–" if level.p_best is None else f"{100 * level.p_best:.0f}",
        )
        for level in outcome.levels
    )
    best_none = outcome.p_best_none
    caption = "Shares are of 100."
    if best_none is not None:
        caption += f" Taking none of them is best in {100 * best_none:.0f} of 100."
    return _data_table(caption, heads, rows)


def _conduct(saved: SavedAnswer, outcome: OutcomeAnswer) -> str:
    reasons = [f"{reason.text} [{reason.code}]" for reason in saved.grade_reasons]
    return (
        f"<p>{esc(grade_sentence(saved))} {esc(recorded_sentence(saved))}</p>"
        + (bullets(reasons) if reasons else "")
        + _facts(conduct_rows(saved, outcome))
    )


def _model(saved: SavedAnswer, outcome: OutcomeAnswer) -> str:
    text = (
        f"Family {outcome.family}: build-up and fade, slow drift, day-to-day memory. "
        "Quantities are posterior means with 95% intervals."
    )
    checks = tuple((title_text(str(k)), value_text(v)) for k, v in outcome.diagnostics.items())
    return (
        f"<p>{esc(text)}</p>{_facts(quantity_rows(outcome))}"
        f"<h3>Priors and conventions</h3>{_facts(model_rows(saved.model))}"
        f"<h3>Checks of the computation</h3>{_facts(checks)}"
        f'<p class="small soft">OpenLDN {esc(saved.version)}.</p>'
    )


def _sources(saved: SavedAnswer) -> str:
    return bullets(saved.citations) if saved.citations else ""


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    told = "".join(f"<div><dt>{esc(name)}</dt><dd>{esc(value)}</dd></div>" for name, value in rows)
    return f'<dl class="facts">{told}</dl>' if told else ""


def _data_table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{esc(text)}</th>' for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{esc(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="wide-table" role="region" aria-label="{esc(caption)}" tabindex="0">'
        f'<table class="data"><caption>{esc(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )

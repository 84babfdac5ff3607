"""What would make an open question clearer: virtual trials with the person's own noise."""

from __future__ import annotations

from openldn.report.markup import esc
from openldn.report.saved import Forecast, OutcomeAnswer
from openldn.report.sentences import change_text

__all__ = ["forecast_html", "forecast_lines", "forecast_rows"]


def forecast_rows(forecast: Forecast) -> tuple[tuple[str, str, str], ...]:
    """Return each trial: its shape, its days, and how many of 100 give a clear answer."""
    return tuple(
        (
            f"{_shape(pairs, days)}{' (as yours was)' if i == 0 else ''}",
            str(total),
            str(round(100 * share)),
        )
        for i, (pairs, days, total, share) in enumerate(forecast.plans)
    )


def forecast_lines(forecast: Forecast, outcome: OutcomeAnswer) -> tuple[str, ...]:
    """Return the same as lines of text, with what they rest on."""
    return (
        _asked(forecast, outcome),
        *(
            f"{shape}, {days} days in all: {share} of 100 such trials."
            for shape, days, share in forecast_rows(forecast)
        ),
        _rests_on(forecast),
    )


def forecast_html(forecast: Forecast | None, outcome: OutcomeAnswer) -> str:
    """Return the table with what it rests on; empty where no such trials were run."""
    if forecast is None:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{esc(shape)}</th><td>{esc(days)}</td><td class="r">{esc(share)}</td>'
        "</tr>"
        for shape, days, share in forecast_rows(forecast)
    )
    return (
        f"<p>{esc(_asked(forecast, outcome))}</p>"
        '<table class="data"><caption class="hide">Chance of a clear answer by length</caption>'
        '<thead><tr><th scope="col">A trial of</th><th scope="col">Days in all</th>'
        '<th scope="col" class="r">Clear answers of 100</th></tr></thead>'
        f'<tbody>{rows}</tbody></table><p class="small soft">{esc(_rests_on(forecast))}</p>'
    )


def _asked(forecast: Forecast, outcome: OutcomeAnswer) -> str:
    moved = change_text(outcome, forecast.effect)
    return (
        "We made up trials of people whose days swing as yours do. How many give a clear answer, if"
        f" on LDN your {outcome.name} really is {moved}?"
    )


def _rests_on(forecast: Forecast) -> str:
    off = max(1, round(200 * forecast.mcse))
    return (
        f"Each line rests on {forecast.trials} made-up trials, and may be off by {off} in 100."
        " Whether to look again is for you and your prescriber."
    )


def _shape(pairs: int, days: int) -> str:
    told = "1 pair" if pairs == 1 else f"{pairs} pairs"
    if days % 7:
        return f"{told} of {days} days each"
    weeks = days // 7
    return f"{told} of {weeks} {'week' if weeks == 1 else 'weeks'} each"

"""What would make an open question clearer: virtual trials with the person's own noise."""

from __future__ import annotations

from openldn.report.markup import esc
from openldn.report.saved import Forecast, OutcomeAnswer
from openldn.report.sentences import change_text
from openldn.report.speaking import counted, marked, said

__all__ = ["forecast_html", "forecast_lines", "forecast_rows"]

_CAPTION = marked("Chance of a clear answer by length")


def forecast_rows(forecast: Forecast) -> tuple[tuple[str, str, str], ...]:
    """Return each trial: its shape, its days, and how many of 100 give a clear answer."""
    return tuple(
        (
            said("{shape} (as yours was)").format(shape=_shape(pairs, days))
            if i == 0
            else _shape(pairs, days),
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
            said("{shape}, {days} days in all: {share} of 100 such trials.").format(
                shape=shape, days=days, share=share
            )
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
        f'<table class="data"><caption class="hide">{esc(said(_CAPTION))}</caption>'
        f'<thead><tr><th scope="col">{esc(said("A trial of"))}</th>'
        f'<th scope="col">{esc(said("Days in all"))}</th>'
        f'<th scope="col" class="r">{esc(said("Clear answers of 100"))}</th></tr></thead>'
        f'<tbody>{rows}</tbody></table><p class="small soft">{esc(_rests_on(forecast))}</p>'
    )


def _asked(forecast: Forecast, outcome: OutcomeAnswer) -> str:
    moved = change_text(outcome, forecast.effect)
    return said(
        "We made up trials of people whose days swing as yours do. How many give a clear answer, if"
        " on LDN your {outcome} really is {moved}?"
    ).format(outcome=outcome.name, moved=moved)


def _rests_on(forecast: Forecast) -> str:
    off = max(1, round(200 * forecast.mcse))
    return said(
        "Each line rests on {trials} made-up trials, and may be off by {off} in 100. Whether to"
        " look again is for you and your prescriber."
    ).format(trials=forecast.trials, off=off)


def _shape(pairs: int, days: int) -> str:
    told = counted("{count} pair", "{count} pairs", pairs)
    if days % 7:
        long = counted("{count} day", "{count} days", days)
    else:
        long = counted("{count} week", "{count} weeks", days // 7)
    return said("{pairs} of {long} each").format(pairs=told, long=long)

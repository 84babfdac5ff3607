"""My trial: how far it is, and one's own curve."""

import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from openldn.report.daily_plot import Scale, own_curve
from openldn.report.plot_days import plot_days
from openldn.web.access import people
from openldn.web.person import clock, medicines
from openldn.web.person.models import Trial
from openldn.web.person.notices import notices_of
from openldn.web.person.progress import AIM_PERCENT, pause_lines, progress_of
from openldn.web.person.records import diary_of
from openldn.web.person.watching import rule_lines

__all__ = ["diary_file", "trial"]


@require_GET
def trial(request: HttpRequest) -> HttpResponse:
    """Show the trial that runs, or the last one."""
    shown = people.of(request).trials.current()
    if shown is None:
        return redirect("person:start")
    facts = {
        "progress": progress_of(shown, today=clock.today()),
        "trial": shown,
        "curve": _own_curve(shown),
        "outcome": shown.plan.primary,
        "aim": AIM_PERCENT,
        "notices": notices_of(shown, now=clock.now()),
        "rules": rule_lines(shown),
        "pauses": pause_lines(shown),
        "medicines": [one.name for one in medicines.in_force(shown) if one.ended_on is None],
        "page": "trial",
        "tab": "trial",
    }
    return render(request, "person/trial.html", facts)


@require_GET
def diary_file(request: HttpRequest) -> HttpResponse:
    """Hand out the records as the diary file that every command reads."""
    shown = people.of(request).trials.current()
    if shown is None:
        return redirect("person:start")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "diary.csv"
        diary_of(shown).write(path)
        content = path.read_bytes()
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="diary.csv"'
    return response


def _own_curve(shown: Trial) -> str:
    """Draw the primary score in ink; empty before the first entry."""
    outcome = shown.plan.primary
    rows = plot_days(diary_of(shown), outcome.id, plan=shown.plan, is_opened=False)
    if not any(row.value is not None for row in rows):
        return ""
    scale = Scale(
        label=outcome.label,
        minimum=outcome.minimum,
        maximum=outcome.maximum,
        better=outcome.better.value,
    )
    # The report escapes every word that a person wrote.
    return mark_safe(own_curve(rows, scale=scale).html)  # noqa: S308

"""My data so far: every outcome, every day, and how complete they are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from openldn.web.access import people
from openldn.web.know import own_data
from openldn.web.know.completeness import Completeness
from openldn.web.person import clock
from openldn.web.person.progress import AIM_PERCENT, progress_of
from openldn.web.person.records import diary_of

__all__ = ["my_data"]


@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """Show what was written down in the trial that began last."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:start")
    progress = progress_of(trial, today=clock.today())
    diary = diary_of(trial)
    facts = {
        "completeness": Completeness(
            recorded=progress.recorded,
            elapsed=progress.elapsed,
            planned=trial.plan.total_days,
        ),
        "aim": AIM_PERCENT,
        "is_over": progress.is_over,
        "curves": own_data.curves_of(trial, diary),
        "events": own_data.events_of(trial, diary),
        "side_effects": own_data.side_effects_of(diary),
        "tab": "trial",
    }
    return render(request, "know/my_data.html", facts)

"""How a paused trial goes on: the rules that stand, and the prescriber's decision."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.person import actions, clock, dates, pauses, screens
from openldn.web.person.forms import DecisionForm, lines
from openldn.web.person.models import Trial
from openldn.web.person.notices import Notices, notices_of
from openldn.web.person.period_questions import asked_about

__all__ = ["going_on"]


@require_http_methods(["GET", "POST"])
def going_on(request: HttpRequest) -> HttpResponse:
    """Show what is open, or record the decision that settles it."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:start")
    problems: list[str] = []
    form = DecisionForm(request.POST if request.method == "POST" else None, today=clock.today())
    try:
        if request.method == "POST" and _is_kept(request, trial, form):
            return redirect("person:trial")
    except InputError as error:
        problems = lines(error)
    status = 422 if form.is_bound else 200
    facts = _facts(trial) | {"form": form, "problems": problems}
    return render(request, "person/going_on.html", facts, status=status)


def _is_kept(request: HttpRequest, trial: Trial, form: DecisionForm) -> bool:
    """Record the decision. No is an answer that the form itself explains."""
    found = pauses.stops(pauses.blocking(trial, today=clock.today()))
    if found:
        raise InputError([pauses.not_yet(found)])
    if not form.is_valid():
        return False
    facts = form.cleaned_data
    shown = request.POST.getlist("cause")
    actions.go_on(trial=trial, shown=shown, by=facts["by"], on=facts["on"], now=clock.now())
    return True


def _facts(trial: Trial) -> dict[str, object]:
    today = clock.today()
    held = pauses.pause_now(trial, today=today)
    causes = pauses.blocking(trial, today=today)
    stops = pauses.stops(causes)
    gravest_first = (*stops, *(cause for cause in causes if cause not in stops))
    return {
        "since": dates.in_words(held.first) if held else "",
        "is_stopped": bool(stops),
        "causes": [(cause, screens.sources_in_words(cause.rule)) for cause in gravest_first],
        "can_change": asked_about(trial.plan, trial.day_of(today)) is not None,
        "notices": _other_notices(trial),
        "page": "going_on",
        "tab": "trial",
    }


def _other_notices(trial: Trial) -> Notices:
    """Leave out the notices that lead to this page: it says the same at length."""
    found = notices_of(trial, now=clock.now())
    return replace(found, open=tuple(one for one in found.open if not one.page))

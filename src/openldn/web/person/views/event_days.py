"""Events on other days than this one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.web.access import people
from openldn.web.person import clock
from openldn.web.person.event_days import EventDaysForm, keep_days, noted, take_back_days
from openldn.web.person.models import Trial
from openldn.web.person.notices import notices_of
from openldn.web.person.numbers import whole_number

__all__ = ["event_days"]


@require_http_methods(["GET", "POST"])
def event_days(request: HttpRequest) -> HttpResponse:
    """Show the events that are noted, and keep one with its dates, or take one back."""
    trial, now = people.of(request).trials.current(), clock.now()
    if trial is None or trial.day_of(now.date()) < 0 or trial.released_seal is not None:
        return redirect("person:tonight")
    is_sent = request.method == "POST" and "undo" not in request.POST
    form = EventDaysForm(request.POST if is_sent else None, trial=trial, today=now.date())
    if is_sent and form.is_valid():
        keep_days(trial=trial, now=now, **form.cleaned_data)
        return redirect("person:event_days")
    if request.method == "POST" and not is_sent:
        _take_back(request, trial)
        return redirect("person:event_days")
    facts = {"form": form, "noted": noted(trial), "notices": notices_of(trial, now=now)}
    facts |= {"page": "event_days", "tab": "tonight"}
    return render(request, "person/event_days.html", facts, status=422 if is_sent else 200)


def _take_back(request: HttpRequest, trial: Trial) -> None:
    first, last = (whole_number(request.POST.get(name, "")) for name in ("first", "last"))
    if first is not None and last is not None:
        item = request.POST.get("item", "")
        take_back_days(trial=trial, item=item, first=first, last=last, now=clock.now())

"""The frozen plan: to read, to take along as a file, and to note what changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.person import clock, dates
from openldn.web.person.forms import lines
from openldn.web.person.models import Trial
from openldn.web.person.numbers import whole_number
from openldn.web.plan import drafts, noting, picture
from openldn.web.plan.forms import AmendmentForm

__all__ = ["already_frozen", "amend", "frozen", "plan_file"]

_NOT_WORDS = ("csrfmiddlewaretoken", "draft", "look", "stay")


@require_GET
def frozen(request: HttpRequest) -> HttpResponse:
    """Show the plan that holds."""
    person = people.of(request)
    if person.trials.current() is None:
        return redirect("person:start")
    return _page(request, person)


def already_frozen(request: HttpRequest, person: Person) -> HttpResponse:
    """Answer a step of a plan that is frozen: show the plan, and what was typed too late."""
    if request.method == "GET":
        return redirect("plan:frozen")
    typed = [
        text
        for name in request.POST
        if name not in _NOT_WORDS
        for text in request.POST.getlist(name)
        if text.strip()
    ]
    return _page(request, person, status=409, is_too_late=True, typed=typed)


@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest) -> HttpResponse:
    """Note a change to the frozen plan."""
    person = people.of(request)
    trial = person.trials.current()
    if trial is None:
        return redirect("person:start")
    sent = request.POST if request.method == "POST" else None
    today = clock.today()
    form = AmendmentForm(
        sent, since=noting.frozen_on(trial), today=today, initial={"on": today.isoformat()}
    )
    if form.is_valid() and _noted(request, person, trial, form):
        return redirect("plan:frozen")
    facts = {
        "form": form,
        "trial": trial,
        "seen": trial.amendments.count(),
        "tab": "trial",
    }
    return render(request, "plan/amend.html", facts, status=200 if sent is None else 422)


def _noted(request: HttpRequest, person: Person, trial: Trial, form: AmendmentForm) -> bool:
    seen = whole_number(request.POST.get("seen", "")) or 0
    facts = form.cleaned_data
    try:
        noting.amend(person=person, trial=trial, seen=seen, facts=facts, now=clock.now())
    except InputError as error:
        for line in lines(error):
            form.add_error(None, line)
        return False
    return True


@require_GET
def plan_file(request: HttpRequest) -> HttpResponse:
    """Hand out plan.toml, byte for byte: the one that is frozen, or else the one agreed."""
    person = people.of(request)
    running = person.trials.running(today=clock.today())
    agreed = drafts.answers_of(person).get("plan_toml")
    trial = running or person.trials.current()
    text = agreed if agreed and not running else trial and trial.plan_toml
    if not text:
        return redirect("person:start")
    response = HttpResponse(text.encode(), content_type="application/toml")
    response["Content-Disposition"] = 'attachment; filename="plan.toml"'
    return response


def _page(
    request: HttpRequest, person: Person, *, status: int = 200, **more: object
) -> HttpResponse:
    trial = person.trials.current()
    assert trial is not None  # every caller asked
    plan = trial.plan
    facts = {
        "trial": trial,
        "plan": plan,
        "segments": picture.segments(plan),
        "weeks": picture.weeks(plan, start=trial.start),
        "days": plan.total_days,
        "is_sealed": plan.design.kind.is_randomised,
        "ladder": [f"{step.dose.text}" for step in plan.ladder],
        "agreed": dates.day_month(plan.prescriber.agreed) if plan.prescriber.agreed else "",
        "can_expect": noting.can_expect(trial, today=clock.today()),
        "tab": "trial",
        **more,
    }
    return render(request, "plan/frozen.html", facts, status=status)

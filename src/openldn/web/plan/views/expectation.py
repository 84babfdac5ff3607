"""What is expected, asked once before the first day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.person import clock
from openldn.web.person.forms import lines
from openldn.web.person.models import Trial
from openldn.web.plan import noting
from openldn.web.plan.forms import ExpectationForm
from openldn.web.plan.models import Expectation

__all__ = ["expect"]

_SKIPPED = {"said": Expectation.Said.SKIPPED, "sure": None, "why": ""}


@require_http_methods(["GET", "POST"])
def expect(request: HttpRequest) -> HttpResponse:
    """Ask, keep the answer, or show what was kept."""
    person = people.of(request)
    trial = person.trials.current()
    if trial is None:
        return redirect("person:start")
    is_sent = request.method == "POST"
    is_skipped = is_sent and "skip" in request.POST
    form = ExpectationForm(request.POST if is_sent and not is_skipped else None)
    if is_skipped or form.is_valid():
        given = _SKIPPED if is_skipped else form.given()
        try:
            noting.expect(person=person, trial=trial, facts=given, now=clock.now())
        except InputError as error:
            return _page(request, trial, form, problems=lines(error))
        return redirect("plan:frozen")
    return _page(request, trial, form, problems=[])


def _page(
    request: HttpRequest, trial: Trial, form: ExpectationForm, *, problems: list[str]
) -> HttpResponse:
    facts = {
        "form": form,
        "trial": trial,
        "problems": problems,
        "kept": Expectation.objects.filter(trial=trial).first(),
        "can_expect": noting.can_expect(trial, today=clock.today()),
        "tab": "trial",
    }
    status = 200 if request.method == "GET" else 422
    return render(request, "plan/expect.html", facts, status=status)

"""The freeze: everything on one page, the safety questions of today, and one button."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.person import actions, clock, gate
from openldn.web.person.forms import lines
from openldn.web.person.models import SafetyCheck
from openldn.web.person.numbers import whole_number
from openldn.web.person.views.start import check_of_today, running_trial
from openldn.web.plan import drafts, freezing, making, picture, steps
from openldn.web.plan.drafts import StaleDraft
from openldn.web.plan.forms import FreezeForm
from openldn.web.plan.views.frozen import already_frozen

__all__ = ["freeze"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ready:
    """A draft with every step done, and the safety answers of today."""

    person: Person
    answers: dict[str, Any]
    plan: Plan
    check: SafetyCheck | None

    @property
    def is_drawn(self) -> bool:
        return self.plan.design.kind.is_randomised

    @property
    def is_clear(self) -> bool:
        return self.check is not None and not gate.is_blocked(self.check)


@require_http_methods(["GET", "POST"])
def freeze(request: HttpRequest) -> HttpResponse:
    """Show what will be frozen, or freeze it."""
    person = people.of(request)
    if running_trial(person) is not None:
        return _frozen_before(request, person)
    answers = drafts.answers_of(person)
    waiting = steps.first_open(answers)
    if waiting is not None:
        return redirect(waiting.page)
    ready = _Ready(
        person=person,
        answers=answers,
        plan=making.plan_of(answers),
        check=check_of_today(person),
    )
    if request.method == "GET":
        return _page(request, ready, _form(request, ready))
    if settings.IS_DEMO:
        return render(request, "person/demo_only.html", {"tab": "trial"})
    if not ready.is_clear:
        return redirect("person:decision" if ready.check else "person:questions")
    return _sent(request, ready, _form(request, ready))


def _sent(request: HttpRequest, ready: _Ready, form: FreezeForm) -> HttpResponse:
    """Freeze once; whatever is in the way is said."""
    if not form.is_valid():
        return _page(request, ready, form, status=422)
    try:
        _freeze(request, ready, form)
    except StaleDraft:
        return _page(request, ready, form, status=409, is_stale=True)
    except actions.PlanRefused:
        return redirect("plan:frozen" if running_trial(ready.person) else "person:questions")
    except InputError as error:
        for line in lines(error):
            form.add_error("seal" if ready.is_drawn else None, line)
        return _page(request, ready, form, status=422)
    return redirect("plan:expect")


def _freeze(request: HttpRequest, ready: _Ready, form: FreezeForm) -> None:
    if ready.check is None:
        raise actions.PlanRefused
    freezing.freeze(
        person=ready.person,
        seen=whole_number(request.POST.get("draft", "")) or 0,
        seal=form.cleaned_data.get("seal_facts"),
        check=ready.check,
        now=clock.now(),
    )


def _frozen_before(request: HttpRequest, person: Person) -> HttpResponse:
    """Lead the second tap on the button where the first one led."""
    seen = whole_number(request.POST.get("draft", ""))
    is_twice = seen is not None and drafts.was_frozen_with(person, seen)
    return redirect("plan:expect") if is_twice else already_frozen(request, person)


def _form(request: HttpRequest, ready: _Ready) -> FreezeForm:
    return FreezeForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        answers={**ready.answers, "is_drawn": ready.is_drawn},
        today=clock.today(),
    )


def _page(
    request: HttpRequest,
    ready: _Ready,
    form: FreezeForm,
    *,
    status: int = 200,
    is_stale: bool = False,
) -> HttpResponse:
    facts = {
        "form": form,
        "lines": steps.lines(ready.answers),
        "check": ready.check,
        "is_clear": ready.is_clear,
        "is_drawn": ready.is_drawn,
        "is_stale": is_stale,
        "segments": picture.segments(ready.plan),
        "days": ready.plan.total_days,
        "draft": drafts.number_of(ready.person),
        "tab": "trial",
    }
    return render(request, "plan/freeze.html", facts, status=status)

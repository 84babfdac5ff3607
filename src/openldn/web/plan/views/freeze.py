"""The freeze: everything on one page, the safety questions of today, and one button."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.protocol.problems import InputError
from openldn.web.access import people
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


@require_http_methods(["GET", "POST"])
def freeze(request: HttpRequest) -> HttpResponse:
    """Show what will be frozen, or freeze it."""
    person = people.of(request)
    if running_trial(person) is not None:
        seen = whole_number(request.POST.get("draft", ""))
        is_twice = seen is not None and drafts.was_frozen_with(person, seen)
        return redirect("plan:expect") if is_twice else already_frozen(request, person)
    answers = drafts.answers_of(person)
    waiting = steps.first_open(answers)
    if waiting is not None:
        return redirect(waiting.page)
    if settings.IS_DEMO and request.method == "POST":
        return render(request, "person/demo_only.html", {"tab": "trial"})
    plan = making.plan_of(answers)
    is_drawn = plan.design.kind.is_randomised
    sent = request.POST if request.method == "POST" else None
    form = FreezeForm(
        sent,
        request.FILES or None,
        answers={**answers, "is_drawn": is_drawn},
        today=clock.today(),
    )
    check = check_of_today(person)
    is_clear = check is not None and not gate.is_blocked(check)
    facts = {
        "form": form,
        "lines": steps.lines(answers),
        "check": check,
        "is_clear": is_clear,
        "is_drawn": is_drawn,
        "is_blinded": plan.design.kind.is_blinded,
        "is_stale": False,
        "segments": picture.segments(plan),
        "days": plan.total_days,
        "draft": drafts.number_of(person),
        "tab": "trial",
    }
    if sent is None:
        return render(request, "plan/freeze.html", facts)
    if check is None or not is_clear:
        return redirect("person:questions" if check is None else "person:decision")
    if form.is_valid():
        try:
            _freeze(request, form, check)
        except StaleDraft:
            return render(request, "plan/freeze.html", facts | {"is_stale": True}, status=409)
        except actions.PlanRefused:
            return redirect("plan:frozen" if running_trial(person) else "person:questions")
        except InputError as error:
            for line in lines(error):
                form.add_error("seal" if "seal" in form.fields else None, line)
        else:
            return redirect("plan:expect")
    return render(request, "plan/freeze.html", facts, status=422)


def _freeze(request: HttpRequest, form: FreezeForm, check: SafetyCheck) -> None:
    freezing.freeze(
        person=people.of(request),
        seen=whole_number(request.POST.get("draft", "")) or 0,
        seal=form.cleaned_data.get("seal_facts"),
        check=check,
        now=clock.now(),
    )

"""The way to a first own plan: safety questions, the prescriber's decision, the plan."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.protocol import safety
from openldn.protocol.problems import InputError
from openldn.web.person import actions, clock
from openldn.web.person.forms import DecisionForm, PlanForm, SafetyForm, lines
from openldn.web.person.models import SafetyCheck, Trial

__all__ = ["decision", "new_plan", "start"]


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask the safety questions; a touched rule leads to its reason, not to a plan."""
    running = Trial.objects.current()
    if running is not None and not settings.IS_DEMO and not running.is_over(clock.today()):
        return redirect("person:trial")
    form = SafetyForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        answers = form.answers()
        touched = [rule.id for rule in safety.touched(answers)]
        actions.answer_safety_questions(
            answers=answers, touched=touched, decision=None, now=clock.now()
        )
        return redirect("person:decision" if touched else "person:new_plan")
    status = 422 if form.is_bound else 200
    return render(request, "person/start.html", {"form": form, "tab": "tonight"}, status=status)


@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest) -> HttpResponse:
    """Say which rules were touched and why; take the prescriber's decision where one can help."""
    check = _check_of_today()
    if check is None:
        return redirect("person:start")
    rules = safety.touched(check.answers)
    form = DecisionForm(_sent(request), today=clock.today())
    can_decide = bool(rules) and not any(rule.severity is safety.Severity.STOP for rule in rules)
    if request.method == "POST" and can_decide and form.is_valid():
        actions.answer_safety_questions(
            answers=check.answers,
            touched=check.touched,
            decision=(form.cleaned_data["by"], form.cleaned_data["on"]),
            now=clock.now(),
        )
        return redirect("person:new_plan")
    facts = {"rules": rules, "form": form, "can_decide": can_decide, "tab": "tonight"}
    return render(request, "person/decision.html", facts, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Take a plan, once the safety questions of today leave the way open."""
    check = _check_of_today()
    if check is None:
        return redirect("person:start")
    if _blocked(check):
        return redirect("person:decision")
    if settings.IS_DEMO:
        return render(request, "person/demo_only.html", {"tab": "tonight"})
    form = PlanForm(_sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid() and _begun(form):
        return redirect("person:trial")
    status = 422 if form.is_bound else 200
    return render(request, "person/new_plan.html", {"form": form, "tab": "tonight"}, status=status)


def _sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent; an empty form was sent too."""
    return request.POST if request.method == "POST" else None


def _begun(form: PlanForm) -> bool:
    facts: Mapping[str, object] = form.cleaned_data
    try:
        actions.add_trial(
            plan_toml=str(facts["plan_toml"]),
            start=form.cleaned_data["first_day"],
            seal=form.cleaned_data.get("seal_facts"),
        )
    except InputError as error:
        for line in lines(error):
            form.add_error("seal", line)
        return False
    return True


def _check_of_today() -> SafetyCheck | None:
    """Return the latest answers if they are of today: yesterday's may no longer hold."""
    check = SafetyCheck.objects.last()
    if check is None or check.answered_at.astimezone().date() != clock.today():
        return None
    return check


def _blocked(check: SafetyCheck) -> bool:
    decided = check.touched if check.decision_by else ()
    return bool(safety.blocking(safety.touched(check.answers), decided=decided))

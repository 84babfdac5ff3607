"""One page for each step: shown with what was answered, saved, and on to the next."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.ask.models import Talk
from openldn.web.person import clock
from openldn.web.person.forms import lines as problem_lines
from openldn.web.person.numbers import whole_number
from openldn.web.person.views.start import running_trial
from openldn.web.plan import drafts, forecasts, freezing, making, menu, picture, steps
from openldn.web.plan.drafts import StaleDraft
from openldn.web.plan.forms import DesignForm, StepForm
from openldn.web.plan.steps import Step
from openldn.web.plan.views.frozen import already_frozen

__all__ = ["step"]


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, step_id: str) -> HttpResponse:
    """Show a step, or save it."""
    person = people.of(request)
    shown = steps.step_of(step_id)
    if running_trial(person) is not None:
        return already_frozen(request, person)
    answers = drafts.answers_of(person)
    if not steps.can_open(shown, answers):
        waiting = steps.first_open(answers) or shown
        return redirect(waiting.page)
    sent = request.POST if request.method == "POST" else None
    if shown.id == "agree":
        answers = _with_talk(person, answers)
    form = shown.form(sent, answers=answers, today=clock.today())
    if sent is None or "look" in sent:  # look: show it anew with what was chosen
        return _page(request, person, shown, form, is_look=True)
    if not form.is_valid():
        return _page(request, person, shown, form, status=422)
    return _saved(request, person, shown, form)


def _with_talk(person: Person, answers: dict[str, Any]) -> dict[str, Any]:
    """Propose the prescriber and the day of a talk that was noted and ended with a yes."""
    agreed = Talk.objects.in_force().filter(person=person, said=Talk.Said.AGREED)
    talk = agreed.first()
    if talk is None or "agreed" in answers:
        return answers
    return {**answers, "agreed": {"by": talk.who, "on": talk.day.isoformat()}}


def _saved(request: HttpRequest, person: Person, shown: Step, form: StepForm) -> HttpResponse:
    seen = whole_number(request.POST.get("draft", "")) or 0
    facts: dict[str, Any] = {"person": person, "seen": seen, "changes": form.changes()}
    try:
        if shown.id == "agree":
            freezing.settle(**facts, now=clock.now())
        else:
            drafts.save(**facts, step=shown.id, now=clock.now())
    except StaleDraft:
        return _stale(request, person, shown, form, seen)
    except InputError as error:
        for line in problem_lines(error):
            form.add_error(None, line)
        return _page(request, person, shown, form, status=422)
    answers = drafts.answers_of(person)
    if shown.id == "doses":
        _ask_ahead(person, answers)
    return redirect("person:start" if "stay" in request.POST else steps.next_after(shown, answers))


def _stale(
    request: HttpRequest, person: Person, shown: Step, form: StepForm, seen: int
) -> HttpResponse:
    """Say what another tab changed. What was typed here stands, and can be saved on purpose."""
    before = drafts.answers_at(person, seen)
    changed = steps.changed_since(before, drafts.answers_of(person))
    return _page(request, person, shown, form, status=409, changed=changed, is_stale=True)


def _page(
    request: HttpRequest,
    person: Person,
    shown: Step,
    form: StepForm,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    answers = drafts.answers_of(person)
    facts = {
        "form": form,
        "step": shown,
        "steps": steps.STEPS,
        "draft": drafts.number_of(person),
        "tab": "trial",
        **_more(person, shown, answers, form),
        **more,
    }
    return render(request, shown.template, facts, status=status)


def _more(
    person: Person, shown: Step, answers: dict[str, Any], form: StepForm
) -> dict[str, object]:
    """Give what one step shows beside its form."""
    if shown.id == "design":
        sizes = DesignForm.sizes_of(answers.get("design", {}), form.data)
        return _menu(person, {**answers, "design": sizes})
    if shown.id == "calendar":
        return _calendar(answers, str(form["start"].value()))
    if shown.id == "agree":
        return {"lines": steps.lines(answers)[:-1]}
    return {}


def _menu(person: Person, answers: dict[str, Any]) -> dict[str, object]:
    plans = menu.plans(answers)
    told = {
        kind.value: forecasts.told(forecasts.ask(person=person, plan=plan, now=clock.now()), plan)
        for kind, plan in plans.items()
        if kind.is_randomised
    }
    return {
        "choices": [(one, told.get(one.kind)) for one in menu.choices(answers)],
        "assumed": forecasts.assumed_effect(next(iter(plans.values()))),
        "is_waiting": any(one.state == "asked" for one in told.values()),
    }


def _ask_ahead(person: Person, answers: dict[str, Any]) -> None:
    """Let the worker begin before the menu is opened."""
    for kind, plan in menu.plans(answers).items():
        if kind.is_randomised:
            forecasts.ask(person=person, plan=plan, now=clock.now())


def _calendar(answers: dict[str, Any], start: str) -> dict[str, object]:
    plan = making.plan_of(answers)
    try:
        weeks = picture.weeks(plan, start=date.fromisoformat(start))
    except (ValueError, OverflowError):
        weeks = []
    return {
        "segments": picture.segments(plan),
        "weeks": weeks,
        "days": plan.total_days,
        "is_sealed": plan.design.kind.is_randomised,
    }

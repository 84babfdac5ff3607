"""The way to a first own plan: safety questions, the prescriber's decision, the plan."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from openldn.protocol import safety
from openldn.protocol.problems import InputError
from openldn.protocol.safety import TouchedRule
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.person import actions, clock, dates, gate, screens
from openldn.web.person.forms import DecisionForm, PlanForm, SafetyForm, lines
from openldn.web.person.models import SafetyCheck, Trial
from openldn.web.plan import drafts, own_diary, steps

__all__ = ["check_of_today", "decision", "new_plan", "questions", "running_trial", "start"]

_OTHER_ANSWERS = _(
    "Other answers came since this page was shown. Nothing was recorded: look at the points again."
)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show the ways to begin, and how far a plan has come; a diary without a plan comes first."""
    person = people.of(request)
    if running_trial(person) is not None:
        return redirect("person:trial")
    diary = own_diary.current(person)
    if diary is not None and "plan" not in request.GET:
        return redirect("plan:my_diary")
    answers = drafts.answers_of(person)
    facts = {
        "lines": steps.lines(answers),
        "next": steps.first_open(answers),
        "is_begun": bool(answers),
        "draft": drafts.number_of(person),
        "has_diary": diary is not None,
        "tab": "tonight",
    }
    return render(request, "person/start.html", facts)


@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """Ask the safety questions; a touched rule leads to its reason, not to a plan."""
    person = people.of(request)
    is_running = running_trial(person) is not None
    if is_running and request.method == "GET":
        return redirect("person:trial")
    form = SafetyForm(_sent(request))
    if form.is_valid():
        answers, names = form.answers(), form.names()
        rules = gate.touched(answers, names)
        actions.answer_safety_questions(
            person=person,
            answers=answers,
            names=names,
            touched=[rule.id for rule in rules],
            decision=None,
            now=clock.now(),
        )
        if is_running:
            return _trial_runs(request, rules)
        return redirect("person:decision" if rules else _plan_page(request))
    status = 422 if form.is_bound else 200
    facts = {"form": form, "tab": "tonight"}
    return render(request, "person/questions.html", facts, status=status)


@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest) -> HttpResponse:
    """Say which rules were touched and why; take the prescriber's decision where one can help."""
    person = people.of(request)
    if running_trial(person) is not None:
        return _trial_runs(request)
    check = check_of_today(person)
    if check is None:
        return redirect("person:questions")
    rules = gate.rules_of(check)
    form = DecisionForm(_sent(request), today=clock.today())
    if request.POST.get("check", str(check.pk)) != str(check.pk):
        form.add_error("by", _OTHER_ANSWERS)
    open_rules = safety.blocking(rules)
    is_stopped = any(rule.severity is safety.Severity.STOP for rule in open_rules)
    can_decide = bool(open_rules) and not is_stopped
    if request.method == "POST" and can_decide and form.is_valid():
        actions.answer_safety_questions(
            person=person,
            answers=check.answers,
            names=check.medicines or (),
            touched=check.touched,
            decision=(form.cleaned_data["by"], form.cleaned_data["on"]),
            now=clock.now(),
        )
        return redirect(_plan_page(request))
    facts = {
        "plan_page": _plan_page(request),
        "rules": [(rule, screens.sources_in_words(rule)) for rule in rules],
        "form": form,
        "can_decide": can_decide,
        "is_stopped": is_stopped,
        "names": check.medicines,
        "check": check,
        "tab": "tonight",
    }
    return render(request, "person/decision.html", facts, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    """Take a plan, once the safety questions of today leave the way open."""
    person = people.of(request)
    running = running_trial(person)
    if running is not None:
        is_same = request.method == "POST" and _plan_sent(request) == running.plan_toml
        return redirect("person:trial") if is_same else _trial_runs(request)
    check = check_of_today(person)
    if check is None:
        return redirect("person:questions")
    if gate.is_blocked(check):
        return redirect("person:decision")
    if settings.IS_DEMO:
        return render(request, "person/demo_only.html", {"tab": "tonight"})
    form = PlanForm(_sent(request), request.FILES or None, today=clock.today())
    try:
        if request.method == "POST" and form.is_valid() and _begun(form, check):
            return redirect("person:trial")
    except actions.PlanRefused:
        return redirect("person:trial" if running_trial(person) else "person:questions")
    status = 422 if form.is_bound else 200
    return render(request, "person/new_plan.html", {"form": form, "tab": "tonight"}, status=status)


def _plan_page(request: HttpRequest) -> str:
    """Name the page behind the safety questions: the plan made here, or else a plan file."""
    is_made = steps.first_open(drafts.answers_of(people.of(request))) is None
    return "plan:freeze" if is_made else "person:new_plan"


def _sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent; an empty form was sent too."""
    return request.POST if request.method == "POST" else None


def running_trial(person: Person) -> Trial | None:
    """Return the trial that another one would disturb. The demo takes no plan in any case."""
    return None if settings.IS_DEMO else person.trials.running(today=clock.today())


def _trial_runs(request: HttpRequest, rules: tuple[TouchedRule, ...] = ()) -> HttpResponse:
    """Say that another plan waits for the end of this trial; a look around leads to the trial."""
    running = running_trial(people.of(request))
    if running is None or request.method == "GET":
        return redirect("person:trial")
    facts = {"last": dates.in_words(running.last_date), "rules": rules, "tab": "tonight"}
    return render(request, "person/trial_runs.html", facts, status=409)


def _plan_sent(request: HttpRequest) -> str:
    form = PlanForm(request.POST, request.FILES or None, today=clock.today())
    form.is_valid()
    return str(form.cleaned_data.get("plan_toml", ""))


def _begun(form: PlanForm, check: SafetyCheck) -> bool:
    facts = form.cleaned_data
    try:
        actions.begin_trial(
            plan_toml=facts["plan_toml"],
            start=facts["first_day"],
            seal=facts.get("seal_facts"),
            check=check,
            today=clock.today(),
        )
    except InputError as error:
        is_about_plan = any(one.code.startswith("LDN-G") for one in error.problems)
        for line in lines(error):
            form.add_error("text" if is_about_plan else "seal", line)
        return False
    return True


def check_of_today(person: Person) -> SafetyCheck | None:
    """Return the latest answers if they are of today and had no plan yet.

    Yesterday's may no longer hold, and older ones did not ask about medicines.
    """
    check = person.safety_checks.last()
    if (
        check is None
        or check.medicines is None
        or Trial.objects.filter(safety_check=check).exists()
    ):
        return None
    if check.answered_at.astimezone().date() != clock.today():
        return None
    return check

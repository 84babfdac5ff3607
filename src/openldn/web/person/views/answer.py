"""My answer: when it will be here, that it is being worked out, and then the answer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from openldn.protocol.problems import InputError
from openldn.report.sentences import HEADING
from openldn.web.access import people
from openldn.web.know import kept_pages, picture_read
from openldn.web.person import actions, clock, dates, period_guesses
from openldn.web.person.forms import SealForm, lines
from openldn.web.person.models import Answer, Trial

__all__ = ["answer", "ask", "open_seal", "page_for_doctor"]


@require_GET
def answer(request: HttpRequest) -> HttpResponse:
    """Show the answer of the last trial that is over, or when there will be one."""
    today = clock.today()
    trials = people.of(request).trials
    current = trials.current()
    if current is None:
        return redirect("person:start")
    over = trials.over(today=today)
    facts: dict[str, object] = {"tab": "answer", "heading": HEADING}
    if not over:
        facts |= {"last": dates.in_words(current.last_date), "is_sealed": current.is_sealed}
        return render(request, "person/answer_later.html", facts)
    trial = over[0]
    facts |= {"trial": trial, "span": _span(trial), "form": SealForm()}
    if not current.is_over(today):
        facts["next"] = dates.in_words(current.last_date)
    # What is large is read only where it is needed: the page is kept as it was told.
    found = trial.answers.defer("saved", "page_for_doctor").last()
    if found is None:
        facts["guess_first"] = trial == current and period_guesses.is_open(trial, today=today)
        return render(request, "person/answer_ask.html", facts)
    return _found(request, trial, found, facts)


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Queue the work on an answer, unless it waits already."""
    trial = _trial_that_is_over(request)
    is_waiting = trial.answers.filter(state=Answer.State.ASKED).exists()
    if not trial.is_sealed and not is_waiting:
        actions.ask_for_answer(trial=trial, now=clock.now())
    return redirect("person:answer")


@require_POST
def open_seal(request: HttpRequest) -> HttpResponse:
    """Take in the opened seal, and queue the work."""
    trial = _trial_that_is_over(request)
    form = SealForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.open_seal(
                trial=trial,
                seal=form.cleaned_data["seal"],
                is_code_kept=form.cleaned_data["was_told"] == "no",
                today=clock.today(),
            )
        except InputError as error:
            for line in lines(error):
                form.add_error("seal", line)
        else:
            actions.ask_for_answer(trial=trial, now=clock.now())
            return redirect("person:answer")
    facts = {"tab": "answer", "heading": HEADING, "trial": trial, "form": form}
    return render(request, "person/answer_ask.html", facts | {"span": _span(trial)}, status=422)


@require_GET
def page_for_doctor(request: HttpRequest) -> HttpResponse:
    """Hand out the printed page that was made with the answer."""
    found = _trial_that_is_over(request).answers.last()
    if found is None or not found.page_for_doctor:
        raise Http404
    response = HttpResponse(bytes(found.page_for_doctor), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="openldn-answer.pdf"'
    return response


def _trial_that_is_over(request: HttpRequest) -> Trial:
    over = people.of(request).trials.over(today=clock.today())
    if not over:
        raise Http404
    return over[0]


def _found(
    request: HttpRequest, trial: Trial, found: Answer, facts: dict[str, object]
) -> HttpResponse:
    pages = {
        Answer.State.ASKED: "person/answer_worked_out.html",
        Answer.State.REFUSED: "person/answer_refused.html",
        Answer.State.FAILED: "person/answer_failed.html",
    }
    if found.state != Answer.State.READY:
        facts["refusal"] = found.refusal
        return render(request, pages[Answer.State(found.state)], facts)
    shown = kept_pages.page_of(found.pk, trial=trial)
    facts["shown"] = shown
    facts["question"] = picture_read.asked_of(trial, shown.picture) if shown.picture else None
    facts["is_unpromised"] = trial.plan.design.kind.is_randomised and not trial.is_promised
    facts["has_page_for_doctor"] = trial.answers.filter(
        pk=found.pk, page_for_doctor__isnull=False
    ).exists()
    return render(request, "person/answer.html", facts)


def _span(trial: Trial) -> str:
    return _("{first} to {last}").format(
        first=dates.with_year(trial.start), last=dates.with_year(trial.last_date)
    )

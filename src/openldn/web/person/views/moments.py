"""What she notes about a moment that must not pass in silence, and what a period asks."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.person import actions, clock, items, period_guesses
from openldn.web.person.forms import lines
from openldn.web.person.models import Trial
from openldn.web.person.notices import Moment, Notice, notices_of
from openldn.web.person.numbers import whole_number
from openldn.web.person.views.tonight import show

__all__ = ["period_guess", "period_questions", "told"]

_PAGES = ("tonight", "yesterday", "trial", "medicines", "going_on", "warning_signs")


@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """Note that somebody was told of what the page showed, or take such a note back."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:start")
    now = clock.now()
    for named in request.POST.getlist("undo"):
        rule, _, row = named.rpartition(" ")
        actions.take_back_note(trial=trial, rule=rule, row=whole_number(row), now=now)
    for notice, moment in _meant(request, trial):
        actions.tell(trial=trial, rule=moment.rule, days=moment.days, whom=notice.whom, now=now)
    page = request.POST.get("page", "")
    return redirect(f"person:{page if page in _PAGES else _PAGES[0]}")


@require_POST
def period_questions(request: HttpRequest) -> HttpResponse:
    """Keep one tap on a question of a period, or take the last one back."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:start")
    try:
        _keep(request, trial)
    except InputError as error:
        return show(request, trial, problems=lines(error))
    here = redirect("person:tonight")
    if "reopened" in request.POST:
        here["Location"] += "?ask=1"
    return here


@require_POST
def period_guess(request: HttpRequest) -> HttpResponse:
    """Keep the guess about a period, that it was left out, or take it back."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:start")
    try:
        _keep_guess(request, trial)
    except InputError as error:
        return show(request, trial, problems=lines(error))
    here = redirect("person:tonight")
    here["Location"] += "#guess"
    return here


def _meant(request: HttpRequest, trial: Trial) -> Iterator[tuple[Notice, Moment]]:
    """Give each moment that the form names, with those of its days that still wait for a note."""
    waiting = {
        moment.rule: (notice, moment)
        for notice in notices_of(trial, now=clock.now()).open
        if not notice.noted
        for moment in notice.moments
    }
    for text in request.POST.getlist("moment"):
        rule, _, named = text.rpartition(" ")
        if rule not in waiting:
            continue
        notice, moment = waiting[rule]
        days = tuple(day for day in moment.days if str(day) in named.split(","))
        if days:
            yield notice, Moment(rule=rule, days=days)


def _keep(request: HttpRequest, trial: Trial) -> None:
    number = _period_of(request)
    if "undo" in request.POST:
        row = whole_number(request.POST.get("row", ""))
        actions.undo_period_answer(trial=trial, period=number, row=row, now=clock.now())
        return
    value = request.POST.get("value", "")
    if value not in ("0", "1"):
        raise InputError([items.not_an_answer("value", value)])
    actions.answer_period_question(
        trial=trial,
        period=number,
        question=request.POST.get("question", ""),
        answer=value == "1",
        now=clock.now(),
    )


def _keep_guess(request: HttpRequest, trial: Trial) -> None:
    period, now = _period_of(request), clock.now()
    if "undo" in request.POST:
        row = whole_number(request.POST.get("row", ""))
        actions.undo_guess(trial=trial, period=period, row=row, now=now)
    elif "skip" in request.POST:
        actions.skip_guess(trial=trial, period=period, now=now)
    else:
        given = period_guesses.accepted(request.POST)
        actions.guess_period(trial=trial, period=period, given=given, now=now)


def _period_of(request: HttpRequest) -> int:
    number = request.POST.get("period", "")
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        raise InputError([items.not_an_answer("period", number)])
    return int(number)

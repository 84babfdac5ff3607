"""Beside the answer: how its picture is read, and the whole of it as plain text."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from openldn.protocol.problems import InputError
from openldn.report import summary_text
from openldn.web.access import people
from openldn.web.know import kept_pages, picture_read
from openldn.web.know.models import AnotherTrial
from openldn.web.person import clock
from openldn.web.person.forms import lines
from openldn.web.person.models import Answer

__all__ = ["in_words", "read_picture"]

_WIDTH = 76


@require_POST
def read_picture(request: HttpRequest) -> HttpResponse:
    """Keep how the picture was read, once."""
    found = _ready(request)
    page = kept_pages.page_of(found.pk, trial=found.trial)
    if page.picture is None:
        raise Http404
    try:
        picture_read.read(
            trial=found.trial,
            picture=page.picture,
            reading=request.POST.get("reading", ""),
            now=clock.now(),
        )
    except InputError as error:
        facts = {"problems": lines(error), "tab": "answer"}
        return render(request, "know/picture_problem.html", facts, status=422)
    return redirect("/answer#picture")


@require_GET
def in_words(request: HttpRequest) -> HttpResponse:
    """Hand out the answer as plain text, to print or to be read aloud."""
    found = _ready(request)
    forecast = AnotherTrial.objects.filter(answer=found).exclude(found=None).first()
    extra = {} if forecast is None else {"forecast": forecast.found}
    text = summary_text((found.saved or {}) | extra, plan=found.trial.plan, width=_WIDTH)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="openldn-answer.txt"'
    return response


def _ready(request: HttpRequest) -> Answer:
    """Find the answer that the answer page shows."""
    over = people.of(request).trials.over(today=clock.today())
    found = over[0].answers.last() if over else None
    if found is None or found.state != Answer.State.READY:
        raise Http404
    return found

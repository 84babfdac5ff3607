"""How the talk with the prescriber went: recorded without blame, with what then."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.report.words import AFTER_A_NO, NO_BLAME
from openldn.web.access import people
from openldn.web.ask import talks
from openldn.web.ask.forms import TalkForm
from openldn.web.person import clock
from openldn.web.person.numbers import whole_number

__all__ = ["talk"]


@require_http_methods(["GET", "POST"])
def talk(request: HttpRequest) -> HttpResponse:
    """Take down a talk, take back a slip, or show what was noted."""
    person, today = people.of(request), clock.today()
    if request.method == "POST" and "undo" in request.POST:
        talks.take_back(person=person, row=whole_number(request.POST["undo"]), now=clock.now())
        return redirect("ask:talk")
    is_sent = request.method == "POST"
    form = TalkForm(request.POST if is_sent else None, today=today, initial={"day": today})
    if is_sent and form.is_valid():
        talks.note(person=person, facts=form.cleaned_data, now=clock.now())
        return redirect("ask:talk")
    held = list(person.talks.in_force())
    facts = {
        "form": form,
        "wrong": (form,),
        "latest": held[0] if held else None,
        "earlier": held[1:],
        "no_blame": NO_BLAME,
        "what_then": AFTER_A_NO,
    }
    return render(request, "ask/talk.html", facts, status=422 if is_sent else 200)

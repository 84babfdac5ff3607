"""What I agreed to: each purpose, with what happens, and one button to change it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.consent import keeping
from openldn.web.consent.purposes import PURPOSES, Purpose
from openldn.web.person import clock, dates

__all__ = ["consents"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One purpose as the page shows it."""

    purpose: Purpose
    is_given: bool
    since: str  # in words; empty where nothing was said yet


@require_http_methods(["GET", "POST"])
def consents(request: HttpRequest) -> HttpResponse:
    """Show every purpose, or keep one yes or one no."""
    person = people.of(request)
    if request.method == "POST":
        for act, is_given in (("give", True), ("withdraw", False)):
            if (purpose := request.POST.get(act)) in PURPOSES:
                keeping.add(person, str(purpose), is_given=is_given, now=clock.now())
        return redirect("consent:all")
    facts = {"shown": [_shown(person, one) for one in PURPOSES.values()], "tab": ""}
    return render(request, "consent/all.html", facts)


def _shown(person: Person, purpose: Purpose) -> Shown:
    held = keeping.latest(person, purpose.id)
    return Shown(
        purpose=purpose,
        is_given=keeping.is_given(person, purpose.id),
        since=dates.in_words(held.said_at.astimezone().date()) if held else "",
    )

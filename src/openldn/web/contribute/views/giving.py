"""Contribute: see the exact file, agree to this one purpose, give or download it, take it back."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.contribute import giving, in_words
from openldn.web.contribute.models import Offer
from openldn.web.person import clock
from openldn.web.share.mine import latest_answer

__all__ = ["contribute", "file", "give", "show", "withdraw"]


@require_GET
def contribute(request: HttpRequest) -> HttpResponse:
    """Show what would leave, or what was given."""
    return _page(request, people.of(request))


@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Have the file made, to be looked at."""
    person = people.of(request)
    answer = latest_answer(person)
    if answer is None:
        raise Http404
    giving.ask(person=person, answer=answer, now=clock.now())
    return redirect("contribute:contribute")


@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Put the file into the pool, if the person agrees to that."""
    person = people.of(request)
    offer = _ready(person)
    if request.POST.get("file") != (offer.file or {}).get("id"):
        problem = _("This page was old: the file is another one now. Look at it again, then give.")
        return _page(request, person, problem=problem)
    if request.POST.get("agree") != "yes":
        problem = _("The tick is missing. Tick “I agree” to give the file, or leave this page.")
        return _page(request, person, problem=problem)
    giving.give(person=person, offer=offer, now=clock.now())
    return redirect("contribute:contribute")


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the file back."""
    giving.withdraw(person=people.of(request), now=clock.now())
    return redirect("contribute:contribute")


@require_GET
def file(request: HttpRequest) -> HttpResponse:
    """Hand the file to the person herself."""
    offer = _ready(people.of(request))
    name = 'attachment; filename="openldn-contribution.json"'
    return HttpResponse(
        _raw(offer), content_type="application/json", headers={"Content-Disposition": name}
    )


def _page(request: HttpRequest, person: Person, *, problem: str = "") -> HttpResponse:
    answer = latest_answer(person)
    offer = giving.latest_offer(person, answer) if answer else None
    gift = giving.gift_of(person)
    facts: dict[str, object] = {
        "answer": answer,
        "offer": offer,
        "gift": gift,
        "problem": problem,
        "is_same": gift is not None and offer is not None and gift.file == offer.file,
    }
    if offer is not None and offer.file is not None:
        facts |= {"rows": in_words.contribution_rows(offer.file), "raw": _raw(offer)}
    if gift is not None:
        facts["given_rows"] = in_words.contribution_rows(gift.file or {})
    return render(request, "contribute/contribute.html", facts, status=422 if problem else 200)


def _ready(person: Person) -> Offer:
    answer = latest_answer(person)
    offer = giving.latest_offer(person, answer) if answer else None
    if offer is None or offer.file is None:
        raise Http404
    return offer


def _raw(offer: Offer) -> str:
    return json.dumps(offer.file, indent=1, ensure_ascii=False) + "\n"

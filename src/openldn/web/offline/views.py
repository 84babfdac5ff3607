"""What a device asks for: the app's description, its worker, the questions, and taking entries."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from openldn.protocol.problems import InputError
from openldn.web.access import people
from openldn.web.offline import receiving
from openldn.web.offline.days import check_day, said_at
from openldn.web.offline.facts import facts_of
from openldn.web.offline.receiving import Arrival
from openldn.web.person import clock, items
from openldn.web.person.forms import lines
from openldn.web.person.numbers import whole_number
from openldn.web.person.taps import Tap

__all__ = ["entry", "facts", "kept", "manifest", "worker"]

_FILES = (
    *("report/tokens.css", "report/answer.css", "person/app.css", "person/icon.svg"),
    *("offline/page.js", "offline/evening.js", "offline/cards.js", "offline/state.js"),
    *("offline/entries.js", "offline/sending.js", "offline/lock.js", "offline/store.js"),
)


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the app to a phone that installs it. The name on its screen tells of no drug."""
    facts = {
        "name": gettext("Evening note (OpenLDN)"),
        "short_name": gettext("Evening note"),
        "lang": get_language() or "en",
        "start_url": reverse("person:tonight"),
        "scope": "/",
        "id": "/",
        "display": "standalone",
        "background_color": "#15110d",
        "theme_color": "#15110d",
        "icons": [_icon(size, purpose) for size in (192, 512) for purpose in ("any", "maskable")],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker, with a mark that changes when one of its files does."""
    page = reverse("offline:kept")
    files = [page, *(static(name) for name in _FILES)]
    facts = {"mark": _mark(), "files": json.dumps(files), "page": json.dumps(page)}
    text = render_to_string("offline/worker.js", facts)
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_GET
def kept(request: HttpRequest) -> HttpResponse:
    """Show what waits on this device. The page says nothing of anybody: the device fills it."""
    return render(request, "offline/kept.html")


@require_GET
def facts(request: HttpRequest) -> HttpResponse:
    """Give the questions, the time of the server, and what a form of this session needs."""
    trial, now = people.of(request).trials.current(), clock.now()
    said: dict[str, Any] = {"token": get_token(request), "now": now.isoformat(), "diary": None}
    if trial is not None:
        said |= facts_of(trial, now=now)
    return JsonResponse(said)


@require_POST
def entry(request: HttpRequest) -> HttpResponse:
    """Take in one entry of a device; the answer says what became of it.

    `kept`: it is on disk, now or since before. `refused`: it cannot be, and why. `other`: it
    belongs to another diary than the one that is open here, so it waits.
    """
    person, now, form = people.of(request), clock.now(), request.POST
    trial = person.trials.current()
    if trial is None or form.get("diary") != receiving.diary_mark(trial):
        return JsonResponse({"state": "other"})
    arrival = _arrival(request, now)
    try:
        _check_id(arrival)
        check_day(trial, arrival.day, today=now.date())
        receiving.receive(arrival, person=person, trial=trial, now=now)
    except InputError as error:
        if not receiving.is_known(arrival, person):
            return JsonResponse({"state": "refused", "why": lines(error)})
    return JsonResponse({"state": "kept"})


def _arrival(request: HttpRequest, now: datetime) -> Arrival:
    form = request.POST
    day = whole_number(form.get("day", ""))
    return Arrival(
        entry_id=receiving.id_of(form.get("entry_id", "")),
        day=-1 if day is None else day,
        tap=Tap.of(form.dict()),
        said_at=said_at(form.get("said_at", ""), now=now),
        adds="adds" in form,
    )


def _check_id(arrival: Arrival) -> None:
    """Refuse what could not be known again."""
    if arrival.entry_id is None:
        raise InputError([items.not_an_answer("entry_id", "")])


def _icon(size: int, purpose: str) -> dict[str, str]:
    name = f"offline/icon-{size}.png"
    return {
        "src": static(name),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def _mark() -> str:
    """Give a mark of all files that the worker keeps, and of the page."""
    found = sha256(render_to_string("offline/kept.html").encode())
    for name in _FILES:
        path = finders.find(name)
        if isinstance(path, str):
            found.update(Path(path).read_bytes())
    return found.hexdigest()[:16]

"""My medicines: what is used beside LDN, screened in the same request."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from openldn.protocol.problems import InputError
from openldn.protocol.safety import TouchedRule
from openldn.web.access import people
from openldn.web.person import actions, clock, dates, medicines, screens
from openldn.web.person.forms import lines
from openldn.web.person.medicines import Medicine
from openldn.web.person.models import Trial
from openldn.web.person.notices import notices_of
from openldn.web.person.numbers import whole_number
from openldn.web.person.period_questions import UNDO_FOR

__all__ = ["my_medicines"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One medicine as the page shows it."""

    medicine: Medicine
    since: str  # when it was noted, or its last day, in words
    recognised: str
    rules: tuple[tuple[TouchedRule, str], ...]  # each with its sources in words
    is_fresh: bool  # noted in the last minutes


@require_http_methods(["GET", "POST"])
def my_medicines(request: HttpRequest) -> HttpResponse:
    """Show the list, or keep one change of it."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:start")
    problems: list[str] = []
    if request.method == "POST":
        try:
            _keep(request, trial)
        except InputError as error:
            problems = lines(error)
        else:
            return redirect("person:medicines")
    shown = sorted(map(_shown, medicines.in_force(trial)), key=_newest_first)
    facts = {
        "shown": shown,
        "problems": problems,
        "sent": request.POST,  # what was written is not lost with a problem
        "today": clock.today().isoformat(),
        "notices": notices_of(trial, now=clock.now()),
        "page": "medicines",
        "tab": "trial",
    }
    return render(request, "person/medicines.html", facts, status=422 if problems else 200)


def _keep(request: HttpRequest, trial: Trial) -> None:
    now, row = clock.now(), whole_number(request.POST.get("row", ""))
    if "undo" in request.POST:
        actions.take_back_medicine(trial=trial, row=row, now=now)
    elif "last_day" in request.POST:
        last_day = request.POST["last_day"]
        actions.end_medicine(trial=trial, row=row, last_day=last_day, now=now)
    else:
        actions.add_medicine(trial=trial, name=request.POST.get("name", ""), now=now)


def _newest_first(one: Shown) -> int:
    """Put what was noted in the last minutes first, and leave the rest as it is."""
    return -one.medicine.latest_row if one.is_fresh else 0


def _shown(one: Medicine) -> Shown:
    screened = one.screened(clock.today())
    when = one.ended_on or one.noted_at.astimezone().date()
    return Shown(
        medicine=one,
        since=(_("Last used {day}") if one.ended_on else _("On the list since {day}")).format(
            day=dates.in_words(when)
        ),
        recognised=screens.what_is_recognised(screened.recognised),
        rules=tuple((rule, screens.sources_in_words(rule)) for rule in screened.touched),
        is_fresh=clock.now() - one.latest_at < UNDO_FOR,
    )

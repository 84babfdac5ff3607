"""The check-in: tonight, or yesterday until midnight."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from openldn.protocol.problems import InputError, Problem
from openldn.web.access import people
from openldn.web.offline import receiving
from openldn.web.offline.receiving import Arrival
from openldn.web.person import clock, dates, items, period_guesses, red_flags
from openldn.web.person.forms import lines
from openldn.web.person.listed import events_of, side_effects_of, warning_signs_of
from openldn.web.person.models import Trial
from openldn.web.person.notices import notices_of
from openldn.web.person.numbers import whole_number
from openldn.web.person.period_questions import asked_of
from openldn.web.person.taps import SIDES, Tap
from openldn.web.person.tonight import Evening, evening_of

__all__ = ["Spot", "check_in", "events", "note", "show", "side_effects", "warning_signs"]

_PAGES = {0: "tonight", 1: "yesterday"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """The day of a trial that a request is about."""

    trial: Trial
    when: date
    days_back: int

    @property
    def day(self) -> int:
        """Its day number."""
        return self.trial.day_of(self.when)

    @property
    def page(self) -> str:
        """The name of its check-in page."""
        return f"person:{_PAGES[self.days_back]}"

    @property
    def list_pages(self) -> dict[str, str]:
        """The names of the pages that belong to it."""
        before = "yesterday_" if self.days_back else ""
        return {name: f"person:{before}{name}" for name in ("side_effects", "events", "note")}

    @property
    def diary(self) -> str:
        """The name of its trial, which a form carries: a tab may be of an earlier one."""
        return receiving.diary_mark(self.trial)

    @property
    def words(self) -> str:
        """Its date in words."""
        return dates.in_words(self.when)


@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, days_back: int = 0) -> HttpResponse:
    """Show the open question, or keep the answer that was tapped."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:start")
    spot = _spot_of_form(request, trial, days_back)
    if request.method == "GET":
        if spot is None and days_back:
            return redirect("person:tonight")
        return show(request, trial, days_back=days_back)
    if spot is None:
        return _closed(request, trial)
    try:
        meant = _meant(request, spot)
        _keep(request, meant)
    except InputError as error:
        return show(request, trial, days_back=days_back, problems=lines(error))
    return _kept(request, reverse(meant.page))


def show(
    request: HttpRequest, trial: Trial, *, days_back: int = 0, problems: list[str] | None = None
) -> HttpResponse:
    """Show the check-in of a day, or that there is none."""
    spot = _spot(trial, days_back)
    facts = {"tab": "tonight", "problems": problems} | _above(request, trial, days_back)
    if spot is None:
        page, facts = "nothing_tonight", facts | _nothing_tonight(trial)
    else:
        page, facts = "tonight", facts | {"spot": spot, "evening": _evening(request, spot)}
        facts |= {"typed": request.POST}
    return render(request, f"person/{page}.html", facts, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
def side_effects(request: HttpRequest, days_back: int = 0) -> HttpResponse:
    """Show every side effect with its four keys."""
    return _list_page(request, days_back, name="side_effects")


@require_http_methods(["GET", "POST"])
def events(request: HttpRequest, days_back: int = 0) -> HttpResponse:
    """Show what may have happened today."""
    return _list_page(request, days_back, name="events")


@require_http_methods(["GET", "POST"])
def warning_signs(request: HttpRequest) -> HttpResponse:
    """Show what to do about each red flag, at any time; on a day of the trial it can be noted."""
    trial = people.of(request).trials.current()
    if trial is not None and _spot_of_form(request, trial, 0) is not None:
        return _list_page(request, 0, name="warning_signs")
    if trial is not None and request.method == "POST":
        return _closed(request, trial)
    facts: dict[str, object] = {"signs": red_flags.known(), "tab": "tonight"}
    if trial is not None:
        facts |= {"notices": notices_of(trial, now=clock.now()), "page": "warning_signs"}
    return render(request, "person/warning_signs.html", facts)


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, days_back: int = 0) -> HttpResponse:
    """Take a note in the person's own words."""
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:tonight")
    spot = _spot_of_form(request, trial, days_back)
    if spot is None:
        return _closed(request, trial)
    evening = evening_of(spot.trial, spot.when, now=clock.now())
    facts = {"spot": spot, "note": evening.note, "tab": "tonight"}
    facts |= _above(request, spot.trial, days_back)
    if request.method == "GET":
        return render(request, "person/note.html", facts)
    try:
        meant = _meant(request, spot)
        _keep(request, meant, item=items.NOTE)
    except InputError as error:
        text = request.POST.get("value", "")
        facts |= {"problems": lines(error), "note": text, "typed": request.POST}
        return render(request, "person/note.html", facts, status=422)
    return _kept(request, reverse(meant.page))


def _spot(trial: Trial, days_back: int) -> Spot | None:
    """Return the day if the plan covers it."""
    when = clock.today() - timedelta(days=days_back)
    if not 0 <= trial.day_of(when) < trial.plan.total_days:
        return None
    return Spot(trial=trial, when=when, days_back=days_back)


def _spot_of_form(request: HttpRequest, trial: Trial, days_back: int) -> Spot | None:
    """Return the day of a page, or the last evening for a form of it that midnight overtook."""
    spot = _spot(trial, days_back)
    if spot is None and days_back == 0 and request.method == "POST":
        last = _spot(trial, 1)
        if last is not None and request.POST.get("day") == str(last.day):
            return last
    return spot


def _closed(request: HttpRequest, trial: Trial) -> HttpResponse:
    """Say that an answer was not kept, because its day is closed or has not come."""
    if request.method == "GET":
        return redirect("person:tonight")
    today = dates.in_words(clock.today())
    problem = _other_day(_("an answer for a day that is open on %(day)s") % {"day": today})
    return show(request, trial, problems=lines(InputError([problem])))


def _meant(request: HttpRequest, spot: Spot) -> Spot:
    """Return the day that the form was shown for, which midnight may have made yesterday.

    Raises
    ------
    InputError
        When the form is of another plan, or of a day that is closed, or of none.
    """
    if request.POST.get("diary", spot.diary) != spot.diary:
        raise InputError([_other_plan()])
    given = request.POST.get("day", str(spot.day))
    if given == str(spot.day):
        return spot
    if given == str(spot.day - 1) and spot.days_back == 0:
        return replace(spot, when=spot.when - timedelta(days=1), days_back=1)
    raise InputError([_other_day(_("an answer for %(day)s") % {"day": spot.words})])


def _other_plan() -> Problem:
    return Problem(
        code="LDN-W010",
        place=_("This form"),
        given=_("the page of another plan"),
        expected=_("an answer for the plan that runs now"),
        todo=_("Nothing was saved. The page now shows the plan that runs: please answer again."),
    )


def _other_day(expected: str) -> Problem:
    return Problem(
        code="LDN-W010",
        place=_("This form"),
        given=_("the page of another day"),
        expected=expected,
        todo=_("Nothing was saved. The page now shows what is open: please answer again."),
    )


def _above(request: HttpRequest, trial: Trial, days_back: int) -> dict[str, object]:
    """Give what stands above the evening: notices, and tonight what a period asks."""
    now = clock.now()
    facts: dict[str, object] = {"notices": notices_of(trial, now=now), "page": _PAGES[days_back]}
    if not days_back:
        is_reopened = request.GET.get("ask") == "1"
        facts["asked"] = asked_of(trial, today=clock.today(), now=now, is_reopened=is_reopened)
        facts["guess"] = period_guesses.asked_of(
            trial, today=clock.today(), now=now, typed=request.POST
        )
    return facts


def _nothing_tonight(trial: Trial) -> dict[str, object]:
    today = clock.today()
    return {
        "today": dates.in_words(today),
        "first": dates.in_words(trial.start),
        "is_over": trial.is_over(today),
        "ended_yesterday": _spot(trial, 1) is not None and trial.is_over(today),
    }


def _evening(request: HttpRequest, spot: Spot) -> Evening:
    change = whole_number(request.GET.get("change", ""))
    return evening_of(spot.trial, spot.when, now=clock.now(), change=change)


def _keep(request: HttpRequest, spot: Spot, **fixed: str) -> None:
    """Keep what a form of this day says, once: its id may have come before."""
    receiving.receive(
        Arrival(
            entry_id=receiving.id_of(request.POST.get("entry_id", "")),
            day=spot.day,
            tap=Tap.of(request.POST.dict() | fixed),
        ),
        person=people.of(request),
        trial=spot.trial,
        now=clock.now(),
    )


def _kept(request: HttpRequest, path: str) -> HttpResponse:
    """Lead on, and tell the device that the entry it gave an id is on disk."""
    entry_id = receiving.id_of(request.POST.get("entry_id", ""))
    return HttpResponseRedirect(f"{path}?kept={entry_id}" if entry_id else path)


def _list_page(request: HttpRequest, days_back: int, *, name: str) -> HttpResponse:
    trial = people.of(request).trials.current()
    if trial is None:
        return redirect("person:tonight")
    spot = _spot_of_form(request, trial, days_back)
    if spot is None:
        return _closed(request, trial)
    problems: list[str] = []
    if request.method == "POST":
        try:
            meant = _meant(request, spot)
            _keep(request, meant)
        except InputError as error:
            problems = lines(error)
        else:
            is_done = request.POST.get("item") == SIDES or meant.days_back != days_back
            return _kept(request, reverse(meant.page) if is_done else request.path)
    facts = {
        "spot": spot,
        "problems": problems,
        "tab": "tonight",
        "sides": SIDES,
        "typed": request.POST,
        **_above(request, spot.trial, spot.days_back),
        **_listed(spot, name),
    }
    return render(request, f"person/{name}.html", facts, status=422 if problems else 200)


def _listed(spot: Spot, name: str) -> dict[str, object]:
    """Give what a list page lists."""
    if name == "events":
        return {"listed": events_of(spot.trial, spot.day)}
    signs = warning_signs_of(spot.trial, spot.day)
    if name == "warning_signs":
        return {"signs": signs, "page": name}
    return {"signs": signs, "listed": side_effects_of(spot.trial, spot.day)}

"""A diary without a plan: begun from what matters, then eleven keys an evening."""

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from openldn.web.access import people
from openldn.web.person import clock, dates
from openldn.web.person.numbers import whole_number
from openldn.web.person.views.start import running_trial
from openldn.web.plan import drafts, own_diary, steps
from openldn.web.plan.models import OwnDiary

__all__ = ["begin_diary", "diary_file", "my_diary"]


@require_http_methods(["GET", "POST"])
def begin_diary(request: HttpRequest) -> HttpResponse:
    """Say what a diary is without a plan, and begin it with the scores of the draft."""
    person = people.of(request)
    if running_trial(person) is not None:
        return redirect("person:tonight")  # its evenings are watched by the rules of its plan
    answers = drafts.answers_of(person)
    if request.method == "GET":
        facts = {"items": answers.get("items", ()), "tab": "tonight"}
        return render(request, "plan/begin_diary.html", facts)
    if not answers.get("is_worded"):
        return redirect((steps.first_open(answers) or steps.STEPS[0]).page)
    own_diary.begin(person=person, items=answers["items"], now=clock.now())
    return redirect("plan:my_diary")


@require_http_methods(["GET", "POST"])
def my_diary(request: HttpRequest) -> HttpResponse:
    """Show the questions of an evening, or keep the answer that was tapped."""
    diary = own_diary.current(people.of(request))
    if diary is None:
        return redirect("person:start")
    today = own_diary.day_of(diary, clock.today())
    day = today - 1 if _is_yesterday(request) and today > 0 else today
    if request.method == "POST":
        return _kept(request, diary, day, today)
    return _page(request, diary, day, today)


@require_GET
def diary_file(request: HttpRequest) -> HttpResponse:
    """Hand out the diary as the file that every command reads."""
    diary = own_diary.current(people.of(request))
    if diary is None:
        return redirect("person:start")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "diary.csv"
        own_diary.diary_of(diary).write(path)
        content = path.read_bytes()
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-diary.csv"'
    return response


def _is_yesterday(request: HttpRequest) -> bool:
    return "yesterday" in request.GET


def _kept(request: HttpRequest, diary: OwnDiary, day: int, today: int) -> HttpResponse:
    """Keep one tap. A page left open over midnight is shown anew, and nothing is kept."""
    if request.POST.get("day") != str(day):
        problem = _("This page is of another evening. Nothing was kept: tap again here.")
        return _page(request, diary, day, today, problems=[problem])
    question = request.POST.get("question", "")
    if question not in {one["id"] for one in diary.questions}:
        raise Http404
    keep = partial(own_diary.record, diary=diary, day=day, question=question, now=clock.now())
    if "undo" in request.POST:
        row = whole_number(request.POST["undo"])
        own_diary.undo(diary=diary, day=day, question=question, row=row, now=clock.now())
    elif "skip" in request.POST:
        keep(score=None)
    else:
        score = whole_number(request.POST.get("score", ""))
        if score is None or score > own_diary.HIGHEST:
            problem = _("Given: %(given)s. Expected: a number from 0 to 10. Tap a key.") % {
                "given": f"“{request.POST.get('score', '')[:40]}”"
            }
            return _page(request, diary, day, today, problems=[problem])
        keep(score=score)
    page = redirect("plan:my_diary")
    if day != today:
        page["Location"] += "?yesterday=1"
    return page


def _page(
    request: HttpRequest, diary: OwnDiary, day: int, today: int, problems: list[str] | None = None
) -> HttpResponse:
    asked = own_diary.questions_of(
        diary, day, ends=(_("the worst it can be"), _("the best it can be"))
    )
    facts = {
        "asked": asked,
        "answered": sum(one.row is not None for one in asked),
        "day": day,
        "words": dates.in_words(diary.start + timedelta(days=day)),
        "is_yesterday": day != today,
        "has_yesterday": today > 0,
        "problems": problems,
        "tab": "tonight",
    }
    return render(request, "plan/my_diary.html", facts, status=422 if problems else 200)

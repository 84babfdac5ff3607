"""Take everything along, or erase it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.keeping import erasing
from openldn.web.keeping.export import exported
from openldn.web.person import clock

__all__ = ["erase", "export", "export_file"]


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Say what the file holds."""
    people.of(request)
    return render(request, "keeping/export.html")


@require_GET
def export_file(request: HttpRequest) -> HttpResponse:
    """Hand out everything about this person."""
    content = exported(people.of(request), now=clock.now())
    name = f"openldn-records-{clock.today().isoformat()}.zip"
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Say what goes and what cannot be called back; erase when the word is typed."""
    person = people.of(request)
    word = _("erase")
    given = request.POST.get("word", "")
    if request.method == "POST" and given.strip().casefold() == word.casefold():
        is_whole = erasing.erase(person)
        request.session.flush()
        response = render(request, "keeping/erased.html", {"is_whole": is_whole})
        # What the browser kept for this address alone: pages, and notes that were not sent yet.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response
    is_wrong = request.method == "POST"
    facts = {"word": word, "given": given[:80], "is_wrong": is_wrong, **_facts(person)}
    return render(request, "keeping/erase.html", facts, status=422 if is_wrong else 200)


def _facts(person: Person) -> dict[str, object]:
    rows = erasing.counted(person)
    current = person.trials.current()
    return {
        "trials": rows["person.Trial"],
        "entries": rows["person.Entry"],
        "rows": sum(rows.values()),
        "is_running": current is not None and not current.is_over(clock.today()),
    }

"""The safety check: one form, asked anew each time. Nothing of it is stored."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from openldn.evidence.conditions import find
from openldn.web.ask.checking import check
from openldn.web.ask.forms import CheckForm, PackForm
from openldn.web.person import clock

__all__ = ["safety_check", "show"]

_NOTHING_SAID = gettext_lazy("Nothing was filled in yet. Name a medicine or answer a question.")


@require_http_methods(["GET", "POST"])
def safety_check(request: HttpRequest) -> HttpResponse:
    """Show the empty form, or what the rules say above the filled one."""
    is_sent = request.method == "POST"
    form = CheckForm(request.POST if is_sent else None, today=clock.today())
    if is_sent and form.is_valid() and form.profile is None:
        form.add_error(None, str(_NOTHING_SAID))
    return show(request, form, PackForm(initial={"condition": _first_known(form)}))


def show(request: HttpRequest, form: CheckForm, pack_form: PackForm) -> HttpResponse:
    """Show a form with its result, or with everything that is to be fixed in either."""
    is_wrong = bool(form.errors or pack_form.errors)
    facts = {
        "form": form,
        "pack_form": pack_form,
        "wrong": (form, pack_form),
        "result": check(form.profile) if form.profile and not is_wrong else None,
    }
    return render(request, "ask/check.html", facts, status=422 if is_wrong else 200)


def _first_known(form: CheckForm) -> str:
    """Name the condition that the pack is likely for: the first that the catalogue knows."""
    named = (form.profile.conditions or ()) if form.profile else ()
    return next((found.id for name in named if (found := find(name))), "")

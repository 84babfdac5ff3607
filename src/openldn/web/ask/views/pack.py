"""The pack for the prescriber and the wallet card, explained and printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from openldn.evidence.conditions import Condition
from openldn.evidence.first_plan import first_plan
from openldn.protocol.problems import InputError
from openldn.protocol.screening import Profile
from openldn.report.card import render_card
from openldn.report.pack import render_pack
from openldn.web.ask.forms import CheckForm, PackForm
from openldn.web.ask.views.check import show
from openldn.web.person import clock

__all__ = ["pack", "pack_file", "wallet_card"]


@require_GET
def pack(request: HttpRequest) -> HttpResponse:
    """Say what the pack holds; another page may have chosen the condition."""
    form = PackForm(initial={"condition": request.GET.get("condition", "")})
    return render(request, "ask/pack.html", {"pack_form": form})


@require_POST
def pack_file(request: HttpRequest) -> HttpResponse:
    """Print the pack for a condition and for what was filled in; nothing of it is stored."""
    form = CheckForm(request.POST, today=clock.today())
    pack_form = PackForm(request.POST)
    if form.is_valid() & pack_form.is_valid():
        try:
            content = _printed(pack_form.cleaned_data["condition"], form.profile)
        except InputError as error:
            for problem in error.problems:
                pack_form.add_error("condition", f"{problem.expected}. {problem.todo}")
        else:
            return _pdf(content, "openldn-pack.pdf")
    if form.is_valid() and form.profile is None:
        facts = {"pack_form": pack_form, "wrong": (pack_form,)}
        return render(request, "ask/pack.html", facts, status=422)
    return show(request, form, pack_form)


@require_GET
def wallet_card(request: HttpRequest) -> HttpResponse:
    """Print the wallet card, which is the same for everybody."""
    return _pdf(render_card(), "openldn-card.pdf")


def _printed(condition: Condition, profile: Profile | None) -> bytes:
    plan = first_plan(condition)
    return render_pack(condition, plan=plan, profile=profile, is_first_plan=True)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

"""Pages of what is known: look it up, hand it to a template."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openldn.evidence.claims import Category, claims
from openldn.evidence.conditions import Instrument, catalogue, instruments
from openldn.evidence.side_effects import side_effects
from openldn.web.ask import cards, citing, curves, looking, pooling, telling
from openldn.web.ask.citing import Link

__all__ = ["blockade", "claim", "condition", "known", "side_effect", "story"]

# The claim that the pooled trials speak of, and the condition they were done in.
_POOLED_CLAIM, _POOLED_CONDITION = "muscle-pain", "fibromyalgia"


@require_GET
def known(request: HttpRequest) -> HttpResponse:
    """List what is known, or what fits a question."""
    found = looking.look(
        request.GET.get("words", ""), condition_id=request.GET.get("condition", "")
    )
    facts = {"found": found, "conditions": catalogue(), "legend": cards.LEGEND}
    return render(request, "ask/known.html", facts)


@require_GET
def claim(request: HttpRequest, claim_id: str) -> HttpResponse:
    """Show one claim with its studies."""
    entry = claims().get(claim_id)
    if entry is None:
        raise Http404
    is_harm = entry.category is Category.SIDE_EFFECT
    is_pooled = entry.id == _POOLED_CLAIM
    facts = {
        "claim": entry,
        "card": cards.claim_card(entry),
        "groups": cards.grouped(entry.studies, is_harm=is_harm),
        "harms": cards.harms_of(entry),
        "pools": pooling.pooled_for(_POOLED_CONDITION) if is_pooled else (),
        "better": pooling.better(),
        "legend": cards.LEGEND,
    }
    return render(request, "ask/claim.html", facts)


@require_GET
def condition(request: HttpRequest, condition_id: str) -> HttpResponse:
    """Show one condition: what was found, and how it is measured."""
    entry = cards.condition_named(condition_id)
    if entry is None:
        raise Http404
    about = cards.claim_about(entry)
    facts = {
        "condition": entry,
        "card": cards.condition_card(entry),
        "claim": cards.claim_card(about) if about else None,
        "groups": cards.grouped(entry.studies),
        "pools": pooling.pooled_for(entry.id),
        "better": pooling.better(),
        "instruments": [_measured_by(one) for one in entry.instruments],
        "suggested": instruments()[entry.suggested],
        "legend": cards.LEGEND,
    }
    return render(request, "ask/condition.html", facts)


def _measured_by(instrument_id: str) -> tuple[Instrument, Link]:
    instrument = instruments()[instrument_id]
    return instrument, citing.linked(instrument.mcid_source)


@require_GET
def side_effect(request: HttpRequest, effect_id: str) -> HttpResponse:
    """Show one side effect: what to do, and what was counted."""
    entry = side_effects().get(effect_id)
    if entry is None:
        raise Http404
    facts = {
        "effect": entry,
        "card": cards.effect_card(entry),
        "citations": citing.all_of(entry.studies, with_result=False),
    }
    return render(request, "ask/side_effect.html", facts)


@require_GET
def story(request: HttpRequest) -> HttpResponse:
    """Tell the story where this project began, each part beside what is known."""
    every = (study for one in claims().values() for study in one.studies)
    facts = {"passages": telling.told(), "legend": cards.LEGEND, "citations": citing.all_of(every)}
    return render(request, "ask/story.html", facts)


@require_GET
def blockade(request: HttpRequest) -> HttpResponse:
    """Show how much of the opioid receptors a dose may block, over two days."""
    is_daily = request.GET.get("taken") == "daily"
    return render(request, "ask/blockade.html", {"page": curves.blockade(is_daily=is_daily)})

"""Links: choose what is seen, look at it first, make one, end one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.person import clock
from openldn.web.person.models import Answer
from openldn.web.person.numbers import whole_number
from openldn.web.share import links, stories
from openldn.web.share.forms import LinkForm, new_key
from openldn.web.share.mine import latest_answer
from openldn.web.share.models import Link, Story
from openldn.web.share.showing import choices
from openldn.web.share.views.outside import as_others_see

__all__ = ["end", "look", "my_links"]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@require_http_methods(["GET", "POST"])
def my_links(request: HttpRequest) -> HttpResponse:
    """List the links, and make one."""
    person = people.of(request)
    answer = latest_answer(person)
    if request.method == "GET" or answer is None:
        form = _form(answer) if answer else None
        return _page(request, person, answer, form)
    form = LinkForm(request.POST, choices=choices(answer))
    if form.is_valid() and _has_room(person, form):
        return _made(request, person, answer, form)
    return _page(request, person, answer, form, status=422)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Show what a link would open, before there is one. A form, so that no address tells of it."""
    person = people.of(request)
    answer = latest_answer(person)
    if answer is None:
        raise Http404
    known = [one.id for one in choices(answer)]
    chosen = [one for one in known if one in request.POST.getlist("outcomes")]
    seen = Link(
        person=person,
        answer=answer,
        outcomes=chosen or known[:1],
        has_side_effects="has_side_effects" in request.POST,
        story=_story(person, answer, is_wanted="has_story" in request.POST),
        made_at=clock.now(),
    )
    return as_others_see(request, seen, is_look=True)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one link at once."""
    row = whole_number(request.POST.get("row", ""))
    links.end(person=people.of(request), row=row, now=clock.now())
    return redirect("share:links")


def _form(answer: Answer) -> LinkForm:
    known = choices(answer)
    start = {
        "form_key": new_key(),
        "outcomes": [one.id for one in known[:1]],
        "has_side_effects": True,
        "days": 30,
    }
    return LinkForm(choices=known, initial=start)


def _has_room(person: Person, form: LinkForm) -> bool:
    if Link.objects.open_at(clock.now()).filter(person=person).count() < links.MOST_LINKS:
        return True
    words = _("There are %(most)d links open already. End one first.") % {"most": links.MOST_LINKS}
    form.add_error(None, words)
    return False


def _made(request: HttpRequest, person: Person, answer: Answer, form: LinkForm) -> HttpResponse:
    given = form.cleaned_data
    token = links.make(
        person=person,
        answer=answer,
        outcomes=given["outcomes"],
        has_side_effects=given["has_side_effects"],
        days=given["days"],
        meant_for=given["meant_for"],
        form_key=given["form_key"],
        now=clock.now(),
        story=_story(person, answer, is_wanted=given["has_story"]),
    )
    if token is None:
        form.add_error(None, _("This form made its link already. Its address is shown only once."))
        return _page(request, person, answer, form, status=409)
    address = request.build_absolute_uri(reverse("share:shared", args=[token]))
    return _page(request, person, answer, _form(answer), address=address)


def _story(person: Person, answer: Answer, *, is_wanted: bool) -> Story | None:
    return stories.latest(person, answer) if is_wanted else None


def _page(
    request: HttpRequest,
    person: Person,
    answer: Answer | None,
    form: LinkForm | None,
    *,
    address: str = "",
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    mine = Link.objects.filter(person=person)
    host = request.get_host().rpartition(":")[0] or request.get_host()
    facts = {
        "answer": answer,
        "form": form,
        "address": address,
        "has_story": answer is not None and stories.latest(person, answer) is not None,
        "open": [_told(one) for one in mine.open_at(now)],
        "closed": [_told(one) for one in mine.exclude(pk__in=mine.open_at(now))[:10]],
        "is_here_only": host in _LOOPBACK,
    }
    return render(request, "share/links.html", facts, status=status)


def _told(link: Link) -> tuple[Link, str]:
    """Give a link with what it shows, in words."""
    labels = {one.id: one.label for one in choices(link.answer)}
    shown = [labels.get(one, one) for one in link.outcomes]
    if link.has_side_effects:
        shown.append(_("side effects"))
    if link.story_id:
        shown.append(_("my story"))
    return link, ", ".join(shown)

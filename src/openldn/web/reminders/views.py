"""The page where reminders are chosen, and the feed that calendars fetch."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from openldn.web import consent
from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.consent.purposes import PURPOSES
from openldn.web.person import clock
from openldn.web.reminders import addresses, choosing, feed, mail, notebook, push
from openldn.web.reminders.doing import BUTTONS, SAID, Asked, Done
from openldn.web.reminders.forms import EmailForm, EveningForm
from openldn.web.reminders.models import Calendar, Device, Wish

__all__ = ["calendar", "reminders"]


@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Show what is on and what is off, or do what a button asks."""
    person = people.of(request)
    if request.method == "GET":
        return _page(request, person, Done(said=request.GET.get("said", "")))
    done = _done(request, person)
    if done.problems or done.forms:
        return _page(request, person, done, status=422)
    return redirect(f"{reverse('reminders:reminders')}?said={done.said}")


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the evenings to come to whoever knows the secret address.

    Calendars come without a session. A changed address and one that never was are the same 404.
    """
    found = Calendar.objects.select_related("person").filter(secret=secret).first()
    if found is None:
        raise Http404
    wish = Wish.objects.get(person=found.person)
    today = clock.now().astimezone(wish.zone).date()
    written = feed.written(found, wish, notebook.evenings(found.person, today=today))
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="evening-note.ics"'
    return response


def _done(request: HttpRequest, person: Person) -> Done:
    button = request.POST.get("do", "")
    if button not in BUTTONS:
        words = _("This button is not one of the page. Nothing is changed. Open the page anew.")
        return Done(problems=(words,))
    now = clock.now()
    choosing.begin(person, zone_name=request.POST.get("zone", ""), now=now)
    return BUTTONS[button](Asked(person=person, form=request.POST, now=now))


def _page(request: HttpRequest, person: Person, done: Done, *, status: int = 200) -> HttpResponse:
    wish = choosing.wish_of(person, now=clock.now())
    found = Calendar.objects.filter(person=person).first()
    evening = {"at": wish.at, "zone_name": wish.zone_name}
    facts = {
        "evening": done.forms.get("evening") or EveningForm(initial=evening),
        "email": done.forms.get("email") or EmailForm(initial={"email": wish.email}),
        "problems": done.problems,
        "said": SAID.get(done.said, ""),
        "wish": wish,
        "is_chosen": wish.pk is not None,
        "address": request.build_absolute_uri(_path(found)) if found else "",
        "is_mail_offered": mail.is_offered(),
        "of_account": addresses.of_account(person),
        "devices": Device.objects.filter(person=person),
        "push_key": push.public_key(),
        "is_push_given": consent.given(person, "push"),
        "is_email_given": consent.given(person, "email"),
        "push_purpose": PURPOSES["push"],
        "email_purpose": PURPOSES["email"],
        "tab": "",
    }
    return render(request, "reminders/reminders.html", facts, status=status)


def _path(found: Calendar) -> str:
    return reverse("reminders:calendar", args=[found.secret])

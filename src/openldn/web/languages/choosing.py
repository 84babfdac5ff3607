"""Which language a request, or a message to somebody, is written in."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from openldn.web.access import people
from openldn.web.access.models import Person
from openldn.web.languages.models import ChosenLanguage

__all__ = ["choose", "is_known", "of_person", "of_request"]

_KEPT_AS: Final = "language"  # of a session; empty: asked already, nothing is chosen
# What Norwegian browsers also say; Bokmål is the closest that we have.
_READ_AS: Final = {"no": "nb", "nn": "nb", "no-no": "nb", "nn-no": "nb"}


def is_known(code: str) -> bool:
    """Tell whether there are pages in this language."""
    return code in dict(settings.LANGUAGES)


def of_request(request: HttpRequest) -> str:
    """Give the language of a page: what was chosen here, else what the browser asks for."""
    kept: str | None = request.session.get(_KEPT_AS)
    if kept is None and (person := people.known(request)):
        # Asked once a session: no page pays for it again.
        kept = request.session[_KEPT_AS] = _chosen_by(person)
    return kept if kept and is_known(kept) else _of_browser(request)


def of_person(person: Person, *, otherwise: str = settings.LANGUAGE_CODE) -> str:
    """Give the language for what reaches somebody away from a page: e-mails and reminders."""
    chosen = _chosen_by(person)
    return chosen if is_known(chosen) else otherwise


def choose(request: HttpRequest, code: str) -> None:
    """Keep a choice: in this session, and for the person where there is one."""
    request.session[_KEPT_AS] = code
    if person := people.known(request):
        ChosenLanguage.objects.update_or_create(person=person, defaults={"code": code})


def _chosen_by(person: Person) -> str:
    row = ChosenLanguage.objects.filter(person=person).first()
    return row.code if row else ""


def _of_browser(request: HttpRequest) -> str:
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    wanted = [
        (-weight, place, _READ_AS.get(code, code))
        for place, (code, weight) in enumerate(parse_accept_lang_header(header))
    ]
    for _, _, code in sorted(wanted):
        for known in (code, code.partition("-")[0]):
            if is_known(known):
                return known
    return str(settings.LANGUAGE_CODE)

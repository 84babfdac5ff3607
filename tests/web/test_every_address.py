"""Every address, walked from the resolver: a stranger, another patient, a wrong method, nothing.

In both modes: the app of one person, and a server for many.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from openldn.web import consent
from openldn.web.access import middleware
from openldn.web.access.models import Person
from openldn.web.accounts.models import Account
from openldn.web.ask import talks
from openldn.web.config import server_settings
from openldn.web.person import actions, items
from openldn.web.person.models import Entry
from support.web import NOW, PLAN

Browsers = Callable[[str], Client]

# What only Ana wrote; it must be on no page of anybody else.
_WORDS = "Only Ana wrote this"
# Made up, so that no address leads anywhere; a real number of Ana's is tried beside them.
_NOWHERE = {"str": "no-such-thing", "slug": "no-such-thing", "int": "987654321"}
_NOWHERE |= {"uuid": "00000000-0000-4000-8000-000000000000", "path": "no/such"}
_METHODS = ("get", "post", "put", "delete", "patch", "options", "head")
_CHANGING = ("post", "put", "delete", "patch")


def _walk(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for one in patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, address)
        else:
            yield address


def _addresses(module: str, number: str = "") -> list[str]:
    """Give every address of a list of addresses, each hole filled."""

    def filled(found: re.Match[str]) -> str:
        kind = found[1] or "str"
        return number if number and kind in ("int", "str") else _NOWHERE[kind]

    walked = _walk(import_module(module).urlpatterns)
    return sorted({re.sub(r"<(?:(\w+):)?\w+>", filled, one) for one in walked})


LOCAL = _addresses("openldn.web.config.urls")
SERVER = _addresses("openldn.web.config.server_urls")
# Read by everybody: they hold nothing of anybody.
OPEN_AT_HOME = middleware._OPEN_PATHS
OPEN = (*server_settings.ALSO_OPEN, *OPEN_AT_HOME)


@pytest.fixture
def ana(server_mode: None, patient: Browsers) -> Person:
    """A person whose words are in every table that the app fills."""
    patient("ana@example.org")
    return _fill(Account.objects.get(email="ana@example.org").person)


@pytest.fixture
def ana_at_home(owner: Client) -> Person:
    """The same records in the app of one person."""
    owner.get("/")
    return _fill(Person.objects.get())


def _fill(person: Person) -> Person:
    trial = actions.add_trial(person=person, plan_toml=PLAN, start=NOW.date())
    actions.record(trial=trial, day=0, item=items.NOTE, value=_WORDS, now=NOW)
    actions.add_medicine(trial=trial, name=_WORDS, now=NOW)
    facts = {"day": NOW.date(), "said": "no", "reason": _WORDS}
    talks.note(person=person, facts=facts, now=NOW)
    consent.give(person, "pool", now=NOW)
    return person


def _rows() -> dict[str, int]:
    """Count every row that belongs to somebody."""
    person = Person.objects.order_by("pk").first()
    assert person is not None
    held = {"entries": Entry.objects.count(), "persons": Person.objects.count()}
    for relation in person._meta.related_objects:
        model = relation.related_model
        held[model.__name__] = model._default_manager.count()
    return held


@pytest.mark.parametrize("address", LOCAL)
def test_at_home_a_stranger_reads_and_changes_nothing(
    ana_at_home: Person, stranger: Client, address: str
) -> None:
    """Whatever is asked and however, the answer holds no word of the owner, and no row changes."""
    before = _rows()
    for method in _METHODS:
        answer = getattr(stranger, method)(address)
        is_open = address.startswith(OPEN_AT_HOME)
        assert is_open or answer.status_code == 403, (method, answer.status_code)
        assert answer.status_code < 500, method
        assert _WORDS.encode() not in _content(answer), method
    assert _rows() == before


@pytest.mark.parametrize("address", SERVER)
def test_on_a_server_a_stranger_reads_and_changes_nothing(
    ana: Person, visitor: Callable[[], Client], address: str
) -> None:
    """Closed pages lead to the way in; open ones hold nothing of anybody."""
    before, stranger = _rows(), visitor()
    for method in _METHODS:
        answer = getattr(stranger, method)(address)
        assert answer.status_code < 500, method
        assert _WORDS.encode() not in _content(answer), method
        if not address.startswith(OPEN):
            is_look = method in ("get", "head")
            assert answer.status_code == (302 if is_look else 403), method
            assert not is_look or answer["Location"] == "/account/login/"
    assert _rows() == before


@pytest.mark.parametrize("address", SERVER)
def test_another_patient_never_sees_or_changes_what_is_hers(
    ana: Person, patient: Browsers, address: str
) -> None:
    """Ben, signed in, finds no word of Ana on any address, and changes no row of hers."""
    ben, before = patient("ben@example.org"), _entries_of(ana)
    for method in _METHODS:
        answer = getattr(ben, method)(address, **_form(method))
        assert answer.status_code < 500, method
        assert _WORDS.encode() not in _content(answer), method
        if answer.status_code == 302 and "/account/" in answer["Location"]:
            break  # it ended the session: what follows is a stranger's
    assert _entries_of(ana) == before


def test_numbers_of_her_rows_are_for_another_patient_as_if_they_were_not_there(
    ana: Person, patient: Browsers
) -> None:
    """An address with the number of a row of hers answers exactly as one with a made-up number."""
    ben = patient("ben@example.org")
    numbers = {str(row.pk) for row in Entry.objects.all()} | {str(ana.pk)}
    numbers |= {str(ana.talks.get().pk), str(ana.trials.get().pk)}
    nowhere = _addresses("openldn.web.config.server_urls")
    for number in numbers:
        for hers, made_up in zip(
            _addresses_in_order(number), _addresses_in_order(_NOWHERE["int"]), strict=True
        ):
            if hers != made_up:
                assert ben.get(hers).status_code == ben.get(made_up).status_code, hers
    assert nowhere


def _addresses_in_order(number: str) -> list[str]:
    walked = _walk(import_module("openldn.web.config.server_urls").urlpatterns)
    return [re.sub(r"<int:\w+>", number, one) for one in walked]


@pytest.mark.parametrize("address", SERVER)
def test_every_address_refuses_the_methods_it_does_not_take(
    ana: Person, patient: Browsers, address: str
) -> None:
    """PUT, PATCH and DELETE are taken by nothing of ours; the answer is in words."""
    browser = patient("ana@example.org")
    if address.startswith(("/account/", "/leave")):
        return  # allauth's own; a test of its signed-in pages stands in test_accounts
    before = _entries_of(ana)
    for method in ("put", "patch", "delete"):
        answer = getattr(browser, method)(address)
        assert answer.status_code in {404, 405}, (method, answer.status_code)
    assert _entries_of(ana) == before


@pytest.mark.parametrize(
    "address", [one for one in SERVER if any(word in one for word in _NOWHERE.values())]
)
def test_what_does_not_exist_is_said_in_words(ana: Person, patient: Browsers, address: str) -> None:
    """A made-up name or number is no page, and no mistake of ours."""
    answer = patient("ana@example.org").get(address)
    assert answer.status_code in {302, 404, 405}, answer.status_code
    if answer.status_code == 404:
        assert "<h1>" in answer.content.decode()


def test_the_walk_sees_every_room() -> None:
    """Addresses of each room are in the list, so that the tests above are about something."""
    for known in ("/", "/talk", "/consent", "/answer/seal", "/known/claims/no-such-thing"):
        assert known in LOCAL
    assert "/account/sessions/" in SERVER
    assert set(LOCAL) < set(SERVER)


def _form(method: str) -> dict[str, dict[str, str]]:
    """Fill a form as somebody would who guesses numbers."""
    if method != "post":
        return {}
    guess = {"item": "note", "value": "x", "day": "0", "row": "1", "undo": "1", "reason": "x"}
    return {"data": guess}


def _entries_of(person: Person) -> list[object]:
    trial = person.trials.get()
    rows = [trial.entries, trial.medicine_notes, person.talks, person.consents]
    return [list(one.values_list()) for one in rows]


def _content(answer: object) -> bytes:
    streamed = getattr(answer, "streaming_content", None)
    return b"".join(streamed) if streamed is not None else getattr(answer, "content", b"")

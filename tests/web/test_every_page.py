"""What holds for every address: walked, so that a new page cannot be forgotten."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver

from openldn.web.access.middleware import CONTENT_SECURITY_POLICY
from openldn.web.person import actions, clock, tasks
from openldn.web.person.models import Trial
from support import pseudo
from support.drawn import drawn
from support.planning import walk
from support.web import ORDER, frighten, meet_every_rule, pause, seal_of, visible

_TAKES_FORMS_ONLY = {
    *("/leave", "/answer/ask", "/answer/seal", "/period-questions", "/period-guess"),
    *("/told", "/pack.pdf", "/plan/anew", "/answer/picture", "/kept/entry"),
    *("/share/look", "/share/end"),
    *("/contribute/show", "/contribute/give", "/contribute/withdraw"),
}
_EXAMPLES = {
    "token": "no-such-link",
    "claim_id": "muscle-pain",
    "condition_id": "fibromyalgia",
    "effect_id": "vivid-dreams",
    "secret": "no-such-address",
}
# Pages without a door: what a link opens, and what everyone found.
_FOR_EVERYBODY = {"/shared/no-such-link": {404}, "/found": {200}, "/language": {200}}
# A script is a file of our own, and never stands in the page.
_OWN_SCRIPT = re.compile(r'<script type="module" src="/static/[\w/.-]+"></script>')
_INLINE = re.compile(r"<script|<style|\sstyle=|\son\w+=|javascript:|src=.http")
_BANNED = re.compile(
    r"\b(significant|p-value|proven|works|does not work|responder|effect size|confidence)\b", re.I
)


def _addresses() -> list[str]:
    found: list[str] = []
    for included in get_resolver().url_patterns:
        for pattern in getattr(included, "url_patterns", []):
            assert isinstance(pattern, URLPattern)
            found.append(
                "/" + re.sub(r"<\w+:(\w+)>", lambda m: _EXAMPLES[m[1]], str(pattern.pattern))
            )
    return found


ADDRESSES = _addresses()
PAGES = [address for address in ADDRESSES if address not in _TAKES_FORMS_ONLY]


@pytest.fixture(
    params=[
        "no trial",
        "plan made",
        "diary only",
        "running",
        "moments",
        "red flag",
        "paused",
        "to go on",
        "over, sealed",
        "asked",
        "answered",
    ]
)
def stage(request: pytest.FixtureRequest) -> str:
    """A database at one stage of a trial."""
    name: str = request.param
    trial: Trial
    if name == "running":
        request.getfixturevalue("running")
    elif name in ("plan made", "diary only"):
        owner = request.getfixturevalue("owner")
        walk(owner, until="freeze" if name == "plan made" else "worth")
        if name == "diary only":
            owner.post("/my-diary/begin")
    elif name == "moments":
        trial = request.getfixturevalue("ruled")
        meet_every_rule(trial)
    elif name in ("red flag", "paused", "to go on"):
        trial = request.getfixturevalue("running")
        frighten(trial) if name == "red flag" else pause(trial, is_over=name == "to go on")
    elif name != "no trial":
        trial = request.getfixturevalue("over")
        if name != "over, sealed":
            actions.open_seal(
                trial=trial,
                seal=seal_of(ORDER, is_open=True),
                is_code_kept=True,
                today=clock.today(),
            )
            answer = actions.ask_for_answer(trial=trial, now=clock.now())
            if name == "answered":
                tasks.compute_answer.call(answer.pk)
    return name


def _is_page(answer: HttpResponse) -> bool:
    return bool(answer.content) and answer["Content-Type"].startswith("text/html")


def test_pages_hold_nothing_inline_and_carry_every_header(owner: Client, stage: str) -> None:
    """No script, no inline style, no event attribute; the policy, no-store and nosniff."""
    for address in ADDRESSES:
        answer = owner.get(address)
        assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["Cache-Control"] == "no-store", address
        if _is_page(answer):
            html = _OWN_SCRIPT.sub("", answer.content.decode())
            assert not _INLINE.search(html), address


def test_no_page_breaks_at_any_stage(owner: Client, stage: str) -> None:
    """Every address shows a page, leads to one, or says in words that there is none."""
    for address in PAGES:
        answer = owner.get(address)
        assert answer.status_code in {200, 204, 302, 403, 404}, (address, answer.status_code)
        if _is_page(answer):
            assert "<h1" in answer.content.decode(), address


def test_no_page_uses_a_banned_word(owner: Client, stage: str) -> None:
    """Standards section 3: words that promise too much are nowhere."""
    for address in PAGES:
        answer = owner.get(address)
        if _is_page(answer):
            assert not (found := _BANNED.search(visible(answer.content))), (address, found)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_gets_no_record_from_any_address(
    stranger: Client, running: Trial, address: str
) -> None:
    """Only the link page, the sign of life and static files answer without a session."""
    for answer in (stranger.get(address), stranger.post(address, {"item": "ill", "value": "1"})):
        assert answer.status_code in {204, 403, 404, 405} | _FOR_EVERYBODY.get(address, set())
        assert b"Muscle pain" not in answer.content
    assert not running.entries.filter(item="ill").exists()


@pytest.mark.parametrize("address", sorted(_TAKES_FORMS_ONLY))
def test_addresses_of_buttons_cannot_be_opened(owner: Client, address: str) -> None:
    """A wrong method is refused in words, and the answer says which one is right."""
    answer = owner.get(address)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "belongs to a button" in visible(answer.content)


@pytest.mark.parametrize(
    "address",
    [
        "/trial",
        "/answer",
        "/help",
        "/diary.csv",
        "/my-data",
        "/known",
        "/pack",
        "/card.pdf",
        "/start",
        "/plan/frozen",
    ],
)
def test_pages_that_only_show_take_no_forms(owner: Client, running: Trial, address: str) -> None:
    """A form sent to a page without one is refused."""
    assert owner.post(address).status_code == 405


def test_our_own_mistake_is_said_in_words(
    owner: Client, running: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that breaks says so, shows nothing of the records, and no line of the program."""

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("openldn.web.person.views.trial.progress_of", broken)
    owner.raise_request_exception = False
    answer = owner.get("/trial")
    assert answer.status_code == 500
    assert "We made a mistake" in visible(answer.content)
    assert b"secret detail" not in answer.content


def test_an_unknown_address_is_said_in_words(owner: Client) -> None:
    """Not found is a page of our own, with a way back."""
    answer = owner.get("/no-such-page")
    assert answer.status_code == 404
    assert "There is no such page" in visible(answer.content)


def test_styles_are_served_with_the_policy_too(stranger: Client) -> None:
    """Static files come from the installed packages and carry the headers."""
    for path in ("report/tokens.css", "report/answer.css", "person/app.css", "plan/plan.css"):
        answer = stranger.get(f"/static/{path}")
        assert answer.status_code == 200, path
        assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert b"".join(answer)
        answer.close()


def test_every_text_of_a_page_is_in_the_catalogue(
    owner: Client, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a language of no people, no text is left in plain letters but what is excused."""
    pseudo.speak(monkeypatch)
    left = [
        f"{address}: {text}"
        for address in PAGES
        if _is_page(answer := owner.get(address))
        for text in pseudo.unmarked(answer.content.decode())
    ]
    assert not left, "\n".join(left)


@pytest.mark.parametrize("language", ["nb", "es"])
def test_a_language_changes_the_words_of_a_page_and_nothing_else(
    owner: Client, stage: str, language: str
) -> None:
    """Drawings keep their points and forms what they send: "4.5" never becomes "4,5" there."""
    for address in PAGES:
        answer = owner.get(address)
        if _is_page(answer):
            other = owner.get(address, headers={"accept-language": language})
            change = drawn(answer.content.decode()) - drawn(other.content.decode())
            assert not change, (address, change)

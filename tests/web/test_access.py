"""The door: one-time links, sessions, strangers, names that are not ours."""

import logging
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from openldn.web.access import links
from openldn.web.access.logs import LinklessFormatter
from openldn.web.access.models import LoginLink
from support.web import visible

_NOW = datetime.now(UTC)


def test_a_link_opens_once_and_leads_away(stranger: Client) -> None:
    """The first use redirects to a page without the token; the second finds the door closed."""
    token = links.issue(now=_NOW)
    first = stranger.get(f"/open/{token}")
    assert (first.status_code, first["Location"]) == (302, "/opened")
    assert stranger.get("/opened")["Location"] == "/"
    second = Client(headers={"host": "127.0.0.1"}).get(f"/open/{token}")
    assert second.status_code == 403
    assert "does not open any more" in visible(second.content)


def test_a_link_ends_after_ten_minutes(db: None) -> None:
    """One second before the end it opens, one second after it does not."""
    early, late = links.issue(now=_NOW), links.issue(now=_NOW)
    assert links.redeem(early, now=_NOW + timedelta(minutes=9, seconds=59))
    assert not links.redeem(late, now=_NOW + timedelta(minutes=10, seconds=1))


def test_only_a_hash_of_the_link_is_kept(db: None) -> None:
    """The database alone opens nothing: the token is not in it."""
    token = links.issue(now=_NOW)
    kept = LoginLink.objects.get().token_sha256
    assert len(token) >= 43  # 256 bit in base64
    assert token not in kept
    assert not links.redeem(kept, now=_NOW)


def test_the_log_leaves_out_links_in_traces_too() -> None:
    """Message and trace of one record: no word behind /open/, everything else stays."""
    try:
        raise ValueError("could not redeem /open/tra%20 ce")
    except ValueError:
        record = logging.LogRecord(
            "any", logging.ERROR, "x.py", 1, "Failed: %s", ("/OPEN/token",), sys.exc_info()
        )
    written = LinklessFormatter("%(levelname)s %(message)s").format(record)
    assert written.startswith("ERROR Failed: /open/...\n")
    assert written.endswith("could not redeem /open/...")


def test_looking_at_a_link_without_opening_does_not_use_it_up(stranger: Client) -> None:
    """Programs that preview links ask with HEAD."""
    token = links.issue(now=_NOW)
    assert stranger.head(f"/open/{token}").status_code == 405
    assert stranger.get(f"/open/{token}").status_code == 302


def test_the_link_leaves_no_trace_for_other_sites(stranger: Client) -> None:
    """The session cookie is out of reach of scripts and other sites; no referrer is sent."""
    answer = stranger.get(f"/open/{links.issue(now=_NOW)}")
    (cookie,) = answer.cookies.values()
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_browser_without_cookies_is_told_so(stranger: Client) -> None:
    """After the link it shows no cookie: the page says what to do, and how to get a new link."""
    stranger.get(f"/open/{links.issue(now=_NOW)}")
    stranger.cookies.clear()
    answer = stranger.get("/opened")
    assert answer.status_code == 403
    words = visible(answer.content)
    assert "keeps no cookies for this address" in words
    assert "openldn serve --link" in words
    assert 'href="/opened"' in answer.content.decode()


def test_a_stranger_is_told_where_the_link_is(stranger: Client) -> None:
    """Without a session there is a page in words, and none of the records."""
    answer = stranger.get("/")
    assert answer.status_code == 403
    assert "printed in the terminal" in visible(answer.content)
    assert "openldn serve --link" in visible(answer.content)


def test_a_made_up_session_does_not_open(stranger: Client) -> None:
    """A cookie with the right name and a wrong value is a stranger's."""
    from django.conf import settings

    stranger.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert stranger.get("/trial").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "1@evil", "a b"])
def test_other_names_are_refused(owner: Client, host: str) -> None:
    """A page on another name that points here (DNS rebinding) gets 400 and no record."""
    answer = owner.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert b"Use the link printed in the terminal" in answer.content


def test_our_name_with_another_port_is_refused(owner: Client, settings: Settings) -> None:
    """Where the port is known, only that port is ours."""
    settings.EXACT_HOSTS = frozenset({"127.0.0.1:8642"})
    assert owner.get("/help", headers={"host": "127.0.0.1:8642"}).status_code == 200
    assert owner.get("/help", headers={"host": "127.0.0.1:9999"}).status_code == 400
    assert owner.get("/help", headers={"host": "127.0.0.1"}).status_code == 400


def test_leaving_ends_the_session(owner: Client) -> None:
    """After leaving, the same browser is a stranger."""
    assert owner.get("/help").status_code == 200
    assert "You have left" in visible(owner.post("/leave").content)
    assert owner.get("/help").status_code == 403


def test_a_huge_request_is_refused_before_it_is_read(owner: Client) -> None:
    """Five megabytes are more than any form here sends."""
    answer = owner.post("/start/questions", {"adult": "x" * 5_000_000})
    assert answer.status_code == 413
    assert "Nothing was saved" in visible(answer.content)


def test_a_form_from_elsewhere_is_refused_in_words(owner: Client) -> None:
    """A form without this session's token saves nothing and says what to do."""
    strict = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    strict.cookies = owner.cookies
    answer = strict.post("/", {"item": "ill", "value": "1"})
    assert answer.status_code == 403
    assert "nothing was saved" in visible(answer.content)

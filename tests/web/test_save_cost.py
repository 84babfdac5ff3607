"""What saving costs the server, and a file that a browser has already: a regression shows here."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openldn.web.accounts.models import Account
from openldn.web.offline import receiving
from openldn.web.person import actions
from openldn.web.person.models import Trial
from support.web import NOW, PLAN

_SAME_FILES = ("/static/person/app.css", "/static/offline/page.js")


@pytest.fixture
def signed_in(patient: Callable[[str], Client]) -> tuple[Client, Trial]:
    """A patient of a server with a running trial."""
    browser = patient("ana@example.org")
    person = Account.objects.get(email="ana@example.org").person
    start = NOW.date() - timedelta(days=14)
    trial = actions.add_trial(person=person, plan_toml=PLAN, start=start)
    browser.get("/kept/facts")  # the token of the session is made now
    return browser, trial


def _queries(browser: Client, trial: Trial, **fields: str) -> list[str]:
    said = {"entry_id": str(uuid4()), "diary": receiving.diary_mark(trial), "day": "14"}
    said["said_at"] = (NOW - timedelta(seconds=1)).isoformat()
    with CaptureQueriesContext(connection) as asked:
        answer = browser.post("/kept/entry", said | fields)
    assert answer.json() == {"state": "kept"}
    return [one["sql"] for one in asked]


def test_one_answer_asks_the_database_no_more_than_it_must(
    signed_in: tuple[Client, Trial],
) -> None:
    """Session, account, trial; id, day, item, row; and two pairs that hold them together."""
    queries = _queries(*signed_in, item="outcome:pain", value="6")
    assert len(queries) <= 11, "\n".join(queries)
    assert signed_in[1].entries.count() == 1


def test_all_side_effects_are_written_at_once(signed_in: tuple[Client, Trial]) -> None:
    """The last tap of every evening writes five rows, and costs no more than one answer."""
    queries = _queries(*signed_in, item="side-effects", value="0")
    assert len(queries) <= 11, "\n".join(queries)
    assert signed_in[1].entries.filter(item__startswith="side:", value="0").count() == 5


@pytest.mark.parametrize("path", _SAME_FILES)
def test_a_file_that_the_browser_has_is_not_sent_again(stranger: Client, path: str) -> None:
    """Compressing weakens the mark of a file; it is still found the same."""
    zipped = {"accept-encoding": "gzip"}
    first = stranger.get(path, headers=zipped)
    again = stranger.get(path, headers=zipped | {"if-none-match": first["ETag"]})
    other = stranger.get(path, headers=zipped | {"if-none-match": 'W/"0-0"'})
    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert b"".join(again) == b""
    for sent in (first, other):
        assert gzip.decompress(b"".join(sent))
        sent.close()


def test_only_what_tells_nothing_by_its_length_is_compressed(
    signed_in: tuple[Client, Trial],
) -> None:
    """The questions without answers are; a page with answers never is."""
    browser, _ = signed_in
    zipped = {"accept-encoding": "gzip"}
    facts = browser.get("/kept/facts", headers=zipped)
    assert b"muscle pain" in gzip.decompress(facts.content)
    for page in ("/", "/trial"):
        assert not browser.get(page, headers=zipped).has_header("Content-Encoding"), page

"""The cast of the web tests: the owner, a stranger, and trials at every stage."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from openldn.web.access import links, people
from openldn.web.person import actions, clock
from openldn.web.person.models import Trial
from support.web import NOW, PLAN, RULES, SEAL, add_evenings


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the pages at one evening."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def stranger(db: None) -> Client:
    """A browser that never opened a link."""
    return Client(headers={"host": "127.0.0.1"})


@pytest.fixture
def owner(db: None) -> Client:
    """A browser that exchanged a link."""
    client = Client(headers={"host": "127.0.0.1"})
    token = links.issue(now=datetime.now(UTC))
    client.get(f"/open/{token}")
    return client


@pytest.fixture
def running(db: None) -> Trial:
    """A blinded trial on its 15th day, with 14 evenings recorded."""
    trial = actions.add_trial(
        person=people.owner(), plan_toml=PLAN, start=NOW.date() - timedelta(days=14), seal=SEAL
    )
    add_evenings(trial, range(14))
    return trial


@pytest.fixture
def ruled(db: None) -> Trial:
    """The same trial with stop rules in its plan, none of them met."""
    trial = actions.add_trial(
        person=people.owner(), plan_toml=PLAN + RULES, start=NOW.date() - timedelta(days=14)
    )
    add_evenings(trial, range(14))
    return trial


@pytest.fixture
def over(db: None) -> Trial:
    """A blinded trial whose last day was yesterday, still sealed."""
    start = NOW.date() - timedelta(days=38)
    trial = actions.add_trial(person=people.owner(), plan_toml=PLAN, start=start, seal=SEAL)
    add_evenings(trial, range(38))
    return trial

"""The cast of the web tests: the owner, a stranger, and trials at every stage."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from openldn.web.access import links, people
from openldn.web.accounts.models import Account
from openldn.web.config import server_settings
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


# What a server needs of the machine, which the tests have in their own way.
_NOT_OF_A_PAGE = {
    *("ACCOUNT_ADAPTER", "CACHES", "DATA", "DATABASES", "EMAIL_BACKEND", "INSTALLED_APPS"),
    *("LOGGING", "SECRET_KEY", "TASKS"),
}


@pytest.fixture
def server_mode(settings: Settings, db: None) -> None:
    """The same tables, answered as a server answers: accounts, TLS, its own addresses."""
    for name, value in vars(server_settings).items():
        if name.isupper() and name not in _NOT_OF_A_PAGE:
            setattr(settings, name, value)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # behind a proxy
    cache.clear()  # limits of an earlier test


@pytest.fixture
def visitor(server_mode: None) -> Callable[[], Client]:
    """Browsers that come to the server over TLS, without an account."""
    return lambda: Client(headers={"host": "localhost", "x-forwarded-proto": "https"})


@pytest.fixture
def patient(visitor: Callable[[], Client]) -> Callable[[str], Client]:
    """Browsers that are signed in to an account, made where there is none yet."""

    def signed_in(email: str) -> Client:
        account = Account.objects.filter(email=email).first() or Account.objects.create_user(email)
        facts = {"user": account, "email": email, "verified": True, "primary": True}
        EmailAddress.objects.get_or_create(**facts)
        browser = visitor()
        browser.force_login(account)
        return browser

    return signed_in


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

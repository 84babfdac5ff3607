"""Accounts of a server: coming in, staying in, and never losing a trial."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from openldn.web.access.middleware import CONTENT_SECURITY_POLICY
from openldn.web.access.models import Person
from openldn.web.accounts.models import Account
from openldn.web.person import actions
from openldn.web.person.models import Trial
from support.web import NOW, PLAN, visible

Visitor = Callable[[], Client]
Patient = Callable[[str], Client]

ANA = "ana@example.org"
PASSWORD = "seven lamps in the window"
_OVER_TLS = {"host": "localhost", "x-forwarded-proto": "https"}
CODE = re.compile(r"^[A-Z0-9-]{6,}$", re.MULTILINE)


def over_tls(browser: Client, path: str, **form: str) -> str:
    """Send a form and give where it leads."""
    answer = browser.post(path, form, secure=True)
    assert answer.status_code == 302, visible(answer.content)
    return answer["Location"]


def code_sent() -> str:
    """Read the code in the last e-mail."""
    found = CODE.search(str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]


def sign_up(browser: Client, email: str = ANA, **more: str) -> Account:
    """Make an account by e-mail alone."""
    assert over_tls(browser, "/account/signup/", email=email, **more) == "/account/confirm-email/"
    over_tls(browser, "/account/confirm-email/", code=code_sent())
    return Account.objects.get(email=email)


def come_in_by_code(browser: Client, email: str = ANA) -> str:
    """Ask for a code by e-mail and type it."""
    over_tls(browser, "/account/login/code/", email=email)
    return over_tls(browser, "/account/login/code/confirm/", code=code_sent())


def is_in(browser: Client) -> bool:
    """Tell whether records open."""
    return browser.get("/talk").status_code == 200


def test_a_newcomer_makes_an_account_and_is_a_person(visitor: Visitor) -> None:
    """An address, a code from the mailbox, and there is one person without any record."""
    browser = visitor()
    account = sign_up(browser)
    assert is_in(browser)
    assert Person.objects.get() == account.person
    assert browser.get("/")["Location"] == "/start"


def test_without_the_code_there_is_no_way_in(visitor: Visitor) -> None:
    """An address alone, or with a wrong code, opens nothing."""
    browser = visitor()
    over_tls(browser, "/account/signup/", email=ANA)
    assert not is_in(browser)
    answer = browser.post("/account/confirm-email/", {"code": "WRONG1"})
    assert answer.status_code == 200
    assert "To fix" in visible(answer.content)
    assert not is_in(browser)


def test_a_code_lets_a_known_account_in_once(visitor: Visitor, patient: Patient) -> None:
    """The same code in another browser, or a second time, is refused."""
    patient(ANA)
    first = visitor()
    assert come_in_by_code(first) == "/"
    assert is_in(first)
    second = visitor()
    over_tls(second, "/account/login/code/", email="nobody@example.org")
    second.post("/account/login/code/confirm/", {"code": code_sent()})
    assert not is_in(second)
    assert len(mail.outbox) == 1, "an address without an account gets no mail"


def test_codes_cannot_be_asked_for_without_end(visitor: Visitor, patient: Patient) -> None:
    """Three codes a minute for one address; the fourth is refused in words."""
    patient(ANA)
    answers = [visitor().post("/account/login/code/", {"email": ANA}) for _ in range(5)]
    assert [one.status_code for one in answers[:3]] == [302] * 3
    assert answers[-1].status_code in {200, 429}
    assert len(mail.outbox) == 3


def test_passwords_cannot_be_guessed_without_end(visitor: Visitor, patient: Patient) -> None:
    """After some wrong ones even the right one is refused for a while."""
    account = Account.objects.create_user(ANA, PASSWORD)
    patient(ANA)
    browser = visitor()
    for number in range(6):
        browser.post("/account/login/", {"login": ANA, "password": f"wrong {number}"})
    browser.post("/account/login/", {"login": ANA, "password": PASSWORD})
    assert account.check_password(PASSWORD)
    assert "_auth_user_id" not in browser.session


def test_a_password_alone_opens_no_records(visitor: Visitor, patient: Patient) -> None:
    """It leads to setting up a second proof, and to nothing else."""
    Account.objects.create_user(ANA, PASSWORD)
    patient(ANA)
    browser = visitor()
    over_tls(browser, "/account/login/", login=ANA, password=PASSWORD)
    for page in ("/", "/talk", "/trial", "/diary.csv", "/consent"):
        assert browser.get(page)["Location"] == "/account/keys/", page
    secret = visible(browser.get("/account/keys/totp/activate/").content)
    key = re.search(r"\b[A-Z2-7]{32}\b", secret)
    assert key
    answer = browser.post("/account/keys/totp/activate/", {"code": totp(key[0])})
    assert answer.status_code == 302
    assert is_in(browser)


def totp(secret: str) -> str:
    """Give what an authenticator app shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_with_an_app_every_other_way_in_asks_for_it(visitor: Visitor, patient: Patient) -> None:
    """A code by e-mail is then one proof of two."""
    patient(ANA)
    TOTP.activate(Account.objects.get(email=ANA), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    browser = visitor()
    assert come_in_by_code(browser) == "/account/keys/authenticate/"
    assert not is_in(browser)


def add_passkey(account: Account) -> None:
    """Keep a passkey, as a browser made it; the browser tests make a real one."""
    Authenticator.objects.create(
        user=account, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}}
    )


def test_a_lost_passkey_loses_no_trial(visitor: Visitor) -> None:
    """A new device, a code by e-mail: the same trial runs on, with every entry."""
    account = sign_up(visitor())
    trial = actions.add_trial(person=account.person, plan_toml=PLAN, start=NOW.date())
    actions.record(trial=trial, day=0, item="outcome:pain", value="3", now=NOW)
    add_passkey(account)
    new_device = visitor()
    assert come_in_by_code(new_device) == "/"
    assert new_device.get("/trial").status_code == 200
    assert new_device.get("/").status_code == 200
    assert account.person.trials.get().entries.get().value == "3"
    assert new_device.get("/account/keys/totp/activate/").status_code == 200


def test_an_account_is_not_changed_from_a_device_left_open(
    visitor: Visitor,
) -> None:
    """An hour after coming in, a proof is added only by who proves once more who it is."""
    browser = visitor()
    account = sign_up(browser, password1=PASSWORD)
    add_passkey(account)
    page = "/account/keys/totp/activate/"
    assert browser.get(page).status_code == 200
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    UserSession.objects.filter(user=account).update(created_at=an_hour_ago)
    assert browser.get(page)["Location"].startswith("/account/reauthenticate/")


def test_a_lost_mailbox_loses_no_trial_either(visitor: Visitor) -> None:
    """Whoever runs the server gives the account another address: old ways in end, it runs on."""
    old_device = visitor()
    account = sign_up(old_device, password1=PASSWORD)
    add_passkey(account)
    trial = actions.add_trial(person=account.person, plan_toml=PLAN, start=NOW.date())
    assert is_in(old_device)
    call_command("change_address", ANA, "ana.new@example.org", stdout=io.StringIO())
    assert not is_in(old_device)
    new_device = visitor()
    assert come_in_by_code(new_device, "ana.new@example.org") == "/"
    assert new_device.get("/trial").status_code == 200
    assert Trial.objects.get() == trial
    with pytest.raises(CommandError, match="no account with the address"):
        call_command("change_address", ANA, "x@example.org")


def test_an_address_of_somebody_else_is_never_taken(patient: Patient) -> None:
    """Neither by the command nor by whoever is signed in."""
    patient("ben@example.org")
    patient(ANA)
    with pytest.raises(CommandError, match="Another account has"):
        call_command("change_address", ANA, "ben@example.org")


def test_sessions_are_seen_and_ended(visitor: Visitor) -> None:
    """Two devices are signed in; one ends the other, which then is a stranger."""
    first, second = visitor(), visitor()
    sign_up(first)
    come_in_by_code(second)
    words = visible(second.get("/account/sessions/").content)
    assert words.count("127.0.0.1") == 2
    assert is_in(first)
    second.post("/account/sessions/")
    assert not is_in(first)
    assert is_in(second)


def test_leaving_ends_the_session(patient: Patient) -> None:
    """After leaving, the same browser is a stranger, and is told how to come back."""
    browser = patient(ANA)
    assert "Sign in again" in visible(browser.post("/leave").content)
    assert not is_in(browser)


def test_a_server_takes_no_newcomers_when_its_file_says_so(
    visitor: Visitor, settings: Settings
) -> None:
    """Somebody new is told so, and there is no account."""
    settings.TAKES_NEWCOMERS = False
    answer = visitor().post("/account/signup/", {"email": "new@example.org"})
    assert answer.status_code == 200
    assert not Account.objects.exists()


def test_no_email_tells_what_it_is_about(visitor: Visitor) -> None:
    """Sign-up, code, known address, changes: no drug, no condition, no trial, no app's name."""
    browser = visitor()
    sign_up(browser)
    come_in_by_code(visitor())
    cache.clear()  # a minute later
    visitor().post("/account/signup/", {"email": ANA})
    browser.post("/account/password/set/", {"password1": PASSWORD, "password2": PASSWORD})
    assert len(mail.outbox) >= 4
    telling = re.compile(r"ldn|naltrexone|trial|dose|pain|symptom|health|clinic|medic|drug", re.I)
    for sent in mail.outbox:
        text = "\n".join([sent.subject, str(sent.body), sent.from_email])
        assert not telling.search(text.replace("localhost", "")), text
        assert "Evening notes" in sent.from_email


def test_the_trial_hangs_on_the_person(patient: Patient) -> None:
    """Two accounts, two persons; each sees one's own trial."""
    ana, ben = patient(ANA), patient("ben@example.org")
    person = Account.objects.get(email=ANA).person
    actions.add_trial(person=person, plan_toml=PLAN, start=NOW.date() - timedelta(days=1))
    assert ana.get("/trial").status_code == 200
    assert ben.get("/trial")["Location"] == "/start"


def test_a_browser_without_cookies_is_told_so(visitor: Visitor, settings: Settings) -> None:
    """It opens the page where one signs in, and sends it without the cookie that came along."""
    browser = visitor()
    strict = Client(enforce_csrf_checks=True, headers=_OVER_TLS)
    assert browser.get("/account/login/code/").status_code == 200
    answer = strict.post("/account/login/code/", {"email": ANA})
    assert answer.status_code == 403
    assert "keeps no cookies for this address" in visible(answer.content)
    assert not mail.outbox


_OWN_PAGES = (
    *("/account/", "/account/email/", "/account/password/set/", "/account/sessions/"),
    *("/account/keys/", "/account/keys/totp/activate/", "/account/keys/recovery-codes/generate/"),
    *("/account/keys/webauthn/", "/account/keys/webauthn/add/", "/consent"),
)
_WAYS_IN = (
    *("/account/login/", "/account/login/code/", "/account/signup/", "/account/signup/passkey/"),
    "/account/password/reset/",
)


@pytest.mark.parametrize("page", [*_OWN_PAGES, *_WAYS_IN])
def test_a_page_of_an_account_is_one_of_ours(visitor: Visitor, page: str) -> None:
    """Nothing inline that runs, nothing from elsewhere, our header, our policy, one heading."""
    browser = visitor()
    if page in _OWN_PAGES:
        account = sign_up(browser)
        if "generate" in page:
            TOTP.activate(account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    answer = browser.get(page)
    html = answer.content.decode()
    assert answer.status_code == 200, answer.headers
    assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "no-store" in answer["Cache-Control"]
    assert html.count("<h1>") == 1
    assert 'class="brand"' in html
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|(src|href)=.(https?:)?//", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert 'src="/static/' in script or "application/json" in script, script


@pytest.mark.parametrize("page", _OWN_PAGES)
def test_a_page_of_an_account_is_closed_to_strangers(visitor: Visitor, page: str) -> None:
    """It leads to where one signs in."""
    answer = visitor().get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")

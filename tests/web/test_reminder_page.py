"""The page of reminders: everything is off at first, and what is on can be seen and ended."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import tzlocal
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from openldn.web.access.models import Person
from openldn.web.person import clock
from openldn.web.reminders import push
from openldn.web.reminders.models import Calendar, Device, Wish
from support.post import Browser, PushService, push_service
from support.web import NOW, visible


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    """A push service that the app takes for one of the browsers' makers."""
    with push_service() as running:
        settings.PUSH_STAND_INS = (running.url,)
        yield running


@pytest.fixture
def mail(settings: Settings) -> None:
    """A server that was told how to send mail; letters go to the outbox of the tests."""
    settings.EMAIL_HOST = "here"


def _add(owner: Client, browser: Browser, endpoint: str, name: str = "My phone") -> Any:
    form = {"endpoint": endpoint, "p256dh": browser.p256dh, "auth": browser.auth, "name": name}
    return owner.post("/reminders", {"do": "device", **form})


def test_all_is_off_at_first_and_looking_keeps_nothing(owner: Client) -> None:
    """The page says so, shows 20:00, and no row is made by reading."""
    page = owner.get("/reminders")
    assert "No reminder is on" in visible(page.content)
    assert b'value="20:00"' in page.content
    assert not Wish.objects.exists()
    assert not Calendar.objects.exists()


def test_the_first_button_keeps_the_zone_of_the_browser(owner: Client) -> None:
    """Its script says it with every form; nonsense counts as nothing."""
    owner.post("/reminders", {"do": "calendar", "zone": "Australia/Lord_Howe"})
    assert Wish.objects.get().zone_name == "Australia/Lord_Howe"
    owner.post("/reminders", {"do": "calendar", "zone": "Europe/Oslo"})
    assert Wish.objects.get().zone_name == "Australia/Lord_Howe"


@pytest.fixture
def computer_in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Move this computer for one test."""
    with monkeypatch.context() as moved:
        moved.setenv("TZ", "America/New_York")
        tzlocal.reload_localzone()
        yield
    tzlocal.reload_localzone()


def test_without_a_script_the_zone_is_that_of_this_computer(
    owner: Client, computer_in_new_york: None
) -> None:
    """In local mode the app and the browser stand on the same desk."""
    assert b'value="America/New_York" selected' in owner.get("/reminders").content
    owner.post("/reminders", {"do": "calendar", "zone": "Mars/Olympus"})
    assert Wish.objects.get().zone_name == "America/New_York"


def test_time_and_zone_are_kept(owner: Client) -> None:
    """What is chosen is shown again, and said to be saved."""
    form = {"do": "evening", "at": "21:30", "zone_name": "Asia/Kolkata"}
    page = owner.post("/reminders", form, follow=True)
    assert "Saved." in visible(page.content)
    assert b'value="21:30"' in page.content
    assert b'value="Asia/Kolkata" selected' in page.content


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        ("08:00", "Europe/Oslo", ["08:00 is before noon. Write a time from 12:00 to 23:59."]),
        ("25:00", "Europe/Oslo", ["This is not a time. Write it like 20:00."]),
        ("", "Mars/Olympus", ["The time is missing", "“Mars/Olympus” is not a time zone"]),
        ("20:00", "../../etc/passwd", ["is not a time zone on the list"]),
    ],
)
def test_a_wrong_time_or_zone_is_said_all_at_once_and_nothing_changes(
    owner: Client, at: str, zone: str, words: list[str]
) -> None:
    """What was given, what is expected; what was typed stays in its field."""
    page = owner.post("/reminders", {"do": "evening", "at": at, "zone_name": zone})
    assert page.status_code == 422
    for line in words:
        assert line in visible(page.content)
    assert f'value="{at}"'.encode() in page.content or not at
    assert Wish.objects.get().changes == 0


def test_e_mail_is_offered_only_where_the_server_can_send_it(owner: Client) -> None:
    """Nothing to turn on, and a form sent all the same is refused in words."""
    assert "was not told how to send e-mail" in visible(owner.get("/reminders").content)
    page = owner.post("/reminders", {"do": "email", "email": "ana@example.org"})
    assert page.status_code == 422
    assert Wish.objects.get().email == ""


def test_e_mail_is_turned_on_tested_and_off(
    owner: Client, mail: None, mailoutbox: list[object]
) -> None:
    """Each step is said; the test is the same sentence, once a minute at most."""
    page = owner.post("/reminders", {"do": "email", "email": "ana@example.org"}, follow=True)
    assert "E-mail is on" in visible(page.content)
    page = owner.post("/reminders", {"do": "test-email"}, follow=True)
    assert "The test message has left" in visible(page.content)
    page = owner.post("/reminders", {"do": "test-email"})
    assert "Wait one minute" in visible(page.content)
    assert len(mailoutbox) == 1
    page = owner.post("/reminders", {"do": "stop-email"}, follow=True)
    assert "E-mail reminders are off" in visible(page.content)
    assert Wish.objects.get().email == ""
    owner.post("/reminders", {"do": "test-email"})
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("email", ["", "ana", "a@b@c", "ana@example.org\nBcc: x@example.org"])
def test_a_wrong_address_is_said_and_kept_in_its_field(
    owner: Client, mail: None, email: str
) -> None:
    """No line break gets into a letter's head."""
    page = owner.post("/reminders", {"do": "email", "email": email})
    assert page.status_code == 422
    assert "Write it like ana@example.org" in visible(page.content)
    assert Wish.objects.get().email == ""


def test_a_device_is_added_shown_tested_and_removed(owner: Client, service: PushService) -> None:
    """Adding it twice keeps one row; its name is shown as text."""
    browser = Browser()
    _add(owner, browser, f"{service.url}x", "<b>My\u202e phone")
    page = _add(owner, browser, f"{service.url}x", "<b>My phone")
    page = owner.get("/reminders")
    assert b"&lt;b&gt;My phone" in page.content
    row = Device.objects.get().pk
    owner.post("/reminders", {"do": "test-device", "row": str(row)})
    assert browser.read(service.carried[0][2]) == b"Your evening note is open"
    owner.post("/reminders", {"do": "remove-device", "row": str(row)})
    assert not Device.objects.exists()


def test_a_test_that_finds_nobody_removes_the_device(owner: Client, service: PushService) -> None:
    """The page says that it is gone; a refusal for now removes nothing."""
    _add(owner, Browser(), f"{service.url}x")
    row = str(Device.objects.get().pk)
    service.status = 500
    page = owner.post("/reminders", {"do": "test-device", "row": row})
    assert "did not leave" in visible(page.content)
    Wish.objects.update(tested_at=NOW - timedelta(minutes=2))
    service.status = 410
    page = owner.post("/reminders", {"do": "test-device", "row": row})
    assert "does not take messages any more" in visible(page.content)
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:8642/",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.example.org/x",
        "https://fcm.googleapis.com@example.org/x",
        "https://user:pass@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:22/x",
        "https://example.org/?fcm.googleapis.com",
        "https://[::1]/",
        "https://[bad",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://evilnotify.windows.com/",
        "",
    ],
)
def test_only_a_browser_s_maker_may_be_named(owner: Client, endpoint: str) -> None:
    """Whoever adds a device cannot make the server knock at a door inside its own network."""
    page = _add(owner, Browser(), endpoint)
    assert page.status_code == 422
    assert "gave no address" in visible(page.content)
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/x:y",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x",
        "https://wns2-by3p.notify.windows.com/w/?token=x",
        "https://FCM.googleapis.com:443/x",
    ],
)
def test_the_four_makers_are_known(endpoint: str) -> None:
    """Chrome, Firefox, Safari and Edge."""
    assert push.is_vendor(endpoint)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        ("!!!!", "MDEyMzQ1Njc4OWFiY2RlZg"),
        ("A" * 87, "MDEyMzQ1Njc4OWFiY2RlZg"),  # right length, not on the curve
        (None, "AAAA"),
    ],
)
def test_keys_that_lock_nothing_are_refused(owner: Client, p256dh: str | None, auth: str) -> None:
    """They would only be found out in the evening."""
    given = Browser().p256dh if p256dh is None else p256dh
    form = {"endpoint": "https://fcm.googleapis.com/x", "p256dh": given, "auth": auth}
    assert owner.post("/reminders", {"do": "device", **form}).status_code == 422
    assert not Device.objects.exists()


def test_ten_devices_are_the_most(owner: Client, service: PushService) -> None:
    """The eleventh is refused in words; one of the ten can be added anew."""
    for number in range(10):
        _add(owner, Browser(), f"{service.url}{number}")
    assert "ten devices" in visible(_add(owner, Browser(), f"{service.url}10").content)
    assert _add(owner, Browser(), f"{service.url}3").status_code == 302
    assert Device.objects.count() == 10


def test_somebody_else_s_device_is_like_none(owner: Client, service: PushService) -> None:
    """It cannot be seen, tested or removed."""
    browser = Browser()
    device = Device.objects.create(
        person=Person.objects.create() if Person.objects.exists() else _second_person(),
        name="Foreign phone",
        endpoint=f"{service.url}x",
        p256dh=browser.p256dh,
        auth=browser.auth,
        added_at=NOW,
    )
    assert b"Foreign phone" not in owner.get("/reminders").content
    for button in ("test-device", "remove-device"):
        owner.post("/reminders", {"do": button, "row": str(device.pk)})
    assert Device.objects.filter(pk=device.pk).exists()
    assert service.carried == []


def _second_person() -> Person:
    Person.objects.create()
    return Person.objects.create()


@pytest.mark.parametrize("button", ["", "nonsense", "__class__"])
def test_an_unknown_button_changes_nothing(owner: Client, button: str) -> None:
    """An old page, or a made-up form."""
    page = owner.post("/reminders", {"do": button})
    assert page.status_code == 422
    assert "Nothing is changed" in visible(page.content)
    assert not Wish.objects.exists()


def test_the_server_s_key_is_the_same_after_a_restart(settings: Settings) -> None:
    """It follows from the server's secret, and another secret gives another key."""
    first = push.public_key()
    assert push.public_key() == first
    settings.SECRET_KEY = "x" * 64
    assert push.public_key() != first


def test_help_leads_to_the_page(owner: Client) -> None:
    """Help is in the same place on every page."""
    assert b'href="/reminders"' in owner.get("/help").content


def test_the_log_holds_no_address_of_a_calendar(owner: Client) -> None:
    """A calendar that asks for an address that is gone is logged without it."""
    import logging

    from openldn.web.access.logs import LinklessFormatter

    record = logging.LogRecord("x", 30, "x.py", 1, "Not Found: %s", ("/calendar/s3cret.ics",), None)
    assert LinklessFormatter("%(message)s").format(record) == "Not Found: /calendar/..."


def test_the_page_opens_whatever_time_it_is(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the epoch of any phone, and far ahead."""
    for years in (-30, 60):
        moment = NOW + timedelta(days=365 * years)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert owner.get("/reminders").status_code == 200


def test_turning_on_is_a_yes_and_turning_off_a_no(
    owner: Client, mail: None, service: PushService
) -> None:
    """Each way has its own purpose; the last device that goes takes the yes along."""
    from openldn.web import consent
    from openldn.web.access import people

    owner.post("/reminders", {"do": "email", "email": "ana@example.org"})
    person = people.owner()
    assert consent.given(person, "email")
    assert not consent.given(person, "push")
    for path in ("one", "two"):
        _add(owner, Browser(), f"{service.url}{path}")
    for device, still in zip(Device.objects.all(), (True, False), strict=True):
        assert consent.given(person, "push")
        owner.post("/reminders", {"do": "remove-device", "row": str(device.pk)})
        assert consent.given(person, "push") is still
    owner.post("/reminders", {"do": "stop-email"})
    assert not consent.given(person, "email")


def test_a_yes_that_was_withdrawn_elsewhere_is_seen_here(
    owner: Client, mail: None, service: PushService
) -> None:
    """The page says that nothing is sent, and no test leaves either."""
    from openldn.web import consent
    from openldn.web.access import people

    _add(owner, Browser(), f"{service.url}x")
    owner.post("/reminders", {"do": "email", "email": "ana@example.org"})
    for purpose in ("push", "email"):
        consent.withdraw(people.owner(), purpose, now=NOW)
    page = visible(owner.get("/reminders").content)
    assert "You have withdrawn your yes to messages on devices" in page
    assert "E-mail is on" not in page
    for button in ("test-device", "test-email"):
        row = str(Device.objects.get().pk)
        page = visible(owner.post("/reminders", {"do": button, "row": row}).content)
        assert "Nothing is sent" in page
    assert service.carried == []


def test_where_there_are_accounts_mail_goes_to_the_account_s_address_alone(
    owner: Client, mail: None, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typed address counts for nothing; a changed one of the account counts at once."""
    account = SimpleNamespace(email="proven@example.org")
    monkeypatch.setattr(Person, "account", account, raising=False)
    assert "proven@example.org" in visible(owner.get("/reminders").content)
    owner.post("/reminders", {"do": "email", "email": "somebody-else@example.org"})
    account.email = "changed@example.org"
    owner.post("/reminders", {"do": "test-email"})
    assert [letter.to for letter in mailoutbox] == [["changed@example.org"]]

"""Reminders that leave: once, on the right evening, over real lines to stand-ins here."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.exceptions import InvalidTag
from pytest_django import Settings

from openldn.web.access import people
from openldn.web.person import actions, clock, items
from openldn.web.person.models import Trial
from openldn.web.reminders import choosing, feed, notebook
from openldn.web.reminders.models import Calendar, Device, Leaving, Wish
from openldn.web.reminders.sending import send_due
from support.post import Browser, MailServer, PushService, decoded, mail_server, push_service
from support.web import PLAN

_SENTENCE = b"Your evening note is open"
_DAY = date(2027, 3, 28)  # summer time begins in Oslo
_DUE = datetime(2027, 3, 28, 18, 0, tzinfo=UTC)  # 20:00 there
_MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(settings: Settings) -> Iterator[MailServer]:
    """A mail server that the app was told of."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = False
        settings.EMAIL_TIMEOUT = 5
        yield server


@pytest.fixture
def push(settings: Settings) -> Iterator[PushService]:
    """A push service that the app takes for one of the browsers' makers."""
    with push_service() as service:
        settings.PUSH_STAND_INS = (service.url,)
        yield service


@pytest.fixture
def trial(db: None) -> Trial:
    """A trial that runs over the change of the clock."""
    return actions.add_trial(person=people.owner(), plan_toml=PLAN, start=_DAY - timedelta(days=9))


def _wants(zone: str = "Europe/Oslo", at: time = time(20, 0), email: str = "a@example.org") -> None:
    long_ago = _DUE - timedelta(days=100)
    person = people.owner()
    choosing.begin(person, zone_name=zone, now=long_ago)
    choosing.set_evening(person, at=at, zone_name=zone, now=long_ago)
    choosing.set_email(person, email=email, now=long_ago)


def _device(push: PushService, browser: Browser, *, path: str = "one", days: int = 50) -> None:
    choosing.add_device(
        people.owner(),
        name="My phone",
        endpoint=f"{push.url}{path}",
        p256dh=browser.p256dh,
        auth=browser.auth,
        now=_DUE - timedelta(days=days),
    )


def test_the_stand_in_browser_reads_the_example_of_the_standard() -> None:
    """RFC 8291 appendix A: who locks a message wrongly cannot please it."""
    browser = Browser(
        int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")),
        decoded("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    locked = decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
        "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
        "lcy4a-fN"
    )
    assert browser.read(locked) == b"When I grow up, I want to be a watermelon"


@pytest.mark.parametrize(
    ("zone", "change", "at"),
    [
        ("Europe/Oslo", date(2027, 3, 28), time(20, 0)),
        ("Europe/Oslo", date(2027, 10, 31), time(20, 0)),
        ("America/New_York", date(2027, 3, 14), time(20, 0)),
        ("America/New_York", date(2027, 11, 7), time(20, 0)),
        ("Australia/Lord_Howe", date(2027, 4, 4), time(20, 0)),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(20, 0)),
        ("Asia/Kolkata", date(2027, 3, 28), time(20, 0)),
        ("America/Nuuk", date(2027, 3, 27), time(23, 30)),  # left out by the change
        ("America/Nuuk", date(2027, 10, 30), time(23, 15)),  # twice on that evening
    ],
)
def test_each_evening_around_a_change_of_the_clock_has_one_reminder(
    db: None, settings: Settings, mailoutbox: list[object], zone: str, change: date, at: time
) -> None:
    """Two workers look every five minutes over three days: three reminders, each in its evening."""
    settings.EMAIL_HOST = "here"
    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=change - timedelta(days=9))
    _wants(zone, at)
    place = ZoneInfo(zone)
    start = datetime.combine(change - timedelta(days=1), time(12), place).astimezone(UTC)
    left = []
    for step in range(61 * 12):
        now = start + step * 5 * _MINUTE
        if send_due(now=now) + send_due(now=now + _MINUTE):
            left.append(now.astimezone(place))
    assert [moment.date() for moment in left] == [
        change + timedelta(days=ahead) for ahead in (-1, 0, 1)
    ]
    assert len(mailoutbox) == 3
    skipped = zone == "America/Nuuk" and change.month == 3
    expected = [at, time(22, 30) if skipped else at, at]
    assert [moment.time() for moment in left] == expected
    assert [moment.fold for moment in left] == [0, 0, 0]


@pytest.mark.parametrize(
    ("late", "leaves"), [(0, 1), (179, 1), (180, 0), (-1, 0)], ids=["on time", "late", "no", "soon"]
)
def test_a_worker_that_was_down_sends_up_to_three_hours_late(
    trial: Trial, post: MailServer, late: int, leaves: int
) -> None:
    """The first look after the hour decides; later looks send nothing more."""
    _wants()
    assert send_due(now=_DUE + late * _MINUTE) == leaves
    assert len(post.letters) == leaves


def test_an_evening_that_is_written_has_no_reminder(trial: Trial, post: MailServer) -> None:
    """A score is enough, and too ill to answer is an answer too; a side effect alone is not."""
    _wants()
    day, person = trial.day_of(_DAY), people.owner()
    actions.record(trial=trial, day=day, item=items.side_effect("headache"), value="1", now=_DUE)
    assert notebook.is_waiting(person, _DAY)
    actions.record(trial=trial, day=day, item=items.ILL, value="1", now=_DUE)
    assert not notebook.is_waiting(person, _DAY)
    actions.record(trial=trial, day=day - 1, item=items.outcome("pain"), value="3", now=_DUE)
    assert not notebook.is_waiting(person, _DAY - timedelta(days=1))
    assert send_due(now=_DUE) == 0
    assert post.letters == []


def test_nothing_leaves_before_the_first_day_after_the_last_or_without_a_diary(
    db: None, post: MailServer
) -> None:
    """Reminders know the plan's days."""
    _wants()
    assert send_due(now=_DUE) == 0
    actions.add_trial(person=people.owner(), plan_toml=PLAN, start=_DAY - timedelta(days=37))
    assert send_due(now=_DUE + timedelta(days=1)) == 0
    assert send_due(now=_DUE) == 1
    assert send_due(now=_DUE - timedelta(days=38)) == 0


def test_all_is_off_until_it_is_turned_on(trial: Trial, post: MailServer) -> None:
    """A wish for a time alone sends nothing; nor does an address that was taken away."""
    _wants(email="")
    assert send_due(now=_DUE) == 0
    assert Leaving.objects.count() == 0


def test_what_is_set_after_the_hour_counts_from_the_next_evening(
    trial: Trial, post: MailServer, push: PushService
) -> None:
    """Nobody who turns a reminder on at nine is told at once that it is eight."""
    _wants()
    _device(push, Browser(), days=0)
    choosing.set_email(people.owner(), email="new@example.org", now=_DUE + _MINUTE)
    Device.objects.update(added_at=_DUE + _MINUTE)
    assert send_due(now=_DUE + 2 * _MINUTE) == 0
    assert send_due(now=_DUE + timedelta(days=1)) == 2


def test_a_push_arrives_locked_and_signed_and_can_be_read_by_the_device_alone(
    trial: Trial, push: PushService
) -> None:
    """The service sees no word; the browser reads the one sentence (RFC 8030, 8188, 8291, 8292)."""
    _wants(email="")
    browser = Browser()
    _device(push, browser)
    assert send_due(now=_DUE) == 1
    ((path, headers, body),) = push.carried
    assert path == "/one"
    assert browser.read(body) == _SENTENCE
    with pytest.raises(InvalidTag):
        Browser().read(body)
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
    assert int(headers["ttl"]) == 3 * 60 * 60
    assert headers["topic"] == "evening"
    assert _SENTENCE not in body


def test_the_signature_names_the_service_and_the_key_that_browsers_were_given(
    trial: Trial, push: PushService
) -> None:
    """RFC 8292: the vendor can check that only this server may wake its devices."""
    import json

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    from openldn.web.reminders.push import public_key

    _wants(email="")
    _device(push, Browser())
    send_due(now=_DUE)
    token, key = push.carried[0][1]["authorization"].removeprefix("vapid t=").split(",k=")
    assert key == public_key()
    signed, _, signature = token.rpartition(".")
    both = decoded(signature)
    der = utils.encode_dss_signature(int.from_bytes(both[:32]), int.from_bytes(both[32:]))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    point.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(decoded(signed.split(".")[1]))
    assert claims["aud"] == push.url.rstrip("/")
    assert set(claims) == {"aud", "exp", "sub"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_whose_browser_ended_it_is_forgotten(
    trial: Trial, push: PushService, status: int
) -> None:
    """The next evening does not knock there again; another device hears all the same."""
    _wants(email="")
    _device(push, Browser())
    push.status = status
    assert send_due(now=_DUE) == 0
    assert not Device.objects.exists()
    assert send_due(now=_DUE + timedelta(days=1)) == 0
    assert len(push.carried) == 1


def test_a_refused_reminder_is_tried_again_and_leaves_once(
    trial: Trial, post: MailServer, push: PushService
) -> None:
    """Mail and push each on its own: what left stays left while the other is tried again."""
    _wants()
    _device(push, Browser())
    post.is_refusing = True
    assert send_due(now=_DUE) == 1  # the push
    assert send_due(now=_DUE + 4 * _MINUTE) == 0
    post.is_refusing = False
    assert send_due(now=_DUE + 5 * _MINUTE) == 1  # the mail
    assert send_due(now=_DUE + 30 * _MINUTE) == 0
    assert (len(post.letters), len(push.carried)) == (1, 1)


def test_a_redirect_is_not_followed(trial: Trial, push: PushService) -> None:
    """A push service cannot make the server knock somewhere else."""
    _wants(email="")
    _device(push, Browser())
    push.status, push.leads_to = 307, f"{push.url}elsewhere"
    assert send_due(now=_DUE) == 0
    assert [path for path, _, _ in push.carried] == ["/one"]


def test_a_service_that_cannot_be_reached_is_asked_again_later(
    trial: Trial, push: PushService, settings: Settings
) -> None:
    """No line, so surely nothing left."""
    _wants(email="")
    settings.PUSH_STAND_INS = ("http://127.0.0.1:9/",)
    choosing.add_device(
        people.owner(),
        name="x",
        endpoint="http://127.0.0.1:9/x",
        p256dh=Browser().p256dh,
        auth=Browser().auth,
        now=_DUE - timedelta(days=1),
    )
    assert send_due(now=_DUE) == 0
    assert Leaving.objects.get().refused_at is not None


def test_a_zone_that_is_gone_holds_up_nobody(trial: Trial, post: MailServer) -> None:
    """One person's broken row is logged, and the next person hears."""
    from openldn.web.access.models import Person

    _wants()
    broken = Person.objects.create()
    Wish.objects.create(person=broken, zone_name="No/Where", email="x@example.org", changed_at=_DUE)
    Wish.objects.filter(person=broken).update(id=0)  # asked first
    assert send_due(now=_DUE) == 1


def test_no_byte_that_leaves_names_medicine_illness_arm_or_app(
    trial: Trial, post: MailServer, push: PushService, settings: Settings
) -> None:
    """All bytes of mail and calendar, and all that a device and a push service can read."""
    settings.APP_URL = "https://notes.example.org"
    _wants()
    browser = Browser()
    _device(push, browser)
    assert send_due(now=_DUE) == 2
    wish = Wish.objects.get()
    calendar = feed.written(Calendar(), wish, notebook.evenings(people.owner(), today=_DAY))
    ((path, headers, body),) = push.carried
    open_headers = {name: value for name, value in headers.items() if name != "authorization"}
    everything = (
        post.letters[0]
        + calendar
        + browser.read(body)
        + path.encode()
        + repr(open_headers).encode()
    )
    assert everything.count(_SENTENCE) > 3
    lower = everything.lower()
    for word in (
        *("ldn", "naltrexone", "lupus", "muscle", "pain", "energy", "capsule", "dose", "mg"),
        *("placebo", "active", "arm", "period", "trial", "medicine", "take", "ana", "dr b"),
    ):
        found = lower.find(word.encode())
        # "alarm" is what calendars call a reminder.
        assert found < 0 or b"valarm" in lower[found - 5 : found + 5], word


def test_a_letter_holds_the_address_of_the_app_and_no_other_link(
    trial: Trial, post: MailServer, settings: Settings
) -> None:
    """No token, no picture, no name: opening it tells nobody anything."""
    settings.APP_URL = "https://notes.example.org"
    _wants()
    send_due(now=_DUE)
    head, _, body = post.letters[0].decode().partition("\r\n\r\n")
    assert body.split() == [*_SENTENCE.decode().split()[:-1], "open.", "https://notes.example.org"]
    assert "Subject: Your evening note is open" in head
    assert "To: a@example.org" in head
    assert "Content-Type: text/plain" in head


def test_the_clock_of_the_pages_is_not_asked(
    trial: Trial, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The zone of the reminder is the person's, wherever the server stands."""
    monkeypatch.setattr(clock, "today", lambda: date(2000, 1, 1))
    _wants("Asia/Kolkata")
    assert send_due(now=datetime(2027, 3, 28, 14, 29, tzinfo=UTC)) == 0
    assert send_due(now=datetime(2027, 3, 28, 14, 30, tzinfo=UTC)) == 1


def test_whoever_withdrew_the_yes_gets_nothing(
    trial: Trial, post: MailServer, push: PushService
) -> None:
    """Address and device may still be there: the last word counts, each way by itself."""
    from openldn.web import consent

    _wants()
    _device(push, Browser())
    consent.withdraw(people.owner(), "email", now=_DUE)
    assert send_due(now=_DUE) == 1
    consent.withdraw(people.owner(), "push", now=_DUE)
    consent.give(people.owner(), "email", now=_DUE)
    assert send_due(now=_DUE + timedelta(days=1)) == 1
    assert (len(post.letters), len(push.carried)) == (1, 1)


def test_each_person_hears_by_her_own_diary(trial: Trial, post: MailServer) -> None:
    """Somebody else's note of tonight is not mine, and her days are not mine."""
    from openldn.web.access.models import Person

    _wants()
    other = Person.objects.create()
    long_ago = _DUE - timedelta(days=100)
    choosing.begin(other, zone_name="Europe/Oslo", now=long_ago)
    choosing.set_email(other, email="other@example.org", now=long_ago)
    assert send_due(now=_DUE) == 1
    theirs = actions.add_trial(person=other, plan_toml=PLAN, start=_DAY)
    assert send_due(now=_DUE + _MINUTE) == 1
    actions.record(trial=theirs, day=1, item=items.ILL, value="1", now=_DUE + timedelta(days=1))
    assert send_due(now=_DUE + timedelta(days=1)) == 1
    assert [b"To: other@example.org" in letter for letter in post.letters] == [False, True, False]

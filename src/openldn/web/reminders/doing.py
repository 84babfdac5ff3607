"""What each button of the page does, and what the page says then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from django.forms import Form
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from openldn.web import consent
from openldn.web.access.models import Person
from openldn.web.person.numbers import whole_number
from openldn.web.reminders import addresses, choosing, mail, push
from openldn.web.reminders.channels import GoneError, RefusedError, UnsureError
from openldn.web.reminders.forms import DeviceForm, EmailForm, EveningForm
from openldn.web.reminders.models import Device, Wish

__all__ = ["BUTTONS", "SAID", "Asked", "Done"]

_MOST_DEVICES = 10

# What the page says after a button, by the word that stands in its address.
SAID = MappingProxyType(
    {
        "evening": _("Saved."),
        "calendar": _("Your private address is ready."),
        "changed": _("The address is changed. The old one leads nowhere now."),
        "stopped": _("The calendar address is closed."),
        "email": _("E-mail reminders are on."),
        "no-email": _("E-mail reminders are off."),
        "device": _("Reminders are on for this device."),
        "no-device": _("The device is removed. Nothing more is sent to it."),
        "left": _("The test message has left. It should arrive within a minute."),
    }
)
_NO_DEVICE = _(
    "This browser gave no address that a reminder can be sent to. Try another browser,"
    " or use the calendar."
)
_ENOUGH_DEVICES = _("There are ten devices on the list, and that is the most. Remove one first.")
_NO_MAIL = _("This app was not told how to send e-mail. Use the calendar, or this device.")
_WITHDRAWN = _("You have withdrawn your yes to this. Nothing is sent.")
_TOO_SOON = _("A test has just left. Wait one minute, then try again.")
_REFUSED = _(
    "The test did not leave: the service that should carry it did not take it. Nothing is"
    " changed. Try again later."
)
_UNSURE = _("The line broke while the test was leaving. It may arrive all the same.")
_GONE = _("This device does not take messages any more. It is removed from the list.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A button that was pressed."""

    person: Person
    form: QueryDict
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What came of it: a word for the page, or what is to be fixed."""

    said: str = ""
    problems: tuple[object, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)


def _set_evening(asked: Asked) -> Done:
    form = EveningForm(asked.form)
    if not form.is_valid():
        return Done(forms={"evening": form})
    facts = form.cleaned_data
    choosing.set_evening(asked.person, at=facts["at"], zone_name=facts["zone_name"], now=asked.now)
    return Done(said="evening")


def _make_calendar(asked: Asked) -> Done:
    choosing.change_address(asked.person, now=asked.now)
    return Done(said="changed" if asked.form.get("is_new") else "calendar")


def _stop_calendar(asked: Asked) -> Done:
    choosing.stop_calendar(asked.person)
    return Done(said="stopped")


def _set_email(asked: Asked) -> Done:
    if not mail.is_offered():
        return Done(problems=(_NO_MAIL,))
    of_account = addresses.of_account(asked.person)
    form = EmailForm({"email": of_account} if of_account else asked.form)
    if not form.is_valid():
        return Done(forms={"email": form})
    choosing.set_email(asked.person, email=form.cleaned_data["email"], now=asked.now)
    return Done(said="email")


def _stop_email(asked: Asked) -> Done:
    choosing.set_email(asked.person, email="", now=asked.now)
    return Done(said="no-email")


def _add_device(asked: Asked) -> Done:
    form = DeviceForm(asked.form)
    if not form.is_valid():
        return Done(problems=(_NO_DEVICE,))
    facts = form.cleaned_data
    others = Device.objects.filter(person=asked.person).exclude(endpoint=facts["endpoint"])
    if others.count() >= _MOST_DEVICES:
        return Done(problems=(_ENOUGH_DEVICES,))
    choosing.add_device(
        asked.person,
        name=facts["name"] or str(_("A device")),
        endpoint=facts["endpoint"],
        p256dh=facts["p256dh"],
        auth=facts["auth"],
        now=asked.now,
    )
    return Done(said="device")


def _remove_device(asked: Asked) -> Done:
    choosing.remove_device(asked.person, row=_row(asked), now=asked.now)
    return Done(said="no-device")


def _test_email(asked: Asked) -> Done:
    wish = Wish.objects.filter(person=asked.person).exclude(email="").first()
    if wish is None or not mail.is_offered():
        return Done(problems=(_NO_MAIL,))
    if not consent.given(asked.person, "email"):
        return Done(problems=(_WITHDRAWN,))
    return _tested(asked, lambda: mail.send(wish, before=_nothing))


def _test_device(asked: Asked) -> Done:
    device = Device.objects.filter(person=asked.person, pk=_row(asked)).first()
    if device is None:
        return Done(problems=(_GONE,))
    if not consent.given(asked.person, "push"):
        return Done(problems=(_WITHDRAWN,))
    language = choosing.wish_of(asked.person, now=asked.now).read_in
    done = _tested(asked, lambda: push.send(device, language, before=_nothing))
    if done.problems == (_GONE,):
        device.delete()
    return done


def _nothing() -> None:
    """Claim nothing: a test is not the reminder of an evening."""


def _row(asked: Asked) -> int:
    """Read which device is meant; 0 is none."""
    return whole_number(asked.form.get("row", "")) or 0


def _tested(asked: Asked, send: Callable[[], None]) -> Done:
    """Send the sentence at once. It is not counted as the reminder of the evening."""
    if not choosing.may_test(asked.person, now=asked.now):
        return Done(problems=(_TOO_SOON,))
    try:
        send()
    except GoneError:
        return Done(problems=(_GONE,))
    except RefusedError:
        return Done(problems=(_REFUSED,))
    except UnsureError:
        return Done(problems=(_UNSURE,))
    return Done(said="left")


BUTTONS: Mapping[str, Callable[[Asked], Done]] = MappingProxyType(
    {
        "evening": _set_evening,
        "calendar": _make_calendar,
        "stop-calendar": _stop_calendar,
        "email": _set_email,
        "stop-email": _stop_email,
        "device": _add_device,
        "remove-device": _remove_device,
        "test-email": _test_email,
        "test-device": _test_device,
    }
)

"""Forms of the page of reminders."""

import base64
import binascii
from datetime import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django import forms
from django.utils.translation import gettext_lazy as _

from openldn.web import typed
from openldn.web.reminders import push, zones

__all__ = ["DeviceForm", "EmailForm", "EveningForm"]

_NOON = time(12, 0)
_POINT_BYTES, _AUTH_BYTES = 65, 16  # RFC 8291 section 3


class EveningForm(forms.Form):
    """The time of evening, and where it counts."""

    at = forms.TimeField(
        label=_("Time of evening"),
        widget=forms.TimeInput(attrs={"type": "time", "min": "12:00"}, format="%H:%M"),
        error_messages={
            "required": _("The time is missing. Write it like 20:00."),
            "invalid": _("This is not a time. Write it like 20:00."),
        },
    )
    zone_name = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones.grouped,
        # The names of cities are those of the table of zones, in English letters.
        widget=forms.Select(attrs={"lang": "en"}),
        error_messages={
            "required": _("The time zone is missing. Choose the city nearest to you."),
            "invalid_choice": _(
                "“%(value)s” is not a time zone on the list. Choose the city nearest to you."
            ),
        },
    )

    def clean_at(self) -> time:
        """Take the second half of the day: before noon it is not clear which evening is meant."""
        at: time = self.cleaned_data["at"]
        if at < _NOON:
            given = f"{at:%H:%M}"
            raise forms.ValidationError(
                _("%(given)s is before noon. Write a time from 12:00 to 23:59."),
                params={"given": given},
            )
        return at.replace(second=0, microsecond=0)


class EmailForm(forms.Form):
    """Where e-mails go."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "line", "autocomplete": "email"}),
        error_messages={
            "required": _("The address is missing. Write it like ana@example.org."),
            "invalid": _("This is not an e-mail address. Write it like ana@example.org."),
        },
    )


class DeviceForm(forms.Form):
    """What a browser says about itself when it agrees."""

    name = forms.CharField(max_length=80, required=False)
    endpoint = forms.CharField(max_length=800)
    p256dh = forms.CharField(max_length=88)
    auth = forms.CharField(max_length=24)

    def clean_name(self) -> str:
        """Keep a name that can be read aloud."""
        return typed.kept(self.cleaned_data["name"])

    def clean_endpoint(self) -> str:
        """Take only the addresses of browsers' makers."""
        endpoint: str = self.cleaned_data["endpoint"]
        if not push.is_vendor(endpoint):
            raise forms.ValidationError("endpoint")
        return endpoint

    def clean(self) -> dict[str, Any]:
        """Take only keys that a message can be locked with."""
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        if not (_is_point(facts.get("p256dh", "")) and _is_auth(facts.get("auth", ""))):
            raise forms.ValidationError("keys")
        return facts


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(text, _POINT_BYTES))
    except ValueError:
        return False
    return True


def _is_auth(text: str) -> bool:
    try:
        return bool(_bytes(text, _AUTH_BYTES))
    except ValueError:
        return False


def _bytes(text: str, length: int) -> bytes:
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(found) != length:
        raise ValueError("not as long as such a key is")
    return found

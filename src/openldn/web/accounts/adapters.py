"""Where our rules for accounts differ from those that allauth brings."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest

from openldn.web.accounts.models import Account

__all__ = ["AccountAdapter", "SecondFactor"]


_FRESH = timedelta(minutes=15)  # so long, whoever came in is taken to be still there


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """How accounts begin, and what their e-mails say."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell whether new people may come."""
        return bool(settings.TAKES_NEWCOMERS)

    def is_reauthentication_required(self, *, app: str, **facts: Any) -> bool:
        """Tell whether to ask once more before an account is changed.

        Whoever came in a moment ago is not asked again: a new passkey can be made after a code by
        e-mail, though the old one, which would be asked for, is lost.
        """
        this = UserSession.objects.filter(session_key=context.request.session.session_key)
        return not this.filter(created_at__gt=datetime.now(UTC) - _FRESH).exists()

    def send_mail(self, template_prefix: str, email: str, facts: dict[str, Any]) -> None:
        """Send an e-mail under a name that says nothing of its reader."""
        super().send_mail(template_prefix, email, {**facts, "mail_name": settings.MAIL_NAME})

    def get_from_email(self) -> str:
        """Name the sender."""
        return f"{settings.MAIL_NAME} <{settings.DEFAULT_FROM_EMAIL}>"


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """When a second proof is asked for.

    A passkey opens alone, and so does a code sent by e-mail: whoever lost the device with the
    passkey must not lose a running trial with it. Beside a password a passkey is asked for. Who
    sets up an authenticator app has said that one proof is not enough, and is asked always.
    """

    def is_mfa_enabled(self, user: Account, types: Iterable[str] | None = None) -> bool:
        """Tell whether a second proof is there that this way in asks for."""
        if types is not None and _came_by_code():
            types = [one for one in types if one != Authenticator.Type.WEBAUTHN]
        return bool(super().is_mfa_enabled(user, types))

    def build_totp_svg(self, url: str) -> str:
        """Draw the picture to scan, as it stands inside a page."""
        return str(super().build_totp_svg(url)).partition("?>")[2]


def _came_by_code() -> bool:
    request = context.request
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or [] if request else []
    used = {record["method"] for record in records}
    return "code" in used and "password" not in used

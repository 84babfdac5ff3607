"""Making a one-time link and exchanging it, once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from openldn.web.access.models import LoginLink

__all__ = ["OWNER", "TOKEN_BYTES", "VALID", "issue", "redeem"]

OWNER = "owner"  # the one key of the session that opens the door
TOKEN_BYTES = 32  # 256 bit: far beyond guessing
VALID = timedelta(minutes=10)


def issue(*, now: datetime) -> str:
    """Remember a new link and return its token, which is shown once."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    LoginLink.objects.filter(valid_until__lt=now).delete()
    LoginLink.objects.create(token_sha256=_digest(token), valid_until=now + VALID)
    return token


def redeem(token: str, *, now: datetime) -> bool:
    """Use a link up. False if it is unknown, used or too old.

    One UPDATE decides, so of two requests with the same link exactly one gets in.
    """
    unused = LoginLink.objects.filter(
        token_sha256=_digest(token), used_at=None, valid_until__gte=now
    )
    return unused.update(used_at=now) == 1


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

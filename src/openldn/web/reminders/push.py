"""The reminder through a browser's push service (RFC 8030, 8291 and 8292)."""

import base64
from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import translation

from openldn.web.reminders.channels import GoneError, RefusedError, UnsureError
from openldn.web.reminders.models import Device
from openldn.web.reminders.words import SENTENCE

__all__ = ["is_vendor", "public_key", "send"]

_SECONDS = 10.0  # to wait for the push service
_KEPT_SECONDS = 3 * 60 * 60  # by the push service, for a device that is off: until it is too late
_GONE = (404, 410)  # RFC 8030 section 7.3: the subscription has ended
# How requests and the library below it name a line that did not open, and a redirect.
_NEVER_OPEN = frozenset(
    {
        *("ConnectTimeout", "ConnectTimeoutError", "NewConnectionError", "NameResolutionError"),
        *("SSLError", "ProxyError", "TooManyRedirects"),
    }
)
# P-256 has this many keys (SEC 2, its order less one): what is derived is folded into them.
_N_KEYS = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 - 1


def is_vendor(endpoint: str) -> bool:
    """Tell whether an address belongs to the push service of a browser that we know.

    Whoever adds a device names its address, so anything else could make the server knock at
    doors inside its own network.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    if endpoint.startswith(tuple(settings.PUSH_STAND_INS)):
        return True
    is_known = any(
        host == name or (name.startswith(".") and host.endswith(name))
        for name in settings.PUSH_HOSTS
    )
    return is_known and parts.scheme == "https" and port in (None, 443)


def public_key() -> str:
    """Give the key by which a push service knows this server, as browsers take it."""
    point = (
        _private_key()
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def send(device: Device, language: str, *, before: Callable[[], None]) -> None:
    """Send one reminder to one device, locked so that only the device can read it.

    `before` is called when nothing left yet.

    Raises
    ------
    GoneError
        The browser has ended the subscription.
    RefusedError
        The push service could not be reached, or said no.
    UnsureError
        The line broke after the message was on its way.
    """
    # These cost a second to load: only the worker needs them, and only when somebody has push.
    import requests
    from pywebpush import WebPushException, webpush

    if not is_vendor(device.endpoint):
        raise GoneError("not a push service that we know")
    with translation.override(language):
        words = str(SENTENCE)
    session = requests.Session()
    session.max_redirects = 0  # nowhere else than to the vendor
    before()
    try:
        webpush(
            subscription_info={
                "endpoint": device.endpoint,
                "keys": {"p256dh": device.p256dh, "auth": device.auth},
            },
            data=words,
            vapid_private_key=_encoded(_private_key()),
            vapid_claims={"sub": settings.PUSH_CONTACT},
            ttl=_KEPT_SECONDS,
            timeout=_SECONDS,
            # Two evenings that wait for one device become one (RFC 8030 section 5.4).
            headers={"Topic": "evening", "Urgency": "normal"},
            requests_session=session,
        )
    except WebPushException as error:
        is_gone = error.status_code in _GONE
        raise (GoneError if is_gone else RefusedError)(f"status {error.status_code}") from error
    except requests.RequestException as error:
        kind = RefusedError if _is_unsent(error) else UnsureError
        raise kind(type(error).__name__) from error


def _is_unsent(error: Exception) -> bool:
    """Tell whether the line was never open: then the message cannot have left."""
    found = [type(error).__name__, *(type(getattr(x, "reason", None)).__name__ for x in error.args)]
    return any(name in _NEVER_OPEN for name in found)


def _private_key() -> ec.EllipticCurvePrivateKey:
    """Derive the server's key from its secret, so that there is no second secret to keep."""
    derived = HKDF(
        algorithm=hashes.SHA256(), length=48, salt=None, info=b"openldn web push key 1"
    ).derive(settings.SECRET_KEY.encode())
    return ec.derive_private_key(int.from_bytes(derived) % _N_KEYS + 1, ec.SECP256R1())


def _encoded(key: ec.EllipticCurvePrivateKey) -> str:
    return base64.urlsafe_b64encode(key.private_numbers().private_value.to_bytes(32)).decode()

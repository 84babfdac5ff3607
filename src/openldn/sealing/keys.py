"""Reading what locks and unlocks the box: a passphrase, or a pharmacist's key pair (X25519)."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from openldn.protocol.problems import InputError, Problem

__all__ = ["check_passphrase", "check_strong", "read_private_key", "read_public_key"]

# The box can be attacked without limit by whoever copies it, so the passphrase alone must stand:
# longer than the 8 that ASVS 5.0 (6.2.1) asks of a log-in, and not a few letters repeated.
SHORTEST_PASSPHRASE = 12
FEWEST_LETTERS = 6
LONGEST_PASSPHRASE = 1024
_RAW_BYTES = 32
_MAKE_KEYS = (
    "The pharmacist can make a pair with: openssl genpkey -algorithm x25519 -out private.pem; "
    "openssl pkey -in private.pem -pubout -out public.pem."
)


def check_passphrase(data: bytes) -> str:
    """Read a passphrase from the bytes of its file, and refuse one that is easy to guess.

    Raises
    ------
    InputError
        When it is empty, too short, too plain or no text.
    """
    try:
        passphrase = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise _refused("LDN-S011", "bytes that are not UTF-8 text", "a line of text") from None
    expected = (
        f"{SHORTEST_PASSPHRASE} characters or more, with at least {FEWEST_LETTERS} different ones"
    )
    if len(passphrase) < SHORTEST_PASSPHRASE or len(set(passphrase)) < FEWEST_LETTERS:
        # Its length is told, never the passphrase itself.
        given = f"{len(passphrase)} characters, {len(set(passphrase))} different"
        raise _refused("LDN-S011", given, expected)
    if len(passphrase) > LONGEST_PASSPHRASE or not passphrase.isprintable():
        given = f"{len(passphrase)} characters, or more than one line"
        raise _refused("LDN-S011", given, f"one line of at most {LONGEST_PASSPHRASE} characters")
    return passphrase


def read_public_key(data: bytes) -> X25519PublicKey:
    """Read a public key: PEM, or its 32 bytes as base64 or hexadecimal.

    Raises
    ------
    InputError
        When it is no X25519 public key.
    """
    text = data.strip()
    if b"PRIVATE KEY" in text:
        raise _wrong_key("a private key", "the public half; keep the private one at the pharmacy")
    if not text.startswith(b"-----"):
        return check_strong(X25519PublicKey.from_public_bytes(_raw(text)))
    try:
        key = load_pem_public_key(text)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _wrong_key("PEM text that holds no public key", "an X25519 public key") from None
    if not isinstance(key, X25519PublicKey):
        raise _wrong_key("a key of another kind", "an X25519 public key")
    return check_strong(key)


def check_strong(key: X25519PublicKey) -> X25519PublicKey:
    """Refuse a public key of small order: a box locked with it would open for everyone.

    Raises
    ------
    InputError
        For such a key, which no key generator makes.
    """
    try:
        X25519PrivateKey.generate().exchange(key)
    except ValueError:
        raise _wrong_key(
            "a weak key, with which everyone could open the box", "a key from a key generator"
        ) from None
    return key


def read_private_key(data: bytes) -> X25519PrivateKey:
    """Read a private key: PEM without a password, or its 32 bytes as base64 or hexadecimal.

    Raises
    ------
    InputError
        When it is no X25519 private key.
    """
    text = data.strip()
    if not text.startswith(b"-----"):
        return X25519PrivateKey.from_private_bytes(_raw(text))
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _wrong_key(
            "PEM text that holds no open private key", "an X25519 private key without a password"
        ) from None
    if not isinstance(key, X25519PrivateKey):
        raise _wrong_key("a key of another kind", "an X25519 private key")
    return key


def _raw(text: bytes) -> bytes:
    decoders = (binascii.unhexlify, lambda value: base64.b64decode(value, validate=True))
    for decode in decoders:
        try:
            raw = decode(text)
        except ValueError:
            continue
        if len(raw) == _RAW_BYTES:
            return raw
    raise _wrong_key("text of another form", "an X25519 key: PEM, or 32 bytes in base64 or hex")


def _wrong_key(given: str, expected: str) -> InputError:
    return _refused("LDN-S010", given, expected, place="key file", todo=_MAKE_KEYS)


def _refused(
    code: str,
    given: str,
    expected: str,
    *,
    place: str = "passphrase file",
    todo: str = "Let the pharmacist choose a longer one, such as five random words.",
) -> InputError:
    problem = Problem(code=code, place=place, given=given, expected=expected, todo=todo)
    return InputError([problem])

"""The box: a fixed number of bytes that only the pharmacist can open.

    magic (8)  method (1)  key material (32)  nonce (12)  AES-256-GCM of the padded content

Key material is the scrypt salt (passphrase) or the one-time public key (X25519). The content is
JSON, padded to one size, so that the length tells nothing about order, scheme or method.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from openldn.protocol.doses import Dose
from openldn.protocol.plan import Arm
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.seal import commitment, read_order
from openldn.sealing.keys import check_strong

__all__ = ["BOX_BYTES", "Opened", "close_box", "open_box"]

_MAGIC = b"ldnbox1\n"
_BY_PASSPHRASE, _BY_KEY = b"P", b"K"
_MATERIAL, _NONCE, _TAG, _PREFIX = 32, 12, 16, 4
# A plan of 50 pairs with four ramp steps fills about 14,000.
CONTENT_BYTES = 24_576
BOX_BYTES = len(_MAGIC) + 1 + _MATERIAL + _NONCE + CONTENT_BYTES + _TAG
# RFC 7914 names the parameters; OWASP's password storage sheet gives N = 2^17, r = 8, p = 1.
_SCRYPT = {"n": 2**17, "r": 8, "p": 1}
_INFO = b"openldn-box-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What the pharmacist finds in the box."""

    salt: str
    order: tuple[Arm, ...]
    kits: tuple[Mapping[str, Any], ...]  # kit, period, arm, contents: [[days, mg], ...]


def close_box(content: Mapping[str, Any], *, lock: str | X25519PublicKey) -> str:
    """Lock some content into a box, written as base64 of one fixed length."""
    if isinstance(lock, str):
        method, material = _BY_PASSPHRASE, os.urandom(_MATERIAL)
        key = _key_from_passphrase(lock, material)
    else:
        ephemeral = X25519PrivateKey.generate()
        method, material = _BY_KEY, ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(check_strong(lock))
        key = _key_from_secret(shared, ephemeral=material, recipient=lock.public_bytes_raw())
    header = _MAGIC + method + material
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, _padded(content), header)
    return base64.b64encode(header + nonce + sealed).decode()


def open_box(seal: Mapping[str, Any], *, key: str | X25519PrivateKey) -> Opened:
    """Open the box of a seal with the pharmacist's passphrase or private key.

    Raises
    ------
    InputError
        When it is no box, another's box, or its content breaks the seal's own commitment.
    """
    method, material, nonce, sealed, header = _split(seal.get("box"))
    is_by_passphrase = isinstance(key, str)
    if is_by_passphrase != (method == _BY_PASSPHRASE):
        expected = "its passphrase" if method == _BY_PASSPHRASE else "the pharmacist's private key"
        raise _closed("LDN-S022", "the wrong way to open it", expected)
    if isinstance(key, str):
        secret = _key_from_passphrase(key, material)
    else:
        shared = _exchanged(key, material)
        own = key.public_key().public_bytes_raw()
        secret = _key_from_secret(shared, ephemeral=material, recipient=own)
    try:
        padded = AESGCM(secret).decrypt(nonce, sealed, header)
    except InvalidTag:
        raise _closed("LDN-S021", "a key that does not fit", "the key it was sealed for") from None
    opened = _unpadded(padded)
    expected = commitment(
        salt=opened.salt, order=opened.order, plan_sha256=str(seal.get("plan_sha256"))
    )
    if expected != seal.get("commitment"):
        raise _closed("LDN-S023", "a box of another seal", "the box this seal was made with")
    return opened


def _key_from_passphrase(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, **_SCRYPT).derive(passphrase.encode())


def _exchanged(own: X25519PrivateKey, material: bytes) -> bytes:
    try:
        return own.exchange(X25519PublicKey.from_public_bytes(material))
    except ValueError:  # a one-time key of small order: this program makes none
        raise _closed(
            "LDN-S020", "a box that anyone could have locked", "the box in seal.json, unchanged"
        ) from None


def _key_from_secret(shared: bytes, *, ephemeral: bytes, recipient: bytes) -> bytes:
    # Both public keys are bound in, so the secret belongs to this box and this pharmacist alone.
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=ephemeral + recipient, info=_INFO)
    return kdf.derive(shared)


def _padded(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, separators=(",", ":")).encode()
    room = CONTENT_BYTES - _PREFIX - len(text)
    if room < 0:
        raise ValueError(f"the content of {len(text)} bytes does not fit the box")
    return len(text).to_bytes(_PREFIX, "big") + text + bytes(room)


def _unpadded(padded: bytes) -> Opened:
    """Read the content. Whoever has the public key can lock a box, so it is not to be trusted."""
    length = int.from_bytes(padded[:_PREFIX], "big")
    try:
        content = json.loads(padded[_PREFIX : _PREFIX + length])
        return Opened(
            salt=str(content["salt"]),
            order=read_order(content["order"]),
            kits=tuple(_kit(kit) for kit in content["kits"]),
        )
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        raise _closed(
            "LDN-S020", "a box with something else in it", "the box in seal.json, unchanged"
        ) from None


def _kit(kit: Mapping[str, Any]) -> Mapping[str, Any]:
    if not kit["kit"].isalnum() or not kit["kit"].isascii():
        raise ValueError("no kit id")
    contents = [[int(days), str(Dose.from_mg(mg).mg)] for days, mg in kit["contents"]]
    return {
        "kit": kit["kit"],
        "period": int(kit["period"]),
        "arm": Arm(kit["arm"]).value,
        "contents": contents,
    }


def _split(box: object) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    try:
        data = base64.b64decode(box, validate=True) if isinstance(box, str) else b""
    except ValueError:
        data = b""
    method_at = len(_MAGIC)
    material_at = method_at + 1
    nonce_at = material_at + _MATERIAL
    sealed_at = nonce_at + _NONCE
    method = data[method_at:material_at]
    if (
        len(data) != BOX_BYTES
        or not data.startswith(_MAGIC)
        or method not in (_BY_PASSPHRASE, _BY_KEY)
    ):
        raise _closed("LDN-S020", "no box of this program", "the box in seal.json, unchanged")
    return (
        method,
        data[material_at:nonce_at],
        data[nonce_at:sealed_at],
        data[sealed_at:],
        data[:nonce_at],
    )


def _closed(code: str, given: str, expected: str) -> InputError:
    todo = "Nothing was opened; check the folder and the key, and try again."
    return InputError([Problem(code=code, place="box", given=given, expected=expected, todo=todo)])

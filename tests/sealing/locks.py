"""A passphrase and key pairs for the tests of the box."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

PASSPHRASE = "five random words are enough"
PHARMACIST = X25519PrivateKey.generate()
STRANGER = X25519PrivateKey.generate()


def public_pem(key: X25519PrivateKey = PHARMACIST) -> bytes:
    """Write the public half as PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(key: X25519PrivateKey = PHARMACIST) -> bytes:
    """Write the private half as PEM, without a password."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

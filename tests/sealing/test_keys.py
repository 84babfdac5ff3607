"""Reading the pharmacist's key or passphrase."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from openldn.protocol.problems import InputError
from openldn.sealing import check_passphrase, read_private_key, read_public_key
from sealing.locks import PHARMACIST, private_pem, public_pem

RAW = PHARMACIST.public_key().public_bytes_raw()
OTHER_KIND = Ed25519PrivateKey.generate()


def code_of(read: object, data: bytes) -> str:
    """Tell the code of a refusal."""
    assert callable(read)
    with pytest.raises(InputError) as caught:
        read(data)
    return caught.value.problems[0].code


@pytest.mark.parametrize(
    "data",
    [public_pem(), base64.b64encode(RAW), RAW.hex().encode(), b"\n" + RAW.hex().encode() + b"\r\n"],
    ids=["pem", "base64", "hex", "with line ends"],
)
def test_a_public_key_is_read_in_each_of_its_forms(data: bytes) -> None:
    """The same key, however it was mailed."""
    assert read_public_key(data).public_bytes_raw() == RAW


@pytest.mark.parametrize(
    "data",
    [private_pem(), PHARMACIST.private_bytes_raw().hex().encode()],
    ids=["pem", "hex"],
)
def test_a_private_key_is_read_in_each_of_its_forms(data: bytes) -> None:
    """The pharmacist's own half."""
    assert read_private_key(data).public_key().public_bytes_raw() == RAW


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"ab" * 31,
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        private_pem(),
        OTHER_KIND.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "text", "short", "torn", "private by mistake", "another kind"],
)
def test_what_is_no_public_key_is_refused(data: bytes) -> None:
    """A private key above all: the person would hold what opens the box."""
    assert code_of(read_public_key, data) == "LDN-S010"


@pytest.mark.parametrize("weak", [bytes(32), b"\x01" + bytes(31)], ids=["zero", "one"])
def test_a_weak_public_key_is_refused_where_it_is_read(weak: bytes) -> None:
    """As a matter of the key file: no box is involved yet."""
    with pytest.raises(InputError) as caught:
        read_public_key(weak.hex().encode())
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("LDN-S010", "key file")
    assert "openssl" in problem.todo


@pytest.mark.parametrize(
    "data",
    [
        public_pem(),
        b"text",
        OTHER_KIND.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        X25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
        ),
    ],
    ids=["public by mistake", "text", "another kind", "locked by a password"],
)
def test_what_is_no_private_key_is_refused(data: bytes) -> None:
    """In words, with how to make a pair."""
    assert code_of(read_private_key, data) == "LDN-S010"


@pytest.mark.parametrize(
    "data",
    [b"", b"  \n", b"short", b"elevenchars", b"a" * 40, b"abababababababab", b"\xff" * 20],
)
def test_a_passphrase_that_is_easy_to_guess_is_refused(data: bytes) -> None:
    """Empty, short, or a few letters repeated."""
    assert code_of(check_passphrase, data) == "LDN-S011"


def test_a_refused_passphrase_is_not_repeated_on_the_screen() -> None:
    """It may be used elsewhere."""
    with pytest.raises(InputError) as caught:
        check_passphrase(b"hunter2")
    assert "hunter2" not in str(caught.value)


def test_the_line_end_of_a_text_editor_is_no_part_of_a_passphrase() -> None:
    """Written on Windows, opened on Linux."""
    assert check_passphrase(b"\xef\xbb\xbffive random words\r\n") == "five random words"

"""The sealed box: who can open it, and what it gives away."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from openldn.protocol.plan import Arm
from openldn.protocol.problems import InputError
from openldn.protocol.schemes import members
from openldn.protocol.seal import commitment, order_text, verify, verify_with_plan
from openldn.sealing import open_box, randomise, release
from openldn.sealing.box import close_box
from protocol.plans import plan
from sealing.locks import PASSPHRASE, PHARMACIST, STRANGER

PUBLIC = PHARMACIST.public_key()
PLAN = plan()


def code_of(seal: Mapping[str, Any], key: Any) -> str:
    """Tell the code of a box that stays closed."""
    with pytest.raises(InputError) as caught:
        open_box(seal, key=key)
    return caught.value.problems[0].code


@pytest.fixture(scope="module")
def by_passphrase() -> dict[str, Any]:
    """Seal the plan once with the passphrase: stretching it takes half a second."""
    return dict(randomise(PLAN, passphrase=PASSPHRASE).seal)


@pytest.fixture(scope="module")
def by_key() -> dict[str, Any]:
    """Seal the plan once for the pharmacist's key."""
    return dict(randomise(PLAN, public_key=PUBLIC).seal)


def test_the_passphrase_opens_what_it_sealed(by_passphrase: dict[str, Any]) -> None:
    """And what comes out keeps the promise."""
    opened = open_box(by_passphrase, key=PASSPHRASE)
    assert verify(release(by_passphrase, opened)) == ()
    assert verify_with_plan(release(by_passphrase, opened), PLAN) == ()


def test_the_private_key_opens_what_was_sealed_for_it(by_key: dict[str, Any]) -> None:
    """The order, the salt and a kit for each period."""
    opened = open_box(by_key, key=PHARMACIST)
    assert len(opened.order) == len(opened.kits) == 8
    assert [kit["arm"] for kit in opened.kits] == [arm.value for arm in opened.order]


def test_the_pharmacist_s_list_holds_the_ramp_and_adds_up_to_the_period(
    by_key: dict[str, Any],
) -> None:
    """Active after placebo begins with 4 days at 2.25 mg; each kit lasts its 21 days."""
    kits = open_box(by_key, key=PHARMACIST).kits
    for before, kit in zip([{"arm": "active"}, *kits], kits, strict=False):
        expected = [[21, "0"]]
        if kit["arm"] == "active":
            is_back = before["arm"] == "placebo"
            expected = [[4, "2.25"], [17, "4.5"]] if is_back else [[21, "4.5"]]
        assert kit["contents"] == expected


def test_the_salt_is_256_bits_and_new_each_time(by_key: dict[str, Any]) -> None:
    """Without a fresh salt the promise of one of sixteen orders could be guessed."""
    first = open_box(by_key, key=PHARMACIST).salt
    second = open_box(randomise(PLAN, public_key=PUBLIC).seal, key=PHARMACIST).salt
    assert len(bytes.fromhex(first)) == 32
    assert first != second


def test_another_key_passphrase_or_way_opens_nothing(
    by_key: dict[str, Any], by_passphrase: dict[str, Any]
) -> None:
    """Each in words of its own."""
    assert code_of(by_key, STRANGER) == "LDN-S021"
    assert code_of(by_passphrase, PASSPHRASE + "!") == "LDN-S021"
    assert code_of(by_key, PASSPHRASE) == "LDN-S022"
    assert code_of(by_passphrase, PHARMACIST) == "LDN-S022"


@pytest.mark.parametrize("at", [8, 20, 45, 60, 5000, -1])
def test_a_box_with_one_byte_changed_stays_closed(by_key: dict[str, Any], at: int) -> None:
    """Method, key, nonce, content and tag are all bound together."""
    box = bytearray(base64.b64decode(by_key["box"]))
    box[at] ^= 1
    bent = by_key | {"box": base64.b64encode(box).decode()}
    assert code_of(bent, PHARMACIST) in ("LDN-S020", "LDN-S021")


@pytest.mark.parametrize("box", [None, "", "!!", "AAAA", 7])
def test_what_is_no_box_is_refused(by_key: dict[str, Any], box: object) -> None:
    """Torn or replaced."""
    assert code_of(by_key | {"box": box}, PHARMACIST) == "LDN-S020"


def test_the_box_of_another_seal_is_found_out(by_key: dict[str, Any]) -> None:
    """A true box under a false promise, or the other way round."""
    other = randomise(PLAN, public_key=PUBLIC).seal
    assert code_of(by_key | {"box": other["box"]}, PHARMACIST) == "LDN-S023"
    assert code_of(by_key | {"plan_sha256": "00" * 32}, PHARMACIST) == "LDN-S023"


KIT = {"kit": "ABC234", "period": 1, "arm": "active", "contents": [[21, "4.5"]]}


@pytest.mark.parametrize(
    "content",
    [
        {"salt": "00" * 32, "order": "active,foo", "kits": []},
        {"salt": "00" * 32, "order": ["active"], "kits": []},
        {"salt": "00" * 32, "order": "active,placebo"},
        {"salt": "00" * 32, "order": "active,placebo", "kits": [KIT | {"kit": "\x1b[2J"}]},
        {"salt": "00" * 32, "order": "active,placebo", "kits": [KIT | {"arm": "foo"}]},
        {"salt": "00" * 32, "order": "active,placebo", "kits": [KIT | {"contents": [[1]]}]},
        {"salt": "00" * 32, "order": "active,placebo", "kits": [KIT | {"period": float("inf")}]},
    ],
)
def test_a_box_that_somebody_else_filled_is_refused(
    by_key: dict[str, Any], content: dict[str, Any]
) -> None:
    """Anyone who has the public key can lock a box; what comes out of it is not trusted."""
    assert code_of(by_key | {"box": close_box(content, lock=PUBLIC)}, PHARMACIST) == "LDN-S020"


def test_half_a_letter_in_a_seal_or_box_fits_no_promise(by_key: dict[str, Any]) -> None:
    """JSON can hold what UTF-8 cannot."""
    content = {"salt": "\ud800", "order": "active,placebo", "kits": [KIT]}
    assert code_of(by_key | {"box": close_box(content, lock=PUBLIC)}, PHARMACIST) == "LDN-S023"
    assert code_of(by_key | {"plan_sha256": "\ud800"}, PHARMACIST) == "LDN-S023"


@pytest.mark.parametrize("material", [bytes(32), b"\x01" + bytes(31)], ids=["zero", "one"])
def test_a_box_with_a_weak_one_time_key_is_refused_as_a_box(
    by_key: dict[str, Any], material: bytes
) -> None:
    """Its secret would be known to everyone."""
    box = bytearray(base64.b64decode(by_key["box"]))
    box[9:41] = material
    bent = by_key | {"box": base64.b64encode(box).decode()}
    assert code_of(bent, PHARMACIST) == "LDN-S020"


def test_the_seal_looks_the_same_whatever_was_drawn() -> None:
    """Every order of three pairs gives a box of the same length."""
    shapes = set()
    for order in members(PLAN.design.scheme, pairs=3, max_run=2, contrast=Arm.PLACEBO):
        content = {"salt": "00" * 32, "order": order_text(order), "kits": []}
        shapes.add(len(close_box(content, lock=PUBLIC)))
    assert len(shapes) == 1


@pytest.mark.parametrize(
    "change",
    [
        ("pairs = 4", "pairs = 4"),
        ("pairs = 4", "pairs = 1"),
        ("pairs = 4", "pairs = 40"),
        ('scheme = "paired"', 'scheme = "full"'),
        ('kind = "blinded-withdrawal"', 'kind = "open-randomised"'),
    ],
)
def test_the_box_has_one_length_for_every_plan_and_way(
    change: tuple[str, str], by_passphrase: dict[str, Any]
) -> None:
    """Pairs, scheme, kind, key or passphrase: the length tells nothing."""
    seal = randomise(plan(change), public_key=PUBLIC).seal
    assert len(seal["box"]) == len(by_passphrase["box"])


def test_the_largest_plan_fits_the_box() -> None:
    """Fifty pairs with four ramp steps in every active period."""
    steps = ", ".join(f"{{days = 3, fraction = 0.{i}}}" for i in (2, 3, 4, 6))
    largest = plan(
        ("pairs = 4", "pairs = 50"),
        ("ramp = [{days = 4, fraction = 0.5}]", f"ramp = [{steps}]"),
        ("period_days = 21", "period_days = 17"),
        ("transition_days = 7", "transition_days = 12"),
    )
    seal = randomise(largest, public_key=PUBLIC).seal
    assert len(open_box(seal, key=PHARMACIST).order) == 100


def test_nothing_of_the_order_stands_outside_the_box(by_key: dict[str, Any]) -> None:
    """No order, no salt, no arm in the public part, and the box is no plain text."""
    opened = open_box(by_key, key=PHARMACIST)
    public = json.dumps(by_key).encode()
    box = base64.b64decode(by_key["box"])
    for secret in (opened.salt, order_text(opened.order), "placebo", "active"):
        assert secret.encode() not in public
        assert secret.encode() not in box
        assert base64.b64encode(secret.encode()).rstrip(b"=") not in public
    assert bytes.fromhex(opened.salt) not in box
    assert set(by_key) == {
        "format",
        "kind",
        "commitment",
        "scheme",
        "set_size",
        "plan_sha256",
        "box",
    }


def test_the_promise_cannot_be_guessed_by_trying_every_order(by_key: dict[str, Any]) -> None:
    """Without the salt none of the sixteen orders gives the commitment."""
    every = members(PLAN.design.scheme, pairs=4, max_run=2, contrast=Arm.PLACEBO)
    for salt in ("", "00" * 32):
        for order in every:
            promise = commitment(salt=salt, order=order, plan_sha256=PLAN.sha256)
            assert promise != by_key["commitment"]


def test_kit_ids_are_random_different_and_tell_nothing() -> None:
    """The same period has another id in another draw."""
    first, second = (randomise(PLAN, public_key=PUBLIC).kits for _ in range(2))
    assert len({kit.id for kit in first}) == len(first) == 8
    assert {kit.id for kit in first}.isdisjoint(kit.id for kit in second)


def test_a_key_of_small_order_is_refused() -> None:
    """It would make a secret that everyone knows."""
    with pytest.raises(InputError, match=r"key file: .* \[LDN-S010\]"):
        randomise(PLAN, public_key=X25519PublicKey.from_public_bytes(bytes(32)))


@pytest.mark.parametrize("lock", [{}, {"passphrase": ""}])
def test_without_a_lock_nothing_is_drawn(lock: dict[str, str]) -> None:
    """A seal that the person can open is no seal."""
    with pytest.raises(InputError, match="LDN-S015"):
        randomise(PLAN, **lock)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("agreed = 2026-01-05\n", ""), "LDN-S013"),
        (('kind = "blinded-withdrawal"', 'kind = "open-reversal"'), "LDN-S012"),
    ],
)
def test_a_plan_that_cannot_be_frozen_is_not_drawn(change: tuple[str, str], code: str) -> None:
    """Not agreed with the prescriber, or with nothing to draw."""
    with pytest.raises(InputError, match=code):
        randomise(plan(change), public_key=PUBLIC)

"""The promise about the hidden order."""

import pytest

from openldn.protocol.plan import Arm, Scheme
from openldn.protocol.schemes import members, set_size
from openldn.protocol.seal import (
    commitment,
    commitment_text,
    is_member,
    order_text,
    read_order,
    verify,
    verify_with_plan,
)
from protocol.plans import plan

A, P = Arm.ACTIVE, Arm.PLACEBO
SALT, PLAN_SHA = "00" * 32, "ab" * 32
ORDER = "active,placebo,placebo,active"
# printf 'openldn-seal-1\n%064d\nactive,placebo,placebo,active\n<ab x 32>\n' 0 | sha256sum
KNOWN = "26c902f03a8dac8e2a2cffff41bf93c995d9ab7c4d98a98028e84a8838c42a69"


def opened(**changes: object) -> dict[str, object]:
    """Make a released seal that fits, bent."""
    return {
        "format": 1,
        "kind": "seal",
        "commitment": KNOWN,
        "scheme": "paired",
        "set_size": 4,
        "plan_sha256": PLAN_SHA,
        "box": "",
        "salt": SALT,
        "order": ORDER,
    } | changes


def test_the_promise_is_the_hash_of_the_contract_s_text() -> None:
    """Known answer, made with another program: anyone can check a seal without OpenLDN."""
    order = read_order(ORDER)
    text = commitment_text(salt=SALT, order=order, plan_sha256=PLAN_SHA)
    assert text == f"openldn-seal-1\n{SALT}\n{ORDER}\n{PLAN_SHA}\n"
    assert commitment(salt=SALT, order=order, plan_sha256=PLAN_SHA) == KNOWN


def test_an_order_is_written_and_read_as_words_by_period() -> None:
    """Joined by commas, nothing else."""
    assert order_text((A, P, P, A)) == ORDER
    assert read_order(ORDER) == (A, P, P, A)


def test_an_opened_seal_that_fits_has_no_problem() -> None:
    """The order released is the order promised."""
    assert verify(opened()) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"order": "placebo,active,placebo,active"}, "LDN-S003"),
        ({"order": ORDER + " "}, "LDN-S003"),
        ({"salt": "01" + "00" * 31}, "LDN-S003"),
        ({"plan_sha256": "ac" * 32}, "LDN-S003"),
        ({"commitment": "ff" * 32}, "LDN-S003"),
        ({"salt": "00" * 31}, "LDN-S001"),
        ({"commitment": None}, "LDN-S001"),
        ({"order": ["active"]}, "LDN-S001"),
        ({"order": "\ud800"}, "LDN-S001"),
        ({"scheme": ["paired"]}, "LDN-S001"),
        ({"set_size": True}, "LDN-S001"),
        ({"format": 2}, "LDN-S001"),
        ({"kind": "answer"}, "LDN-S001"),
    ],
)
def test_a_seal_that_was_changed_is_found_out(changes: dict[str, object], code: str) -> None:
    """Order, salt, plan or promise: any swap shows."""
    assert [problem.code for problem in verify(opened(**changes))] == [code]


@pytest.mark.parametrize(
    ("order", "facts"),
    [
        ("active,foo", {"set_size": 2}),
        ("active,placebo,active", {}),
        ("active,active,placebo,placebo", {}),
        ("active,placebo,none,active", {}),
        (ORDER, {"set_size": 8}),
        (ORDER, {"scheme": "counterbalanced"}),
        (ORDER, {"scheme": "full"}),
        ("active,placebo,active,placebo", {"scheme": "counterbalanced", "set_size": 2}),
        ("active,active,active,placebo,placebo,placebo", {"scheme": "balanced", "set_size": 14}),
        ("active,active,placebo,placebo", {"scheme": "balanced", "set_size": 5}),
        ("active,active,active,placebo", {"scheme": "balanced", "set_size": 6}),
        (",".join(["active,placebo"] * 51), {"set_size": 2**51}),
        ("active" + ",placebo" * 100_000, {"scheme": "balanced", "set_size": 10**4000}),
    ],
)
def test_an_order_that_its_scheme_cannot_draw_does_not_match(
    order: str, facts: dict[str, object]
) -> None:
    """Whoever can write the promise anew can also write nonsense into it."""
    promise = commitment(salt=SALT, order=order, plan_sha256=PLAN_SHA)
    seal = opened(order=order, commitment=promise, **facts)
    assert [problem.code for problem in verify(seal)] == ["LDN-S005"]


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("max_run", [2, 3])
@pytest.mark.parametrize("contrast", [Arm.PLACEBO, Arm.NONE])
def test_every_order_that_a_scheme_can_draw_matches(
    scheme: Scheme, max_run: int, contrast: Arm
) -> None:
    """Nothing that was honestly drawn is called false, without the plan at hand."""
    for pairs in (1, 3):
        size = set_size(scheme, pairs=pairs, max_run=max_run)
        for order in members(scheme, pairs=pairs, max_run=max_run, contrast=contrast):
            promise = commitment(salt=SALT, order=order, plan_sha256=PLAN_SHA)
            facts = {"order": order_text(order), "commitment": promise, "scheme": scheme.value}
            assert verify(opened(set_size=size, **facts)) == ()


@pytest.mark.parametrize("hidden", ["salt", "order"])
def test_a_closed_seal_is_no_match_yet(hidden: str) -> None:
    """Half an opening is none."""
    seal = opened()
    del seal[hidden]
    assert [problem.code for problem in verify(seal)] == ["LDN-S002"]


def test_an_order_that_the_scheme_cannot_draw_is_found_out() -> None:
    """A promise kept about an order that was never in the set is still a false draw."""
    planned = plan()
    seal = opened(plan_sha256=planned.sha256, set_size=16, order=",".join(["active"] * 8))
    assert [p.code for p in verify_with_plan(seal, planned)] == ["LDN-S005"]
    good = opened(plan_sha256=planned.sha256, set_size=16, order=",".join([ORDER, ORDER]))
    assert verify_with_plan(good, planned) == ()


def test_a_seal_of_another_plan_names_every_fact_that_differs() -> None:
    """Plan bytes, scheme and size of the set."""
    problems = verify_with_plan(opened(scheme="full"), plan())
    assert {p.place for p in problems} == {"seal.plan_sha256", "seal.scheme", "seal.set_size"}


@pytest.mark.parametrize(
    ("scheme", "order", "fits"),
    [
        ("paired", (A, P, A, P, A, P, A, P), True),
        ("paired", (A, A, P, P, A, P, A, P), False),
        ("balanced", (A, A, P, P, A, P, A, P), True),
        ("balanced", (A, A, A, P, P, P, A, P), False),
        ("balanced", (A, A, P, A, A, P, A, P), False),
        ("counterbalanced", (A, P, P, A, A, P, P, A), True),
        ("counterbalanced", (A, P, A, P, A, P, P, A), False),
        ("full", (A,) * 8, True),
        ("full", (A,) * 6, False),
        ("full", (A,) * 7 + (Arm.NONE,), False),
    ],
)
def test_membership_follows_the_scheme(scheme: str, order: tuple[Arm, ...], fits: bool) -> None:
    """Told without going through the set."""
    assert is_member(order, plan(('scheme = "paired"', f'scheme = "{scheme}"'))) is fits

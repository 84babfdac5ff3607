"""The seal: a promise about the hidden order that anyone can check once it is opened.

commitment = SHA-256 of ``openldn-seal-1 / salt / order / sha256 of plan.toml``, one a line. Before
release it says nothing about the order, since the salt is 256 random bits; after release it shows
that neither the order nor the plan was swapped. Pure text: the draw and the box are in
`openldn.sealing`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from openldn.protocol.plan import Arm, Plan, Scheme
from openldn.protocol.problems import Problem
from openldn.protocol.schemes import members, set_size

__all__ = [
    "FORMAT",
    "commitment",
    "commitment_text",
    "is_member",
    "is_released",
    "order_text",
    "read_order",
    "verify",
    "verify_with_plan",
]

FORMAT = 1
_HEX_256 = re.compile(r"[0-9a-f]{64}")
_TODO = "Keep this file as it is, and ask the pharmacist for the sealed original."


def order_text(order: Sequence[Arm]) -> str:
    """Write an order as it is sealed: the arms by period, joined by commas."""
    return ",".join(Arm(arm).value for arm in order)


def read_order(text: str) -> tuple[Arm, ...]:
    """Read a sealed order back.

    Raises
    ------
    ValueError
        When a period holds no arm.
    """
    return tuple(Arm(name) for name in text.split(","))


def commitment_text(*, salt: str, order: Sequence[Arm] | str, plan_sha256: str) -> str:
    """Write the text that the commitment is the SHA-256 of."""
    arms = order if isinstance(order, str) else order_text(order)
    return f"openldn-seal-1\n{salt}\n{arms}\n{plan_sha256}\n"


def commitment(*, salt: str, order: Sequence[Arm] | str, plan_sha256: str) -> str:
    """Compute the commitment, in hexadecimal."""
    text = commitment_text(salt=salt, order=order, plan_sha256=plan_sha256)
    return hashlib.sha256(text.encode()).hexdigest()


def is_released(seal: Mapping[str, Any]) -> bool:
    """Whether the seal has been opened: both its salt and its order are there."""
    return "salt" in seal and "order" in seal


def verify(seal: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Check an opened seal against its own commitment; no problem means that it matches."""
    malformed = tuple(_malformed(seal))
    if malformed:
        return malformed
    if not is_released(seal):
        return (
            Problem(
                code="LDN-S002",
                place="seal",
                given="no salt and order: the seal is still closed",
                expected="an opened seal",
                todo="Check again after the pharmacist has opened it.",
            ),
        )
    expected = commitment(salt=seal["salt"], order=seal["order"], plan_sha256=seal["plan_sha256"])
    if hmac.compare_digest(expected, seal["commitment"]):
        return ()
    return (
        Problem(
            code="LDN-S003",
            place="seal.commitment",
            given=seal["commitment"],
            expected=f"{expected}, from its salt, order and plan",
            todo="The order, the salt or the plan was changed after sealing. " + _TODO,
        ),
    )


def verify_with_plan(seal: Mapping[str, Any], plan: Plan) -> tuple[Problem, ...]:
    """Check that a seal belongs to this plan, and that its order is one its scheme can draw."""
    design = plan.design
    facts: list[tuple[str, object, object]] = [
        ("plan_sha256", seal.get("plan_sha256"), plan.sha256),
        ("scheme", seal.get("scheme"), design.scheme.value),
    ]
    if design.kind.is_randomised:
        size = set_size(design.scheme, pairs=design.pairs, max_run=design.max_run)
        facts.append(("set_size", seal.get("set_size"), size))
    problems = [
        Problem(
            code="LDN-S004",
            place=f"seal.{key}",
            given=str(given),
            expected=f"{expected}, from the plan",
            todo="Put the plan that was sealed beside the seal, unchanged to the last byte.",
        )
        for key, given, expected in facts
        if given != expected
    ]
    if not problems and is_released(seal) and not _is_member(seal["order"], plan):
        problems.append(
            Problem(
                code="LDN-S005",
                place="seal.order",
                given=str(seal["order"]),
                expected=f"an order of the scheme {design.scheme}",
                todo=_TODO,
            )
        )
    return tuple(problems)


def _is_member(text: object, plan: Plan) -> bool:
    try:
        order = read_order(str(text))
    except ValueError:
        return False
    return is_member(order, plan)


def is_member(order: Sequence[Arm], plan: Plan) -> bool:
    """Whether the scheme of the plan can draw this order."""
    design = plan.design
    arms = {Arm.ACTIVE, plan.contrast_arm}
    if not design.kind.is_randomised or len(order) != design.n_periods or not arms >= set(order):
        return False
    match design.scheme:
        case Scheme.PAIRED:
            return all(a != b for a, b in zip(order[::2], order[1::2], strict=True))
        case Scheme.BALANCED:
            runs = re.findall("a+|b+", "".join("a" if a is Arm.ACTIVE else "b" for a in order))
            is_even = 2 * list(order).count(Arm.ACTIVE) == len(order)
            return is_even and max(map(len, runs)) <= design.max_run
        case Scheme.COUNTERBALANCED:
            every = members(
                design.scheme,
                pairs=design.pairs,
                max_run=design.max_run,
                contrast=plan.contrast_arm,
            )
            return tuple(order) in every
        case _:
            return True


def _malformed(seal: Mapping[str, Any]) -> list[Problem]:
    problems = []
    facts: list[tuple[str, bool, str]] = [
        ("format", seal.get("format") == FORMAT, str(FORMAT)),
        ("kind", seal.get("kind") == "seal", '"seal"'),
        ("commitment", _is_hex(seal.get("commitment")), "64 hexadecimal digits"),
        ("plan_sha256", _is_hex(seal.get("plan_sha256")), "64 hexadecimal digits"),
        ("salt", "salt" not in seal or _is_hex(seal["salt"]), "64 hexadecimal digits"),
        ("order", "order" not in seal or isinstance(seal["order"], str), "the arms by period"),
    ]
    for key, is_good, expected in facts:
        if not is_good:
            problems.append(
                Problem(
                    code="LDN-S001",
                    place=f"seal.{key}",
                    given=repr(seal.get(key))[:80],
                    expected=expected,
                    todo=_TODO,
                )
            )
    return problems


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and _HEX_256.fullmatch(value) is not None

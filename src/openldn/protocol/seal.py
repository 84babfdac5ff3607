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
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from openldn.protocol._reading import LARGEST_PAIRS
from openldn.protocol.plan import Arm, Plan, Scheme
from openldn.protocol.problems import Problem
from openldn.protocol.schemes import set_size

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
_NEXT_STEP = "Keep this file as it is, and ask the pharmacist for the sealed original."


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
    # A hostile seal may hold half a letter, which has no UTF-8: it is hashed, and fits no promise.
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


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
    if not hmac.compare_digest(expected, seal["commitment"]):
        return (
            Problem(
                code="LDN-S003",
                place="seal.commitment",
                given=seal["commitment"],
                expected=f"{expected}, from its salt, order and plan",
                todo="The order, the salt or the plan was changed after sealing. " + _NEXT_STEP,
            ),
        )
    if not _is_drawable(seal["order"], scheme=Scheme(seal["scheme"]), size=seal["set_size"]):
        return (
            Problem(
                code="LDN-S005",
                place="seal.order",
                given=_shown(seal["order"]),
                expected=f"pairs of active and placebo (or none) periods, one of the "
                f"{_shown(seal['set_size'])} orders of the scheme {seal['scheme']}",
                todo=_NEXT_STEP,
            ),
        )
    return ()


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
                given=_shown(seal["order"]),
                expected=f"an order of the scheme {design.scheme}",
                todo=_NEXT_STEP,
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
    return _keeps_scheme(order, scheme=design.scheme, max_run=design.max_run)


def _is_drawable(text: str, *, scheme: Scheme, size: int) -> bool:
    """Whether some plan of this scheme, with a set of this size, can draw this order."""
    try:
        order = read_order(text)
    except ValueError:
        return False
    pairs, is_odd = divmod(len(order), 2)
    if is_odd or pairs > LARGEST_PAIRS or {Arm.PLACEBO, Arm.NONE} <= set(order):
        return False
    # The seal does not name the longest run, but the size of the set tells it: it grows with it.
    runs = range(2, max(pairs, 2) + 1)
    at = bisect_left(runs, size, key=lambda run: set_size(scheme, pairs=pairs, max_run=run))
    max_run = runs[min(at, len(runs) - 1)]
    is_size_right = set_size(scheme, pairs=pairs, max_run=max_run) == size
    return is_size_right and _keeps_scheme(order, scheme=scheme, max_run=max_run)


def _keeps_scheme(order: Sequence[Arm], *, scheme: Scheme, max_run: int) -> bool:
    turns = [arm is Arm.ACTIVE for arm in order]
    match scheme:
        case Scheme.PAIRED:
            return all(a != b for a, b in zip(turns[::2], turns[1::2], strict=True))
        case Scheme.BALANCED:
            longest = max(len(list(same)) for _, same in groupby(turns))
            return 2 * sum(turns) == len(turns) and longest <= max_run
        case Scheme.COUNTERBALANCED:
            # ABBAABBA: the first pair differs inside, and no period is like the one two before.
            pairs_apart = zip(turns, turns[2:], strict=False)
            return turns[0] != turns[1] and all(a != b for a, b in pairs_apart)
        case Scheme.FULL:
            return True


def _malformed(seal: Mapping[str, Any]) -> list[Problem]:
    problems = []
    facts: list[tuple[str, bool, str]] = [
        ("format", seal.get("format") == FORMAT, f"the number {FORMAT}"),
        ("kind", seal.get("kind") == "seal", '"seal"'),
        ("commitment", _is_hex(seal.get("commitment")), "64 hexadecimal digits"),
        ("plan_sha256", _is_hex(seal.get("plan_sha256")), "64 hexadecimal digits"),
        ("salt", "salt" not in seal or _is_hex(seal["salt"]), "64 hexadecimal digits"),
        ("order", "order" not in seal or _is_plain(seal["order"]), "the arms by period"),
        ("scheme", seal.get("scheme") in list(Scheme), "one of " + ", ".join(Scheme)),
        ("set_size", _is_count(seal.get("set_size")), "the number of orders of the scheme"),
    ]
    for key, is_good, expected in facts:
        if not is_good:
            problems.append(
                Problem(
                    code="LDN-S001",
                    place=f"seal.{key}",
                    given=_shown(seal.get(key)),
                    expected=expected,
                    todo=_NEXT_STEP,
                )
            )
    return problems


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and value.isascii()


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _shown(value: object) -> str:
    return repr(value)[:80]


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and _HEX_256.fullmatch(value) is not None

"""From a plan to its seal: draw once, promise the order, lock it in the box, name the kits."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from openldn.protocol.calendar import planned_on
from openldn.protocol.doses import Dose
from openldn.protocol.plan import Arm, Period, Plan
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.schemes import set_size
from openldn.protocol.seal import FORMAT, commitment, order_text
from openldn.sealing.box import Opened, close_box
from openldn.sealing.draw import draw

__all__ = ["Kit", "Sealed", "problems_before_draw", "randomise", "release"]

_SALT_BYTES = 32
# Without letters and digits that are mistaken for each other on a label.
_KIT_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_KIT_LENGTH = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Kit:
    """One labelled bottle. Its id is random and tells nothing."""

    id: str
    period: int
    first_day: int
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """What may be seen before release: the seal and the labels."""

    seal: Mapping[str, Any]
    kits: tuple[Kit, ...]


def randomise(
    plan: Plan, *, passphrase: str | None = None, public_key: X25519PublicKey | None = None
) -> Sealed:
    """Draw the order of a plan and seal it. Call it once for a plan and keep the result.

    Parameters
    ----------
    plan
        A plan read from its file, agreed with the prescriber.
    passphrase
        The pharmacist's passphrase, checked by `check_passphrase`.
    public_key
        The pharmacist's public key; give this or the passphrase.

    Raises
    ------
    InputError
        When the plan cannot be drawn, or without a lock: a seal that the person can open is none.
    """
    lock = passphrase or public_key
    if lock is None or (passphrase and public_key):
        raise InputError([_no_lock()])
    problems = problems_before_draw(plan)
    if problems:
        raise InputError(problems)
    kits = _kits(plan.periods)
    order = draw(plan)
    salt = secrets.token_hex(_SALT_BYTES)
    content = {
        "salt": salt,
        "order": order_text(order),
        "kits": [_content_of(kit, plan=plan, order=order) for kit in kits],
    }
    design = plan.design
    seal = {
        "format": FORMAT,
        "kind": "seal",
        "commitment": commitment(salt=salt, order=order, plan_sha256=plan.sha256),
        "scheme": design.scheme.value,
        "set_size": set_size(design.scheme, pairs=design.pairs, max_run=design.max_run),
        "plan_sha256": plan.sha256,
        "box": close_box(content, lock=lock),
    }
    return Sealed(seal=seal, kits=kits)


def release(seal: Mapping[str, Any], opened: Opened) -> dict[str, Any]:
    """Open a seal for all to see: add its salt and its order, so that anyone can check it."""
    return {**seal, "salt": opened.salt, "order": order_text(opened.order)}


def problems_before_draw(plan: Plan) -> tuple[Problem, ...]:
    """List what keeps a plan from being drawn. Drawing freezes it, so it must be agreed."""
    problems = list(plan.check())
    if not plan.design.kind.is_randomised:
        problems.append(
            Problem(
                code="LDN-S012",
                place="design.kind",
                given=f"{plan.design.kind}, which draws no order",
                expected="blinded-withdrawal, blinded-crossover or open-randomised",
                todo="Nothing needs sealing in this plan; it can be followed as it is.",
            )
        )
    if plan.prescriber.agreed is None:
        problems.append(
            Problem(
                code="LDN-S013",
                place="prescriber.agreed",
                given="nothing",
                expected="the date on which the prescriber agreed to this plan",
                todo="Go through the plan with the prescriber, then write the date into it: "
                "agreed = 2026-01-05, under [prescriber].",
            )
        )
    if not plan.sha256:
        problems.append(
            Problem(
                code="LDN-S014",
                place="plan",
                given="a plan without a file",
                expected="a plan read from plan.toml",
                todo="Save the plan and read it back, so that the seal can name its bytes.",
            )
        )
    return tuple(problems)


def _kits(periods: Sequence[Period]) -> tuple[Kit, ...]:
    ids: dict[str, None] = {}  # random, and each different
    while len(ids) < len(periods):
        ids["".join(secrets.choice(_KIT_LETTERS) for _ in range(_KIT_LENGTH))] = None
    return tuple(
        Kit(id=kit_id, period=period.number, first_day=period.first_day, days=period.days)
        for kit_id, period in zip(ids, periods, strict=True)
    )


def _content_of(kit: Kit, *, plan: Plan, order: Sequence[Arm]) -> dict[str, Any]:
    days = range(kit.first_day, kit.first_day + kit.days)
    doses = [planned_on(plan, day, order=order).dose or Dose(0) for day in days]
    return {
        "kit": kit.id,
        "period": kit.period,
        "arm": order[kit.period - 1].value,
        "contents": [[len(list(same)), str(dose.mg)] for dose, same in groupby(doses)],
    }


def _no_lock() -> Problem:
    return Problem(
        code="LDN-S015",
        place="lock",
        given="no pharmacist's key or passphrase, or both",
        expected="one of the two",
        todo="Ask the pharmacist: a seal that you can open yourself is no seal.",
    )

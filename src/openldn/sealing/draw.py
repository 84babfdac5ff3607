"""The draw: one member of the scheme's set, each as likely, from the operating system."""

from __future__ import annotations

import secrets

from openldn.protocol.plan import Arm, Plan
from openldn.protocol.schemes import member, set_size

__all__ = ["draw"]


def draw(plan: Plan) -> tuple[Arm, ...]:
    """Draw the order of a plan's periods.

    Each call draws anew: call it once, seal the result, and read it from there.
    """
    design = plan.design
    size = set_size(design.scheme, pairs=design.pairs, max_run=design.max_run)
    return member(
        design.scheme,
        secrets.randbelow(size),
        pairs=design.pairs,
        max_run=design.max_run,
        contrast=plan.contrast_arm,
    )

"""The golden numbers of the model, and short ways to ask it."""

import tomllib
from collections.abc import Sequence
from typing import Any

from openldn.pharmacology.intake import Intake
from openldn.protocol.doses import Dose
from support import tree

__all__ = ["VECTORS", "dose", "one"]

VECTORS: dict[str, Any] = tomllib.loads(
    (tree.ROOT / "tests" / "golden" / "pharmacology" / "vectors.toml").read_text(encoding="utf-8")
)


def dose(mg: str) -> Dose:
    """A dose from its milligrams."""
    return Dose.from_mg(mg)


def one(ug: int | str, *, hour: float = 0.0) -> Sequence[Intake]:
    """A single dose."""
    return (Intake(hour=hour, dose=Dose(int(ug))),)

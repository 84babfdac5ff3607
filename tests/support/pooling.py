"""People for tests of pooling: contributions with one component, and pools of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from openldn.pooling.people import People, estimates, gathered

__all__ = ["contribution", "people_from"]


def contribution(
    number: int, *, estimate: float = -1.0, se: float = 0.8, **parts: Any
) -> dict[str, Any]:
    """A contribution as it is read from JSON, with one normal component."""
    lam = 1.0 / se**2
    return {
        "format": 1,
        "kind": "contribution",
        "id": f"{number:032x}",
        "condition": "lupus",
        "grade": "A",
        "part": "randomised",
        "outcome": "pain",
        "better": "lower",
        "scale": [0.0, 10.0],
        "dose_mg": 4.5,
        "contrast": "placebo",
        "prior": {"mean": 0.0, "sd": 1.5},
        "components": [{"log_c": 0.0, "h": estimate * lam, "lambda": lam}],
        **parts,
    }


def people_from(
    estimate: Sequence[float], se: Sequence[float] | float, condition: Sequence[str] | None = None
) -> People:
    """People of a table, named p0, p1, ..."""
    errors = np.broadcast_to(np.asarray(se, dtype=float), len(estimate)).tolist()
    names = [f"p{number}" for number in range(len(estimate))]
    return gathered(estimates(names, estimate, errors, condition), include_open=False)

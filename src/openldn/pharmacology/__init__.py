"""Naltrexone in the body: what is published, and a small model of it that explains.

Predicted blockade explains why LDN and opioid medicines do not mix, and how long a washout may
take. It is never used to time or to size an opioid dose, and no plan's dose comes from here.

The names load on first use: the tables need only the standard library, the model needs NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openldn.pharmacology.check_points import reached
    from openldn.pharmacology.intake import Intake, daily
    from openldn.pharmacology.people import People, draw, typical
    from openldn.pharmacology.plasma import Plasma
    from openldn.pharmacology.prediction import predict, shortest_transition_days
    from openldn.pharmacology.receptor import EffectSite, SlowRelease
    from openldn.pharmacology.table import facts

__all__ = [
    "EffectSite",
    "Intake",
    "People",
    "Plasma",
    "SlowRelease",
    "daily",
    "draw",
    "facts",
    "predict",
    "reached",
    "shortest_transition_days",
    "typical",
]

_HOMES = {
    "EffectSite": "receptor",
    "Intake": "intake",
    "People": "people",
    "Plasma": "plasma",
    "SlowRelease": "receptor",
    "daily": "intake",
    "draw": "people",
    "facts": "table",
    "predict": "prediction",
    "reached": "check_points",
    "shortest_transition_days": "prediction",
    "typical": "people",
}


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'openldn.pharmacology' has no attribute {name!r}")
    return getattr(import_module(f"openldn.pharmacology.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Name what can be imported, loaded or not."""
    return __all__

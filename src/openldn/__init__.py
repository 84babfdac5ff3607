"""Personal trials of low-dose naltrexone: plan, diary, and an honest answer.

The names below are the whole public surface for Python users. They load on first use, because
NumPy and Numba take a second that neither `import openldn` nor `openldn --help` should pay.

    from openldn import Diary, Plan, analyse
    answer = analyse(Diary.read("diary.csv"), plan=Plan.read("plan.toml"))
"""

from importlib import import_module
from typing import TYPE_CHECKING

from openldn._version import __version__

if TYPE_CHECKING:
    from openldn.diary import Diary
    from openldn.files import Plan
    from openldn.inference import Answer, analyse
    from openldn.pooling.pool import pool
    from openldn.virtual import design, simulate

__all__ = ["Answer", "Diary", "Plan", "__version__", "analyse", "design", "pool", "simulate"]

_HOMES = {
    "Answer": "openldn.inference",
    "Diary": "openldn.diary",
    "Plan": "openldn.files",
    "analyse": "openldn.inference",
    "design": "openldn.virtual",
    "pool": "openldn.pooling.pool",
    "simulate": "openldn.virtual",
}


def __getattr__(name: str) -> object:
    """Load a public name from the room where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'openldn' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Name what can be imported, loaded or not."""
    return __all__

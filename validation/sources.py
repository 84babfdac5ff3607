"""Which source the numbers of each part depend on, as fingerprints kept beside the numbers.

The study has three parts. A change of the engine leaves the rivals' numbers as they are, and a
change of the Gaussian engine those of the other families, so each can be made anew alone.
"""

import hashlib
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from openldn import inference
from openldn.inference.gaussian import Series

__all__ = ["DIGESTS", "FAMILIES", "FILES", "GAUSSIAN", "PARTS", "RIVALS"]

GAUSSIAN: Final = "gaussian"
FAMILIES: Final = "families"
RIVALS: Final = "rivals"
# Each part in words, as the page names it.
PARTS: Final[Mapping[str, str]] = {
    GAUSSIAN: "the Gaussian engine",
    FAMILIES: "the engine of the other families",
    RIVALS: "the rivals",
}

_ENGINE = Path(inference.__file__).parent
_STUDY = Path(__file__).parent
_SHARED = [_ENGINE / f"{name}.py" for name in ("grid", "mixture", "normal", "priors")]
FILES: Final[Mapping[str, Sequence[Path]]] = {
    GAUSSIAN: [
        *(_ENGINE / f"{name}.py" for name in ("bulk", "gaussian", "kernel")),
        _STUDY / "people.py",
        *_SHARED,
    ],
    FAMILIES: [
        *(_ENGINE / f"{name}.py" for name in ("latent", "latent_model")),
        _STUDY / "latent_people.py",
        *_SHARED,
    ],
    RIVALS: [_STUDY / "people.py", _STUDY / "rivals.py"],
}


def _digest(part: str) -> str:
    texts = [file.read_bytes() for file in FILES[part]]
    if part == FAMILIES:
        # All that this engine takes from the Gaussian one is the form in which days are handed in.
        texts.append(inspect.getsource(Series).encode())
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


# Read once, when the code itself is loaded: an edit during a run does not change what ran.
DIGESTS: Final[Mapping[str, str]] = {part: _digest(part) for part in PARTS}

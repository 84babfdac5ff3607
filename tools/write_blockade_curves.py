"""Rewrite `src/openldn/data/blockade_curves.json`, which the app's page on blockade draws.

    python tools/write_blockade_curves.py

The page must not load NumPy, so the predictions are made here. A test fails when the file and the
model differ.
"""

import json
import re
from pathlib import Path
from typing import Any

from openldn.pharmacology import predict
from openldn.protocol.doses import Dose

FILE = Path(__file__).parents[1] / "src" / "openldn" / "data" / "blockade_curves.json"
DOSES = tuple(map(Dose, (1000, 3000, 4500, 50_000)))
ABOUT = (
    "Predicted blockade of the mu opioid receptors, as `openldn blockade --json` gives it for one"
    " dose and for daily use. It explains and must never be used to time an opioid medicine."
    " Written by tools/write_blockade_curves.py from pharmacology.toml, which names the sources."
)
# A share to four digits is a hundredth of a percent: finer than any picture, and half the bytes.
_DIGITS = 4


def main() -> None:
    """Write the file."""
    FILE.write_text(text(contents()), encoding="utf-8")


def text(values: dict[str, Any]) -> str:
    """Write a list of numbers on one line: a change of the model then shows as a few lines."""
    spread = json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1)
    return re.sub(r"\[[^\[\]{}\"]*\]", lambda found: " ".join(found[0].split()), spread) + "\n"


def contents() -> dict[str, Any]:
    """Predict both schedules."""
    return {
        "format": 1,
        "kind": "blockade-curves",
        "about": ABOUT,
        "single": _prediction(is_daily=False),
        "daily": _prediction(is_daily=True),
    }


def _prediction(*, is_daily: bool) -> dict[str, Any]:
    prediction = predict(DOSES, is_daily=is_daily)
    # The version would make the file look stale at each release, whether or not a number moved;
    # the parameters stand in pharmacology.toml.
    return {
        key: _rounded(value) for key, value in prediction.items() if key not in {"openldn", "model"}
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, _DIGITS) if isinstance(value, float) else value


if __name__ == "__main__":
    main()

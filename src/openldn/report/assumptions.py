"""Every prior and convention of a saved answer, as rows of words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["model_rows", "value_text"]

# Distributions as the engine writes them: a name and its two numbers.
_SHAPES = {
    "normal": "Normal",
    "halfnormal": "HalfNormal",
    "lognormal": "LogNormal",
    "uniform": "Uniform",
}


def model_rows(model: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return every prior and convention of the file; nested names are joined by a dot."""
    return tuple(
        (name.removeprefix("priors.").replace("_", " "), text) for name, text in _flat(model, "")
    )


def value_text(given: object) -> str:
    """Return one plain value as words."""
    if given is None:
        return "none"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, list | tuple):
        return ", ".join(value_text(part) for part in given) or "none"
    return f"{given:g}" if isinstance(given, float) else str(given)


def _flat(given: object, name: str) -> Iterator[tuple[str, str]]:
    if not isinstance(given, Mapping):
        yield name, value_text(given)
    elif given.keys() & _SHAPES.keys():
        yield name, _distribution(given)
    else:
        for key, value in given.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key))


def _distribution(given: Mapping[str, Any]) -> str:
    """Return ``Normal(0, 0.15), correlation of neighbouring levels 0.7``."""
    parts = []
    for key, value in given.items():
        if key in _SHAPES:
            parts.append(f"{_SHAPES[key]}({value_text(value)})")
        else:
            parts.append(f"{key.replace('_', ' ')} {value_text(value)}")
    return ", ".join(parts)

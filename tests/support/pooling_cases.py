"""Fixed people on which pooling is held against the reference sampler.

Three cases are tables of estimates; the fourth holds whole diaries with a known memory of the noise
and a known onset, so that the first stage of two is exact. Everything is in tenths of the scale,
negative is better. This module stands on NumPy alone and shares no code with `openldn`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["DIARIES", "TABLES", "Diaries", "Table", "golden_path", "load_golden"]

Floats = NDArray[np.float64]

_GOLDEN = Path(__file__).parents[1] / "golden" / "pooling"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Table:
    """Estimates with their standard errors, and the priors that a pool of them uses.

    Attributes
    ----------
    mu_sd
        Standard deviation of the prior of mu, which is centred on 0.
    spread, spread_scale
        `half-normal` or `half-cauchy`, and its scale, for both omega and kappa.
    """

    name: str
    estimate: Floats
    se: Floats
    condition: tuple[str, ...]
    grade: str
    mu_sd: float = 2.0
    spread: str = "half-normal"
    spread_scale: float = 2.0

    def fingerprint(self) -> str:
        """Hash of the numbers that enter the model."""
        numbers = np.concatenate([self.estimate, self.se, [self.mu_sd, self.spread_scale]])
        return _hash(numbers, "|".join([*self.condition, self.grade, self.spread]))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Diaries:
    """Whitened diaries: 30 people of 40 days, in widths of the scale.

    Attributes
    ----------
    y, x
        (30, 40) scores and (30, 40, 3) level, trend and exposure, both multiplied by the inverse
        root of the noise's known correlation. What is left is white, with one sigma a person.
    """

    name: str
    y: Floats
    x: Floats

    def fingerprint(self) -> str:
        """Hash of the numbers that enter the model."""
        return _hash(np.concatenate([self.y.ravel(), self.x.ravel()]), self.name)


def golden_path(name: str) -> Path:
    """Where the reference result of a case is kept."""
    return _GOLDEN / f"{name}.json"


def load_golden(name: str) -> dict[str, object]:
    """Read the reference result of a case."""
    stored: dict[str, object] = json.loads(golden_path(name).read_text(encoding="utf-8"))
    return stored


def _hash(numbers: Floats, words: str) -> str:
    digits = " ".join(f"{number:.10g}" for number in numbers)
    return hashlib.sha256(f"{digits}\n{words}".encode()).hexdigest()


def _three_conditions() -> Table:
    rng = np.random.default_rng(11)
    condition = tuple("lupus" if i < 12 else "sjogren" if i < 19 else "crohn" for i in range(24))
    mean = {"lupus": -1.4, "sjogren": -0.2, "crohn": -0.7}
    se = rng.uniform(0.4, 1.3, 24)
    truth = np.array([mean[c] for c in condition]) + 0.6 * rng.normal(size=24)
    return Table(
        name="three-conditions",
        estimate=np.round(truth + se * rng.normal(size=24), 3),
        se=np.round(se, 3),
        condition=condition,
        grade="A" * 24,
    )


def _open_bias() -> Table:
    rng = np.random.default_rng(12)
    grade = "AABBCCDDDDEEEE" * 2
    condition = tuple("lupus" if i < 14 else "crohn" for i in range(28))
    bias = {"D": -0.8, "E": -1.5}
    se = rng.uniform(0.4, 1.2, 28)
    truth = -0.6 + 0.5 * rng.normal(size=28) + np.array([bias.get(g, 0.0) for g in grade])
    return Table(
        name="open-bias",
        estimate=np.round(truth + se * rng.normal(size=28), 3),
        se=np.round(se, 3),
        condition=condition,
        grade=grade,
    )


def _diaries() -> Diaries:
    rng = np.random.default_rng(13)
    days, phi, w, tau = 40, 0.5, 0.4, 3.0
    lag = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    root = np.linalg.cholesky(w * np.eye(days) + (1.0 - w) * phi**lag)
    trend = (np.arange(days) - (days - 1) / 2) / days
    y, x = np.empty((30, days)), np.empty((30, days, 3))
    for i in range(30):
        first = rng.integers(2, size=2)
        level = np.repeat(np.column_stack([first, 1 - first]).ravel(), days // 4)
        exposure, at = np.empty(days), 0.0
        for t in range(days):
            at += (1.0 - np.exp(-1.0 / tau)) * (level[t] - at)
            exposure[t] = at
        columns = np.column_stack([np.ones(days), trend, exposure])
        truth = [rng.normal(0.0, 0.2), rng.normal(0.0, 0.1), rng.normal(-0.09, 0.08)]
        sigma = rng.lognormal(np.log(0.15), 0.4)
        y[i] = np.linalg.solve(root, columns @ truth) + sigma * rng.normal(size=days)
        x[i] = np.linalg.solve(root, columns)
    return Diaries(name="one-stage-30", y=np.round(y, 9), x=np.round(x, 9))


# Rubin, Journal of Educational Statistics 6 (1981), as posteriordb's `eight_schools` has it.
_EIGHT_SCHOOLS = Table(
    name="eight-schools",
    estimate=np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]),
    se=np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]),
    condition=("school",) * 8,
    grade="A" * 8,
    mu_sd=5.0,
    spread="half-cauchy",
    spread_scale=5.0,
)
TABLES = (_EIGHT_SCHOOLS, _three_conditions(), _open_bias())
DIARIES = _diaries()

"""Naltrexone and 6-beta-naltrexol in the blood after any history of doses by mouth.

Uptake from the gut, then two compartments: a sum of three exponentials for each dose, and the
doses add up. 6-beta-naltrexol is taken to be formed on the first pass through the liver, so it
appears at the rate of uptake. Clearances and volumes are apparent: divided by the share of the
dose that gets through, or that is formed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openldn.pharmacology.intake import Intake, merged
from openldn.protocol.doses import Dose

__all__ = ["Plasma", "TwoCompartments"]

Values = NDArray[np.float64]
_UG_PER_MG = 1000.0  # micrograms in a litre are ng in a mL
# Two rates nearer than this share of each other are pulled this far apart: the course divides by
# their difference, and moves by less than a millionth.
_NEAREST = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class TwoCompartments:
    """One substance: uptake, clearance, and a deeper space it is shared with."""

    uptake: float | Values  # 1/h
    clearance: float | Values  # L/h
    volume: float | Values  # L
    exchange: float | Values  # L/h
    deep_volume: float | Values  # L

    def level(self, amounts: Iterable[tuple[float, float]], hours: ArrayLike) -> Values:
        """Level in ng/mL at each hour, after (hour, mg of base) were swallowed."""
        at = np.asarray(hours, dtype=float)
        uptake, fast, slow = (_column(rate) for rate in self._rates())
        share = uptake / _column(self.volume)
        back = _column(self.exchange) / _column(self.deep_volume)
        of_fast = share * (back - fast) / ((uptake - fast) * (slow - fast))
        of_slow = share * (back - slow) / ((uptake - slow) * (fast - slow))
        total = np.zeros(np.broadcast_shapes(of_fast.shape, at.shape))
        for hour, mg in amounts:
            since = np.maximum(at - hour, 0.0)
            course = of_fast * np.exp(-fast * since) + of_slow * np.exp(-slow * since)
            course -= (of_fast + of_slow) * np.exp(-uptake * since)
            total += mg * _UG_PER_MG * course
        return np.maximum(total, 0.0)  # rounding may leave a level of minus nothing

    def area(self, mg: float) -> Values:
        """Area under the curve, to infinity, of one dose of base: ng.h/mL."""
        return np.asarray(mg * _UG_PER_MG / np.asarray(self.clearance, dtype=float))

    def half_lives(self) -> tuple[Values, Values]:
        """Half-lives in hours of the fast and of the slow part."""
        _, fast, slow = self._rates()
        return np.asarray(math.log(2) / fast), np.asarray(math.log(2) / slow)

    def _rates(self) -> tuple[Values, Values, Values]:
        out = np.asarray(self.clearance / np.asarray(self.volume, dtype=float))
        over = np.asarray(self.exchange / np.asarray(self.volume, dtype=float))
        back = np.asarray(self.exchange / np.asarray(self.deep_volume, dtype=float))
        total = out + over + back
        root = np.sqrt(total**2 - 4.0 * out * back)  # real: (out - back)^2 + positive terms
        fast = (total + root) / 2.0
        slow = out * back / fast  # the product of the roots, without cancellation
        return _apart(_apart(np.asarray(self.uptake, dtype=float), fast), slow), fast, slow


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Plasma:
    """Both substances after doses of naltrexone hydrochloride."""

    naltrexone: TwoCompartments
    naltrexol: TwoCompartments  # 6-beta-naltrexol
    base_per_mg: float  # mg of base in 1 mg of hydrochloride

    def naltrexone_level(self, history: Iterable[Intake], hours: ArrayLike) -> Values:
        """Naltrexone in ng/mL at each hour."""
        return self.naltrexone.level(self._amounts(history), hours)

    def naltrexol_level(self, history: Iterable[Intake], hours: ArrayLike) -> Values:
        """6-beta-naltrexol in ng/mL at each hour."""
        return self.naltrexol.level(self._amounts(history), hours)

    def naltrexone_area(self, dose: Dose) -> Values:
        """Area under the naltrexone curve of one dose, ng.h/mL."""
        return self.naltrexone.area(dose.ug / 1000 * self.base_per_mg)

    def naltrexol_area(self, dose: Dose) -> Values:
        """Area under the 6-beta-naltrexol curve of one dose, ng.h/mL."""
        return self.naltrexol.area(dose.ug / 1000 * self.base_per_mg)

    def _amounts(self, history: Iterable[Intake]) -> list[tuple[float, float]]:
        return [(hour, mg * self.base_per_mg) for hour, mg in merged(history)]


def _apart(rate: Values, other: Values) -> Values:
    is_close = np.abs(rate - other) < _NEAREST * other
    return np.asarray(np.where(is_close, other * (1.0 + _NEAREST), rate))


def _column(values: float | Values) -> Values:
    return np.asarray(values, dtype=float)[..., None]

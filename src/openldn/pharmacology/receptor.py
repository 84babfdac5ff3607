"""From doses to the share of opioid receptors that is blocked, in two published readings.

Parameters are one number, or one for each of many virtual people. Hours stand on the last axis:
one person gives `(hours,)`, many give `(people, hours)`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from openldn.pharmacology.intake import HOURS_PER_DAY, Intake, merged
from openldn.protocol.doses import Dose

__all__ = ["EffectSite", "Reading", "SlowRelease", "Values"]

Values = NDArray[np.float64]
# The dose-blockade curve was measured between 2 and 8 h after a dose; blockade averaged over these
# hours is dose / (dose + ED50).
_WINDOW_H = (2.0, 8.0)


class Reading(Protocol):
    """One way to read the published scans."""

    def blockade(self, history: Iterable[Intake], hours: ArrayLike) -> Values:
        """Share of receptors blocked at each hour, 0 to 1."""
        ...

    def steady(self, dose: Dose, hours_after: ArrayLike) -> Values:
        """Share blocked at hours after the last of endless daily doses."""
        ...

    def hours_until(self, below: float, *, after_daily: Dose) -> Values:
        """Hours from the last of endless daily doses until the blockade stays below a share."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class EffectSite:
    """The main reading: the drug reaches the receptor's surroundings fast and leaves slowly.

    Doses add up there, whatever their order (superposition), and
    `blockade = drive / (1 + drive)`.
    """

    ed50: float | Values  # mg that block half of the mu receptors within the window
    half_time: float | Values  # h, of the loss
    onset: float | Values  # 1/h
    ratio: float | Values = 1.0  # how many times more is needed at another receptor

    def __post_init__(self) -> None:
        for name in ("ed50", "half_time", "onset", "ratio"):
            _require_positive(name, getattr(self, name))
        if np.any(np.asarray(self.onset) <= self._loss):
            raise ValueError("the onset must be faster than the loss")

    def drive(self, history: Iterable[Intake], hours: ArrayLike) -> Values:
        """Doses at the receptor at each hour, in units of the dose for half blockade."""
        at = np.asarray(hours, dtype=float)
        onset, loss = _column(self.onset), _column(self._loss)
        total = np.zeros(np.broadcast_shapes(onset.shape, loss.shape, at.shape))
        for hour, mg in merged(history):
            since = np.maximum(at - hour, 0.0)  # before the dose the course is 0
            total += mg * (np.exp(-loss * since) - np.exp(-onset * since))
        return total * _column(self._per_mg)

    def blockade(self, history: Iterable[Intake], hours: ArrayLike) -> Values:
        """Share of receptors blocked at each hour, 0 to 1."""
        return _share(self.drive(history, hours))

    def steady(self, dose: Dose, hours_after: ArrayLike) -> Values:
        """Share blocked at hours after the last of endless daily doses."""
        since = np.asarray(hours_after, dtype=float)
        left = [
            np.exp(-rate * since) / -np.expm1(-rate * HOURS_PER_DAY)  # a geometric sum
            for rate in (_column(self._loss), _column(self.onset))
        ]
        return _share(_mg(dose) * (left[0] - left[1]) * _column(self._per_mg))

    def hours_until(self, below: float, *, after_daily: Dose) -> Values:
        """Hours from the last of endless daily doses until the blockade stays below a share.

        The slow part of the course alone, which the blockade never exceeds: after a day it is the
        whole course, before that the hours err on the long, safe side.
        """
        loss = self._loss
        start = _mg(after_daily) * self._per_mg / -np.expm1(-loss * HOURS_PER_DAY)
        return np.asarray(np.log(np.maximum(start / _drive_of(below), 1.0)) / loss)

    @property
    def _loss(self) -> Values:
        return np.asarray(math.log(2) / np.asarray(self.half_time, dtype=float))

    @property
    def _per_mg(self) -> Values:
        """Drive of 1 mg for each unit of the bare course, whose window mean is made 1."""
        begin, end = _WINDOW_H
        onset, loss = np.asarray(self.onset, dtype=float), self._loss
        areas = [(np.exp(-r * begin) - np.exp(-r * end)) / r for r in (loss, onset)]
        mean = (areas[0] - areas[1]) / (end - begin)
        return np.asarray(1.0 / (mean * self.ed50 * self.ratio))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SlowRelease:
    """The slower reading: a dose takes its share of the free receptors and lets go slowly.

    It keeps receptors blocked for longer, so it is the one to show wherever safety depends on
    washing out. It has no onset: a dose counts at once.
    """

    ed50: float | Values  # mg
    half_time: float | Values  # h, of the blockade itself

    def __post_init__(self) -> None:
        _require_positive("ed50", self.ed50)
        _require_positive("half_time", self.half_time)

    def blockade(self, history: Iterable[Intake], hours: ArrayLike) -> Values:
        """Share of receptors blocked at each hour, 0 to 1; in the hour of a dose, just after it."""
        at = np.asarray(hours, dtype=float)
        shape = np.broadcast_shapes(_column(self.ed50).shape, _column(self.half_time).shape)
        result = np.zeros(np.broadcast_shapes(shape, at.shape))
        just_after, before = np.zeros(shape), 0.0
        for hour, mg in merged(history):
            left = just_after * self._left(hour - before)
            just_after = left + self._taken(mg) * (1.0 - left)
            since = np.maximum(at - hour, 0.0)
            result = np.where(at >= hour, just_after * self._left(since), result)
            before = hour
        return result

    def steady(self, dose: Dose, hours_after: ArrayLike) -> Values:
        """Share blocked at hours after the last of endless daily doses."""
        return self._steady_peak(dose) * self._left(np.asarray(hours_after, dtype=float))

    def hours_until(self, below: float, *, after_daily: Dose) -> Values:
        """Hours from the last of endless daily doses until the blockade stays below a share."""
        halvings = np.log2(np.maximum(self._steady_peak(after_daily)[..., 0] / below, 1.0))
        return np.asarray(halvings * self.half_time)

    def _steady_peak(self, dose: Dose) -> Values:
        taken, left = self._taken(_mg(dose)), self._left(HOURS_PER_DAY)
        return np.asarray(taken / (1.0 - left * (1.0 - taken)))

    def _taken(self, mg: float) -> Values:
        return np.asarray(mg / (mg + _column(self.ed50)))

    def _left(self, since: float | Values) -> Values:
        return np.asarray(0.5 ** (since / _column(self.half_time)))


def _column(values: float | Values) -> Values:
    """Give people their own axis before the hours."""
    return np.asarray(values, dtype=float)[..., None]


def _mg(dose: Dose) -> float:
    return dose.ug / 1000


def _share(drive: Values) -> Values:
    return np.asarray(drive / (1.0 + drive))


def _drive_of(share: float) -> float:
    return share / (1.0 - share)


def _require_positive(name: str, values: float | Values) -> None:
    if not np.all(np.isfinite(values) & (np.asarray(values) > 0)):
        raise ValueError(f"{name} must be a finite number above 0: {values}")

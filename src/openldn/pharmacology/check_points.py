"""Each published check-point, worked out by the model of the typical person."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from openldn.pharmacology.intake import Intake, daily
from openldn.pharmacology.people import People, typical
from openldn.pharmacology.receptor import EffectSite
from openldn.pharmacology.table import CheckPoint, facts
from openldn.protocol.doses import Dose

__all__ = ["MEASURES", "Reached", "reached"]

_PERCENT = 100.0
_WINDOW = np.linspace(2.0, 8.0, 601)  # hours after a dose at which the curve was measured
_FIRST_HOURS = np.linspace(0.0, 4.0, 1601)  # every peak in the blood lies here
_DOSES_UG = np.arange(4000, 8000, 5)
# "Every other day" for so long that one dose more changes nothing.
_EVERY_OTHER_DAY = daily(Dose.from_mg(50), days=60, missed=range(1, 60, 2))
_FOURTH_DAILY = daily(Dose.from_mg(50), days=4)
_AFTER_FOURTH_H = 72.0 + 4.0
# How long each step lasted was not read: two days of rise, then 100 mg.
_RISE_TO_100 = tuple(
    Intake(hour=24.0 * day, dose=Dose.from_mg(mg))
    for day, mg in enumerate((25, 50, 100, 100, 100, 100, 100))
)
_DAY_SEVEN_H = 144.0 + 4.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """A check-point beside what the model gives."""

    check_point: CheckPoint
    values: tuple[float, ...]

    @property
    def is_met(self) -> bool:
        """Whether the model meets it within the stated error."""
        own = _OWN_RULES.get(self.check_point.id)
        if own:
            return own(self.values, self.check_point.error or 0.0)
        target, error = self.check_point.target, self.check_point.error or 0.0
        if self.check_point.is_range:
            return all(target[0] - error <= value <= target[1] + error for value in self.values)
        return all(abs(v - t) <= error for v, t in zip(self.values, target, strict=True))


def reached(people: People | None = None) -> tuple[Reached, ...]:
    """Work out every check-point of the table, in its order."""
    person = people or typical()
    return tuple(
        Reached(check_point=point, values=MEASURES[point.id](person))
        for point in facts().check_points
    )


def _after_one(mg: int | str, hour: float) -> Callable[[People], float]:
    def measure(person: People) -> float:
        return _PERCENT * float(person.effect_site.blockade(_one(mg), [hour])[0])

    return measure


def _within_window(mg: int) -> Callable[[People], tuple[float, ...]]:
    return lambda person: (_PERCENT * _window_blockade(person, Dose.from_mg(mg)),)


def _window_blockade(person: People, dose: Dose) -> float:
    # The curve that was published is of the mean drive, not of the mean blockade.
    drive = float(np.trapezoid(person.effect_site.drive([_intake(dose)], _WINDOW), _WINDOW)) / 6.0
    return drive / (1.0 + drive)


def _half_dose(person: People) -> tuple[float, ...]:
    blockades = [_window_blockade(person, Dose(int(ug))) for ug in _DOSES_UG]
    return (float(np.interp(0.5, blockades, _DOSES_UG)) / 1000,)


def _at_other_receptor(
    person: People, *, ratio: float, history: tuple[Intake, ...], hour: float
) -> tuple[float, ...]:
    mu = person.effect_site
    other = EffectSite(ed50=mu.ed50, half_time=mu.half_time, onset=mu.onset, ratio=ratio)
    return (_PERCENT * float(other.blockade(history, [hour])[0]),)


def _hours_to_half_of_peak(person: People) -> tuple[float, ...]:
    hours = np.arange(0.0, 300.0, 0.05)
    blockade = person.effect_site.blockade(_one(50), hours)
    peak = int(np.argmax(blockade))
    late = hours[peak:][blockade[peak:] <= blockade[peak] / 2]
    return (float(late[0]) if late.size else math.inf,)


def _at_48_h(person: People) -> tuple[float, ...]:
    trough = person.effect_site.blockade(_EVERY_OTHER_DAY, [_EVERY_OTHER_DAY[-1].hour + 48.0])
    return (_after_one(50, 48)(person), _PERCENT * float(trough[0]))


def _highest_naltrexone(mg: int | str) -> Callable[[People], tuple[float, ...]]:
    def measure(person: People) -> tuple[float, ...]:
        return (float(np.max(person.plasma.naltrexone_level(_one(mg), _FIRST_HOURS))),)

    return measure


def _highest_naltrexol(person: People) -> tuple[float, ...]:
    return (float(np.max(person.plasma.naltrexol_level(_one(50), _FIRST_HOURS))),)


def _last_half_lives(person: People) -> tuple[float, ...]:
    both = (person.plasma.naltrexone, person.plasma.naltrexol)
    return tuple(float(substance.half_lives()[1]) for substance in both)


def _proportionality(person: People) -> tuple[float, ...]:
    # From the curves and not from the formula of the area, which could not disagree.
    hours = np.linspace(0.0, 48.0, 4801)
    areas = {
        mg: float(np.trapezoid(person.plasma.naltrexone_level(_one(mg), hours), hours))
        for mg in (50, 200)
    }
    return ((areas[200] / 200) / (areas[50] / 50),)


def _one(mg: int | str) -> tuple[Intake, ...]:
    return (_intake(Dose.from_mg(mg)),)


def _intake(dose: Dose) -> Intake:
    return Intake(hour=0.0, dose=dose)


def _each(*measures: Callable[[People], float]) -> Callable[[People], tuple[float, ...]]:
    return lambda person: tuple(measure(person) for measure in measures)


def _is_equal(values: tuple[float, ...], error: float) -> bool:
    return max(values) - min(values) <= error


def _is_in_order(values: tuple[float, ...], _error: float) -> bool:
    at_24, at_72, of_50, of_100 = values
    return at_72 <= at_24 / 2 and of_100 > of_50 > 0


# The check-points that are no number but a rule.
_OWN_RULES: Mapping[str, Callable[[tuple[float, ...], float], bool]] = {
    "cp10": _is_equal,
    "cp12": _is_in_order,
}
MEASURES: Mapping[str, Callable[[People], tuple[float, ...]]] = {
    "cp1": _within_window(2),
    "cp2": _within_window(5),
    "cp3": _within_window(15),
    "cp4": _within_window(50),
    "cp5": _half_dose,
    "cp6": lambda person: _at_other_receptor(
        person, ratio=1.0, history=_FOURTH_DAILY, hour=_AFTER_FOURTH_H
    ),
    "cp7": lambda person: _at_other_receptor(
        person, ratio=float(person.delta_ratio), history=_FOURTH_DAILY, hour=_AFTER_FOURTH_H
    ),
    "cp8": _hours_to_half_of_peak,
    "cp9": _at_48_h,
    "cp10": _each(_after_one(50, 24), _after_one(100, 48), _after_one(150, 72)),
    "cp11": lambda person: _at_other_receptor(
        person, ratio=float(person.kappa_ratio), history=_RISE_TO_100, hour=_DAY_SEVEN_H
    ),
    "cp12": _each(
        _after_one("12.5", 24), _after_one("12.5", 72), _after_one(50, 144), _after_one(100, 144)
    ),
    "cp13": _highest_naltrexone("2.4"),
    "cp14": lambda person: (float(person.plasma.naltrexone_area(Dose.from_mg("2.4"))),),
    "cp15": _highest_naltrexone(50),
    "cp16": _highest_naltrexol,
    "cp17": lambda person: (float(person.plasma.naltrexol_area(Dose.from_mg(50))),),
    "cp18": _last_half_lives,
    "cp19": _proportionality,
}

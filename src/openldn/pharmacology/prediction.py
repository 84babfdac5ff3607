"""Predicted blockade over two days, as it is saved, printed and drawn.

The saved form is the contract's `blockade` JSON with three things added: the typical person, the
slower reading beside the main one, and the time until little blockade is left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from openldn._version import __version__
from openldn.pharmacology.intake import HOURS_PER_DAY, Intake
from openldn.pharmacology.people import People, draw, typical
from openldn.pharmacology.receptor import Reading, Values
from openldn.pharmacology.table import facts
from openldn.protocol.doses import MAX_DAILY, Dose

__all__ = ["LIMITS", "LITTLE", "READINGS", "predict", "shortest_transition_days"]

# The share below which blockade is called little. The published times of washout use it.
LITTLE = 0.05
_HOURS = np.arange(0.0, 48.5, 0.5)
# With another seed the ends of the band move by about half a percentage point.
_PEOPLE = 2000
_QUANTILES = {"q05": 0.05, "q50": 0.50, "q95": 0.95}
_DIGITS = 5
# Key in the saved form, and what it means.
READINGS = {
    "mu": "main reading: the drug leaves the brain slowly",
    "mu_slower": "slower reading: the receptor itself lets go slowly",
}
_SAFER = "mu_slower"
LIMITS = (
    "Never use this to time an opioid medicine, or to choose how much of it to take."
    " Ask a doctor or pharmacist who knows about the naltrexone.",
    "These are guesses of a model. No scan exists at any LDN dose in daily use, or later than"
    " 8 hours after a dose. The nearest are one scan after 2 mg and three after 5 mg.",
    "Effects on symptoms may lag far behind blood levels and blockade, in both directions.",
    "Two readings of the published scans are shown. Wherever safety hangs on the blockade being"
    " gone, the slower one counts. Little blockade left does not make an opioid medicine safe.",
    "The band holds 90 of 100 virtual people. It mixes what is not known with how much people may"
    " differ, and that last part is assumed.",
    "A weak liver or weak kidneys, and slow-release forms, are not covered:"
    " blockade may be higher and last longer.",
)
_COMPARISON = (
    f"Doses above {MAX_DAILY.text} are shown only to compare with published studies."
    " OpenLDN plans no such dose."
)
_SOURCES = ("trostheim-2022", "rabiner-2011", "weerts-2008", "lee-1988", "swiss-label", "us-label")


def predict(doses: Sequence[Dose], *, is_daily: bool = False, seed: int = 1) -> dict[str, Any]:
    """Predict the blockade over 48 hours, for the typical person and for virtual people.

    Parameters
    ----------
    doses
        Each is shown alone.
    is_daily
        Whether the dose has been taken daily for long; then hour 0 and hour 24 are doses.
    seed
        Draws the virtual people; the same seed gives the same numbers.

    Raises
    ------
    ValueError
        For a dose of nothing.
    """
    if any(dose.ug == 0 for dose in doses):
        raise ValueError("a dose of nothing blocks nothing")
    many, one = draw(np.random.default_rng(seed), count=_PEOPLE), typical()
    is_beyond = any(dose > MAX_DAILY for dose in doses)
    return {
        "format": 1,
        "kind": "blockade",
        "openldn": __version__,
        "schedule": "daily" if is_daily else "single",
        "doses": [_dose(dose, many, one, is_daily=is_daily) for dose in doses],
        "readings": dict(READINGS),
        "where_safety_counts": _SAFER,
        "model": _model(seed),
        "limits": [*LIMITS, *([_COMPARISON] if is_beyond else [])],
        "citations": [_citation(one) for one in _SOURCES],
    }


def shortest_transition_days(dose: Dose) -> int:
    """Give the fewest whole days after which little blockade is left, in the main reading.

    A lower bound for the transition days of a plan, and nothing else: in the slower reading it
    takes far longer, and effects may last longer than blockade.
    """
    hours = float(typical().effect_site.hours_until(LITTLE, after_daily=dose))
    return math.ceil(hours / HOURS_PER_DAY)


def _dose(dose: Dose, many: People, one: People, *, is_daily: bool) -> dict[str, Any]:
    curves = {
        key: {
            "typical": _rounded(_curve(_reading(one, key), dose, is_daily=is_daily)),
            **_quantiles(_curve(_reading(many, key), dose, is_daily=is_daily)),
        }
        for key in READINGS
    }
    hours = {
        key: {
            "typical": round(float(_reading(one, key).hours_until(LITTLE, after_daily=dose)), 1),
            **_moments(_reading(many, key).hours_until(LITTLE, after_daily=dose)),
        }
        for key in READINGS
    }
    return {
        "dose_mg": float(dose.mg),
        "is_comparison_only": dose > MAX_DAILY,
        "hours": [float(hour) for hour in _HOURS],
        **curves,
        # Always after daily use, whatever the schedule shown: it is the longer time.
        "washout": {"after": "the last of many daily doses", "below": LITTLE, "hours": hours},
    }


def _reading(people: People, key: str) -> Reading:
    return people.effect_site if key == "mu" else people.slow_release


def _curve(reading: Reading, dose: Dose, *, is_daily: bool) -> Values:
    if is_daily:
        return reading.steady(dose, _HOURS % HOURS_PER_DAY)
    return reading.blockade([Intake(hour=0.0, dose=dose)], _HOURS)


def _quantiles(curves: Values) -> dict[str, list[float]]:
    return {name: _rounded(np.quantile(curves, q, axis=0)) for name, q in _QUANTILES.items()}


def _moments(hours: Values) -> dict[str, float]:
    return {name: round(float(np.quantile(hours, q)), 1) for name, q in _QUANTILES.items()}


def _rounded(values: Values) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def _model(seed: int) -> dict[str, Any]:
    rows = [row for row in facts().model if row.reading != "plasma"]
    return {
        "people": _PEOPLE,
        "seed": seed,
        "parameters": [
            {
                "reading": row.reading,
                "name": row.name,
                "value": row.value,
                "unit": row.unit,
                "log_sd": row.log_sd,
                "between_log_sd": row.between_log_sd,
                "range": [row.low, row.high] if row.low is not None else None,
            }
            for row in rows
        ],
    }


def _citation(source_id: str) -> Mapping[str, str]:
    source = facts().sources[source_id]
    return {"id": source.id, "citation": source.citation, "url": source.url}

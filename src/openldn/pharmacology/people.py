"""The typical person, and virtual people around them, with the spread of the table.

A virtual person differs from the typical one in two ways at once: in what is not known of the
typical person, and in how people differ. The second is assumed, for want of data, and can be left
out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from openldn.pharmacology.plasma import Plasma, TwoCompartments
from openldn.pharmacology.receptor import EffectSite, SlowRelease, Values
from openldn.pharmacology.table import ModelParameter, facts

__all__ = ["People", "draw", "typical"]

_BLOOD = "plasma"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class People:
    """One or many people: each reading of the receptor, and the blood."""

    effect_site: EffectSite
    slow_release: SlowRelease
    plasma: Plasma
    kappa_ratio: float | Values
    delta_ratio: float | Values


def typical() -> People:
    """Give the person whose parameters are the values of the table."""
    return _people(lambda row: row.value)


def draw(rng: np.random.Generator, *, count: int, with_differences: bool = True) -> People:
    """Draw virtual people.

    Parameters
    ----------
    rng
        The source of chance. The same generator gives the same people.
    count
        How many; each parameter's own spread is met evenly with any number of people.
    with_differences
        Whether people differ among each other; without it the spread is only what is not known of
        the typical person.
    """
    if count < 1:
        raise ValueError(f"at least one person must be drawn: {count}")
    return _people(lambda row: _drawn(row, rng, count=count, with_differences=with_differences))


def _drawn(
    row: ModelParameter, rng: np.random.Generator, *, count: int, with_differences: bool
) -> float | Values:
    # A Latin hypercube: one person in each of `count` equally likely strata, shuffled for each
    # parameter. Quantiles settle with far fewer people than with independent draws.
    share = (rng.permutation(count) + 0.5) / count
    if row.low is not None and row.high is not None:
        return np.asarray(row.low + (row.high - row.low) * share)
    log_sd = math.hypot(row.log_sd, row.between_log_sd if with_differences else 0.0)
    if log_sd == 0:
        return row.value
    normal = NormalDist()
    return row.value * np.exp(log_sd * np.array([normal.inv_cdf(one) for one in share]))


def _people(value_of: Callable[[ModelParameter], float | Values]) -> People:
    """Put people together from a value for each row, taken in the order of the table."""
    values = {(row.reading, row.name): value_of(row) for row in facts().model}
    ed50 = values["effect-site", "ed50"]
    return People(
        effect_site=EffectSite(
            ed50=ed50,
            half_time=values["effect-site", "half_time"],
            onset=values["effect-site", "onset"],
        ),
        # The same people in both readings, so the same dose for half blockade.
        slow_release=SlowRelease(ed50=ed50, half_time=values["slow-release", "half_time"]),
        plasma=_plasma({name: one for (reading, name), one in values.items() if reading == _BLOOD}),
        kappa_ratio=values["effect-site", "kappa_ratio"],
        delta_ratio=values["effect-site", "delta_ratio"],
    )


def _plasma(value: dict[str, float | Values]) -> Plasma:
    return Plasma(
        naltrexone=TwoCompartments(
            uptake=value["ka"],
            clearance=value["CL"],
            volume=value["V1"],
            exchange=value["Q"],
            deep_volume=value["V2"],
        ),
        naltrexol=TwoCompartments(
            uptake=value["ka"],
            clearance=value["CLm"],
            volume=value["V1m"],
            exchange=value["Qm"],
            deep_volume=value["V2m"],
        ),
        base_per_mg=float(value["salt"]),
    )

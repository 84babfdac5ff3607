"""The priors of the Gaussian family: model.md section 2 as numbers, and in words for the answer.

Widths are shares of R, the width of the outcome's scale, so that an answer does not depend on the
unit in which a score was written.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from openldn.evidence.effect_priors import EffectPrior, effect_prior
from openldn.protocol.outcomes import Outcome

__all__ = [
    "ALPHA_SD",
    "BETA_SD",
    "DELTA_SD",
    "GAMMA_SD",
    "LEVEL_CORRELATION",
    "LOG_SIGMA",
    "LOG_TAU",
    "PHI_RANGE",
    "PILL_SD",
    "PRIOR_NAMES",
    "W_RANGE",
    "BetaPrior",
    "beta_prior",
    "describe",
    "evidence_prior",
    "from_studies",
]

# In widths of the scale.
ALPHA_SD: Final = 1.0  # the person's own level: almost flat
GAMMA_SD: Final = 0.3  # drift over the days used
DELTA_SD: Final = 0.2  # an outside event
PILL_SD: Final = 0.15  # expectation and routine
LOG_SIGMA: Final = (math.log(0.15), 0.6)

# Without a unit, and in days.
PHI_RANGE: Final = (0.0, 0.98)
W_RANGE: Final = (0.01, 0.99)
LOG_TAU: Final = (math.log(7.0), 0.8)

# Effects: centred on no effect; neighbouring doses resemble each other.
BETA_SD: Final = {"default": 0.15, "sceptical": 0.1, "wide": 0.3}
LEVEL_CORRELATION: Final = 0.7

PRIOR_NAMES: Final = ("default", "sceptical", "wide", "evidence")


@dataclass(frozen=True, kw_only=True, slots=True)
class BetaPrior:
    """Prior of the effect of each level, in widths of the scale."""

    name: str
    mean: float
    sd: float


def beta_prior(name: str) -> BetaPrior:
    """The named prior; KeyError for `evidence`, which needs an estimate for the outcome."""
    return BetaPrior(name=name, mean=0.0, sd=BETA_SD[name])


def evidence_prior(conditions: Collection[str], outcome: Outcome) -> BetaPrior | None:
    """The pooled estimate of this outcome in one of the conditions; None where there is none."""
    found = effect_prior(conditions, outcome)
    return None if found is None else from_studies(found)


def from_studies(found: EffectPrior) -> BetaPrior:
    """Mean, and squared spread: the squared error of the mean plus that between people."""
    width = found.scale[1] - found.scale[0]
    sd = math.hypot(found.error, found.spread) / width
    return BetaPrior(name="evidence", mean=found.mean / width, sd=sd)


def describe(prior: BetaPrior, *, is_asymmetric: bool) -> dict[str, Any]:
    """Every prior with its numbers, for the `model` block of the answer.

    A pair is a mean and a standard deviation, in widths of the scale (R) unless a unit is named.
    """
    return {
        "alpha": {"normal": [0.0, ALPHA_SD], "from": "the middle of the scale"},
        "gamma": {"normal": [0.0, GAMMA_SD]},
        "delta": {"normal": [0.0, DELTA_SD]},
        "beta": {
            "normal": [prior.mean, prior.sd],
            "correlation_of_neighbouring_levels": LEVEL_CORRELATION,
        },
        "pill": {"normal": [0.0, PILL_SD]},
        "log_sigma": {"normal": list(LOG_SIGMA)},
        "phi": {"uniform": list(PHI_RANGE)},
        "w": {"uniform": list(W_RANGE)},
        "log_tau_days": {"normal": list(LOG_TAU), "onset_and_washout_differ": is_asymmetric},
        "unit": "widths of the outcome's scale",
    }

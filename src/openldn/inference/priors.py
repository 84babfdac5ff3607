"""The priors of every family as numbers (model.md sections 2 and 4), and in words for the answer.

Widths of the Gaussian family are shares of R, the width of the outcome's scale, so that an answer
does not depend on the unit in which a score was written. Those of the other families are on the
link scale: logits, probits and logarithms.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from openldn.evidence.effect_priors import EffectPrior, effect_prior
from openldn.protocol.outcomes import Family, Outcome

__all__ = [
    "ALPHA_SD",
    "BETA_SD",
    "DELTA_SD",
    "GAMMA_SD",
    "LATENT",
    "LEVEL_CORRELATION",
    "LOG_DISPERSION",
    "LOG_SIGMA",
    "LOG_TAU",
    "PHI_RANGE",
    "PILL_SD",
    "PRIOR_NAMES",
    "W_RANGE",
    "BetaPrior",
    "LatentPriors",
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

# Counts: log r, where the variance is mu + mu^2 / r.
LOG_DISPERSION: Final = (math.log(5.0), 1.0)

PRIOR_NAMES: Final = ("default", "sceptical", "wide", "evidence")


@dataclass(frozen=True, kw_only=True, slots=True)
class BetaPrior:
    """Prior of the effect of each level, in widths of the scale or on the link scale."""

    name: str
    mean: float
    sd: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentPriors:
    """One column of the table in model.md section 4, on the link scale.

    Attributes
    ----------
    link
        Its name.
    alpha
        Mean and SD of the person's level; None where cutpoints hold it.
    gamma_sd, delta_sd, pill_sd, su_sd
        SDs of drift, events and pill; scale of the half-normal wandering.
    beta_sd
        SD of an effect under each named prior.
    """

    link: str
    alpha: tuple[float, float] | None
    gamma_sd: float
    delta_sd: float
    pill_sd: float
    su_sd: float
    beta_sd: Mapping[str, float]


LATENT: Final[Mapping[Family, LatentPriors]] = {
    Family.BINARY: LatentPriors(
        link="logit",
        alpha=(0.0, 2.0),
        gamma_sd=1.5,
        delta_sd=1.0,
        pill_sd=0.75,
        su_sd=1.0,
        beta_sd={"default": 0.75, "sceptical": 0.5, "wide": 1.5},
    ),
    Family.ORDINAL: LatentPriors(
        link="cumulative probit",
        alpha=None,
        gamma_sd=0.9,
        delta_sd=0.6,
        pill_sd=0.45,
        su_sd=0.6,
        beta_sd={"default": 0.45, "sceptical": 0.3, "wide": 0.9},
    ),
    Family.COUNT: LatentPriors(
        link="logarithm",
        alpha=(math.log(2.0), 1.5),
        gamma_sd=0.7,
        delta_sd=0.5,
        pill_sd=0.4,
        su_sd=0.5,
        beta_sd={"default": 0.4, "sceptical": 0.25, "wide": 0.8},
    ),
}


def beta_prior(name: str, family: Family = Family.GAUSSIAN) -> BetaPrior:
    """The named prior; KeyError for `evidence`, which needs an estimate for the outcome."""
    sd = BETA_SD if family is Family.GAUSSIAN else LATENT[family].beta_sd
    return BetaPrior(name=name, mean=0.0, sd=sd[name])


def evidence_prior(conditions: Collection[str], outcome: Outcome) -> BetaPrior | None:
    """The pooled estimate of this outcome in one of the conditions; None where there is none."""
    found = effect_prior(conditions, outcome)
    return None if found is None else from_studies(found)


def from_studies(found: EffectPrior) -> BetaPrior:
    """Mean, and squared spread: the squared error of the mean plus that between people."""
    width = found.scale[1] - found.scale[0]
    sd = math.hypot(found.error, found.spread) / width
    return BetaPrior(name="evidence", mean=found.mean / width, sd=sd)


def describe(
    prior: BetaPrior, *, is_asymmetric: bool, family: Family = Family.GAUSSIAN
) -> dict[str, Any]:
    """Every prior with its numbers, for the `model` block of the answer.

    A pair is a mean and a standard deviation, in the unit named last unless another one is named.
    """
    shared = {
        "phi": {"uniform": list(PHI_RANGE)},
        "log_tau_days": {"normal": list(LOG_TAU), "onset_and_washout_differ": is_asymmetric},
    }
    if family is not Family.GAUSSIAN:
        return _describe_latent(LATENT[family], prior, family) | shared
    return {
        "alpha": {"normal": [0.0, ALPHA_SD], "from": "the middle of the scale"},
        "gamma": {"normal": [0.0, GAMMA_SD]},
        "delta": {"normal": [0.0, DELTA_SD]},
        "beta": _describe_beta(prior),
        "pill": {"normal": [0.0, PILL_SD]},
        "log_sigma": {"normal": list(LOG_SIGMA)},
        "w": {"uniform": list(W_RANGE)},
        **shared,
        "unit": "widths of the outcome's scale",
    }


def _describe_latent(of: LatentPriors, prior: BetaPrior, family: Family) -> dict[str, Any]:
    level: dict[str, Any] = (
        {"shares_of_answers_at_predictor_0": "Dirichlet(1, .., 1)"}
        if of.alpha is None
        else {"alpha": {"normal": list(of.alpha)}}
    )
    spread: dict[str, Any] = (
        {"log_r": {"normal": list(LOG_DISPERSION)}} if family is Family.COUNT else {}
    )
    return {
        "link": of.link,
        **level,
        "gamma": {"normal": [0.0, of.gamma_sd]},
        "delta": {"normal": [0.0, of.delta_sd]},
        "beta": _describe_beta(prior),
        "pill": {"normal": [0.0, of.pill_sd]},
        "su": {"halfnormal": [of.su_sd]},
        **spread,
        "unit": "the link scale",
    }


def _describe_beta(prior: BetaPrior) -> dict[str, Any]:
    return {
        "normal": [prior.mean, prior.sd],
        "correlation_of_neighbouring_levels": LEVEL_CORRELATION,
    }

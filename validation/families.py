"""The families binary, ordinal and count at truths from the prior and at fixed ones.

Everything is told in prior standard deviations of the effect on the link scale, so that the three
families can stand in one table; better is fewer. A person whose answers are all alike has no answer
here either, as `openldn analyse` gives her none.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from openldn.inference import latent_model, priors
from openldn.inference.grid import GridTooHard
from openldn.protocol.outcomes import Family
from validation.latent_people import STEPS, Truth, days_of, expected, from_prior, model_of

__all__ = ["Setting", "answers"]

FloatArray = NDArray[np.float64]

# A person of a fixed-truth cell without the dose: 27 yes-days in 100, the five answers alike, two
# events a day.
ALPHA = {Family.BINARY: -1.0, Family.ORDINAL: 0.0, Family.COUNT: math.log(2.0)}
DISPERSION = 5.0
KEPT = ("estimate", "sd", "below_truth", "p_benefit", "lower", "upper", "points_below_truth")


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One data-generating mechanism; the design is that of `latent_people`.

    Attributes
    ----------
    effect
        Toward better, in prior standard deviations; None draws every parameter from its prior.
    phi, tau
        Memory of the wandering, and days of onset.
    su
        Size of the wandering as a share of the standard deviation of its prior.
    """

    family: str
    effect: float | None = 1.0
    phi: float = 0.6
    tau: float = 7.0
    su: float = 0.5


def answers(setting: Setting, *, seed: int, people: range) -> dict[str, FloatArray]:
    """The truth and each of `KEPT`, (n,) each; NaN where there is no answer."""
    rows = [_one(setting, np.random.default_rng([seed, number])) for number in people]
    names = ["truth", *(f"alone.{name}" for name in KEPT)]
    return dict(zip(names, np.array(rows).T, strict=True))


def _one(setting: Setting, rng: np.random.Generator) -> list[float]:
    family = Family(setting.family)
    unit = priors.LATENT[family].beta_sd["default"]
    truth = _truth(setting, family, rng)
    series, rest = days_of(rng, family, truth)
    seen = ~np.isnan(series.score)
    nothing = [truth.beta / unit, *[np.nan] * len(KEPT)]
    if np.ptp(series.score[seen]) == 0.0:
        return nothing
    try:
        fit = latent_model.fit(series, model=model_of(family))
    except GridTooHard:
        return nothing
    effect, told = fit.link_levels[0], fit.link_levels[0].summary()
    mean = [expected(family, rest[seen] + shift, truth.cuts) for shift in (0.0, truth.beta)]
    return [
        truth.beta / unit,
        told.mean / unit,
        told.sd / unit,
        *effect.below(np.array([truth.beta, 0.0])),
        told.q025 / unit,
        told.q975 / unit,
        float(fit.levels[0].below(float((mean[1] - mean[0]).mean()))),
    ]


def _truth(setting: Setting, family: Family, rng: np.random.Generator) -> Truth:
    if setting.effect is None:
        return from_prior(rng, family)
    of = priors.LATENT[family]
    steps = STEPS[family] if family is Family.ORDINAL else 1
    return Truth(
        alpha=ALPHA[family],
        gamma=0.0,
        beta=-setting.effect * of.beta_sd["default"],
        phi=setting.phi,
        su=setting.su * of.su_sd,
        tau=setting.tau,
        r=DISPERSION,
        cuts=np.asarray(ndtri(np.arange(1, steps) / steps)),
    )

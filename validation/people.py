"""Virtual people: the truth of a cell, and the days that it makes.

Nothing here is taken from the engine but its priors, which the truths are drawn from where a cell
fixes none. Every person has a generator of her own, so her days do not depend on how the work is
split. Effects are told toward better, and better is a lower score: an effect of 1 is a beta of -1.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from openldn.inference import priors

__all__ = ["FIXED_ORDER", "WIDTH", "Setting", "Trials", "draw"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# The scale is 0 to 10.
WIDTH = 10.0
# The order that a planner without a coin might choose: it balances a straight trend.
FIXED_ORDER = (0, 1, 1, 0, 0, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One data-generating mechanism.

    Attributes
    ----------
    effect
        Points toward better; None draws every parameter of the person from its prior.
    phi, tau, tau_off
        Memory of the drift, days of onset, and of washout where that differs.
    sigma, white
        Standard deviation of the noise in points, and the share that is single-day scatter.
    alpha, trend
        The person's own level, and its change from the first day to the last, in points.
    pairs, period_days, transition_days
        The design; transition days are used by the rivals and the randomisation test.
    order
        `paired`: a coin for each pair; `fixed`: `FIXED_ORDER` for everyone.
    missing, missing_by
        Share of days without a value, and what decides: `chance` or `severity`.
    tails
        Of the single-day scatter: `normal`, or `t3` with the same variance.
    step
        Scores are rounded to it and clipped to the scale; 0 leaves them as they are.
    starts_ill
        How many standard deviations the drift stands above its middle on the first day.
    hope, guessed
        Points that hope takes off the score in a period guessed to be active, and the share of
        periods guessed right; 0 for a blind that holds.
    prior, phi_prior
        Of the analysis: a name of `openldn`; `uniform`, or `upward` (Beta(4, 2) on the same range).
    looks
        After how many whole pairs the answer is looked at before the end.
    """

    effect: float | None = 1.0
    phi: float = 0.6
    tau: float = 7.0
    tau_off: float | None = None
    sigma: float = 1.5
    white: float = 0.5
    alpha: float = 5.0
    trend: float = 0.0
    pairs: int = 3
    period_days: int = 14
    transition_days: int = 7
    order: str = "paired"
    missing: float = 0.1
    missing_by: str = "chance"
    tails: str = "normal"
    step: float = 0.0
    starts_ill: float = 0.0
    hope: float = 0.0
    guessed: float = 0.0
    prior: str = "default"
    phi_prior: str = "uniform"
    looks: tuple[int, ...] = ()

    @property
    def days(self) -> int:
        """Length of the trial."""
        return 2 * self.pairs * self.period_days


@dataclass(frozen=True, kw_only=True, slots=True)
class Trials:
    """Virtual trials of one setting.

    Attributes
    ----------
    score
        (n, T) in points; NaN on days without a value.
    active
        (n, P) whether a period is active.
    beta
        (n,) the true steady difference, in points of the score.
    setting
        What they were drawn from.
    """

    score: FloatArray
    active: NDArray[np.bool_]
    beta: FloatArray
    setting: Setting

    def __len__(self) -> int:
        return len(self.score)

    def first(self, count: int) -> "Trials":
        """The trials of the first people, at most `count`; none where it is below 1."""
        some = slice(max(count, 0))
        return Trials(
            score=self.score[some],
            active=self.active[some],
            beta=self.beta[some],
            setting=self.setting,
        )

    @property
    def level(self) -> IntArray:
        """(n, T) 1 on days of an active period, else 0."""
        return np.repeat(self.active, self.setting.period_days, axis=1).astype(np.int64)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Truth:
    """The numbers behind one person, in points and days."""

    alpha: float
    trend: float
    beta: float
    sigma: float
    phi: float
    white: float
    tau: float
    tau_off: float


def draw(setting: Setting, *, seed: int, people: range) -> Trials:
    """Make the trials of some people of a cell.

    Parameters
    ----------
    setting
        The cell.
    seed
        Of the cell.
    people
        Which of its people, by number.
    """
    drawn = [_person(setting, np.random.default_rng([seed, number])) for number in people]
    return Trials(
        score=np.array([score for score, _, _ in drawn]),
        active=np.array([active for _, active, _ in drawn]),
        beta=np.array([beta for _, _, beta in drawn]),
        setting=setting,
    )


def _drifting(switch: FloatArray, *, start: float, tau: float, tau_off: float) -> FloatArray:
    """(T,) exposure that follows a switch, by the recursion of the model."""
    on, off = -math.expm1(-1.0 / tau), -math.expm1(-1.0 / tau_off)
    x, days = start, []
    for d in switch:
        x += (on if d > 0.5 else off) * (d - x)
        days.append(x)
    return np.array(days)


def _person(
    setting: Setting, rng: np.random.Generator
) -> tuple[FloatArray, NDArray[np.bool_], float]:
    truth = _truth(setting, rng)
    active = _order(setting, rng)
    level = np.repeat(active, setting.period_days).astype(np.float64)
    days = setting.days
    score = truth.alpha + truth.trend * ((np.arange(days) - 0.5 * (days - 1)) / days)
    score += truth.beta * _drifting(level, start=0.0, tau=truth.tau, tau_off=truth.tau_off)
    score += _noise(setting, truth, rng)
    is_right = rng.random(2 * setting.pairs) < setting.guessed
    # A right guess of an active period and a wrong one of placebo both bring hope.
    hopes = (active == is_right) & (setting.hope > 0.0)
    score -= setting.hope * np.repeat(hopes, setting.period_days)
    missing = _missing(setting, (score - truth.alpha) / truth.sigma, rng)
    if setting.step > 0.0:
        score = np.clip(np.round(score / setting.step) * setting.step, 0.0, WIDTH)
    return np.where(missing, np.nan, score), active, truth.beta


def _truth(setting: Setting, rng: np.random.Generator) -> _Truth:
    if setting.effect is None:
        tau = float(rng.lognormal(*priors.LOG_TAU))
        return _Truth(
            alpha=WIDTH * (0.5 + priors.ALPHA_SD * rng.normal()),
            trend=WIDTH * priors.GAMMA_SD * rng.normal(),
            beta=WIDTH * priors.BETA_SD[setting.prior] * rng.normal(),
            sigma=WIDTH * float(rng.lognormal(*priors.LOG_SIGMA)),
            phi=rng.uniform(*priors.PHI_RANGE),
            white=rng.uniform(*priors.W_RANGE),
            tau=tau,
            tau_off=tau,
        )
    return _Truth(
        alpha=setting.alpha,
        trend=setting.trend,
        beta=-setting.effect,
        sigma=setting.sigma,
        phi=setting.phi,
        white=setting.white,
        tau=setting.tau,
        tau_off=setting.tau if setting.tau_off is None else setting.tau_off,
    )


def _order(setting: Setting, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(P,) whether each period is active."""
    if setting.order == "fixed":
        return np.array(FIXED_ORDER, dtype=bool)
    first = rng.integers(2, size=setting.pairs).astype(bool)
    return np.column_stack([first, ~first]).ravel()


def _noise(setting: Setting, truth: _Truth, rng: np.random.Generator) -> FloatArray:
    """(T,) drift with memory, and scatter of the single day."""
    steps = rng.normal(size=setting.days)
    drift = np.empty(setting.days)
    value = steps[0] if setting.starts_ill == 0.0 else setting.starts_ill
    drift[0] = value
    for t in range(1, setting.days):
        value = truth.phi * value + math.sqrt(1.0 - truth.phi**2) * steps[t]
        drift[t] = value
    if setting.tails == "t3":
        scatter = rng.standard_t(3, size=setting.days) / math.sqrt(3.0)  # variance 1
    else:
        scatter = rng.normal(size=setting.days)
    noise: FloatArray = truth.sigma * (
        math.sqrt(1.0 - truth.white) * drift + math.sqrt(truth.white) * scatter
    )
    return noise


def _missing(setting: Setting, severity: FloatArray, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(T,) whether a day has no value; by severity, half of what decides is how bad it was."""
    if setting.missing_by == "severity":
        reason = (severity + rng.normal(size=setting.days)) / math.sqrt(2.0)
        return np.asarray(reason > NormalDist().inv_cdf(1.0 - setting.missing))
    return np.asarray(rng.random(setting.days) < setting.missing)

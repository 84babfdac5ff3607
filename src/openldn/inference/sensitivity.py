"""The same question asked another way: the fixed rows beside every answer.

Section 8 of the statistical contract names the rows. They are fixed before anyone sees a diary, so
nobody can choose the one that pleases. A row that does not apply to a diary is left out. The rows
`missing:+1` and `missing:+2` are for scores only: they need the wandering of the days without a
value, which the engine of the other families does not keep, and a yes cannot be a point worse.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference import gaussian, priors
from openldn.inference.course import ARMS, Course
from openldn.inference.filter import exposure, whiten_days
from openldn.inference.gaussian import Fit, Series
from openldn.inference.grade import Guess
from openldn.inference.grid import GridTooHard
from openldn.inference.latent_model import LatentFit
from openldn.inference.mixture import Mixture, Summary
from openldn.inference.priors import BetaPrior
from openldn.inference.question import MIN_VALUES
from openldn.protocol.doses import Dose
from openldn.protocol.outcomes import Family
from openldn.protocol.plan import Arm, Plan

__all__ = ["IMPUTATIONS", "SEED", "Asked", "Row", "gaps_on_drug", "sensitivity_rows"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Section 8.
DROPPED_DAYS: Final = (3, 7, 10)
POINTS_WORSE: Final = (1, 2)
IMPUTATIONS: Final = 50
SLOW_TAU: Final = 30.0
SEED: Final = 20_260_101
# Points of the main fit at which a completed diary is fitted again: against full fits the mean
# moves by a few hundredths of a posterior SD, less than the imputations' own chance.
REUSED_POINTS: Final = 128
MOST_THREADS: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One dose under one changed assumption; the effect in the outcome's own points."""

    name: str
    dose: Dose
    effect: Summary
    p_benefit: float

    def to_json(self) -> dict[str, Any]:
        """One entry of `sensitivity`."""
        return {
            "name": self.name,
            "dose_mg": float(self.dose.mg),
            "effect": self.effect.to_json(),
            "p_benefit": self.p_benefit,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One answered outcome: what the rows change, and what they keep.

    Attributes
    ----------
    series, prior
        The part that carries the conclusion, as its family takes it.
    refit
        Fits another series with another prior, by the same family.
    fit
        The answer itself; None for families that have no rows about missing days.
    family
        What kind of scale it is.
    course, plan
        The days; a diary may have no plan.
    counts
        (T,) days of that part.
    doses
        Doses reported from it, the one that carries the verdict first.
    contrast
        What they are held against.
    sign
        -1 where a lower score is better, 1 where a higher one is.
    guesses
        What the person guessed about the periods; None where nobody asked.
    whole
        The same outcome over all days; None where all days count already.
    is_empty
        (T,) days of that part on which nothing was recorded. Days that the plan's strategies take
        out are none of them.
    flares
        (T,) 1 on days of a flare that was recorded on days that count; None without any.
    """

    series: Series
    prior: BetaPrior
    refit: Callable[[Series, BetaPrior], Fit | LatentFit]
    fit: Fit | None
    family: Family
    course: Course
    plan: Plan | None
    counts: BoolArray
    doses: tuple[Dose, ...]
    contrast: Arm
    sign: float
    guesses: tuple[Guess, ...] | None
    whole: Series | None
    is_empty: BoolArray
    flares: FloatArray | None


@dataclass(frozen=True, slots=True)
class _Variant:
    """A changed series or prior under its name."""

    name: str
    series: Series
    prior: BetaPrior


def sensitivity_rows(asked: Asked) -> tuple[Row, ...]:
    """Every row that applies, in the order of the contract, the verdict's dose first in each.

    A row whose posterior cannot be covered is left out too. The kernel lets go of Python's lock,
    so the fits run side by side; the order of the rows does not depend on which ends first.
    """
    before, after = list(_before_missing(asked)), list(_after_missing(asked))
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, MOST_THREADS)) as pool:
        missing = pool.submit(_missing_rows, asked)
        fitted = [pool.submit(_rows, asked, variant) for variant in (*before, *after)]
        told = [future.result() for future in fitted]
    first, last = told[: len(before)], told[len(before) :]
    return tuple(row for rows in (*first, missing.result(), *last) for row in rows)


def _before_missing(asked: Asked) -> Iterator[_Variant]:
    series, prior = asked.series, asked.prior
    for name in ("sceptical", "wide"):
        if name != prior.name:
            yield _Variant(f"prior:{name}", series, priors.beta_prior(name, asked.family))
    for days in DROPPED_DAYS:
        if (dropped := _first_days(asked, days)).any():
            yield _Variant(f"drop-days:{days}", _without(series, dropped), prior)
    if (taken := _as_taken(asked)) is not None:
        yield _Variant("as-taken", taken, prior)
    if asked.whole is not None:
        yield _Variant("all-days", asked.whole, prior)
    if series.events.shape[1]:
        yield _Variant("no-events", replace(series, events=series.events[:, :0]), prior)
    if asked.flares is not None:
        adjusted = np.column_stack([series.events, asked.flares])
        yield _Variant("flares-adjusted", replace(series, events=adjusted), prior)
    if not series.is_asymmetric:
        yield _Variant("asymmetric", replace(series, is_asymmetric=True), prior)


def _after_missing(asked: Asked) -> Iterator[_Variant]:
    series, prior = asked.series, asked.prior
    if (guessed := _guessed_days(asked)).any():
        yield _Variant("guesses-removed", _without(series, guessed), prior)
    if asked.contrast is Arm.NONE and series.capsule is None:
        # A second column with the doses' own exposure takes what hope would do.
        hoped = replace(series, capsule=series.level > 0, start_capsule=series.start_level > 0)
        yield _Variant("hope", hoped, prior)
    yield _Variant("tau-30", replace(series, tau_days=SLOW_TAU), prior)


def _rows(asked: Asked, variant: _Variant) -> list[Row]:
    series = variant.series
    if not _can_compare(series):
        return []
    try:
        fit = asked.refit(series, variant.prior)
    except GridTooHard:
        return []
    seen = set(series.level[~np.isnan(series.score)])
    return [
        _row(asked, variant.name, dose, fit.levels[level - 1], sign_from=_signed(fit)[level - 1])
        for dose, level in _levels(asked)
        if level in seen
    ]


def _signed(fit: Fit | LatentFit) -> tuple[Mixture, ...]:
    """The effects by whose side of 0 a benefit is told: coefficients, where there is a link."""
    return fit.link_levels if isinstance(fit, LatentFit) else fit.levels


def _row(
    asked: Asked, name: str, dose: Dose, posterior: Mixture, *, sign_from: Mixture | None = None
) -> Row:
    below = float((sign_from or posterior).below(0.0))
    return Row(
        name=name,
        dose=dose,
        effect=posterior.summary(),
        p_benefit=below if asked.sign < 0 else 1.0 - below,
    )


def _levels(asked: Asked) -> list[tuple[Dose, int]]:
    """The reported doses with their number in the series, from 1."""
    return [(dose, asked.course.levels.index(dose) + 1) for dose in asked.doses]


def _can_compare(series: Series) -> bool:
    scores = series.score[~np.isnan(series.score)]
    levels = set(series.level[~np.isnan(series.score)])
    return len(scores) >= MIN_VALUES and scores.min() < scores.max() and len(levels) > 1


def _without(series: Series, days: BoolArray) -> Series:
    return replace(series, score=np.where(days, np.nan, series.score))


def _first_days(asked: Asked, count: int) -> BoolArray:
    """(T,) the first days of each period; none where they are all there is of it."""
    dropped = np.zeros(len(asked.course), dtype=bool)
    if asked.plan is not None and count < asked.plan.design.period_days:
        for period in asked.plan.periods:
            dropped[period.first_day : period.first_day + count] = True
    return dropped & asked.counts


def _as_taken(asked: Asked) -> Series | None:
    """The randomised part by what was swallowed; None where that is what was assigned."""
    course, plan = asked.course, asked.plan
    if plan is None or not (course.is_randomised & asked.counts).any():
        return None
    dose_ug, arm = course.dose_ug.copy(), course.arm.copy()
    for t in np.flatnonzero(course.is_randomised):
        day = course.days[t]
        if day is None:
            continue
        if day.taken is False or (day.dose_ug == 0 and dose_ug[t]):
            dose_ug[t], arm[t] = 0, ARMS.index(Arm.NONE)
        elif day.dose_ug and not dose_ug[t]:
            # A dose that the trial does not know counts as the one that the trial is about.
            is_level = Dose(day.dose_ug) in course.levels
            dose_ug[t] = day.dose_ug if is_level else plan.design.target.ug
            arm[t] = ARMS.index(Arm.ACTIVE)
    taken = replace(course, dose_ug=dose_ug, arm=arm)
    acting, series = taken.acting_dose(), asked.series
    is_same_capsule = series.capsule is None or (arm == course.arm).all()
    if is_same_capsule and (acting == course.acting_dose()).all():
        return None
    level = np.zeros_like(series.level)
    for k, dose in enumerate(course.levels, start=1):
        level[acting == dose.ug] = k
    capsule = None if series.capsule is None else taken.acting_arm() != ARMS.index(Arm.NONE)
    return replace(series, level=level, capsule=capsule)


def _guessed_days(asked: Asked) -> BoolArray:
    """(T,) days of the periods whose arm the person guessed right."""
    days = np.zeros(len(asked.course), dtype=bool)
    guessed = {guess.period: guess.arm for guess in asked.guesses or ()}
    for period in asked.plan.periods if asked.plan is not None else ():
        if period.first_day >= len(days):
            break
        arm = ARMS[asked.course.arm[period.first_day]]
        days[period.first_day : period.last_day + 1] = guessed.get(period.number) is arm
    return days & asked.counts


def gaps_on_drug(asked: Asked) -> BoolArray:
    """(T,) days on the drug on which nothing was recorded."""
    on_drug = asked.course.arm == ARMS.index(Arm.ACTIVE)
    gaps: BoolArray = asked.is_empty & np.isnan(asked.series.score) & on_drug
    return gaps


def _missing_rows(asked: Asked) -> list[Row]:
    """Missing days on the drug filled in from the fitted model, then made worse.

    Each filled-in diary is fitted again at points of the main fit, weighted by how much better or
    worse they fit it than the diary as it was; the fits are put together by Rubin's rules
    (Rubin, Multiple Imputation for Nonresponse in Surveys, 1987).
    """
    gaps = gaps_on_drug(asked)
    if asked.fit is None or not gaps.any():
        return []
    rng = np.random.default_rng(SEED)
    filled = _filled(asked, asked.fit, gaps, rng)
    points = _drawn(asked.fit, REUSED_POINTS, rng)[:, :4]
    log_weight = -gaussian.log_likelihood_at(asked.series, prior=asked.prior, points=points)
    rows: list[Row] = []
    for worse in POINTS_WORSE:
        shift = -asked.sign * worse * gaps
        moments = [
            gaussian.moments_at(
                replace(asked.series, score=score + shift),
                prior=asked.prior,
                points=points,
                log_weight=log_weight,
            )
            for score in filled
        ]
        name = f"missing:+{worse}"
        rows += _combined(asked, asked.fit, name, *map(np.array, zip(*moments, strict=True)))
    return rows


def _combined(
    asked: Asked, fit: Fit, name: str, mean: FloatArray, variance: FloatArray
) -> list[Row]:
    """Rubin's rules over (M, K) means and variances.

    The rules give a mean and a variance. The shape around them is that of the main posterior, so
    that a row differs from the answer by its assumption alone.
    """
    between = mean.var(axis=0, ddof=1)
    spread = np.sqrt(variance.mean(axis=0) + (1.0 + 1.0 / len(mean)) * between)
    middle = mean.mean(axis=0)
    return [
        _row(
            asked,
            name,
            dose,
            fit.levels[level - 1].moved(mean=middle[level - 1], sd=spread[level - 1]),
        )
        for dose, level in _levels(asked)
    ]


def _drawn(fit: Fit, count: int, rng: np.random.Generator) -> FloatArray:
    """(count, 5) parameters from the posterior, spread evenly over its components."""
    places = (np.arange(count) + rng.random(count)) / count
    chosen = np.searchsorted(np.cumsum(fit.weight), places * fit.weight.sum())
    drawn: FloatArray = fit.parameters[np.minimum(chosen, len(fit.weight) - 1)]
    return drawn


def _filled(asked: Asked, fit: Fit, gaps: BoolArray, rng: np.random.Generator) -> FloatArray:
    """(M, T) scores with the gaps drawn from the fitted model, each from its own parameters."""
    series = asked.series
    phi, w, tau_on, tau_off, sigma = _drawn(fit, IMPUTATIONS, rng).T
    sigma = sigma / series.width
    recorded, y = ~np.isnan(series.score), series.standardised()
    moving = exposure(*series.switches(), tau_on, tau_off)
    given = np.broadcast_to(
        series.given()[:, None], (*moving.shape[:2], series.events.shape[1] + 2)
    )
    columns = np.concatenate([given, moving], axis=2)
    scores = np.broadcast_to(y[:, None, None], (*moving.shape[:2], 1))
    white = whiten_days(np.concatenate([columns, scores], axis=2), recorded, phi, w)
    coefficients = _coefficients(asked, white, sigma, rng)
    expected = np.einsum("tbk,bk->tb", columns, coefficients)
    left = np.where(recorded[:, None], (y[:, None] - expected) / sigma, 0.0)
    wander = _wandering(left, recorded, phi, w, rng)
    scatter = np.sqrt(w) * rng.standard_normal(wander.shape)
    drawn = series.minimum + series.width * (0.5 + expected + sigma * (wander + scatter))
    filled: FloatArray = np.where(gaps[:, None], drawn, series.score[:, None]).T
    return filled


def _coefficients(
    asked: Asked, white: FloatArray, sigma: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """(M, k) coefficients drawn given the other parameters, from whitened columns and scores."""
    precision, mean = gaussian.coefficient_prior(asked.series, asked.prior)
    gram = np.einsum("nbi,nbj->bij", white, white) / sigma[:, None, None] ** 2
    at = precision + gram[:, :-1, :-1]
    centre = np.linalg.solve(at, (precision @ mean + gram[:, :-1, -1])[:, :, None])
    root = np.linalg.cholesky(at).transpose(0, 2, 1)
    drawn: FloatArray = centre + np.linalg.solve(
        root, rng.standard_normal((*gram.shape[:1], len(mean), 1))
    )
    return drawn[:, :, 0]


def _wandering(
    left: FloatArray,
    recorded: BoolArray,
    phi: FloatArray,
    w: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """(T, M) the slow wander drawn given the residuals at sigma = 1: filter forth, draw back.

    Carter and Kohn, Biometrika 81 (1994); Fruehwirth-Schnatter, Journal of Time Series Analysis 15
    (1994).
    """
    slow = 1.0 - w
    mean, variance = np.zeros_like(left), np.zeros_like(left)
    ahead, spread = np.zeros_like(w), slow
    for t, has_value in enumerate(recorded):
        gain = spread / (spread + w) if has_value else np.zeros_like(w)
        mean[t] = ahead + gain * (left[t] - ahead)
        variance[t] = (1.0 - gain) * spread
        ahead = phi * mean[t]
        spread = phi**2 * variance[t] + (1.0 - phi**2) * slow
    chance = rng.standard_normal(left.shape)
    drawn = np.zeros_like(left)
    drawn[-1] = mean[-1] + np.sqrt(variance[-1]) * chance[-1]
    for t in range(len(left) - 2, -1, -1):
        spread = phi**2 * variance[t] + (1.0 - phi**2) * slow
        back = phi * variance[t] / spread
        centre = mean[t] + back * (drawn[t + 1] - phi * mean[t])
        drawn[t] = centre + np.sqrt(variance[t] * (1.0 - back * phi)) * chance[t]
    return drawn

"""The answer that needs no model: what the difference could have been under every other order.

Sharp null (section 5 of the statistical contract): no day would have been different under any
order, so the same days are missing and nothing is carried over. Then the drawn order is one of a
set that all had their chance, and the share of the set with a difference at least as large is a
p that holds whatever the days were made of. The model only chooses a good statistic.

That is why yes-or-no answers, answers in order and counts are weighed here as plain numbers: the
noise is fitted to them without looking at the order, as if it were normal, and what that costs is
power, never the truth of the p. Where even that fit fails, the period means stand alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn.inference import gaussian, priors
from openldn.inference.course import ARMS, Course
from openldn.inference.filter import exposure, whiten_days
from openldn.inference.gaussian import Series
from openldn.inference.grid import GridTooHard
from openldn.protocol.plan import Acts, Arm, Plan, Scheme
from openldn.protocol.schemes import member, members, set_size

__all__ = ["DRAWS", "MOST_ORDERS", "SEED", "RandomisationTest", "Share", "randomisation_test"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Larger sets are drawn from (section 5).
MOST_ORDERS: Final = 100_000
DRAWS: Final = 9_999
SEED: Final = 20_260_101
# Orders whose statistics differ by less are ties (section 5).
TOLERANCE: Final = 1e-9
# An order whose exposure the other columns explain entirely has no statistic: it counts as 0.
LEAST_SPREAD: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Share:
    """Share of the orders with a difference at least as large, and the smallest it could be."""

    p: float
    floor: float

    def to_json(self) -> dict[str, float]:
        """Plain numbers."""
        return {"p": self.p, "floor": self.floor}


@dataclass(frozen=True, kw_only=True, slots=True)
class RandomisationTest:
    """Both statistics against the orders that could have been drawn.

    Attributes
    ----------
    filtered
        Exposure against the scores, both cleared of trend, events and day-to-day memory; None where
        the noise could not be fitted.
    period_means
        Difference between the means of the periods' means, after their transition days.
    schedules
        Size of the set of orders.
    draws
        How many of them were drawn at random; None where all were looked at.
    """

    filtered: Share | None
    period_means: Share
    schedules: int
    draws: int | None

    def to_json(self) -> dict[str, Any]:
        """`randomisation_test` of the answer file."""
        return {
            "filtered": self.filtered and self.filtered.to_json(),
            "period_means": self.period_means.to_json(),
            "schedules": self.schedules,
            "exact": self.draws is None,
            "draws": self.draws,
        }


def randomisation_test(series: Series, *, course: Course, plan: Plan) -> RandomisationTest | None:
    """Hold the order that was drawn against the set it was drawn from.

    Parameters
    ----------
    series
        The randomised part as the model sees it.
    course, plan
        The days, and the plan with its scheme.

    Returns
    -------
    RandomisationTest or None
        None when the order of the diary is not one that the scheme could have drawn.
    """
    begun = [period for period in plan.periods if period.first_day < len(course)]
    seen = [ARMS[course.arm[period.first_day]] is Arm.ACTIVE for period in begun]
    if not _could_begin(plan, seen):
        return None
    # Periods that have not begun hold no day, so it does not matter what stands for them.
    drawn = np.array(seen + [False] * (len(plan.periods) - len(seen)))
    orders, draws = _orders(
        plan.design.scheme, plan.design.pairs, plan.design.max_run, plan.contrast_arm
    )
    try:
        filtered = _share(_filtered(series, course, plan), orders, drawn, is_exact=draws is None)
    except GridTooHard:
        filtered = None
    return RandomisationTest(
        filtered=filtered,
        period_means=_share(_period_means(series, plan), orders, drawn, is_exact=draws is None),
        schedules=set_size(
            plan.design.scheme, pairs=plan.design.pairs, max_run=plan.design.max_run
        ),
        draws=draws,
    )


class _Filtered:
    """T(s) = x(s)'M y / sqrt(x(s)'M x(s)) for many orders at once.

    The exposure is linear in the order: what the days before brought, plus one piece for each
    active period. Each piece is whitened once; an order then costs a few products.

    Attributes
    ----------
    always
        x(0)'M y and x(0)'M x(0) of the days outside the periods.
    """

    def __init__(self, pieces: FloatArray, y: FloatArray) -> None:
        """Take whitened columns (n, 1 + P) and scores (n,), cleared of everything else."""
        gram = pieces.T @ pieces
        self.score = pieces.T @ y
        self.always = gram[0, 0]
        self.cross = gram[0, 1:]
        self.gram = gram[1:, 1:]

    def __call__(self, orders: BoolArray) -> FloatArray:
        """(N,) statistics of (N, P) orders."""
        active = orders.astype(np.float64)
        along = self.score[0] + active @ self.score[1:]
        squared = self.always + 2.0 * active @ self.cross
        squared += np.einsum("np,np->n", active @ self.gram, active)
        is_known = squared > LEAST_SPREAD
        found: FloatArray = np.where(is_known, along / np.sqrt(np.where(is_known, squared, 1)), 0)
        return found


class _PeriodMeans:
    """Mean of the active periods' means less that of the others; periods without a value apart."""

    def __init__(self, means: FloatArray) -> None:
        """Take the mean of each period, (P,); NaN where it has no value."""
        self.has_mean = (~np.isnan(means)).astype(np.float64)
        self.means = np.where(np.isnan(means), 0.0, means)

    def __call__(self, orders: BoolArray) -> FloatArray:
        """(N,) statistics of (N, P) orders."""
        active = orders.astype(np.float64)
        n_on, n_off = active @ self.has_mean, (1.0 - active) @ self.has_mean
        is_known = (n_on > 0) & (n_off > 0)
        on = active @ self.means / np.maximum(n_on, 1.0)
        off = (1.0 - active) @ self.means / np.maximum(n_off, 1.0)
        found: FloatArray = np.where(is_known, on - off, 0.0)
        return found


def _filtered(series: Series, course: Course, plan: Plan) -> _Filtered:
    """Fit the noise without a treatment column, and clear exposure and scores of all the rest."""
    # A dose that nobody takes has a column of zeros: the fit cannot see the order.
    untreated = replace(series, level=np.zeros_like(series.level), n_levels=1, start_level=0)
    noise = gaussian.fit(untreated, prior=priors.beta_prior("default"))
    tau = np.array([np.exp(priors.LOG_TAU[0])])
    switches, starts = _switches(series, course, plan)
    rest = series.given()
    if series.capsule is not None:
        capsule = series.capsule[:, None].astype(np.float64)
        start = np.array([float(series.start_capsule)])
        rest = np.column_stack([rest, exposure(capsule, start, tau, tau)[:, 0]])
    columns = np.column_stack(
        [rest, exposure(switches, starts, tau, tau)[:, 0], series.standardised()]
    )
    white = whiten_days(
        columns[:, None],
        ~np.isnan(series.score),
        np.array([noise.phi.mean]),
        np.array([noise.white_share.mean]),
    )[:, 0]
    cleared = _cleared(white[:, rest.shape[1] :], white[:, : rest.shape[1]])
    return _Filtered(cleared[:, :-1], cleared[:, -1] * series.width / noise.noise_sd.mean)


def _switches(series: Series, course: Course, plan: Plan) -> tuple[FloatArray, FloatArray]:
    """(T, 1 + P) what the target's exposure follows: days outside the periods, then each period."""
    lag = 0 if course.acts is Acts.SAME_DAY else 1
    day = np.arange(len(course)) - lag
    inside = [(day >= period.first_day) & (day <= period.last_day) for period in plan.periods]
    target = course.levels.index(plan.design.target) + 1
    outside = (series.level == target) & ~np.any(inside, axis=0)
    starts = np.zeros(1 + len(inside))
    starts[0] = series.start_level == target
    return np.column_stack([outside, *inside]).astype(np.float64), starts


def _cleared(columns: FloatArray, rest: FloatArray) -> FloatArray:
    """What is left of the columns after least squares on the rest."""
    basis, size, _ = np.linalg.svd(rest, full_matrices=False)
    basis = basis[:, size > 1e-10 * size[0]]  # an event on every day is no second level
    left: FloatArray = columns - basis @ (basis.T @ columns)
    return left


def _period_means(series: Series, plan: Plan) -> _PeriodMeans:
    means = np.full(len(plan.periods), np.nan)
    for at, period in enumerate(plan.periods):
        first = period.first_day + plan.design.transition_days
        values = series.score[first : period.last_day + 1]
        if not np.isnan(values).all():
            means[at] = np.nanmean(values)
    return _PeriodMeans(means)


def _share(
    statistic: _Filtered | _PeriodMeans, orders: BoolArray, drawn: BoolArray, *, is_exact: bool
) -> Share:
    """Two-sided share with the drawn order counted in, and the least that any order could get."""
    observed = abs(float(statistic(drawn[None])[0]))
    sizes = np.abs(statistic(orders))
    if not is_exact:
        sizes = np.append(sizes, observed)
    return Share(
        p=float((sizes >= observed - TOLERANCE).mean()),
        floor=float((sizes >= sizes.max() - TOLERANCE).mean()),
    )


@lru_cache(maxsize=4)
def _orders(
    scheme: Scheme, pairs: int, max_run: int, contrast: Arm
) -> tuple[BoolArray, int | None]:
    """(N, P) whether each period is active, for every order or for `DRAWS` drawn ones."""
    size = set_size(scheme, pairs=pairs, max_run=max_run)
    if size <= MOST_ORDERS:
        found = members(scheme, pairs=pairs, max_run=max_run, contrast=contrast)
        draws = None
    else:
        rng = np.random.default_rng(SEED)
        # Sets can be larger than 64 bits; 16 bytes more than needed leave a bias below 2^-128.
        n_bytes = (size.bit_length() + 7) // 8 + 16
        chosen = (int.from_bytes(rng.bytes(n_bytes), "big") % size for _ in range(DRAWS))
        found = (
            member(scheme, index, pairs=pairs, max_run=max_run, contrast=contrast)
            for index in chosen
        )
        draws = DRAWS
    orders = np.array([[arm is Arm.ACTIVE for arm in order] for order in found])
    orders.flags.writeable = False
    return orders, draws


def _could_begin(plan: Plan, seen: Sequence[bool]) -> bool:
    """Whether the periods so far are the beginning of an order of the plan's scheme."""
    design = plan.design
    match design.scheme:
        case Scheme.PAIRED:
            return all(one != other for one, other in zip(seen[::2], seen[1::2], strict=False))
        case Scheme.COUNTERBALANCED:
            first = seen[0] if seen else True
            return all(is_on == (first != (at % 4 in (1, 2))) for at, is_on in enumerate(seen))
        case Scheme.BALANCED:
            longest = max((len(list(run)) for _, run in groupby(seen)), default=0)
            most = max(sum(seen), len(seen) - sum(seen))
            return longest <= design.max_run and most <= design.pairs
        case Scheme.FULL:
            return True

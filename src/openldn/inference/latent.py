"""The heart of the other families: one diary at one grid point, in the subset that Numba compiles.

A day's answer depends on a predictor, eta_t = (what is known) + su v_t, where v_t is an AR(1) of
variance 1. At one grid point (phi, su, tau, log r) the coefficients, the cutpoints and v have a
density that is close to normal: the Laplace approximation of Rue, Martino and Chopin (J. R. Stat.
Soc. B 71, 2009). Here the normal is fitted to slopes averaged over each predictor's spread instead
of at the mode (Richard and Zhang, J. Econometrics 141, 2007), and it only *proposes*: a few draws,
in antithetic pairs, are weighted by the exact density (Shephard and Pitt, Biometrika 84, 1997), so
that rare events, ceilings and long wandering leave no bias.

Every function is a pure scalar function over arrays that the caller hands in. Run plain it is the
slow reference; `compiled()` turns the same text into machine code.

The vector `theta` holds the cutpoints' own coordinates (ordinal only), then the given columns, then
the switched ones. Units: scores in steps from the least one, time in days.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["BINARY", "COUNT", "DRAWS", "ORDINAL", "PAIRS", "compiled", "cutpoints", "sweep"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# How a day's answer hangs on its predictor.
BINARY: Final = 0  # logit
ORDINAL: Final = 1  # cumulative probit
COUNT: Final = 2  # logarithm, NB2

# Antithetic pairs of draws at each grid point, and how much wider than the Laplace normal the
# coefficients of each pair are drawn: the wide pair bounds the weights where a tail is longer.
PAIRS: Final = 4
DRAWS: Final = 2 * PAIRS
WIDE: Final = 1.6

# Gauss and Hermite's rule with three nodes, for a standard normal.
NODE: Final = (-math.sqrt(3.0), 0.0, math.sqrt(3.0))
NODE_WEIGHT: Final = (1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0)

ROUNDS = 1  # how often the spread of the predictors is renewed; it begins at the last point's
MOST_STEPS = 20  # Newton steps; about 3 are needed from where the point before ended
FREE_STEPS = 3  # after these every step is tried first: the cutpoints may swing to and fro
# Gains in log density that Newton's step still promises, twice over. Above the first a step is
# tried before it is taken; below the second the search ends: the weights mend the rest.
BOLD = 1.0
SETTLED = 1e-2
LEAST_PIVOT = 0.25
# Below the least eigenvalue of any prior precision of the other columns (0.18: effects of a
# yes-or-no outcome under `wide`, neighbouring levels alike), which no honest pivot undercuts.
LEAST_PIVOT_OF_COLUMN = 0.1
HALVINGS = 30

SQRT_HALF = math.sqrt(0.5)
LOG_ROOT_2PI = 0.5 * math.log(2.0 * math.pi)
# A log density for what cannot happen; finite, so that sums stay numbers.
NEVER = -1e10


def _tail(x: float) -> float:
    """Standard normal probability beyond x."""
    return 0.5 * math.erfc(x * SQRT_HALF)


def _quantile(share: float) -> float:
    """Standard normal quantile of a share below one half, by Newton steps on the log tail."""
    # Start: Abramowitz and Stegun 26.2.22, off by at most 0.003.
    t = math.sqrt(-2.0 * math.log(share))
    x = t - (2.30753 + 0.27061 * t) / (1.0 + t * (0.99229 + 0.04481 * t))
    for _ in range(3):
        tail = _tail(x)
        density = math.exp(-0.5 * x * x - LOG_ROOT_2PI)
        x += (tail / density) * (math.log(tail) - math.log(share))
    return -x


def cutpoints(theta: FloatArray, n_cuts: int, cut: FloatArray, slope: FloatArray) -> None:
    """Cutpoints, and how each moves with the coordinates that give it.

    The shares of the answers at predictor 0 are Dirichlet(1, .., 1). Breaking the stick from the
    lowest answer, the share of what is left that stays above answer j is U^(1/(J-j)), U uniform:
    with U the tail of a standard normal beyond `theta[j]`, the prior of theta is normal exactly.

    Parameters
    ----------
    theta
        Coordinates; the first `n_cuts` are read.
    n_cuts
        Steps of the scale less one; 0 for the other families.
    cut
        (n_cuts,) receives the cutpoints in rising order.
    slope
        (n_cuts, n_cuts) receives d cut[j] / d theta[i] for i <= j.
    """
    log_above = 0.0
    for j in range(n_cuts):
        left = n_cuts - j
        z = theta[j]
        log_tail = math.log(_tail(z)) if z > 0.0 else math.log1p(-_tail(-z))
        log_above += log_tail / left
        above = math.exp(log_above)
        below = -math.expm1(log_above)
        cut[j] = _quantile(max(below, 1e-300)) if below < 0.5 else -_quantile(max(above, 1e-300))
        log_density = -0.5 * cut[j] * cut[j] - LOG_ROOT_2PI
        for i in range(j + 1):
            # The rate at which the log of a normal tail falls, shared among what is left.
            slope[j, i] = math.exp(log_above - log_density) * _hazard(theta[i]) / (n_cuts - i)


def _hazard(z: float) -> float:
    """Density over tail of the standard normal."""
    return math.exp(-0.5 * z * z - LOG_ROOT_2PI) / max(_tail(z), 1e-300)


def _between(low: float, high: float) -> float:
    """Standard normal probability between two places, without loss in either tail."""
    if low > 0.0:
        return _tail(low) - _tail(high)
    return _tail(-high) - _tail(-low)


def _log_density(family: int, y: float, eta: float, r: float, cut: FloatArray) -> float:
    """Log density of one day; for counts without the part that depends on y and r alone."""
    if family == BINARY:
        # log(1 + e^eta) without overflow.
        soft = max(eta, 0.0) + math.log1p(math.exp(-abs(eta)))
        return y * eta - soft
    if family == COUNT:
        if eta > 0.0:
            return y * eta - (y + r) * (eta + math.log1p(r * math.exp(-eta)))
        return y * eta - (y + r) * math.log(r + math.exp(eta))
    step = int(y)
    low = cut[step - 1] - eta if step > 0 else -math.inf
    high = cut[step] - eta if step < cut.shape[0] else math.inf
    share = _between(low, high)
    return math.log(share) if share > 1e-300 else NEVER


def _expected(family: int, eta: float, cut: FloatArray) -> float:
    """Expected answer, in steps from the least one."""
    if family == BINARY:
        return 1.0 / (1.0 + math.exp(-eta)) if eta > -700.0 else 0.0
    if family == COUNT:
        return math.exp(min(eta, 700.0))
    total = 0.0
    for j in range(cut.shape[0]):
        total += _tail(cut[j] - eta)
    return total


def _slopes(
    family: int, y: float, eta: float, r: float, cut: FloatArray, slope: FloatArray
) -> None:
    """Gradient of one day's log density, and its curvature with the sign turned.

    Parameters
    ----------
    slope
        (9,) receives: gradient and curvature in eta; gradients in the lower and the upper cutpoint
        of the answer; cross curvatures of eta with them; their own curvatures; and their cross one.
    """
    for i in range(9):
        slope[i] = 0.0
    if family == BINARY:
        p = _expected(BINARY, eta, cut)
        slope[0] = y - p
        slope[1] = p * (1.0 - p)
        return
    if family == COUNT:
        share = 1.0 / (1.0 + r * math.exp(-eta)) if eta > -700.0 else 0.0
        slope[0] = y - (y + r) * share
        slope[1] = (y + r) * share * (1.0 - share)
        return
    step = int(y)
    has_low = step > 0
    has_high = step < cut.shape[0]
    low = cut[step - 1] - eta if has_low else -math.inf
    high = cut[step] - eta if has_high else math.inf
    share = max(_between(low, high), 1e-300)
    at_low = math.exp(-0.5 * low * low - LOG_ROOT_2PI) / share if has_low else 0.0
    at_high = math.exp(-0.5 * high * high - LOG_ROOT_2PI) / share if has_high else 0.0
    low_low = at_low * at_low - low * at_low if has_low else 0.0
    high_high = at_high * at_high + high * at_high if has_high else 0.0
    cross = -at_low * at_high
    slope[0] = at_low - at_high
    slope[1] = max(low_low + high_high + 2.0 * cross, 0.0)
    slope[2] = -at_low
    slope[3] = at_high
    slope[4] = -(low_low + cross)
    slope[5] = -(high_high + cross)
    slope[6] = low_low
    slope[7] = high_high
    slope[8] = cross


def _averaged(
    family: int,
    y: float,
    eta: float,
    spread: float,
    r: float,
    cut: FloatArray,
    slope: FloatArray,
    part: FloatArray,
) -> None:
    """As `_slopes`, averaged over a predictor that is normal around eta with SD `spread`."""
    _slopes(family, y, eta, r, cut, slope)
    if spread <= 0.0:
        return
    for i in range(9):
        slope[i] *= NODE_WEIGHT[1]
    for node in range(0, 3, 2):
        _slopes(family, y, eta + spread * NODE[node], r, cut, part)
        for i in range(9):
            slope[i] += NODE_WEIGHT[node] * part[i]


def _averaged_density(
    family: int, y: float, eta: float, spread: float, r: float, cut: FloatArray
) -> float:
    """As `_log_density`, averaged likewise."""
    if spread <= 0.0:
        return _log_density(family, y, eta, r, cut)
    value = 0.0
    for node in range(3):
        at = _log_density(family, y, eta + spread * NODE[node], r, cut)
        value += NODE_WEIGHT[node] * at
    return value


def _predictor(
    theta: FloatArray, n_cuts: int, columns: FloatArray, su: float, v: FloatArray, i: int
) -> float:
    """The predictor of the i-th recorded day."""
    eta: float = su * v[i]
    for j in range(columns.shape[1]):
        eta += columns[i, j] * theta[n_cuts + j]
    return eta


def _log_joint(
    family: int,
    y: FloatArray,
    columns: FloatArray,
    memory: FloatArray,
    su: float,
    r: float,
    prior_precision: FloatArray,
    prior_mean: FloatArray,
    theta: FloatArray,
    v: FloatArray,
    spread: FloatArray,
    cut: FloatArray,
) -> float:
    """Log density of answers, coefficients and wandering; no constants of the priors."""
    n_cuts = cut.shape[0]
    total: float = -0.5 * v[0] * v[0]
    for i in range(1, y.shape[0]):
        fresh = 1.0 - memory[i] * memory[i]
        step = v[i] - memory[i] * v[i - 1]
        total -= 0.5 * (step * step / fresh + math.log(fresh))
    for j in range(theta.shape[0]):
        pull = 0.0
        for m in range(theta.shape[0]):
            pull += prior_precision[j, m] * (theta[m] - prior_mean[m])
        total -= 0.5 * pull * (theta[j] - prior_mean[j])
    for i in range(y.shape[0]):
        eta = _predictor(theta, n_cuts, columns, su, v, i)
        total += _averaged_density(family, y[i], eta, spread[i], r, cut)
    return total


def _exposures(
    switch: FloatArray,
    start: FloatArray,
    day: IntArray,
    tau_on: float,
    tau_off: float,
    first: int,
    columns: FloatArray,
) -> None:
    """Fill the columns that drift toward their switch, as read on the recorded days."""
    on = 1.0 - math.exp(-1.0 / tau_on)
    off = 1.0 - math.exp(-1.0 / tau_off)
    for j in range(switch.shape[1]):
        x = start[j]
        at = 0
        for t in range(switch.shape[0]):
            d = switch[t, j]
            x += (on if d > 0.5 else off) * (d - x)
            if at < day.shape[0] and day[at] == t:
                columns[at, first + j] = x
                at += 1


def _linearise(
    family: int,
    y: FloatArray,
    columns: FloatArray,
    memory: FloatArray,
    su: float,
    r: float,
    prior_precision: FloatArray,
    prior_mean: FloatArray,
    theta: FloatArray,
    v: FloatArray,
    spread: FloatArray,
    cut: FloatArray,
    cut_slope: FloatArray,
    diagonal: FloatArray,
    lower: FloatArray,
    border: FloatArray,
    gradient: FloatArray,
    factor: FloatArray,
    cut_work: FloatArray,
) -> None:
    """Second-order picture of the log density around (theta, v), ready to be solved.

    The information of v is tridiagonal, A = L D L'; the coefficients border it. One pass forward
    eliminates v and leaves the information of the coefficients, whose Cholesky factor is kept.

    Parameters
    ----------
    diagonal, lower
        (n,) receive D and the entries of L left of its diagonal.
    border
        (n, k + 1) receives L^-1 times the cross information and, last, times the gradient in v.
    gradient
        (k,) receives the gradient in theta once v is eliminated.
    factor
        (k, k) receives the Cholesky factor of the information of theta, v eliminated.
    cut_work
        Scratch, (2 n_cuts + 1, k + 1).
    """
    n = y.shape[0]
    k = theta.shape[0]
    n_cuts = cut.shape[0]
    p = k - n_cuts
    cutpoints(theta, n_cuts, cut, cut_slope)
    for j in range(k):
        pull = 0.0
        for m in range(k):
            pull -= prior_precision[j, m] * (theta[m] - prior_mean[m])
            factor[j, m] = prior_precision[j, m]
        gradient[j] = pull
    # Rows of `cut_work`: curvatures among cutpoints, then of cutpoints with columns and gradients.
    for a in range(2 * n_cuts + 1):
        for b in range(k + 1):
            cut_work[a, b] = 0.0
    slope = cut_work[2 * n_cuts]
    one = np.empty(9)
    part = np.empty(9)
    for i in range(n):
        eta = _predictor(theta, n_cuts, columns, su, v, i)
        _averaged(family, y[i], eta, spread[i], r, cut, one, part)
        # The AR(1): v_i pulls on its neighbours.
        keep = 1.0
        pull_v = -v[i]
        link = 0.0
        if i > 0:
            fresh = 1.0 - memory[i] * memory[i]
            keep = 1.0 / fresh
            pull_v = -(v[i] - memory[i] * v[i - 1]) / fresh
            link = -memory[i] / fresh
        if i + 1 < n:
            fresh = 1.0 - memory[i + 1] * memory[i + 1]
            keep += memory[i + 1] * memory[i + 1] / fresh
            pull_v += memory[i + 1] * (v[i + 1] - memory[i + 1] * v[i]) / fresh
        # Cross information of v_i with theta, and the information of theta itself.
        for j in range(n_cuts):
            slope[j] = 0.0
        if n_cuts > 0:
            at = int(y[i])
            if at > 0:
                cut_work[at - 1, k] += one[2]
                cut_work[at - 1, at - 1] += one[6]
                for j in range(p):
                    cut_work[n_cuts + at - 1, j] += one[4] * columns[i, j]
                for j in range(at):
                    slope[j] += one[4] * cut_slope[at - 1, j]
            if at < n_cuts:
                cut_work[at, k] += one[3]
                cut_work[at, at] += one[7]
                for j in range(p):
                    cut_work[n_cuts + at, j] += one[5] * columns[i, j]
                for j in range(at + 1):
                    slope[j] += one[5] * cut_slope[at, j]
            if 0 < at < n_cuts:
                cut_work[at, at - 1] += one[8]
                cut_work[at - 1, at] += one[8]
        for j in range(p):
            weighted = one[1] * columns[i, j]
            slope[n_cuts + j] = weighted
            gradient[n_cuts + j] += one[0] * columns[i, j]
            for m in range(j + 1):
                factor[n_cuts + j, n_cuts + m] += weighted * columns[i, m]
        # Eliminate v_i.
        diagonal[i] = keep + su * su * one[1]
        for j in range(k):
            border[i, j] = su * slope[j]
        border[i, k] = pull_v + su * one[0]
        if i > 0:
            lower[i] = link / diagonal[i - 1]
            diagonal[i] -= lower[i] * link
            for j in range(k + 1):
                border[i, j] -= lower[i] * border[i - 1, j]
        inverse = 1.0 / diagonal[i]
        for j in range(k):
            scaled = border[i, j] * inverse
            gradient[j] -= scaled * border[i, k]
            for m in range(j + 1):
                factor[j, m] -= scaled * border[i, m]
    for a in range(n_cuts):
        # From the cutpoints to their coordinates.
        # A cutpoint bends in its coordinates: with m the tail over the density at it, and the rate
        # at which a log tail falls h, its second derivatives follow from dm/dc = c m - 1.
        push = cut_work[a, k]
        bend = _hazard(cut[a]) - cut[a]
        for j in range(a + 1):
            gradient[j] += cut_slope[a, j] * push
            factor[j, j] -= push * cut_slope[a, j] * (_hazard(theta[j]) - theta[j])
            for m in range(j + 1):
                factor[j, m] += push * bend * cut_slope[a, j] * cut_slope[a, m]
            for m in range(p):
                factor[n_cuts + m, j] += cut_slope[a, j] * cut_work[n_cuts + a, m]
        for b in range(n_cuts):
            for j in range(a + 1):
                for m in range(min(b, j) + 1):
                    factor[j, m] += cut_slope[a, j] * cut_work[a, b] * cut_slope[b, m]
    _cholesky(factor, n_cuts)


def _cholesky(factor: FloatArray, n_cuts: int) -> None:
    """Replace a symmetric matrix, given by its lower triangle, by its Cholesky factor.

    Far from the mode the coordinates of cutpoints may bend the wrong way: there a pivot is kept at
    `LEAST_PIVOT`, which shortens no step that the prior, of precision 1, would not shorten anyway.
    What is then too large beside it would turn the pivots of the other columns negative; they are
    kept likewise. Where nothing bends the wrong way, no pivot is that small.
    """
    for j in range(factor.shape[0]):
        for i in range(j + 1):
            value = factor[j, i]
            for m in range(i):
                value -= factor[j, m] * factor[i, m]
            if i < j:
                factor[j, i] = value / factor[i, i]
            else:
                least = LEAST_PIVOT if j < n_cuts else LEAST_PIVOT_OF_COLUMN
                factor[j, j] = math.sqrt(max(value, least))


def _step(
    lower: FloatArray,
    diagonal: FloatArray,
    border: FloatArray,
    gradient: FloatArray,
    factor: FloatArray,
    move: FloatArray,
    drift: FloatArray,
) -> float:
    """Newton's step in theta (`move`) and in v (`drift`); the gain it promises, twice over."""
    n = diagonal.shape[0]
    k = gradient.shape[0]
    promised = 0.0
    for j in range(k):
        value = gradient[j]
        for m in range(j):
            value -= factor[j, m] * move[m]
        move[j] = value / factor[j, j]
        promised += move[j] * move[j]
    _back(factor, move)
    for back in range(n):
        i = n - 1 - back
        value = border[i, k]
        promised += value * value / diagonal[i]
        for j in range(k):
            value -= border[i, j] * move[j]
        drift[i] = value / diagonal[i]
        if i + 1 < n:
            drift[i] -= lower[i + 1] * drift[i + 1]
    return promised


def _back(factor: FloatArray, move: FloatArray) -> None:
    """Solve factor' x = move in place."""
    k = move.shape[0]
    for back in range(k):
        j = k - 1 - back
        value = move[j]
        for m in range(j + 1, k):
            value -= factor[m, j] * move[m]
        move[j] = value / factor[j, j]


def _settle(
    family: int,
    y: FloatArray,
    columns: FloatArray,
    memory: FloatArray,
    su: float,
    r: float,
    prior_precision: FloatArray,
    prior_mean: FloatArray,
    theta: FloatArray,
    v: FloatArray,
    spread: FloatArray,
    cut: FloatArray,
    cut_slope: FloatArray,
    diagonal: FloatArray,
    lower: FloatArray,
    border: FloatArray,
    gradient: FloatArray,
    factor: FloatArray,
    cut_work: FloatArray,
    move: FloatArray,
    drift: FloatArray,
    trial: FloatArray,
    trial_v: FloatArray,
) -> None:
    """Newton's method from (theta, v) to near the top, for spreads as they are.

    It ends with the normal picture around the place where it arrived, and with the last small step
    taken: the centre of the normal.
    """
    for turn in range(MOST_STEPS):
        _linearise(
            family,
            y,
            columns,
            memory,
            su,
            r,
            prior_precision,
            prior_mean,
            theta,
            v,
            spread,
            cut,
            cut_slope,
            diagonal,
            lower,
            border,
            gradient,
            factor,
            cut_work,
        )
        promised = _step(lower, diagonal, border, gradient, factor, move, drift)
        share = 1.0
        if promised > BOLD or turn >= FREE_STEPS:
            before = _log_joint(
                family,
                y,
                columns,
                memory,
                su,
                r,
                prior_precision,
                prior_mean,
                theta,
                v,
                spread,
                cut,
            )
            for _halving in range(HALVINGS):
                for j in range(theta.shape[0]):
                    trial[j] = theta[j] + share * move[j]
                for i in range(v.shape[0]):
                    trial_v[i] = v[i] + share * drift[i]
                cutpoints(trial, cut.shape[0], cut, cut_slope)
                after = _log_joint(
                    family,
                    y,
                    columns,
                    memory,
                    su,
                    r,
                    prior_precision,
                    prior_mean,
                    trial,
                    trial_v,
                    spread,
                    cut,
                )
                if after > before:
                    break
                share *= 0.5
        for j in range(theta.shape[0]):
            theta[j] += share * move[j]
        for i in range(v.shape[0]):
            v[i] += share * drift[i]
        if promised < SETTLED:
            return


def _spreads(
    columns: FloatArray,
    su: float,
    n_cuts: int,
    lower: FloatArray,
    diagonal: FloatArray,
    border: FloatArray,
    factor: FloatArray,
    back: FloatArray,
    move: FloatArray,
    spread: FloatArray,
) -> None:
    """Standard deviation of every predictor under the normal picture; `back` is scratch, (k,)."""
    n = diagonal.shape[0]
    k = factor.shape[0]
    own = 0.0
    for j in range(k):
        back[j] = 0.0
    for turn in range(n):
        i = n - 1 - turn
        link = lower[i + 1] if i + 1 < n else 0.0
        own = 1.0 / diagonal[i] + link * link * own
        square = su * su * own
        for j in range(k):
            back[j] = border[i, j] / diagonal[i] - link * back[j]
            value = -su * back[j]
            if j >= n_cuts:
                value += columns[i, j - n_cuts]
            for m in range(j):
                value -= factor[j, m] * move[m]
            move[j] = value / factor[j, j]
            square += move[j] * move[j]
        spread[i] = math.sqrt(square)


def sweep(
    points: FloatArray,
    family: int,
    y: FloatArray,
    day: IntArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    n_levels: int,
    n_cuts: int,
    prior_precision: FloatArray,
    prior_mean: FloatArray,
    normal: FloatArray,
    theta: FloatArray,
    v: FloatArray,
    spread: FloatArray,
    total: FloatArray,
    log_weight: FloatArray,
    coefficient: FloatArray,
    effect: FloatArray,
) -> None:
    """Visit grid points one after another; at each find the mode, draw, and weigh the draws.

    Parameters
    ----------
    points
        (G, 5) phi, su, tau_on, tau_off, r.
    family
        `BINARY`, `ORDINAL` or `COUNT`.
    y, day
        (n,) answers of the recorded days in steps from the least, and their places in `switch`.
    given
        (n, p) columns on the recorded days: level (not for `ORDINAL`), trend, events.
    switch, start
        (T, q) and (q,) as for the Gaussian kernel; the last `n_levels` columns are levels.
    n_levels, n_cuts
        K, and steps less one for `ORDINAL`, else 0.
    prior_precision, prior_mean
        (k, k) and (k,) of theta, k = n_cuts + p + q.
    normal
        (G, PAIRS, k + n) standard normal numbers.
    theta, v
        (k,) and (n,) where the search for the mode begins; the last mode when it ends.
    total
        (G,) receives the log likelihood, theta and v integrated out; a constant is left out.
    log_weight
        (G, DRAWS) receives the log weight of each draw, of which `total` is the log mean.
    coefficient
        (G, DRAWS, k) receives the drawn theta.
    effect
        (G, DRAWS, k - n_cuts + 1) receives in steps: the mean answer with no level acting, then the
        mean difference made by each column (0 for the level of the person, where there is one).
    """
    n = y.shape[0]
    p = given.shape[1]
    q = switch.shape[1]
    k = n_cuts + p + q
    columns = np.empty((n, p + q))
    memory = np.empty(n)
    cut = np.empty(n_cuts)
    cut_slope = np.zeros((n_cuts, n_cuts))
    diagonal = np.empty(n)
    lower = np.zeros(n)
    border = np.empty((n, k + 1))
    gradient = np.empty(k)
    factor = np.empty((k, k))
    cut_work = np.empty((2 * n_cuts + 1, k + 1))
    move = np.empty(k)
    drift = np.empty(n)
    trial = np.empty(k)
    trial_v = np.empty(n)
    back = np.empty(k)
    exactly = np.zeros(n)
    for i in range(n):
        for j in range(p):
            columns[i, j] = given[i, j]
    for g in range(points.shape[0]):
        phi, su, r = points[g, 0], points[g, 1], points[g, 4]
        _exposures(switch, start, day, points[g, 2], points[g, 3], p, columns)
        memory[0] = 0.0
        for i in range(1, n):
            memory[i] = phi ** float(day[i] - day[i - 1])
        constant = 0.0
        if family == COUNT:
            for i in range(n):
                constant += math.lgamma(y[i] + r) - math.lgamma(r) + r * math.log(r)
        for turn in range(ROUNDS + 1):
            _settle(
                family,
                y,
                columns,
                memory,
                su,
                r,
                prior_precision,
                prior_mean,
                theta,
                v,
                spread,
                cut,
                cut_slope,
                diagonal,
                lower,
                border,
                gradient,
                factor,
                cut_work,
                move,
                drift,
                trial,
                trial_v,
            )
            if turn < ROUNDS:
                _spreads(columns, su, n_cuts, lower, diagonal, border, factor, back, move, spread)
        half_log_det = 0.0
        for j in range(k):
            half_log_det += math.log(factor[j, j])
        for i in range(n):
            half_log_det += 0.5 * math.log(diagonal[i])
        best = -math.inf
        for draw in range(DRAWS):
            pair = draw // 2
            sign = 1.0 if draw % 2 == 0 else -1.0
            width = WIDE if pair == PAIRS - 1 else 1.0
            square = 0.0
            for j in range(k):
                z = sign * width * normal[g, pair, j]
                square += z * z
                move[j] = z
            log_proposal = math.log(
                (PAIRS - 1.0) / PAIRS * math.exp(-0.5 * square)
                + math.exp(-0.5 * square / (WIDE * WIDE) - k * math.log(WIDE)) / PAIRS
                + 1e-300
            )
            _back(factor, move)
            for j in range(k):
                trial[j] = theta[j] + move[j]
            for turn in range(n):
                i = n - 1 - turn
                z = sign * normal[g, pair, k + i]
                log_proposal -= 0.5 * z * z
                value = 0.0
                for j in range(k):
                    value -= border[i, j] * move[j]
                drift[i] = value / diagonal[i] + z / math.sqrt(diagonal[i])
                if i + 1 < n:
                    drift[i] -= lower[i + 1] * drift[i + 1]
                trial_v[i] = v[i] + drift[i]
            cutpoints(trial, n_cuts, cut, cut_slope)
            reached = _log_joint(
                family,
                y,
                columns,
                memory,
                su,
                r,
                prior_precision,
                prior_mean,
                trial,
                trial_v,
                exactly,
                cut,
            )
            log_weight[g, draw] = constant + reached - half_log_det - log_proposal
            best = max(best, log_weight[g, draw])
            for j in range(k):
                coefficient[g, draw, j] = trial[j]
            _effects(family, columns, su, trial, trial_v, cut, p, n_levels, n_cuts, effect[g, draw])
        mass = 0.0
        for draw in range(DRAWS):
            mass += math.exp(log_weight[g, draw] - best)
        total[g] = best + math.log(mass / DRAWS)


def _effects(
    family: int,
    columns: FloatArray,
    su: float,
    theta: FloatArray,
    v: FloatArray,
    cut: FloatArray,
    p: int,
    n_levels: int,
    n_cuts: int,
    effect: FloatArray,
) -> None:
    """Mean differences over the recorded days, every other term and the wandering as drawn."""
    n = columns.shape[0]
    width = columns.shape[1]
    first_level = width - n_levels
    # Columns before this one are the level of the person, present unless there are cutpoints.
    trend = 0 if n_cuts > 0 else 1
    for j in range(width + 1):
        effect[j] = 0.0
    for i in range(n):
        full = _predictor(theta, n_cuts, columns, su, v, i)
        base = full
        for j in range(first_level, width):
            base -= columns[i, j] * theta[n_cuts + j]
        without = _expected(family, base, cut)
        effect[0] += without / n
        for j in range(first_level, width):
            at = _expected(family, base + theta[n_cuts + j], cut)
            effect[1 + j] += (at - without) / n
        for j in range(trend, first_level):
            b = theta[n_cuts + j]
            # The pill is asked for with no level acting; trend and events on the day as it was.
            rest = (base if j >= p else full) - columns[i, j] * b
            low = -0.5 if j == trend else 0.0
            up = _expected(family, rest + (1.0 + low) * b, cut)
            effect[1 + j] += (up - _expected(family, rest + low * b, cut)) / n


@cache
def compiled() -> Callable[..., None]:
    """`sweep` as machine code, kept on disk between runs; the first call on a machine compiles."""
    from numba import njit
    from numba.extending import register_jitable

    for part in (
        _tail,
        _quantile,
        _hazard,
        cutpoints,
        _between,
        _log_density,
        _expected,
        _slopes,
        _averaged,
        _averaged_density,
        _predictor,
        _log_joint,
        _exposures,
        _cholesky,
        _back,
        _linearise,
        _step,
        _settle,
        _spreads,
        _effects,
    ):
        register_jitable(part)
    engine: Callable[..., None] = njit(cache=True, nogil=True)(sweep)
    return engine

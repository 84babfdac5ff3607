"""The heart: one diary at some grid points, in the subset of Python that Numba compiles.

Every function here is a loop over numbers in arrays that the caller hands in. Run plain, it is
the slow reference; `compiled()` and `compiled_bulk()` turn the very same text into machine code for
the processor, `cuda.py` into code for a graphics card. Nothing below knows about doses,
plans or arms: it sees a series of numbers, columns that are given, and columns that drift toward a
switch (`docs/explanation/the-model.md`).

The last axis of a working array is the **lanes**: grid points side by side. The innermost loops run
over lanes and do the same to each, so the compiler can use vector instructions; a thread of a
graphics card has one lane (`docs/adr/0007`). Numbers keep the type of the arrays: a constant is
made in that type (`one`), because a bare 1.0 would turn single precision into double.

Units: scores are measured from the middle of the scale in widths of the scale, time in days.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BULK_NODES",
    "LANES",
    "NODES",
    "PARTS",
    "SUMS",
    "TEXT",
    "UNVISITED",
    "WORK",
    "FloatArray",
    "IntArray",
    "begin",
    "compiled",
    "compiled_bulk",
    "conclude",
    "merge",
    "nodes_at",
    "summarise",
    "sweep",
    "sweep_trials",
    "take_up",
    "whiten",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Grid points side by side in `sweep`: four vectors of eight, and the working set of ten columns
# still fits the first cache.
LANES = 32

# Room for the nodes of the quadrature over log sigma at one grid point. The walk needs about 9; it
# stops far earlier than this unless the diary is pathological.
NODES = 48

# Spacing of the nodes in standard deviations of log sigma. The trapezoid rule on a smooth bell
# errs by about 2 exp(-2 pi^2 / h^2): 7e-6 at 1.25 (Trefethen and Weideman, SIAM Review 56, 2014).
NODE_SPACING = 1.25

# Nodes whose log weight lies this far below the largest are not needed: exp(-10) = 5e-5 of the
# peak, beyond 4.4 standard deviations, about 1e-5 of the mass.
NODE_DEPTH = 10.0

# In bulk every grid point has this many nodes, at the same places around its middle: from 6
# spacings below to 9 above, because the likelihood of sigma has its long tail on the right.
BULK_NODES = 16
BULK_BELOW = 6

# Log weight of a node that was not visited. Finite, because fast mathematics on a graphics card
# knows no infinity.
UNVISITED = -1e30

# The logarithm of 2 pi, of the normal's density.
LOG_TWO_PI = math.log(2.0 * math.pi)

# How many factors, a power of two of them, are multiplied before one logarithm is taken of their
# product. An innovation
# variance lies between 0.01 and 1.02, a diagonal of the factorised precision below 1e7: sixteen and
# four of them stay inside single precision.
FOLDED_DAYS = 16
FOLDED_COLUMNS = 4

# What `summarise` says of one grid point, and `conclude` of a trial: log weight (of a trial: the
# effective number of points), mean, mean square (of a trial: standard deviation), and the shares
# below each of three places.
PARTS = 6
# What `merge` keeps of some grid points of a trial.
SUMS = PARTS + 2

# Rows of the scratch `work`, one number a lane.
(
    _ON,
    _OFF,
    _VARIANCE,
    _REFRESH,
    _PRECISION,
    _LEFT,
    _WEIGHTED,
    _FOLD,
    _LOG_DET,
    _LOG_POST,
    _COUNT,
    _CENTRE,
    _STEP,
    _CONSTANT,
    _AT,
    _INVERSE,
    _RATIO,
    _WEIGHT,
    _BEST,
    _WALKS,
    _MEMORY,
    _AWAY,
    _FADE,
) = range(23)
WORK = 23


def whiten(
    y: FloatArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    place: FloatArray,
    mean: FloatArray,
    row: FloatArray,
    work: FloatArray,
    gram: FloatArray,
) -> None:
    """Run the scalar Kalman filter once over the days and collect the whitened cross-products.

    The noise is an AR(1) drift plus white scatter with total variance 1 (the model's u_t + e_t at
    sigma = 1). Filtering is linear, so one gain serves every column: each column is replaced by its
    innovations, whose cross-products are those of the generalised least squares problem
    (Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989, section 3.4).

    Parameters
    ----------
    y
        (T,) scores; NaN on a day without a value. Time passes on such a day, nothing else.
    given
        (T, p) columns known in advance: level, trend, events.
    switch
        (T, q) 1 on days on which the column's switch is on, else 0. Exposure follows it by
        x_t = x_{t-1} + (1 - exp(-1/tau)) (d_t - x_{t-1}).
    start
        (q,) exposure before the first day.
    place
        (4, L) the grid points: phi, day-to-day memory of the drift; w, the white share of the
        variance; tau_on and tau_off, days to 63% of the way on days with the switch on and off.
    mean, row, work
        Scratch, (q + p + q + 1, L), (p + q + 1, L) and (WORK, L). Rows of `work` receive the number
        of values and the sum of the logarithms of the innovation variances (half of it enters the
        log likelihood).
    gram
        (p + q + 1, p + q + 1, L) receives the sums of products of innovations; the last row and
        column belong to y. Only the lower triangle is written.
    """
    # Sizes come from the scratch: on a graphics card it has a size that the compiler knows.
    days = y.shape[0]
    k, lanes = gram.shape[0] - 1, gram.shape[2]
    q = mean.shape[0] - k - 1
    p = k - q
    one = place.dtype.type(1)
    half = one / (one + one)
    for lane in range(lanes):
        work[_OFF, lane] = math.exp(-one / place[3, lane])
        work[_ON, lane] = math.exp(-one / place[2, lane])
        slow = one - place[1, lane]
        work[_VARIANCE, lane] = slow
        memory = place[0, lane] * place[0, lane]
        work[_MEMORY, lane] = memory
        work[_REFRESH, lane] = slow - memory * slow
        work[_FADE, lane] = one
        work[_FOLD, lane] = one
        work[_LOG_DET, lane] = 0
    for j in range(k + 1):
        for lane in range(lanes):
            mean[j, lane] = 0
        for i in range(j + 1):
            for lane in range(lanes):
                gram[j, i, lane] = 0
    for j in range(q):
        for lane in range(lanes):
            mean[k + 1 + j, lane] = start[j]
    seen = 0
    for t in range(days):
        for j in range(q):
            if switch[t, j] > half:
                for lane in range(lanes):
                    left = work[_ON, lane] * mean[k + 1 + j, lane]
                    mean[k + 1 + j, lane] = left + (one - work[_ON, lane])
            else:
                for lane in range(lanes):
                    mean[k + 1 + j, lane] *= work[_OFF, lane]
        if not math.isnan(y[t]):
            seen += 1
            for lane in range(lanes):
                total = work[_VARIANCE, lane] + place[1, lane]
                work[_PRECISION, lane] = one / total
                # A mean moves toward the value by the gain, variance / total: this much is left.
                work[_LEFT, lane] = place[1, lane] * work[_PRECISION, lane]
                work[_FOLD, lane] *= total
                work[_VARIANCE, lane] *= work[_LEFT, lane]
            for j in range(p):
                _innovate(given[t, j], j, mean, row, work)
            for j in range(q):
                for lane in range(lanes):
                    exposure = mean[k + 1 + j, lane]
                    row[p + j, lane] = exposure - work[_FADE, lane] * mean[p + j, lane]
                    mean[p + j, lane] = exposure - work[_LEFT, lane] * row[p + j, lane]
            _innovate(y[t], k, mean, row, work)
            for j in range(k + 1):
                for lane in range(lanes):
                    work[_WEIGHTED, lane] = work[_PRECISION, lane] * row[j, lane]
                for i in range(j + 1):
                    for lane in range(lanes):
                        gram[j, i, lane] += work[_WEIGHTED, lane] * row[i, lane]
            if seen & (FOLDED_DAYS - 1) == 0:
                for lane in range(lanes):
                    work[_LOG_DET, lane] += math.log(work[_FOLD, lane])
                    work[_FOLD, lane] = one
            for lane in range(lanes):
                work[_FADE, lane] = place[0, lane]
        else:
            for lane in range(lanes):
                work[_FADE, lane] *= place[0, lane]
        for lane in range(lanes):
            faded = work[_MEMORY, lane] * work[_VARIANCE, lane]
            work[_VARIANCE, lane] = faded + work[_REFRESH, lane]
    for lane in range(lanes):
        work[_LOG_DET, lane] += math.log(work[_FOLD, lane])
        work[_COUNT, lane] = seen


def _innovate(value: float, j: int, mean: FloatArray, row: FloatArray, work: FloatArray) -> None:
    """The innovation of a column whose value is the same in every lane, and its new mean.

    `mean` stands where the last seen day left it; what has faded since is in `work[_FADE]`.
    """
    for lane in range(work.shape[1]):
        row[j, lane] = value - work[_FADE, lane] * mean[j, lane]
        mean[j, lane] = value - work[_LEFT, lane] * row[j, lane]


def sweep(
    points: FloatArray,
    y: FloatArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    prior: FloatArray,
    log_sigma_prior: FloatArray,
    total: FloatArray,
    point: IntArray,
    weight: FloatArray,
    log_sigma: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    joint: FloatArray,
) -> int:
    """Visit grid points, some lanes at a time, and write down their nodes, one below the other.

    At each point the trapezoid rule on log sigma walks out from the middle until nothing is left to
    add; each of its nodes is one component of the mixture.

    Parameters
    ----------
    points
        (G, 4) phi, w, tau_on, tau_off.
    y, given, switch, start
        As for `whiten`.
    prior, log_sigma_prior
        As for `begin`.
    total
        (G,) receives the log likelihood at each point, coefficients and sigma integrated out.
    point, weight, log_sigma, mean
        (G NODES,), (G NODES,), (G NODES,), (G NODES, k) receive the nodes: the row of the grid
        point each belongs to, log weight, log sigma and mean of the coefficients.
    variance
        (G NODES, k) receives the variances of the coefficients.
    joint
        (G NODES, q, q) receives the covariances among the switched columns.

    Returns
    -------
    int
        How many rows were written.
    """
    p, q = given.shape[1], switch.shape[1]
    k = p + q
    lanes = min(LANES, points.shape[0])
    place = np.empty((4, lanes))
    state = np.empty((k + 1 + q, lanes))
    row = np.empty((k + 1, lanes))
    work = np.empty((WORK, lanes))
    gram = np.empty((k + 1, k + 1, lanes))
    factor = np.empty((k + 1, k + 1, lanes))
    inverse = np.empty((k, k, lanes))
    cov = np.empty((k, k, lanes))
    shift = np.empty((k, lanes))
    filled = np.empty(lanes, dtype=np.int64)
    node_weight = np.empty((NODES, lanes))
    node_sigma = np.empty((NODES, lanes))
    node_mean = np.empty((NODES, k, lanes))
    node_cov = np.empty((NODES, k, k, lanes))
    count = 0
    for first in range(0, points.shape[0], lanes):
        for lane in range(lanes):
            # The last lanes of an uneven rest repeat the last point, and are not written down.
            g = min(first + lane, points.shape[0] - 1)
            for part in range(4):
                place[part, lane] = points[g, part]
        begin(
            y, given, switch, start, place, prior, log_sigma_prior, state, row, work, gram, factor
        )
        _walk(
            gram,
            prior,
            log_sigma_prior,
            work,
            factor,
            inverse,
            cov,
            shift,
            filled,
            node_weight,
            node_sigma,
            node_mean,
            node_cov,
        )
        for lane in range(min(lanes, points.shape[0] - first)):
            best = -math.inf
            for node in range(filled[lane]):
                best = max(best, node_weight[node, lane])
            mass = 0.0
            for node in range(filled[lane]):
                mass += math.exp(node_weight[node, lane] - best)
                point[count] = first + lane
                weight[count] = node_weight[node, lane]
                log_sigma[count] = node_sigma[node, lane]
                for j in range(k):
                    mean[count, j] = node_mean[node, j, lane]
                    variance[count, j] = node_cov[node, j, j, lane]
                for j in range(q):
                    for i in range(j + 1):
                        joint[count, j, i] = node_cov[node, p + j, p + i, lane]
                        joint[count, i, j] = node_cov[node, p + j, p + i, lane]
                count += 1
            total[first + lane] = best + math.log(mass)
    return count


def _walk(
    gram: FloatArray,
    prior: FloatArray,
    log_sigma_prior: FloatArray,
    work: FloatArray,
    factor: FloatArray,
    inverse: FloatArray,
    cov: FloatArray,
    shift: FloatArray,
    filled: IntArray,
    node_weight: FloatArray,
    node_sigma: FloatArray,
    node_mean: FloatArray,
    node_cov: FloatArray,
) -> None:
    """Walk over log sigma from the middle up, then down, each lane until it has seen enough.

    `work[_BEST]` holds each lane's largest log weight; a lane that has ended keeps step with the
    others, but what it finds is not written down.
    """
    k, lanes = shift.shape
    for lane in range(lanes):
        filled[lane] = 0
        work[_BEST, lane] = -math.inf
    for direction in range(2):
        for lane in range(lanes):
            work[_WALKS, lane] = 1.0
        for move in range(NODES // 2):
            away = float(move) if direction == 0 else -float(move + 1)
            for lane in range(lanes):
                work[_AT, lane] = work[_CENTRE, lane] + away * work[_STEP, lane]
                work[_INVERSE, lane] = math.exp(-2.0 * work[_AT, lane])
            _weigh(gram, prior, log_sigma_prior, work, factor)
            _solve_back(factor, shift)
            _covariance(factor, inverse, cov)
            still = 0
            for lane in range(lanes):
                if work[_WALKS, lane] < 0.5:
                    continue
                still += 1
                node = filled[lane]
                filled[lane] = node + 1
                weight = work[_WEIGHT, lane]
                node_weight[node, lane] = weight
                node_sigma[node, lane] = work[_AT, lane]
                for j in range(k):
                    node_mean[node, j, lane] = shift[j, lane]
                    for i in range(j + 1):
                        node_cov[node, j, i, lane] = cov[j, i, lane]
                if weight > work[_BEST, lane]:
                    work[_BEST, lane] = weight
                elif weight < work[_BEST, lane] - NODE_DEPTH:
                    work[_WALKS, lane] = 0.0
            if still == 0:
                break


def begin(
    y: FloatArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    place: FloatArray,
    prior: FloatArray,
    log_sigma_prior: FloatArray,
    mean: FloatArray,
    row: FloatArray,
    work: FloatArray,
    gram: FloatArray,
    factor: FloatArray,
) -> None:
    """Whiten the days and find the middle of log sigma, where the quadrature begins.

    Parameters
    ----------
    y, given, switch, start, place, mean, row, gram
        As for `whiten`.
    prior
        (k + 1, k + 1) precision of the coefficients, k = p + q, given columns first, bordered by
        precision times mean; the corner holds mean times precision times mean.
    log_sigma_prior
        (2,) mean and standard deviation of log sigma.
    work
        Scratch (WORK, L); receives the middle, the step and the constant of every node's weight
        (half the log determinant of the precision, the same at every grid point, is left out).
    factor
        Scratch, (k + 1, k + 1, L).
    """
    k, lanes = factor.shape[0] - 1, factor.shape[2]
    one = work.dtype.type(1)
    two = one + one
    half = one / two
    circle, spacing = work.dtype.type(LOG_TWO_PI), work.dtype.type(NODE_SPACING)
    middle, spread = log_sigma_prior[0], log_sigma_prior[1]
    assumed, doubt = math.exp(two * middle), one / (spread * spread)
    whiten(y, given, switch, start, place, mean, row, work, gram)
    for lane in range(lanes):
        work[_STEP, lane] = spacing / math.sqrt(two * work[_COUNT, lane] + doubt)
        work[_INVERSE, lane] = one / assumed
    # The size of what a fit leaves over, first at the middle of the prior, then at what it gave.
    for _ in range(2):
        _factorise(gram, prior, work, factor)
        for lane in range(lanes):
            left = factor[k, k, lane] / work[_INVERSE, lane]
            square = (left + assumed) / (work[_COUNT, lane] + one)
            work[_CENTRE, lane] = half * math.log(square)
            work[_INVERSE, lane] = one / square
    for lane in range(lanes):
        constant = math.log(work[_STEP, lane] / spread) - half * work[_LOG_DET, lane]
        work[_CONSTANT, lane] = constant - half * (work[_COUNT, lane] + one) * circle


def _weigh(
    gram: FloatArray,
    prior: FloatArray,
    log_sigma_prior: FloatArray,
    work: FloatArray,
    factor: FloatArray,
) -> None:
    """Factorise at `work[_AT]`, whose exp(-2 at) stands in `work[_INVERSE]`; weigh the node.

    `work[_WEIGHT]` receives log likelihood plus log prior of log sigma plus log of the step.
    """
    k = factor.shape[0] - 1
    one = work.dtype.type(1)
    half = one / (one + one)
    middle, spread = log_sigma_prior[0], log_sigma_prior[1]
    _factorise(gram, prior, work, factor)
    for lane in range(work.shape[1]):
        z = (work[_AT, lane] - middle) / spread
        fit = z * z + factor[k, k, lane] + work[_LOG_POST, lane]
        scale = work[_COUNT, lane] * work[_AT, lane]
        work[_WEIGHT, lane] = work[_CONSTANT, lane] - half * fit - scale


def _factorise(gram: FloatArray, prior: FloatArray, work: FloatArray, factor: FloatArray) -> None:
    """Cholesky factor of prior plus data over sigma squared, bordered by the scores.

    Row k of the factor is the solution of the forward pass, its corner the misfit: the exponent of
    data and prior at the posterior mean. The diagonal holds reciprocals. `work[_LOG_POST]` receives
    the log determinant of the posterior precision.
    """
    k, lanes = factor.shape[0] - 1, factor.shape[2]
    one = work.dtype.type(1)
    for lane in range(lanes):
        work[_FOLD, lane] = 1
        work[_LOG_POST, lane] = 0
    for j in range(k + 1):
        for i in range(j + 1):
            assumed = prior[j, i]
            for lane in range(lanes):
                factor[j, i, lane] = assumed + gram[j, i, lane] * work[_INVERSE, lane]
            for m in range(i):
                for lane in range(lanes):
                    factor[j, i, lane] -= factor[j, m, lane] * factor[i, m, lane]
            if i < j:
                for lane in range(lanes):
                    factor[j, i, lane] *= factor[i, i, lane]
        if j < k:
            for lane in range(lanes):
                work[_FOLD, lane] *= factor[j, j, lane]
                factor[j, j, lane] = one / math.sqrt(factor[j, j, lane])
            if j % FOLDED_COLUMNS == FOLDED_COLUMNS - 1 or j == k - 1:
                for lane in range(lanes):
                    work[_LOG_POST, lane] += math.log(work[_FOLD, lane])
                    work[_FOLD, lane] = 1


def _solve_back(factor: FloatArray, shift: FloatArray) -> None:
    """Posterior mean of the coefficients into `shift`, (k, L)."""
    k, lanes = shift.shape
    for back in range(k):
        j = k - 1 - back
        for lane in range(lanes):
            shift[j, lane] = factor[k, j, lane]
        for i in range(j + 1, k):
            for lane in range(lanes):
                shift[j, lane] -= factor[i, j, lane] * shift[i, lane]
        for lane in range(lanes):
            shift[j, lane] *= factor[j, j, lane]


def _covariance(factor: FloatArray, inverse: FloatArray, cov: FloatArray) -> None:
    """Lower triangle of the covariance, (k, k, L), through the inverse of the factor."""
    k, lanes = cov.shape[0], cov.shape[2]
    for j in range(k):
        for lane in range(lanes):
            inverse[j, j, lane] = factor[j, j, lane]
        for i in range(j + 1, k):
            for lane in range(lanes):
                inverse[i, j, lane] = -factor[i, j, lane] * inverse[j, j, lane]
            for m in range(j + 1, i):
                for lane in range(lanes):
                    inverse[i, j, lane] -= factor[i, m, lane] * inverse[m, j, lane]
            for lane in range(lanes):
                inverse[i, j, lane] *= factor[i, i, lane]
    for j in range(k):
        for i in range(j + 1):
            for lane in range(lanes):
                cov[j, i, lane] = inverse[j, j, lane] * inverse[j, i, lane]
            for m in range(j + 1, k):
                for lane in range(lanes):
                    cov[j, i, lane] += inverse[m, j, lane] * inverse[m, i, lane]


def nodes_at(
    gram: FloatArray,
    prior: FloatArray,
    log_sigma_prior: FloatArray,
    work: FloatArray,
    factor: FloatArray,
    weight: FloatArray,
    mean: FloatArray,
    sd: FloatArray,
) -> None:
    """The bulk quadrature: after `begin`, nodes at fixed steps, and the last coefficient at each.

    The last column's mean and standard deviation can be read off the factor without solving back,
    which is why the bulk route puts the effect that is asked for there.

    Parameters
    ----------
    gram, prior, log_sigma_prior, work, factor
        As `begin` left them.
    weight, mean, sd
        (BULK_NODES, L) receive log weight, mean and standard deviation. Where a side has sunk below
        what counts in every lane, the nodes farther out are not visited: their weight is
        `UNVISITED`. (Along log sigma there is one peak, so nothing rises again.)
    """
    k, lanes = factor.shape[0] - 1, factor.shape[2]
    two, nothing = work.dtype.type(2), work.dtype.type(UNVISITED)
    for node in range(BULK_NODES):
        for lane in range(lanes):
            weight[node, lane] = nothing
    for lane in range(lanes):
        work[_BEST, lane] = nothing
    for direction in range(2):
        is_up = direction == 0
        for lane in range(lanes):
            away = work[_STEP, lane] if is_up else -work[_STEP, lane]
            work[_AT, lane] = work[_CENTRE, lane] if is_up else work[_CENTRE, lane] + away
            work[_INVERSE, lane] = math.exp(-two * work[_AT, lane])
            work[_AWAY, lane] = away
            work[_RATIO, lane] = math.exp(-two * away)
        for move in range(BULK_NODES - BULK_BELOW if is_up else BULK_BELOW):
            node = BULK_BELOW + move if is_up else BULK_BELOW - 1 - move
            _weigh(gram, prior, log_sigma_prior, work, factor)
            for lane in range(lanes):
                root = factor[k - 1, k - 1, lane]
                weight[node, lane] = work[_WEIGHT, lane]
                mean[node, lane] = factor[k, k - 1, lane] * root
                sd[node, lane] = root
                work[_BEST, lane] = max(work[_BEST, lane], work[_WEIGHT, lane])
                work[_AT, lane] += work[_AWAY, lane]
                work[_INVERSE, lane] *= work[_RATIO, lane]
            if _is_nothing(weight[node], work):
                break


def _is_nothing(weight: FloatArray, work: FloatArray) -> bool:
    """Whether a node lies too far below the best, `work[_BEST]`, to count in any lane."""
    least = work.dtype.type(-NODE_DEPTH)
    counting = 0
    for lane in range(work.shape[1]):
        counting += weight[lane] - work[_BEST, lane] > least
    return counting == 0


def summarise(
    weight: FloatArray,
    mean: FloatArray,
    sd: FloatArray,
    edges: FloatArray,
    work: FloatArray,
    parts: FloatArray,
) -> None:
    """Put the nodes of each grid point together.

    Parameters
    ----------
    weight, mean, sd
        (BULK_NODES, L), from `nodes_at`.
    edges
        (3,) places below which the share of the posterior is asked.
    work
        Scratch (WORK, L).
    parts
        (PARTS, L) receives log likelihood with sigma integrated out, mean, mean square and the
        shares below the three edges.
    """
    lanes = weight.shape[1]
    one = weight.dtype.type(1)
    half = one / (one + one)
    # The tail of the normal, error below 7.5e-8: Zelen and Severo, formula 26.2.17 of Abramowitz
    # and Stegun, Handbook of Mathematical Functions, 1964, with 1 / sqrt(2 pi) multiplied in.
    least, nothing = weight.dtype.type(-NODE_DEPTH), weight.dtype.type(0)
    bend = weight.dtype.type(0.2316419)
    c1 = weight.dtype.type(0.127414796)
    c2 = weight.dtype.type(-0.142248368)
    c3 = weight.dtype.type(0.710706871)
    c4 = weight.dtype.type(-0.726576013)
    c5 = weight.dtype.type(0.530702714)
    for lane in range(lanes):
        work[_BEST, lane] = weight[0, lane]
        work[_FOLD, lane] = 0
    for part in range(PARTS):
        for lane in range(lanes):
            parts[part, lane] = 0
    for node in range(1, weight.shape[0]):
        for lane in range(lanes):
            work[_BEST, lane] = max(work[_BEST, lane], weight[node, lane])
    for node in range(weight.shape[0]):
        if _is_nothing(weight[node], work):
            continue
        for lane in range(lanes):
            below = weight[node, lane] - work[_BEST, lane]
            share = _exp(below, one) if below > least else nothing
            square = mean[node, lane] * mean[node, lane] + sd[node, lane] * sd[node, lane]
            work[_WEIGHT, lane] = share
            work[_INVERSE, lane] = one / sd[node, lane]
            work[_FOLD, lane] += share
            parts[1, lane] += share * mean[node, lane]
            parts[2, lane] += share * square
        for edge in range(3):
            place = edges[edge]
            for lane in range(lanes):
                z = (place - mean[node, lane]) * work[_INVERSE, lane]
                far = abs(z)
                t = one / (one + bend * far)
                tail = t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * c5))))
                tail *= _exp(-half * z * z, one)
                parts[3 + edge, lane] += work[_WEIGHT, lane] * (tail if z < far else one - tail)
    for lane in range(lanes):
        parts[0, lane] = work[_BEST, lane] + math.log(work[_FOLD, lane])
    for part in range(1, PARTS):
        for lane in range(lanes):
            parts[part, lane] /= work[_FOLD, lane]


def _exp(x: float, one: float) -> float:
    """Exponential of x, at most 0, by arithmetic alone: a vector loop can hold no library call.

    Six terms of the series at x / 64, then squared six times: the relative error is below 4e-6 down
    to -20; what lies lower counts as -20, which is 2e-9.
    """
    two = one + one
    four = two + two
    t = max(x, -(four * four + four)) / (four * four * four)
    value = one + t / (four + two)
    value = one + t / (four + one) * value
    value = one + t / four * value
    value = one + t / (two + one) * value
    value = one + t / two * value
    value = one + t * value
    value *= value
    value *= value
    value *= value
    value *= value
    value *= value
    value *= value
    return value


def take_up(
    parts: FloatArray, lane: int, log_importance: float, more: FloatArray, sums: FloatArray
) -> None:
    """Add one grid point to the sums of a trial.

    Parameters
    ----------
    parts, lane
        (PARTS, L) from `summarise`, and which of its lanes.
    log_importance
        Of that point.
    more
        Scratch (SUMS,).
    sums
        (SUMS,) of the points so far, as `merge` keeps them.
    """
    more[0] = parts[0, lane] + log_importance
    more[1] = 1
    more[2] = 1
    for part in range(1, PARTS):
        more[part + 2] = parts[part, lane]
    merge(sums, more)


def merge(sums: FloatArray, more: FloatArray) -> None:
    """Add the sums of other grid points of the same trial.

    Parameters
    ----------
    sums, more
        (SUMS,) the largest log weight; then, in weights of which that one is 1, the sum of the
        weights, of their squares, and of the weighted parts. `sums` of no point begin with
        `UNVISITED` and zeros.
    """
    kept: float = sums.dtype.type(1)
    added = kept
    if more[0] > sums[0]:
        kept = math.exp(sums[0] - more[0])
        sums[0] = more[0]
    else:
        added = math.exp(more[0] - sums[0])
    sums[1] = kept * sums[1] + added * more[1]
    sums[2] = kept * kept * sums[2] + added * added * more[2]
    for part in range(3, sums.shape[0]):
        sums[part] = kept * sums[part] + added * more[part]


def conclude(sums: FloatArray, out: FloatArray) -> None:
    """Say what the sums of all grid points of one trial come to.

    Parameters
    ----------
    sums
        (SUMS,), from `merge`.
    out
        (PARTS,) receives the effective number of points (Kish), mean, standard deviation, and the
        shares below the three edges.
    """
    mass = sums[1]
    mean = sums[3] / mass
    out[0] = mass * mass / sums[2]
    out[1] = mean
    out[2] = math.sqrt(max(sums[4] / mass - mean * mean, 0.0))
    for edge in range(3):
        out[3 + edge] = sums[5 + edge] / mass


def sweep_trials(
    points: FloatArray,
    log_importance: FloatArray,
    y: FloatArray,
    which: IntArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    prior: FloatArray,
    log_sigma_prior: FloatArray,
    edges: FloatArray,
    out: FloatArray,
) -> None:
    """Take many trials through the same grid points.

    Parameters
    ----------
    points, log_importance
        (C, 4, L) and (C, L): the shared grid in chunks of lanes, and the log of prior density over
        density of the points.
    y
        (N, T), as for `whiten`, trial by trial.
    which, given, switch
        (N, 2) the row of `given`, (G, T, p), and that of `switch`, (S, T, q), of each trial.
    start, prior, log_sigma_prior, edges
        As for `whiten`, `begin` and `summarise`.
    out
        (N, PARTS), from `conclude`.
    """
    chunks, lanes = log_importance.shape
    k = prior.shape[0] - 1
    q = switch.shape[2]
    state = np.empty((k + 1 + q, lanes), dtype=y.dtype)
    row = np.empty((k + 1, lanes), dtype=y.dtype)
    work = np.empty((WORK, lanes), dtype=y.dtype)
    gram = np.empty((k + 1, k + 1, lanes), dtype=y.dtype)
    factor = np.empty((k + 1, k + 1, lanes), dtype=y.dtype)
    weight = np.empty((BULK_NODES, lanes), dtype=y.dtype)
    mean = np.empty((BULK_NODES, lanes), dtype=y.dtype)
    sd = np.empty((BULK_NODES, lanes), dtype=y.dtype)
    parts = np.empty((PARTS, lanes), dtype=y.dtype)
    sums, more = np.empty(SUMS), np.empty(SUMS)
    for trial in range(y.shape[0]):
        sums[:] = 0.0
        sums[0] = UNVISITED
        for c in range(chunks):
            begin(
                y[trial],
                given[which[trial, 0]],
                switch[which[trial, 1]],
                start,
                points[c],
                prior,
                log_sigma_prior,
                state,
                row,
                work,
                gram,
                factor,
            )
            nodes_at(gram, prior, log_sigma_prior, work, factor, weight, mean, sd)
            summarise(weight, mean, sd, edges, work, parts)
            for lane in range(lanes):
                take_up(parts, lane, log_importance[c, lane], more, sums)
        conclude(sums, out[trial])


# Each after those it calls.
TEXT = (
    _innovate,
    whiten,
    _factorise,
    _weigh,
    begin,
    _solve_back,
    _covariance,
    _walk,
    _is_nothing,
    nodes_at,
    _exp,
    summarise,
    merge,
    take_up,
    conclude,
)


@cache
def compiled() -> Callable[..., int]:
    """`sweep` as machine code, kept on disk between runs; the first call on a machine compiles."""
    engine: Callable[..., int] = _compile(sweep)
    return engine


@cache
def compiled_bulk() -> Callable[..., None]:
    """`sweep_trials` as machine code: single or double precision, as its arrays are."""
    engine: Callable[..., None] = _compile(sweep_trials)
    return engine


def _compile(outermost: Callable[..., Any]) -> Any:
    from numba import njit
    from numba.extending import register_jitable

    for part in TEXT:
        register_jitable(error_model="numpy")(part)
    # NumPy's error model: a division without a test for zero, which no vector loop can hold. No
    # fast mathematics: nothing is reordered, so every lane gets what a single one would.
    return njit(cache=True, nogil=True, error_model="numpy")(outermost)

"""The heart: one diary at one grid point, in the subset of Python that Numba compiles.

Every function here is a pure scalar function over arrays that the caller hands in. Run plain, it is
the slow reference; `compiled()` turns the very same text into machine code. Nothing below knows
about doses, plans or arms: it sees a series of numbers, columns that are given, and columns that
drift toward a switch (`docs/explanation/the-model.md`).

Units: scores are measured from the middle of the scale in widths of the scale, time in days.
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["NODES", "FloatArray", "IntArray", "compiled", "posterior_at", "sweep", "whiten"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Room for the nodes of the quadrature over log sigma at one grid point. The walk needs about 9; it
# stops far earlier than this unless the diary is pathological.
NODES = 48

# Spacing of the nodes in standard deviations of log sigma. The trapezoid rule on a smooth bell
# errs by about 2 exp(-2 pi^2 / h^2): 7e-6 at 1.25 (Trefethen and Weideman, SIAM Review 56, 2014).
NODE_SPACING = 1.25

# Nodes whose log weight lies this far below the largest are not needed: exp(-10) = 5e-5 of the
# peak, beyond 4.4 standard deviations, about 1e-5 of the mass.
NODE_DEPTH = 10.0


def whiten(
    y: FloatArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    phi: float,
    w: float,
    tau_on: float,
    tau_off: float,
    mean: FloatArray,
    row: FloatArray,
    gram: FloatArray,
) -> float:
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
    phi, w
        Day-to-day memory of the drift, and the white share of the variance.
    tau_on, tau_off
        Days to 63% of the way, on days with the switch on and off.
    mean, row
        Scratch, (q + p + q + 1,) and (p + q + 1,).
    gram
        (p + q + 1, p + q + 1) receives the sums of products of innovations; the last row and
        column belong to y. Only the lower triangle is written.

    Returns
    -------
    float
        Sum of the logarithms of the innovation variances (half of it enters the log likelihood).
    """
    days = y.shape[0]
    p = given.shape[1]
    q = switch.shape[1]
    k = p + q
    drift_on = 1.0 - math.exp(-1.0 / tau_on)
    drift_off = 1.0 - math.exp(-1.0 / tau_off)
    for j in range(q):
        mean[k + 1 + j] = start[j]
    for j in range(k + 1):
        mean[j] = 0.0
        for i in range(j + 1):
            gram[j, i] = 0.0
    slow = 1.0 - w
    variance = slow
    log_det = 0.0
    for t in range(days):
        for j in range(q):
            x = mean[k + 1 + j]
            d = switch[t, j]
            rate = drift_on if d > 0.5 else drift_off
            mean[k + 1 + j] = x + rate * (d - x)
        if not math.isnan(y[t]):
            total = variance + w
            gain = variance / total
            log_det += math.log(total)
            precision = 1.0 / total
            for j in range(p):
                row[j] = given[t, j] - mean[j]
            for j in range(q):
                row[p + j] = mean[k + 1 + j] - mean[p + j]
            row[k] = y[t] - mean[k]
            for j in range(k + 1):
                mean[j] += gain * row[j]
                weighted = precision * row[j]
                for i in range(j + 1):
                    gram[j, i] += weighted * row[i]
            variance -= gain * variance
        for j in range(k + 1):
            mean[j] *= phi
        variance = phi * phi * variance + (1.0 - phi * phi) * slow
    return log_det


def posterior_at(
    y: FloatArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    prior_precision: FloatArray,
    prior_mean: FloatArray,
    log_sigma_prior: FloatArray,
    phi: float,
    w: float,
    tau_on: float,
    tau_off: float,
    mean: FloatArray,
    row: FloatArray,
    gram: FloatArray,
    factor: FloatArray,
    shift: FloatArray,
    node_weight: FloatArray,
    node_sigma: FloatArray,
    node_mean: FloatArray,
    node_cov: FloatArray,
) -> int:
    """Integrate the coefficients in closed form and sigma by quadrature, at one grid point.

    Given sigma the coefficients are normal; over sigma the trapezoid rule on log sigma walks out
    from the middle until nothing is left to add. Each node becomes one component of the mixture.

    Parameters
    ----------
    y, given, switch, start, phi, w, tau_on, tau_off, mean, row, gram
        As for `whiten`.
    prior_precision, prior_mean
        (k, k) and (k,) of the coefficients, k = p + q, given columns first.
    log_sigma_prior
        (2,) mean and standard deviation of log sigma.
    factor, shift
        Scratch, (2 k, k) and (2 k,).
    node_weight, node_sigma, node_mean, node_cov
        (N,), (N,), (N, k) and (N, k, k) receive the log weight (log likelihood plus log prior of
        log sigma plus log spacing; half the log determinant of `prior_precision`, the same at every
        grid point, is left out), log sigma, mean and covariance of the coefficients at each node.

    Returns
    -------
    int
        How many nodes were filled; the log weights of the others are left as they were.
    """
    k = prior_mean.shape[0]
    log_det = whiten(y, given, switch, start, phi, w, tau_on, tau_off, mean, row, gram)
    n = 0
    for t in range(y.shape[0]):
        if not math.isnan(y[t]):
            n += 1
    # Where to begin: the residual size of a fit with the prior at its central sigma.
    centre = log_sigma_prior[0]
    spread = log_sigma_prior[1]
    for _ in range(2):
        _solve(gram, prior_precision, prior_mean, math.exp(-2.0 * centre), factor, shift)
        residual = _residual(gram, shift, k)
        centre = 0.5 * math.log((residual + math.exp(2.0 * log_sigma_prior[0])) / (n + 1.0))
    step = NODE_SPACING / math.sqrt(2.0 * n + 1.0 / (spread * spread))

    constant = math.log(step / spread) - 0.5 * (n + 1.0) * math.log(2.0 * math.pi) - 0.5 * log_det

    filled = 0
    best = -math.inf
    for direction in range(2):
        for move in range(NODES // 2):
            if filled >= node_weight.shape[0]:
                break
            at = centre + step * move if direction == 0 else centre - step * (move + 1)
            inverse = math.exp(-2.0 * at)
            log_det_post = _solve(gram, prior_precision, prior_mean, inverse, factor, shift)
            # The exponent: data and prior at the posterior mean, halved.
            misfit = gram[k, k]
            for j in range(k):
                misfit -= gram[k, j] * shift[j]
            misfit *= inverse
            for j in range(k):
                pull = 0.0
                for i in range(k):
                    pull += prior_precision[j, i] * (prior_mean[i] - shift[i])
                misfit += prior_mean[j] * pull
            z = (at - log_sigma_prior[0]) / spread
            weight = constant - 0.5 * (z * z + misfit + log_det_post) - n * at
            node_weight[filled] = weight
            node_sigma[filled] = at
            for j in range(k):
                node_mean[filled, j] = shift[j]
            _covariance(factor, k, node_cov, filled)
            filled += 1
            if weight > best:
                best = weight
            elif weight < best - NODE_DEPTH:
                break
    return filled


def _solve(
    gram: FloatArray,
    prior_precision: FloatArray,
    prior_mean: FloatArray,
    inverse: float,
    factor: FloatArray,
    shift: FloatArray,
) -> float:
    """Posterior mean into `shift`, Cholesky factor into `factor`; the log determinant back."""
    k = prior_mean.shape[0]
    log_det = 0.0
    for j in range(k):
        right = gram[k, j] * inverse
        for i in range(k):
            right += prior_precision[j, i] * prior_mean[i]
        for i in range(j):
            value = prior_precision[j, i] + gram[j, i] * inverse
            for m in range(i):
                value -= factor[j, m] * factor[i, m]
            factor[j, i] = value / factor[i, i]
            right -= factor[j, i] * shift[i]
        value = prior_precision[j, j] + gram[j, j] * inverse
        for m in range(j):
            value -= factor[j, m] * factor[j, m]
        factor[j, j] = math.sqrt(value)
        log_det += math.log(value)
        shift[j] = right / factor[j, j]
    for back in range(k):
        j = k - 1 - back
        value = shift[j]
        for i in range(j + 1, k):
            value -= factor[i, j] * shift[i]
        shift[j] = value / factor[j, j]
    return log_det


def _residual(gram: FloatArray, shift: FloatArray, k: int) -> float:
    """Whitened residual sum of squares at the coefficients `shift`; never below 0."""
    total: float = gram[k, k]
    for j in range(k):
        total -= 2.0 * gram[k, j] * shift[j]
        total += gram[j, j] * shift[j] * shift[j]
        for i in range(j):
            total += 2.0 * gram[j, i] * shift[i] * shift[j]
    return max(total, 0.0)


def _covariance(factor: FloatArray, k: int, cov: FloatArray, node: int) -> None:
    """Covariance from the Cholesky factor of the precision, through the inverse of the factor."""
    # Rows k..2k-1 of the scratch hold the inverse of the lower factor.
    for j in range(k):
        factor[k + j, j] = 1.0 / factor[j, j]
        for i in range(j + 1, k):
            value = 0.0
            for m in range(j, i):
                value -= factor[i, m] * factor[k + m, j]
            factor[k + i, j] = value / factor[i, i]
    for j in range(k):
        for i in range(j + 1):
            value = 0.0
            for m in range(j, k):
                value += factor[k + m, j] * factor[k + m, i]
            cov[node, j, i] = value
            cov[node, i, j] = value


def sweep(
    points: FloatArray,
    y: FloatArray,
    given: FloatArray,
    switch: FloatArray,
    start: FloatArray,
    prior_precision: FloatArray,
    prior_mean: FloatArray,
    log_sigma_prior: FloatArray,
    total: FloatArray,
    point: IntArray,
    weight: FloatArray,
    log_sigma: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    joint: FloatArray,
) -> int:
    """Visit grid points one after another and write down their nodes, one below the other.

    Parameters
    ----------
    points
        (G, 4) phi, w, tau_on, tau_off.
    y, given, switch, start, prior_precision, prior_mean, log_sigma_prior
        As for `posterior_at`.
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
    k = prior_mean.shape[0]
    p = given.shape[1]
    state = np.empty(k + 1 + switch.shape[1])
    row = np.empty(k + 1)
    gram = np.empty((k + 1, k + 1))
    factor = np.empty((2 * k, k))
    shift = np.empty(k)
    node_cov = np.empty((NODES, k, k))
    count = 0
    for g in range(points.shape[0]):
        filled = posterior_at(
            y,
            given,
            switch,
            start,
            prior_precision,
            prior_mean,
            log_sigma_prior,
            points[g, 0],
            points[g, 1],
            points[g, 2],
            points[g, 3],
            state,
            row,
            gram,
            factor,
            shift,
            weight[count : count + NODES],
            log_sigma[count : count + NODES],
            mean[count : count + NODES],
            node_cov,
        )
        best = -math.inf
        for node in range(filled):
            best = max(best, weight[count + node])
        mass = 0.0
        for node in range(filled):
            mass += math.exp(weight[count + node] - best)
        total[g] = best + math.log(mass)
        for node in range(filled):
            point[count + node] = g
            for j in range(k):
                variance[count + node, j] = node_cov[node, j, j]
            for j in range(k - p):
                for i in range(k - p):
                    joint[count + node, j, i] = node_cov[node, p + j, p + i]
        count += filled
    return count


@cache
def compiled() -> Callable[..., int]:
    """`sweep` as machine code, kept on disk between runs; the first call on a machine compiles."""
    from numba import njit
    from numba.extending import register_jitable

    for part in (_solve, _residual, _covariance, whiten, posterior_at):
        register_jitable(part)
    engine: Callable[..., int] = njit(cache=True, nogil=True)(sweep)
    return engine

"""The sums over people behind pooling: the only code whose cost grows with their number.

A person's likelihood is a sum of exp(log_c + h b - lambda b^2 / 2). Her effect b is normal around a
centre m with variance v, and integrating it out leaves a sum of the same form in m:

    d = 1 + lambda v,   log_c - log(d)/2 + h^2 v/(2 d),   h/d,   lambda/d

so every division is by at least 1, whatever v and lambda are. Written in the part of Python that
Numba compiles; run plain it is the slow reference.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["compiled", "describe_people", "sum_people"]

FloatArray = NDArray[np.float64]

# A product of sums is turned into a logarithm before it can leave the range of a double.
_LARGE = 1e200
_ROOT_TWO = math.sqrt(2.0)


def sum_people(
    start: NDArray[np.int64],
    log_c: FloatArray,
    h: FloatArray,
    lam: FloatArray,
    centre: FloatArray,
    variance: FloatArray,
    total: FloatArray,
) -> None:
    """Add up the log likelihoods of people at a grid of populations.

    Parameters
    ----------
    start
        (N + 1,) where the components of each person begin.
    log_c, h, lam
        (C,) components; lam >= 0.
    centre
        (J, K) places of m for each variance.
    variance
        (J,) variance between people, 0 allowed.
    total
        (J, K) is written.
    """
    rows, columns = centre.shape
    most = 1
    for person in range(len(start) - 1):
        most = max(most, start[person + 1] - start[person])
    a, b, c, e = np.empty(most), np.empty(most), np.empty(most), np.empty(most)
    product = np.ones((rows, columns))
    total[:] = 0.0
    for person in range(len(start) - 1):
        first, count = start[person], start[person + 1] - start[person]
        for j in range(rows):
            v = variance[j]
            for g in range(count):
                d = 1.0 + lam[first + g] * v
                shrunk = h[first + g] / d
                a[g] = log_c[first + g] - 0.5 * math.log(d) + 0.5 * shrunk * h[first + g] * v
                b[g] = shrunk
                c[g] = 0.5 * lam[first + g] / d
            for k in range(columns):
                m = centre[j, k]
                top = -math.inf
                for g in range(count):
                    e[g] = a[g] + (b[g] - c[g] * m) * m
                    top = max(top, e[g])
                total[j, k] += top
                if count > 1:
                    share = 0.0
                    for g in range(count):
                        share += math.exp(e[g] - top)
                    product[j, k] *= share
                    if product[j, k] > _LARGE:
                        total[j, k] += math.log(product[j, k])
                        product[j, k] = 1.0
    for j in range(rows):
        for k in range(columns):
            total[j, k] += math.log(product[j, k])


def describe_people(
    start: NDArray[np.int64],
    log_c: FloatArray,
    h: FloatArray,
    lam: FloatArray,
    node: FloatArray,
    target: FloatArray,
    out: FloatArray,
) -> None:
    """Each person's own effect, given everyone, and what the average would be without her.

    Parameters
    ----------
    node
        (Q, 6) populations: weight, m, v, mean of the bias, its variance, mu. The weights add up to
        1 and hold everyone's records, this person's too.
    target
        (5,) shares whose quantiles are wanted.
    out
        (N, 8) is written: mean, standard deviation, five quantiles, mu without this person.
    """
    nodes = node.shape[0]
    for person in range(len(start) - 1):
        first, count = start[person], start[person + 1] - start[person]
        size = nodes * count
        weight, mean, sd = np.empty(size), np.empty(size), np.empty(size)
        without, without_mu = np.empty(nodes), 0.0
        for q in range(nodes):
            m, v = node[q, 1], node[q, 2]
            top = -math.inf
            for g in range(count):
                d = 1.0 + lam[first + g] * v
                shrunk = h[first + g] / d
                e = log_c[first + g] - 0.5 * math.log(d) + 0.5 * shrunk * h[first + g] * v
                e += (shrunk - 0.5 * lam[first + g] / d * m) * m
                at = q * count + g
                weight[at] = e
                mean[at] = (m + h[first + g] * v) / d - node[q, 3]
                sd[at] = math.sqrt(v / d + node[q, 4])
                top = max(top, e)
            share = 0.0
            for g in range(count):
                weight[q * count + g] = math.exp(weight[q * count + g] - top)
                share += weight[q * count + g]
            for g in range(count):
                weight[q * count + g] *= node[q, 0] / share
            without[q] = -(top + math.log(share))
        largest = without.max()
        total = 0.0
        for q in range(nodes):
            w = node[q, 0] * math.exp(without[q] - largest)
            total += w
            without_mu += w * node[q, 5]
        out[person, 7] = without_mu / total
        middle, square = 0.0, 0.0
        for i in range(size):
            middle += weight[i] * mean[i]
        for i in range(size):
            square += weight[i] * (sd[i] ** 2 + (mean[i] - middle) ** 2)
        spread = math.sqrt(square)
        out[person, 0], out[person, 1] = middle, spread
        # Where everyone is alike a component has no width; one millionth changes no digit.
        least = 1e-6 * spread + 1e-300
        for t in range(len(target)):
            # Chebyshev's inequality brackets each quantile from mean and spread alone.
            low = middle - spread / math.sqrt(target[t])
            high = middle + spread / math.sqrt(1.0 - target[t])
            x = middle
            for _ in range(80):
                below, slope = 0.0, 0.0
                for i in range(size):
                    s = max(sd[i], least)
                    z = (x - mean[i]) / s
                    below += 0.5 * weight[i] * math.erfc(-z / _ROOT_TWO)
                    slope += weight[i] * math.exp(-0.5 * z * z) / (s * 2.5066282746310002)
                if below < target[t]:
                    low = x
                else:
                    high = x
                step = x - (below - target[t]) / slope if slope > 0.0 else low
                following = step if low < step < high else 0.5 * (low + high)
                if abs(following - x) < 1e-6 * spread or high - low < 1e-6 * spread:
                    x = following
                    break
                x = following
            out[person, 2 + t] = x


@cache
def compiled(kernel: Callable[..., None]) -> Callable[..., Any]:
    """One of the kernels above, compiled once; it lets go of Python's lock while it runs."""
    from numba import njit

    engine: Callable[..., Any] = njit(cache=True, nogil=True)(kernel)
    return engine

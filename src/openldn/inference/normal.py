"""The normal distribution, and sums of exponentials, without a library that is slow to load."""

import math
from collections.abc import Callable
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_sum_exp", "mixture_at", "normal_cdf", "normal_quantile"]

FloatArray = NDArray[np.float64]


def normal_quantile(share: FloatArray) -> FloatArray:
    """Standard normal quantiles, any shape, from shares inside 0 and 1 (Wichura's AS 241)."""
    quantile = NormalDist().inv_cdf
    flat = np.fromiter(map(quantile, share.ravel().tolist()), np.float64, share.size)
    return flat.reshape(share.shape)


def normal_cdf(at: FloatArray) -> FloatArray:
    """Standard normal distribution function, (n,), by the complementary error function."""
    one = np.ones(1)
    cdf, _ = mixture_at(np.asarray(at, dtype=np.float64), one, 0.0 * one, one)
    return cdf


def log_sum_exp(values: FloatArray) -> float:
    """Logarithm of the sum of exponentials of all values."""
    best = float(values.max())
    return best + math.log(float(np.exp(values - best).sum()))


def mixture_at(
    at: FloatArray, weight: FloatArray, mean: FloatArray, sd: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Distribution function and density of a mixture of normals.

    Parameters
    ----------
    at
        (n,) places.
    weight, mean, sd
        (C,) each.

    Returns
    -------
    tuple
        (n,) and (n,).
    """
    cdf, density = np.zeros(len(at)), np.zeros(len(at))
    _compiled()(at, weight, mean, sd, cdf, density)
    return cdf, density


def _accumulate(
    at: FloatArray,
    weight: FloatArray,
    mean: FloatArray,
    sd: FloatArray,
    cdf: FloatArray,
    density: FloatArray,
) -> None:
    """Fill `cdf` and `density` in one pass over the components; compiled."""
    for c in range(weight.shape[0]):
        for i in range(at.shape[0]):
            z = (at[i] - mean[c]) / sd[c]
            cdf[i] += 0.5 * weight[c] * math.erfc(-z / math.sqrt(2.0))
            density[i] += weight[c] * math.exp(-0.5 * z * z) / (sd[c] * math.sqrt(2.0 * math.pi))


@cache
def _compiled() -> Callable[..., None]:
    from numba import njit

    engine: Callable[..., None] = njit(cache=True, nogil=True)(_accumulate)
    return engine

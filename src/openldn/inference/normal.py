"""The normal distribution, and sums of exponentials, without a library that is slow to load."""

import math
from collections.abc import Callable
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_sum_exp", "mixture_cdf", "mixture_density", "normal_cdf", "normal_quantile"]

FloatArray = NDArray[np.float64]


def normal_quantile(share: FloatArray) -> FloatArray:
    """Standard normal quantiles, any shape, from shares inside 0 and 1 (Wichura's AS 241)."""
    quantile = NormalDist().inv_cdf
    flat = np.fromiter(map(quantile, share.ravel().tolist()), np.float64, share.size)
    return flat.reshape(share.shape)


def normal_cdf(at: FloatArray) -> FloatArray:
    """Standard normal distribution function, (n,), by the complementary error function."""
    one = np.ones(1)
    return mixture_cdf(np.asarray(at, dtype=np.float64), one, 0.0 * one, one)


def log_sum_exp(values: FloatArray) -> float:
    """Logarithm of the sum of exponentials of all values."""
    best = float(values.max())
    return best + math.log(float(np.exp(values - best).sum()))


def mixture_cdf(at: FloatArray, weight: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Distribution function of a mixture of normals, (n,), at (n,) places."""
    cdf = np.zeros(len(at))
    _compiled()(at, weight, mean, sd, cdf)
    return cdf


def mixture_density(
    at: FloatArray, weight: FloatArray, mean: FloatArray, sd: FloatArray
) -> FloatArray:
    """Density of a mixture of normals, (n,), at (n,) places."""
    height = weight / (sd * math.sqrt(2.0 * math.pi))
    density: FloatArray = (np.exp(-0.5 * ((at[:, None] - mean) / sd) ** 2) * height).sum(axis=1)
    return density


def _accumulate(
    at: FloatArray, weight: FloatArray, mean: FloatArray, sd: FloatArray, cdf: FloatArray
) -> None:
    """Add up the components at each place; compiled."""
    for c in range(weight.shape[0]):
        for i in range(at.shape[0]):
            z = (mean[c] - at[i]) / (sd[c] * math.sqrt(2.0))
            cdf[i] += 0.5 * weight[c] * math.erfc(z)


@cache
def _compiled() -> Callable[..., None]:
    from numba import njit

    engine: Callable[..., None] = njit(cache=True, nogil=True)(_accumulate)
    return engine

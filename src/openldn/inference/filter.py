"""The model's filter for a few columns at given parameters: the whitened days themselves.

The kernel visits a thousand grid points and keeps only sums of products. Here are the days behind
those sums, for the checks beside the answer: the randomisation test, imputed days, and the errors
that several outcomes share. Plain NumPy over days; a test holds it equal to the kernel.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["exposure", "whiten_days"]

FloatArray = NDArray[np.float64]


def exposure(
    switch: FloatArray, start: FloatArray, tau_on: FloatArray, tau_off: FloatArray
) -> FloatArray:
    """Let columns drift toward their switches: x_t = x_{t-1} + (1 - exp(-1/tau)) (d_t - x_{t-1}).

    Parameters
    ----------
    switch
        (T, q) 1 on days with the switch on, else 0.
    start
        (q,) exposure before the first day.
    tau_on, tau_off
        (B,) days to 63% of the way, one for each draw of the parameters.

    Returns
    -------
    ndarray
        (T, B, q).
    """
    rate_on, rate_off = (-np.expm1(-1.0 / tau)[:, None] for tau in (tau_on, tau_off))
    x = np.broadcast_to(start, (len(tau_on), len(start))).astype(np.float64)
    days = np.empty((len(switch), *x.shape))
    for t, on in enumerate(switch):
        x = x + np.where(on > 0.5, rate_on, rate_off) * (on - x)
        days[t] = x
    return days


def whiten_days(
    columns: FloatArray, recorded: NDArray[np.bool_], phi: FloatArray, w: FloatArray
) -> FloatArray:
    """Replace each column by its standardised innovations at sigma = 1.

    Parameters
    ----------
    columns
        (T, B, c); values on days that are not recorded are never looked at.
    recorded
        (T,) whether the day carries likelihood. Time passes on the others.
    phi, w
        (B,) memory of the drift, and the white share of the variance.

    Returns
    -------
    ndarray
        (n, B, c) for the n recorded days. Products of these are the generalised least squares
        cross-products (Harvey, Forecasting, Structural Time Series Models and the Kalman Filter,
        1989, section 3.4).
    """
    slow = 1.0 - w
    variance = slow
    mean = np.zeros(columns.shape[1:])
    white = []
    for column, has_value in zip(columns, recorded, strict=True):
        if has_value:
            total = variance + w
            gain = variance / total
            row = column - mean
            white.append(row / np.sqrt(total)[:, None])
            mean = mean + gain[:, None] * row
            variance = variance - gain * variance
        mean = phi[:, None] * mean
        variance = phi**2 * variance + (1.0 - phi**2) * slow
    return np.array(white)

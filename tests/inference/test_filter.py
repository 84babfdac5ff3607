"""The filter that keeps its days, held against the kernel that keeps only their products."""

import numpy as np

from openldn.inference import kernel
from openldn.inference.filter import exposure, whiten_days


def test_products_of_whitened_days_are_the_kernel_s() -> None:
    """One mathematics: the days behind the sums give the sums, gaps and two time constants too."""
    rng = np.random.default_rng(3)
    days, phi, w = 60, 0.83, 0.27
    y = rng.normal(0.0, 0.2, days)
    y[rng.random(days) < 0.3] = np.nan
    given = np.column_stack([np.ones(days), np.linspace(-0.5, 0.5, days)])
    switch = np.column_stack([(np.arange(days) // 7) % 2 == 0, rng.random(days) < 0.5])
    switch, start = switch.astype(float), np.array([1.0, 0.0])
    gram = np.zeros((5, 5))
    kernel.whiten(y, given, switch, start, phi, w, 4.0, 9.0, np.zeros(7), np.zeros(5), gram)

    tau_on, tau_off = np.array([4.0]), np.array([9.0])
    x = exposure(switch, start, tau_on, tau_off)
    columns = np.concatenate([given[:, None], x, y[:, None, None]], axis=2)
    white = whiten_days(columns, ~np.isnan(y), np.array([phi]), np.array([w]))[:, 0]
    # Sums of 60 products of order 1: rounding only.
    assert np.allclose(np.tril(white.T @ white), np.tril(gram), atol=1e-12)


def test_each_draw_has_its_own_parameters() -> None:
    """Draws side by side are the draws one by one."""
    rng = np.random.default_rng(4)
    phi, w, tau = np.array([0.1, 0.9]), np.array([0.8, 0.2]), np.array([2.0, 20.0])
    switch = (rng.random((30, 1)) < 0.5).astype(float)
    recorded = rng.random(30) < 0.8
    together = whiten_days(exposure(switch, np.zeros(1), tau, tau), recorded, phi, w)
    for b in range(2):
        one = slice(b, b + 1)
        alone = exposure(switch, np.zeros(1), tau[one], tau[one])
        assert np.array_equal(whiten_days(alone, recorded, phi[one], w[one])[:, 0], together[:, b])

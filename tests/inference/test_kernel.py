"""The kernel against algebra done another way, and its compiled form against its plain form."""

import numpy as np
import pytest
from scipy.linalg import cho_factor, cho_solve
from scipy.special import logsumexp

from openldn.inference import kernel

FloatArray = np.ndarray


def covariance(days: int, phi: float, w: float) -> FloatArray:
    """Noise covariance at sigma = 1, written down directly."""
    apart = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    return (1.0 - w) * phi**apart + w * np.eye(days)


def exposure(switch: FloatArray, start: FloatArray, on: float, off: float) -> FloatArray:
    """The recursion of the model, column by column."""
    x, rows = start.copy(), []
    for d in switch:
        rate = 1.0 - np.exp(-1.0 / np.where(d > 0.5, on, off))
        x = x + rate * (d - x)
        rows.append(x)
    return np.array(rows)


class Example:
    """One small diary with gaps, a trend, an event and two levels."""

    def __init__(self, seed: int, days: int = 30) -> None:
        rng = np.random.default_rng(seed)
        self.y = rng.normal(0.0, 0.15, days)
        self.y[rng.random(days) < 0.25] = np.nan
        self.given = np.column_stack(
            [np.ones(days), np.linspace(-0.5, 0.5, days), (rng.random(days) < 0.1).astype(float)]
        )
        level = (np.arange(days) // 6) % 3
        self.switch = np.column_stack([level == 1, level == 2]).astype(float)
        self.start = np.array([1.0, 0.0])
        self.prior_mean = np.array([0.0, 0.0, 0.0, -0.05, 0.02])
        spread = np.diag([1.0, 0.3, 0.2, 0.15, 0.15])
        correlation = np.eye(5)
        correlation[3, 4] = correlation[4, 3] = 0.7
        self.prior_cov = spread @ correlation @ spread
        self.precision = np.linalg.inv(self.prior_cov)
        pull = self.precision @ self.prior_mean
        corner = np.array([[self.prior_mean @ pull]])
        self.prior = np.block([[self.precision, pull[:, None]], [pull[None, :], corner]])
        self.log_sigma = np.array([np.log(0.15), 0.6])

    def sweep(self, points: FloatArray, *, engine: object = kernel.sweep) -> list[FloatArray]:
        """Run the kernel: total (G,), then point, weight, log sigma, mean, variance, joint."""
        room, k, q = len(points) * kernel.NODES, 5, 2
        out = [np.empty(len(points)), np.empty(room, dtype=np.int64), np.empty(room)]
        out += [np.empty(room), np.empty((room, k)), np.empty((room, k)), np.empty((room, q, q))]
        count = engine(  # type: ignore[operator]
            points,
            self.y,
            self.given,
            self.switch,
            self.start,
            self.prior,
            self.log_sigma,
            *out,
        )
        return [out[0], *(part[:count] for part in out[1:])]

    def dense(self, point: FloatArray, log_sigma: float) -> tuple[float, FloatArray, FloatArray]:
        """Log of p(y, sigma), mean and covariance of the coefficients, by dense matrices."""
        phi, w, on, off = point
        seen = ~np.isnan(self.y)
        x = np.column_stack([self.given, exposure(self.switch, self.start, on, off)])[seen]
        noise = np.exp(2.0 * log_sigma) * covariance(len(self.y), phi, w)[np.ix_(seen, seen)]
        marginal = noise + x @ self.prior_cov @ x.T
        residual = self.y[seen] - x @ self.prior_mean
        factor = cho_factor(marginal)
        log_det = 2.0 * np.log(np.diag(factor[0])).sum()
        value = -0.5 * (
            residual @ cho_solve(factor, residual) + log_det + seen.sum() * np.log(2.0 * np.pi)
        )
        z = (log_sigma - self.log_sigma[0]) / self.log_sigma[1]
        value += -0.5 * z**2 - np.log(self.log_sigma[1] * np.sqrt(2.0 * np.pi))
        gain = self.prior_cov @ x.T
        mean = self.prior_mean + gain @ cho_solve(factor, residual)
        cov = self.prior_cov - gain @ cho_solve(factor, gain.T)
        return float(value), mean, cov


POINTS = np.array(
    [[0.0, 0.5, 3.0, 3.0], [0.9, 0.2, 12.0, 5.0], [0.979, 0.011, 40.0, 40.0], [0.5, 0.98, 1.0, 8.0]]
)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_every_node_is_the_dense_gaussian_posterior(seed: int, point: FloatArray) -> None:
    """Weight, mean and covariance at each sigma equal those of the dense normal equations."""
    example = Example(seed)
    _, _, weight, log_sigma, mean, variance, joint = example.sweep(point[None, :])
    step = np.diff(np.sort(log_sigma)).min()
    # The kernel leaves out half the log determinant of the prior precision: the same everywhere.
    constant = np.log(step) - 0.5 * np.linalg.slogdet(example.precision)[1]
    assert len(weight) > 5
    for node in range(len(weight)):
        value, dense_mean, dense_cov = example.dense(point, log_sigma[node])
        assert weight[node] == pytest.approx(value + constant, abs=1e-8)
        np.testing.assert_allclose(mean[node], dense_mean, atol=1e-10)
        np.testing.assert_allclose(variance[node], np.diag(dense_cov), rtol=1e-8)
        np.testing.assert_allclose(joint[node], dense_cov[3:, 3:], atol=1e-10)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_walk_over_sigma_leaves_nothing_out(seed: int) -> None:
    """The sum over nodes is the integral over sigma on a grid 50 times finer and far wider."""
    example = Example(seed)
    total = example.sweep(POINTS)[0]
    fine = np.linspace(np.log(0.15) - 4.0, np.log(0.15) + 4.0, 1601)
    for point, found in zip(POINTS, total, strict=True):
        values = [example.dense(point, at)[0] for at in fine]
        exact = logsumexp(values) + np.log(fine[1] - fine[0])
        exact -= 0.5 * np.linalg.slogdet(example.precision)[1]
        # Spacing and depth of the walk (kernel.py) promise about 1e-5 each.
        assert found == pytest.approx(exact, abs=1e-4)


def test_compiled_and_plain_are_the_same_mathematics() -> None:
    """The engine is the reference, compiled: nothing differs but rounding."""
    example = Example(7)
    plain, fast = example.sweep(POINTS), example.sweep(POINTS, engine=kernel.compiled())
    for slow, quick in zip(plain, fast, strict=True):
        np.testing.assert_allclose(quick, slow, rtol=1e-9, atol=1e-12)


def test_a_day_without_a_value_lets_time_pass() -> None:
    """Two values with a gap between them are less alike than two in a row."""
    example = Example(1)
    together = example.y.copy()
    together[:] = np.nan
    apart = together.copy()
    together[[10, 11]] = 0.3
    apart[[10, 20]] = 0.3
    point = np.array([[0.95, 0.05, 5.0, 5.0]])
    example.y = together
    close = example.sweep(point)[0][0]
    example.y = apart
    assert close > example.sweep(point)[0][0]

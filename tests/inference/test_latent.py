"""The kernel of binary, ordinal and count: one text, exact weights, cutpoints that mean shares."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from openldn.inference import latent

FloatArray = NDArray[np.float64]

FAMILIES = {"binary": latent.BINARY, "ordinal": latent.ORDINAL, "count": latent.COUNT}


@dataclass(frozen=True, kw_only=True, slots=True)
class Small:
    """A short diary, ready for the kernel."""

    family: int
    y: FloatArray
    day: NDArray[np.int64]
    given: FloatArray
    switch: FloatArray
    n_cuts: int

    @property
    def k(self) -> int:
        """How many coefficients and cutpoint coordinates there are."""
        return self.n_cuts + self.given.shape[1] + self.switch.shape[1]

    def swept(self, points: FloatArray, *, seed: int, run: Any) -> dict[str, FloatArray]:
        """Everything that the kernel writes at the points."""
        g, n = len(points), len(self.y)
        out = {
            "total": np.empty(g),
            "log_weight": np.empty((g, latent.DRAWS)),
            "theta": np.empty((g, latent.DRAWS, self.k)),
            "effect": np.empty((g, latent.DRAWS, self.k - self.n_cuts + 1)),
        }
        normal = np.random.default_rng(seed).standard_normal((g, latent.PAIRS, self.k + n))
        run(
            points,
            self.family,
            self.y,
            self.day,
            self.given,
            self.switch,
            np.zeros(self.switch.shape[1]),
            1,
            self.n_cuts,
            np.eye(self.k),
            np.zeros(self.k),
            normal,
            np.zeros(self.k),
            np.zeros(n),
            np.zeros(n),
            *out.values(),
        )
        return out


def small(name: str, answers: list[float]) -> Small:
    """Days 0, 1, 3, 4, .. with a switch on from the middle; day 2 was not answered."""
    day = np.array([0, 1, *range(3, len(answers) + 1)])
    trend = (day - day.mean()) / (day[-1] + 1.0)
    is_ordinal = name == "ordinal"
    columns = [trend] if is_ordinal else [np.ones(len(day)), trend]
    switch = (np.arange(day[-1] + 1) >= (day[-1] + 1) // 2).astype(np.float64)[:, None]
    return Small(
        family=FAMILIES[name],
        y=np.array(answers),
        day=day,
        given=np.ascontiguousarray(np.column_stack(columns)),
        switch=switch,
        n_cuts=3 if is_ordinal else 0,
    )


POINTS = np.array(
    [[0.5, 0.8, 3.0, 3.0, 4.0], [0.9, 1.5, 10.0, 2.0, 2.0], [0.0, 0.01, 1.0, 1.0, 9.0]]
)
ANSWERS = {
    "binary": [0.0, 0.0, 1.0, 0.0, 1.0, 1.0],
    "ordinal": [0.0, 3.0, 1.0, 1.0, 3.0, 3.0],
    "count": [0.0, 2.0, 7.0, 1.0, 0.0, 12.0],
}


@pytest.mark.parametrize("name", FAMILIES)
def test_compiled_and_plain_are_the_same_text(name: str) -> None:
    """The engine's numbers are those of the slow reference, up to the last digits."""
    diary = small(name, ANSWERS[name])
    plain = diary.swept(POINTS, seed=1, run=latent.sweep)
    fast = diary.swept(POINTS, seed=1, run=latent.compiled())
    for key, values in plain.items():
        assert fast[key] == pytest.approx(values, rel=1e-9, abs=1e-9), key


def log_density(name: str, y: FloatArray, eta: FloatArray, r: float, cut: FloatArray) -> FloatArray:
    """Log density of each row of predictors, (n,); written out from model.md section 4."""
    if name == "binary":
        p = 1.0 / (1.0 + np.exp(-eta))
        return np.log(np.where(y > 0, p, 1.0 - p)).sum(axis=1)
    if name == "count":
        mu = np.exp(eta)
        constant = sum(math.lgamma(v + r) - math.lgamma(r) for v in y)
        shares = r * np.log(r / (r + mu)) + y * np.log(mu / (r + mu))
        return constant + shares.sum(axis=1)
    below = np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)))
    ends = np.column_stack([np.full(len(cut), -np.inf), cut, np.full(len(cut), np.inf)])
    steps = y.astype(int)
    share = below(ends[:, steps + 1] - eta) - below(ends[:, steps] - eta)
    return np.log(share).sum(axis=1)


def plain_likelihood(name: str, diary: Small, point: FloatArray, n: int) -> tuple[float, float]:
    """Likelihood of a diary by draws from the prior alone, with its Monte Carlo error."""
    phi, su, tau, r = point[0], point[1], point[2], point[4]
    rng = np.random.default_rng(7)
    x, exposure = 0.0, []
    for on in diary.switch[:, 0]:
        x += (1.0 - math.exp(-1.0 / tau)) * (on - x)
        exposure.append(x)
    columns = np.column_stack([diary.given, np.array(exposure)[diary.day]])
    days = diary.day[-1] + 1
    u = np.empty((n, days))
    u[:, 0] = rng.standard_normal(n)
    for t in range(1, days):
        u[:, t] = phi * u[:, t - 1] + math.sqrt(1.0 - phi**2) * rng.standard_normal(n)
    eta = rng.standard_normal((n, columns.shape[1])) @ columns.T + su * u[:, diary.day]
    cut = np.empty((n, 0))
    if name == "ordinal":
        shares = np.cumsum(rng.dirichlet(np.ones(diary.n_cuts + 1), size=n), axis=1)[:, :-1]
        quantile = np.vectorize(latent._quantile)
        low = np.clip(np.where(shares < 0.5, shares, 1.0 - shares), 1e-12, 0.5)
        cut = np.where(shares < 0.5, 1.0, -1.0) * quantile(low)
    likelihood = np.exp(log_density(name, diary.y, eta, r, cut))
    return float(likelihood.mean()), float(likelihood.std() / math.sqrt(n))


@pytest.mark.parametrize("name", FAMILIES)
def test_the_weights_give_the_exact_likelihood(name: str) -> None:
    """Averaged over many draws the weights are the likelihood, which draws from the prior know too.

    Tolerance: four Monte Carlo errors of both, one in 16,000 by chance.
    """
    diary = small(name, ANSWERS[name])
    point = POINTS[0]
    found = diary.swept(np.tile(point, (2_000, 1)), seed=3, run=latent.compiled())
    each = np.exp(found["total"])
    error = float(each.std() / math.sqrt(len(each)))
    truth, truth_error = plain_likelihood(name, diary, point, 40_000)
    assert abs(each.mean() - truth) < 4.0 * math.hypot(error, truth_error)
    assert error < 0.05 * truth


@pytest.mark.parametrize("n_cuts", [2, 3, 5])
def test_normal_coordinates_are_uniform_shares(n_cuts: int) -> None:
    """Standard normal coordinates give shares that are Dirichlet(1, .., 1): means and variances."""
    n, answers = 4_000, n_cuts + 1
    rng = np.random.default_rng(n_cuts)
    cut, slope = np.empty(n_cuts), np.zeros((n_cuts, n_cuts))
    shares = np.empty((n, answers))
    for i in range(n):
        latent.cutpoints(rng.standard_normal(n_cuts), n_cuts, cut, slope)
        assert np.all(np.diff(cut) > 0)
        below = np.array([0.5 * math.erfc(-c / math.sqrt(2.0)) for c in cut])
        shares[i] = np.diff(np.concatenate([[0.0], below, [1.0]]))
    variance = n_cuts / (answers**2 * (answers + 1))
    # Four Monte Carlo errors of the mean; of the variance, whose error is at most 1.5 times larger.
    assert shares.mean(axis=0) == pytest.approx(1.0 / answers, abs=4 * math.sqrt(variance / n))
    assert shares.var(axis=0) == pytest.approx(variance, rel=4 * 3.0 / math.sqrt(n))


def test_cutpoints_move_as_their_slopes_say() -> None:
    """The derivative is that of small steps, in the middle and far out."""
    for centre in ([0.3, -0.4, 1.1], [-4.0, 0.0, 3.0], [4.0, -2.0, -3.0]):
        theta = np.array(centre)
        cut, slope = np.empty(3), np.zeros((3, 3))
        latent.cutpoints(theta, 3, cut, slope)
        for i in range(3):
            up, down = np.empty(3), np.empty(3)
            step = 1e-5 * np.eye(3)[i]
            latent.cutpoints(theta + step, 3, up, np.zeros((3, 3)))
            latent.cutpoints(theta - step, 3, down, np.zeros((3, 3)))
            assert (up - down) / 2e-5 == pytest.approx(slope[:, i], rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("name", FAMILIES)
def test_effects_are_mean_differences_with_the_sign_of_their_coefficient(name: str) -> None:
    """A level above 0 on the link scale never lowers the expected answer."""
    diary = small(name, ANSWERS[name])
    found = diary.swept(POINTS, seed=5, run=latent.sweep)
    beta, effect = found["theta"][:, :, -1], found["effect"][:, :, -1]
    assert np.all(np.sign(beta) == np.sign(effect))
    most = {"binary": 1.0, "ordinal": 3.0, "count": math.inf}[name]
    assert np.all(np.abs(effect) < most)

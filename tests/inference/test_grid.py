"""The adaptive grid against posteriors whose moments are known."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from openldn.inference import grid


def weighted_mean(found: grid.Grid, value: np.ndarray) -> np.ndarray:
    """Mean of the points under the posterior."""
    log_weight = value + found.log_importance
    weight = np.exp(log_weight - log_weight.max())
    return (weight[:, None] * found.z).sum(axis=0) / weight.sum()


def test_a_normal_posterior_is_found() -> None:
    """Prior times a normal likelihood is a normal whose mean is known."""
    cov = np.array([[0.05, 0.04, 0.0], [0.04, 0.06, 0.0], [0.0, 0.0, 0.5]])
    centre = np.array([1.5, -1.0, 0.5])
    likelihood = multivariate_normal(centre, cov)
    seen: list[np.ndarray] = []

    def visit(z: np.ndarray) -> np.ndarray:
        seen.append(likelihood.logpdf(z))
        return seen[-1]

    found = grid.explore(visit, 3)
    post_cov = np.linalg.inv(np.linalg.inv(cov) + np.eye(3))
    exact = post_cov @ np.linalg.inv(cov) @ centre
    assert found.effective >= grid.MIN_EFFECTIVE
    off = (weighted_mean(found, np.concatenate(seen)) - exact) / np.sqrt(np.diag(post_cov))
    # 300 effective points have a Monte Carlo error of 0.058 SD; three of them.
    assert np.abs(off).max() < 3.0 * 0.058


def test_a_posterior_in_a_corner_takes_more_points_but_is_found() -> None:
    """A posterior five prior deviations out, where the first sheet has no point at all."""
    found = grid.explore(lambda z: -0.5 * ((z - 5.0) ** 2).sum(axis=1) / 0.02, 3)
    value = -0.5 * ((found.z - 5.0) ** 2).sum(axis=1) / 0.02
    exact = 5.0 * 50.0 / 51.0
    assert found.effective >= grid.MIN_EFFECTIVE
    np.testing.assert_allclose(weighted_mean(found, value), exact, atol=3.0 * 0.058 * 0.14)


def test_it_refuses_what_the_largest_grid_cannot_cover() -> None:
    """A needle in seven dimensions is refused in words, never answered from one point."""
    with pytest.raises(grid.GridTooHard) as refusal:
        grid.explore(lambda z: -0.5e10 * ((z - np.sin(40 * z[:, ::-1])) ** 2).sum(axis=1), 7)
    assert refusal.value.points <= grid.MAX_POINTS
    assert refusal.value.effective < grid.MIN_EFFECTIVE


def test_low_discrepancy_points_fill_the_cube_more_evenly_than_chance() -> None:
    """The mean of a smooth function over 1,024 points errs far less than with random ones."""
    u = grid.low_discrepancy(1_024, 3)
    assert u.min() > 0.0
    assert u.max() < 1.0
    error = abs(float(np.prod(2.0 * u, axis=1).mean()) - 1.0)
    random_error = np.sqrt((4.0 / 3.0) ** 3 - 1.0) / 32.0
    assert error < random_error / 10.0


def test_skipping_continues_the_same_sequence() -> None:
    """Sheets never repeat each other's points."""
    whole = grid.low_discrepancy(20, 2)
    np.testing.assert_allclose(grid.low_discrepancy(10, 2, skip=10), whole[10:])


@pytest.mark.parametrize("dimensions", [2, 5, 13])
def test_every_column_is_even_and_none_follows_another(dimensions: int) -> None:
    """Each coordinate is spread over its range, and no two of them move together."""
    u = grid.low_discrepancy(4_096, dimensions)
    np.testing.assert_allclose(u.mean(axis=0), 0.5, atol=0.005)
    np.testing.assert_allclose(u.std(axis=0), np.sqrt(1.0 / 12.0), atol=0.005)
    together = np.corrcoef(u.T) - np.eye(dimensions)
    # Independent columns would correlate by up to 4 / sqrt(4096) among 78 pairs.
    assert np.abs(together).max() < 4.0 / 64.0

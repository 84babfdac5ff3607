"""Numbers read off a mixture of normals, against closed forms and plain sampling."""

import numpy as np
import pytest
from scipy.stats import norm

from openldn.inference.mixture import QUANTILES, Mixture, summarise_points


def test_one_normal_has_its_own_quantiles() -> None:
    """The simplest mixture is a normal."""
    summary = Mixture(np.array([1.0]), np.array([2.0]), np.array([3.0])).summary()
    found = [summary.q025, summary.q05, summary.q50, summary.q95, summary.q975]
    np.testing.assert_allclose(found, norm(2.0, 3.0).ppf(QUANTILES), atol=1e-6)
    assert (summary.mean, summary.sd) == (2.0, 3.0)


@pytest.mark.parametrize("seed", range(5))
def test_quantiles_invert_the_exact_distribution(seed: int) -> None:
    """Whatever the mixture, P(below quantile) is the quantile's name."""
    rng = np.random.default_rng(seed)
    weight = rng.dirichlet(np.full(4_000, 0.3))
    mixture = Mixture(weight, rng.standard_t(2, 4_000), rng.gamma(2.0, 0.2, 4_000) + 1e-3)
    summary = mixture.summary()
    at = np.array([summary.q025, summary.q05, summary.q50, summary.q95, summary.q975])
    # What the bins of alike components may cost (mixture.py), with a margin for wild mixtures.
    np.testing.assert_allclose(mixture.below(at), QUANTILES, atol=1e-5)


def test_two_far_apart_peaks_are_not_averaged_away() -> None:
    """A two-humped posterior keeps its quantiles in the humps."""
    mixture = Mixture(np.array([0.5, 0.5]), np.array([-10.0, 10.0]), np.array([0.1, 0.1]))
    summary = mixture.summary()
    assert summary.q05 < -9.0
    assert summary.q95 > 9.0
    assert summary.sd == pytest.approx(np.hypot(10.0, 0.1))


def test_weighted_points_have_the_moments_of_their_weights() -> None:
    """Points with weights are a discrete distribution; its quantiles stay among the points."""
    summary = summarise_points(np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.25, 0.5]))
    assert summary.mean == 2.0
    assert summary.sd == pytest.approx(np.sqrt(0.5))
    assert 1.0 <= summary.q025 <= summary.q50 == 2.0 <= summary.q975 <= 3.0


def test_draws_follow_the_mixture() -> None:
    """A draw picks a component by weight: the share below zero is right within its error."""
    mixture = Mixture(np.array([0.3, 0.7]), np.array([-1.0, 1.0]), np.array([0.5, 0.8]))
    draws = mixture.draw(np.random.default_rng(1), 40_000)
    share = float(mixture.below(0.0))
    error = np.sqrt(share * (1.0 - share) / 40_000)
    assert abs((draws < 0.0).mean() - share) < 4.0 * error

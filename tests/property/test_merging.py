"""Merging components: what a person gives gets shorter, and what it says stays.

Section 6 of the statistical contract: under Normal(0, (0.3 R)^2) the posterior moves by at most
0.02 SD in mean and 2% in SD, lambda stays 0 or more, else more than four components are kept.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openldn.inference.mixture import Mixture
from openldn.pooling.contribution import (
    MOST_COMPONENTS,
    REFERENCE_SD,
    Components,
    divided,
    merged,
)

MEAN_IN_SD, SD_SHARE = 0.02, 0.02
# Sums of doubles in another order.
ROUNDING = 1e-9

numbers = st.floats(min_value=-9.0, max_value=9.0)
components = st.lists(
    st.tuples(st.floats(0.01, 1.0), numbers, st.floats(0.02, 1.0)), min_size=1, max_size=40
)


def posterior_of(drawn: list[tuple[float, float, float]], *, sd: float) -> Mixture:
    """A posterior whose components are narrower than a prior of this SD."""
    weight, mean, width = (np.array(column) for column in zip(*drawn, strict=True))
    return Mixture(weight / weight.sum(), mean, sd * width)


def moments(mixture: Mixture) -> tuple[float, float]:
    """Mean and SD."""
    mean = float((mixture.weight * mixture.mean).sum())
    variance = float((mixture.weight * (mixture.sd**2 + (mixture.mean - mean) ** 2)).sum())
    return mean, variance**0.5


@given(drawn=components)
def test_merging_keeps_the_posterior_under_the_reference_prior(
    drawn: list[tuple[float, float, float]],
) -> None:
    """Mean within 0.02 SD and SD within 2%, whatever the components."""
    whole = divided(posterior_of(drawn, sd=1.5), mean=0.0, sd=1.5)
    mean, sd = moments(whole.posterior())
    short_mean, short_sd = moments(merged(whole).posterior())
    assert abs(short_mean - mean) <= MEAN_IN_SD * sd
    assert abs(short_sd - sd) <= SD_SHARE * sd


@given(drawn=components)
def test_no_lambda_is_negative_and_more_are_kept_only_where_they_must_be(
    drawn: list[tuple[float, float, float]],
) -> None:
    """Two components are left apart only where one in their place would be wider than the prior."""
    short = merged(divided(posterior_of(drawn, sd=1.5), mean=0.0, sd=1.5))
    assert (short.lam >= 0.0).all()
    if len(short.lam) > MOST_COMPONENTS:
        each = short.posterior()
        for i in range(len(each.weight)):
            for j in range(i):
                pair = Mixture(
                    each.weight[[i, j]] / each.weight[[i, j]].sum(),
                    each.mean[[i, j]],
                    each.sd[[i, j]],
                )
                assert moments(pair)[1] >= REFERENCE_SD * (1.0 - ROUNDING)


@given(drawn=components, at=numbers)
def test_dividing_the_prior_out_and_putting_it_back_gives_the_posterior(
    drawn: list[tuple[float, float, float]], at: float
) -> None:
    """Likelihood times prior is the posterior that it came from, with a prior of any mean."""
    posterior = posterior_of(drawn, sd=1.5)
    again = divided(posterior, mean=at / 9.0, sd=1.5).posterior(mean=at / 9.0, sd=1.5)
    assert np.allclose(again.weight, posterior.weight, atol=1e-6)
    assert np.allclose(again.mean, posterior.mean, atol=1e-6)
    assert np.allclose(again.sd, posterior.sd, rtol=1e-6)


def test_a_component_that_learned_nothing_has_lambda_of_zero() -> None:
    """Where a divided variance would be infinite the precision is 0, not below."""
    prior_again = Mixture(np.ones(1), np.zeros(1), np.array([1.5 * (1.0 + 1e-9)]))
    assert divided(prior_again, mean=0.0, sd=1.5).lam[0] == 0.0


def test_a_posterior_wider_than_its_prior_is_refused() -> None:
    """Such a prior was not the one that was used, and nothing is made up."""
    wide = Mixture(np.ones(1), np.zeros(1), np.array([1.6]))
    with pytest.raises(ValueError, match="wider than the prior"):
        divided(wide, mean=0.0, sd=1.5)


def test_merging_one_component_changes_nothing() -> None:
    """A person with one component keeps it."""
    one = Components(log_c=np.array([0.3]), h=np.array([-2.0]), lam=np.array([1.7]))
    short = merged(one)
    assert np.allclose([short.h[0], short.lam[0]], [-2.0, 1.7], rtol=1e-9)

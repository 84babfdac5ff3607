"""Simulation-based calibration in small, and the proof that it would notice.

The full one is told in docs/validation.md; here are 100 fits of each Gaussian model and 25 of each
of the other families.
"""

from statistics import NormalDist

import numpy as np
import pytest

from support.dense import closed_form, columns, log_density
from validation import gaussian_sbc, sbc
from validation.models import MODELS

FITS = 100
# A fit of the other families takes thirty times as long.
FEWER = 25
SEED = 1
# Bonferroni over the quantities of a model: a sound engine leaves a band in 1 of 100 seeds.
LEVEL = 0.99
UNIFORM = np.random.default_rng(11)


@pytest.mark.parametrize("name", MODELS)
def test_every_reported_quantity_is_calibrated(name: str) -> None:
    """Truths fall uniformly into their posteriors, the joint log-likelihood included."""
    count = FITS if name in gaussian_sbc.MODELS else FEWER
    places = sbc.places(MODELS[name], seed=SEED, people=range(count))
    assert {"gamma", "beta_1", "phi", "tau", "better", "log_likelihood"} <= set(places)
    band = sbc.band(count, 1.0 - (1.0 - LEVEL) / len(places))
    strays = [name for name, place in places.items() if not band.holds(sbc.ecdf(place))]
    assert strays == []


def test_places_do_not_depend_on_how_the_people_are_split() -> None:
    """A person's numbers come from her own generator."""
    model = MODELS["gaussian-one-level"]
    whole = sbc.places(model, seed=3, people=range(4))
    parts = [sbc.places(model, seed=3, people=range(at, at + 2)) for at in (0, 2)]
    for name, place in whole.items():
        np.testing.assert_array_equal(place, np.concatenate([part[name] for part in parts]))


def test_a_band_is_left_as_often_as_it_says() -> None:
    """Of 1,000 uniform sets of 100, about 50 leave the 95% band: within three errors, 21."""
    band = sbc.band(100, 0.95)
    sets = UNIFORM.random((1_000, 100))
    outside = sum(not band.holds(sbc.ecdf(one)) for one in sets)
    assert abs(outside - 50) <= 3.0 * np.sqrt(1_000 * 0.05 * 0.95)


@pytest.mark.parametrize("width", [0.8, 1.25])
def test_a_posterior_of_the_wrong_width_is_caught(width: float) -> None:
    """A fifth too narrow or a quarter too wide leaves the joint band of 30 at 1,000 fits."""
    rng = np.random.default_rng(5)
    cdf = np.vectorize(NormalDist().cdf)
    place = cdf(rng.normal(size=1_000) / width)
    assert not sbc.band(1_000, 1.0 - 0.05 / 30).holds(sbc.ecdf(place))


def test_only_the_log_likelihood_notices_a_posterior_that_ignores_its_days() -> None:
    """Answering with the prior: the truth's places stay uniform, the log-likelihood's do not."""
    rng = np.random.default_rng(6)
    effect, likelihood = [], []
    for _ in range(400):
        truth = rng.normal()
        day = truth + rng.normal()
        draws = rng.normal(size=99)  # the prior again
        effect.append(float(np.mean(draws < truth)))
        likelihood.append(float(np.mean((day - draws) ** 2 > (day - truth) ** 2)))
    band = sbc.band(400, 0.95)
    jitter = rng.random(400) / 100.0  # places among 99 draws lie on a lattice
    assert band.holds(sbc.ecdf(0.99 * np.array(effect) + jitter))
    assert not band.holds(sbc.ecdf(0.99 * np.array(likelihood) + jitter))


@pytest.mark.parametrize("name", gaussian_sbc.DESIGNS)
def test_the_study_s_own_filter_is_dense_algebra(name: str) -> None:
    """Log-likelihood and the mean of the drawn coefficients, as dense matrices have them."""
    rng = np.random.default_rng(8)
    person = gaussian_sbc.Person(rng, gaussian_sbc.DESIGNS[name](rng))
    points = person.points
    phi, w, sigma = points.phi[0], points.white[0], np.exp(points.log_sigma[0])
    x = columns(person.series, tau=points.tau[0], tau_off=points.tau_off[0])
    y, white, half = gaussian_sbc.whitened(person.series, points)
    ours = gaussian_sbc.log_likelihood(y, white, half, person.coefficients[None])[0]
    n = int((~np.isnan(person.series.score)).sum())
    residual = person.series.standardised() - x @ person.coefficients
    dense = log_density(residual, phi=phi, w=w, sigma=sigma)
    assert ours - 0.5 * n * np.log(2.0 * np.pi) == pytest.approx(dense, abs=1e-7)
    many = 4_000
    drawn = gaussian_sbc.draw_coefficients(
        np.repeat(y, many, axis=0), np.repeat(white, many, axis=0), person.prior, rng
    )
    exact = closed_form(
        person.series, phi=phi, w=w, tau=points.tau[0], tau_off=points.tau_off[0], sigma=sigma
    )
    error = np.sqrt(np.diag(exact.cov) / many)
    assert (np.abs(drawn.mean(axis=0) - exact.mean) <= 4.0 * error).all()  # 4 errors, some 20 means
    # The standard deviation of a normal sample errs by 1 / sqrt(2 n) of itself.
    np.testing.assert_allclose(drawn.std(axis=0), np.sqrt(np.diag(exact.cov)), rtol=4 / 89)

"""The engine where the answer is known in closed form, and where three executions must agree.

With phi, w and tau known and sigma one of the engine's own nodes, the model is a conjugate normal
one: the whole path, from a series to a summary, must then give the textbook posterior.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openldn.inference import gaussian, grid, kernel, priors
from openldn.inference.gaussian import Fit, Series
from openldn.inference.priors import beta_prior
from support.dense import Closed, closed_form

# Closed-form conjugate cases to 1e-8, in widths of the scale.
EXACT = 1e-8
POINTS = (
    # phi, w, tau, tau_off; at phi 0 the noise is independent and the rest is ordinary regression
    (0.0, 0.5, 0.05, 0.05),
    (0.0, 0.3, 7.0, 7.0),
    (0.6, 0.5, 5.0, 5.0),
    (0.95, 0.02, 20.0, 3.0),
    (0.979, 0.98, 1.5, 30.0),
)
Point = tuple[float, float, float, float]


def a_series(*, seed: int, days: int, n_levels: int, has_pill: bool, n_events: int) -> Series:
    """Random scores over random switches: closed forms ask for no likely diary."""
    rng = np.random.default_rng(seed)
    score = rng.normal(5.0, 2.0, days)
    score[rng.random(days) < 0.25] = np.nan
    score[[0, days // 2, days - 1]] = [4.0, 5.0, 7.0]
    return Series(
        score=score,
        minimum=0.0,
        maximum=10.0,
        level=np.repeat(rng.integers(0, n_levels + 1, size=-(-days // 4)), 4)[:days],
        n_levels=n_levels,
        capsule=np.repeat(rng.random(-(-days // 4)) < 0.7, 4)[:days] if has_pill else None,
        events=(rng.random((days, n_events)) < 0.2).astype(np.float64),
        start_level=int(rng.integers(0, n_levels + 1)),
        start_capsule=bool(rng.integers(2)),
        is_asymmetric=True,
    )


def z_of(point: Point) -> np.ndarray:
    """The point in the space in which the prior is standard normal, (1, 4)."""
    quantile = NormalDist().inv_cdf
    share_phi = (point[0] - priors.PHI_RANGE[0]) / (priors.PHI_RANGE[1] - priors.PHI_RANGE[0])
    share_w = (point[1] - priors.W_RANGE[0]) / (priors.W_RANGE[1] - priors.W_RANGE[0])
    first = quantile(share_phi) if share_phi > 0 else -40.0  # the normal CDF is 0 there
    taus = [(math.log(tau) - priors.LOG_TAU[0]) / priors.LOG_TAU[1] for tau in point[2:]]
    return np.array([[first, quantile(share_w), *taus]])


def fit_at(series: Series, point: Point, monkeypatch: pytest.MonkeyPatch) -> Fit:
    """The engine with one grid point, no node dropped."""

    def one_point(visit: Callable[[np.ndarray], np.ndarray], dimensions: int) -> grid.Grid:
        assert dimensions == 4
        visit(z_of(point))
        return grid.Grid(z=z_of(point), log_importance=np.zeros(1), effective=1.0)

    monkeypatch.setattr(grid, "explore", one_point)
    monkeypatch.setattr(gaussian, "DROPPED_SHARE", 0.0)
    return gaussian.fit(series, prior=beta_prior("default"))


def known(series: Series, point: Point, *, sigma: float) -> Closed:
    """The textbook's posterior."""
    phi, w, tau, tau_off = point
    return closed_form(series, phi=phi, w=w, tau=tau, tau_off=tau_off, sigma=sigma)


def conjugate(series: Series, point: Point) -> tuple[np.ndarray, list[Closed]]:
    """Shares (S,) and posteriors of the engine's own values of sigma, all by the textbook."""
    middle, spread = priors.LOG_SIGMA
    log_sigma = visited(series, z_of(point)).log_sigma
    parts = [known(series, point, sigma=math.exp(at)) for at in log_sigma]
    prior = -0.5 * ((log_sigma - middle) / spread) ** 2
    value = np.array([part.log_density for part in parts]) + prior
    share = np.exp(value - value.max())
    return share / share.sum(), parts


@pytest.mark.parametrize("point", POINTS, ids=str)
@pytest.mark.parametrize(
    ("n_levels", "has_pill", "n_events"), [(1, False, 0), (2, True, 1), (4, True, 2)]
)
def test_every_coefficient_is_the_conjugate_posterior(
    point: Point, n_levels: int, has_pill: bool, n_events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mean and spread of level, drift, events, pill and doses to 1e-8 of the scale."""
    series = a_series(
        seed=n_levels, days=60, n_levels=n_levels, has_pill=has_pill, n_events=n_events
    )
    share, exact = conjugate(series, point)
    means = np.array([part.mean for part in exact])
    squares = np.array([np.diag(part.cov) for part in exact]) + means**2
    mean = share @ means
    sd = np.sqrt(share @ squares - mean**2)
    fit = fit_at(series, point, monkeypatch)
    parts = [fit.alpha, fit.trend, *fit.events, *([fit.pill] if fit.pill else []), *fit.levels]
    told = [part.summary() for part in parts]
    middle = np.array([5.0] + [0.0] * (len(parts) - 1))
    found = (np.array([one.mean for one in told]) - middle) / 10.0
    np.testing.assert_allclose(found, mean, rtol=0.0, atol=EXACT)
    np.testing.assert_allclose([one.sd / 10.0 for one in told], sd, rtol=0.0, atol=EXACT)


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_chances_are_those_of_the_conjugate_posterior(
    point: Point, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tail chances are normal ones to 1e-8."""
    series = a_series(seed=9, days=40, n_levels=1, has_pill=False, n_events=0)
    share, exact = conjugate(series, point)
    normals = [NormalDist(10.0 * one.mean[-1], 10.0 * one.cov[-1, -1] ** 0.5) for one in exact]
    effect = fit_at(series, point, monkeypatch).levels[0]
    for at in (-2.0, -1.0, 0.0, 1.0):
        chance = sum(part * normal.cdf(at) for part, normal in zip(share, normals, strict=True))
        assert float(effect.below(at)) == pytest.approx(chance, abs=EXACT)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Series, list[Point]]:
    """A small random diary and a few random grid points."""
    series = a_series(
        seed=draw(st.integers(0, 2**32 - 1)),
        days=draw(st.integers(6, 24)),
        n_levels=draw(st.integers(1, 3)),
        has_pill=draw(st.booleans()),
        n_events=draw(st.integers(0, 2)),
    )
    taus = st.floats(0.3, 60.0)
    point = st.tuples(st.floats(0.001, 0.979), st.floats(0.011, 0.989), taus, taus)
    return series, draw(st.lists(point, min_size=1, max_size=3))


@given(problem=problems())
@settings(max_examples=25)
def test_plain_compiled_and_dense_agree(problem: tuple[Series, list[Point]]) -> None:
    """The readable reference, its compiled form and dense matrices give the same nodes."""
    series, points = problem
    z = np.concatenate([z_of(point) for point in points])
    quick = visited(series, z)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "compiled", lambda: kernel.sweep)
        slow = visited(series, z)
    for name in ("point", "log_weight", "log_sigma", "mean", "variance", "joint"):
        one, other = getattr(quick, name), getattr(slow, name)
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10, err_msg=name)
    for at, sigma, mean, variance in zip(
        quick.point, np.exp(quick.log_sigma), quick.mean, quick.variance, strict=True
    ):
        exact = known(series, points[at], sigma=float(sigma))
        np.testing.assert_allclose(mean, exact.mean, atol=EXACT)
        np.testing.assert_allclose(variance, np.diag(exact.cov), atol=EXACT)


@given(problem=problems())
@settings(max_examples=25)
def test_weights_are_the_density_of_the_days(problem: tuple[Series, list[Point]]) -> None:
    """Between two nodes of a point, log weights differ as dense log densities and the prior do."""
    series, points = problem
    nodes = visited(series, np.concatenate([z_of(point) for point in points]))
    middle, spread = priors.LOG_SIGMA
    dense = np.array(
        [
            known(series, points[at], sigma=math.exp(log_sigma)).log_density
            - 0.5 * ((log_sigma - middle) / spread) ** 2
            for at, log_sigma in zip(nodes.point, nodes.log_sigma, strict=True)
        ]
    )
    for at in range(len(points)):
        chosen = nodes.point == at
        off = (nodes.log_weight - dense)[chosen]
        np.testing.assert_allclose(off, off[0], atol=1e-7)


def visited(series: Series, z: np.ndarray) -> gaussian.Nodes:
    """What the kernel finds at some points."""
    search = gaussian.Search(series, beta_prior("default"))
    search.visit(z)
    return gaussian.Nodes.concatenate(search.sheets)

"""The bulk route: many series on one shared grid must tell what the one-diary route tells."""

import re
from dataclasses import replace

import numpy as np
import pytest
from numba import njit
from scipy.special import logsumexp
from scipy.stats import norm

from openldn.inference import bulk, gaussian, grid, kernel
from openldn.inference.priors import beta_prior
from support.batches import batch, eight_points, on_card

PRIOR = beta_prior("default")
MCID = 1.0


SHAPES = {
    "one level": batch(12, seed=1),
    "three levels, the middle one asked": batch(8, seed=2, levels=3, asked=1),
    "two levels, pill, an event, already on": batch(8, seed=3, levels=2, has_pill=True, asked=1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_it_tells_what_the_adaptive_route_tells(
    shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mean within 0.05 SD, SD within 5%, tail chances within 0.01 of a much denser grid."""
    many = SHAPES[shape]
    found = bulk.fit_many(many, prior=PRIOR, mcid=MCID)
    monkeypatch.setattr(grid, "WANTED_EFFECTIVE", 1_000.0)
    for index in range(len(many)):
        effect = gaussian.fit(many.series(index), prior=PRIOR).levels[many.asked]
        exact = effect.summary()
        # The targets of model.md section 3.
        assert abs(found.mean[index] - exact.mean) < 0.05 * exact.sd
        assert abs(found.sd[index] / exact.sd - 1.0) < 0.05
        below = effect.below(np.array([-MCID, 0.0, MCID]))
        np.testing.assert_allclose(found.below[index], below, atol=0.01)


@pytest.mark.parametrize("shape", SHAPES)
def test_single_precision_is_enough(shape: str) -> None:
    """Single and double precision agree to 2e-3 posterior SD and 1e-3 in every chance."""
    many = SHAPES[shape]
    single = bulk.fit_many(many, prior=PRIOR, mcid=MCID)
    double = bulk.fit_many(many, prior=PRIOR, mcid=MCID, dtype=np.float64)
    assert np.abs((single.mean - double.mean) / double.sd).max() < 2e-3
    assert np.abs(single.sd / double.sd - 1.0).max() < 2e-3
    assert np.abs(single.below - double.below).max() < 1e-3


def test_a_series_that_the_grid_covers_too_thinly_is_finished_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None is dropped: the adaptive route's own numbers stand in its place, and it is counted."""
    many = SHAPES["one level"]
    monkeypatch.setattr(bulk, "MIN_EFFECTIVE", 1e9)
    found = bulk.fit_many(many, prior=PRIOR, mcid=MCID)
    assert found.is_finished_alone.all()
    for index in range(len(many)):
        effect = gaussian.fit(many.series(index), prior=PRIOR).levels[0]
        exact = effect.summary()
        # Two ways of adding up the same components: rounding only.
        assert found.mean[index] == pytest.approx(exact.mean, abs=1e-10)
        assert found.sd[index] == pytest.approx(exact.sd, rel=1e-10)
        assert found.below[index][1] == effect.below(0.0)


def test_most_believable_series_need_no_finishing() -> None:
    """Of people who wander without end, which is hard, at most 10 of 100 are finished alone."""
    found = bulk.fit_many(batch(100, seed=5), prior=PRIOR, mcid=MCID)
    assert found.is_finished_alone.mean() <= 0.1
    assert (found.effective[~found.is_finished_alone] >= bulk.MIN_EFFECTIVE).all()


def test_the_weighted_points_are_the_prior() -> None:
    """Importance turns the crowded points back into the prior: its moments come out."""
    shared = bulk.shared_grid(bulk.POINTS)
    weight = np.exp(shared.log_importance)
    phi, w, tau, off = shared.points.transpose(1, 0, 2)
    # A thousandth of the points is the discrepancy of the sequence in three dimensions.
    assert weight.mean() == pytest.approx(1.0, abs=0.01)
    assert (weight * phi).mean() == pytest.approx(0.49, abs=0.01)
    assert (weight * phi**2).mean() == pytest.approx(0.98**2 / 3.0, abs=0.01)
    assert (weight * w).mean() == pytest.approx(0.5, abs=0.01)
    assert (weight * np.log(tau)).mean() == pytest.approx(np.log(7.0), abs=0.02)
    np.testing.assert_array_equal(tau, off)
    assert (phi > 0.93).mean() > 0.05  # denser there than the prior's 5%


def test_onset_and_washout_may_differ() -> None:
    """An asymmetric series gets a fourth dimension, and the adaptive route's answer."""
    one = batch(3, seed=6)
    apart = bulk.Batch(**{**{n: getattr(one, n) for n in one.__slots__}, "is_asymmetric": True})
    found = bulk.fit_many(apart, prior=PRIOR, mcid=MCID)
    for index in range(len(apart)):
        exact = gaussian.fit(apart.series(index), prior=PRIOR).levels[0].summary()
        # Both have grids of their own: 0.05 SD for each.
        assert abs(found.mean[index] - exact.mean) < 0.1 * exact.sd


EXECUTIONS = {"processor": kernel.compiled_bulk(), "graphics card": on_card}


@pytest.mark.parametrize("execution", EXECUTIONS)
@pytest.mark.parametrize(("dtype", "rounding"), [(np.float64, 1e-10), (np.float32, 2e-4)])
def test_every_execution_is_the_plain_one(execution: str, dtype: type, rounding: float) -> None:
    """Run plain the kernel is the reference; compiled for either machine only rounding differs."""
    few = batch(2, seed=4, days=16, levels=2, has_pill=True, asked=1)
    arguments = eight_points(few, prior=PRIOR, mcid=MCID, dtype=dtype, lanes=4)
    plain, fast = np.empty((2, kernel.PARTS)), np.empty((2, kernel.PARTS))
    kernel.sweep_trials(*arguments, plain)
    EXECUTIONS[execution](*arguments, fast)
    assert np.isfinite(plain).all()
    np.testing.assert_allclose(fast, plain, rtol=rounding, atol=rounding)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_grid_point_is_the_mixture_of_its_nodes(dtype: type) -> None:
    """Weights, moments and tails against exact exponentials and an exact normal distribution."""
    rng = np.random.default_rng(3)
    lanes = 12
    weight = rng.uniform(-30.0, 0.0, (kernel.BULK_NODES, lanes)).astype(dtype)
    mean = rng.normal(0.0, 0.2, weight.shape).astype(dtype)
    sd = rng.uniform(0.02, 0.3, weight.shape).astype(dtype)
    edges = np.array([-0.1, 0.0, 0.1], dtype=dtype)
    parts = np.empty((kernel.PARTS, lanes), dtype=dtype)
    work = np.empty((kernel.WORK, lanes), dtype=dtype)
    kernel.summarise(weight, mean, sd, edges, work, parts)
    counting = np.where(weight > weight.max(axis=0) - kernel.NODE_DEPTH, weight, -np.inf)
    weight = counting.astype(np.float64)  # what lies deeper counts as nothing, by design
    share = np.exp(weight - logsumexp(weight, axis=0))
    exact = [logsumexp(weight, axis=0), (share * mean).sum(0), (share * (mean**2 + sd**2)).sum(0)]
    exact += [(share * norm.cdf((edge - mean) / sd)).sum(0) for edge in edges]
    # The series behind the exponential errs by 4e-6 at most; single precision adds about as much.
    np.testing.assert_allclose(parts, np.array(exact), rtol=1e-5, atol=1e-5)


def test_trials_that_a_coarse_grid_leaves_thin_get_a_denser_one() -> None:
    """They and no others get what a denser grid says, number for number; none is left alone."""
    many = batch(40, seed=5)
    found = bulk.fit_many(many, prior=PRIOR, mcid=MCID, points=256, most_points=4_096)
    coarse = bulk.fit_many(many, prior=PRIOR, mcid=MCID, points=256, most_points=256)
    middle = bulk.fit_many(many, prior=PRIOR, mcid=MCID, most_points=1_024)
    dense = bulk.fit_many(many, prior=PRIOR, mcid=MCID, points=4_096)
    thin = found.is_refined
    assert 0 < thin.sum() < len(many)
    np.testing.assert_array_equal(thin, coarse.is_finished_alone)
    assert not coarse.is_refined.any()
    assert not found.is_finished_alone.any()
    still = thin & middle.is_finished_alone
    np.testing.assert_array_equal(found.mean[still], dense.mean[still])
    np.testing.assert_array_equal(found.mean[thin & ~still], middle.mean[thin & ~still])
    np.testing.assert_array_equal(found.mean[~thin], coarse.mean[~thin])


def test_events_of_their_own_are_not_taken_for_everyones() -> None:
    """Series that share their events share a row of columns; one series' own changes only it."""
    many = batch(6, seed=6, has_pill=True)
    apart = many.events.copy()
    apart[2, :20] = 1.0
    same = bulk.fit_many(many, prior=PRIOR, mcid=MCID)
    own = bulk.fit_many(replace(many, events=apart), prior=PRIOR, mcid=MCID)
    changed = np.arange(6) == 2
    np.testing.assert_array_equal(same.mean[~changed], own.mean[~changed])
    assert same.mean[2] != own.mean[2]


def test_lanes_change_nothing() -> None:
    """A point's number does not depend on which others stand beside it: bit for bit."""
    few = batch(3, seed=8, days=24)
    found = []
    for lanes in (1, 4, 8):
        out = np.empty((3, kernel.PARTS))
        arguments = eight_points(few, prior=PRIOR, mcid=MCID, dtype=np.float64, lanes=lanes)
        kernel.compiled_bulk()(*arguments, out)
        found.append(out)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_the_compiler_makes_vector_instructions_of_the_lanes() -> None:
    """The loops over lanes become packed arithmetic in single precision, on x86 and on Arm."""
    compiled = njit(error_model="numpy")(kernel.whiten)
    lanes, days = 16, 3
    f = np.float32
    place = np.full((4, lanes), 0.5, f)
    scratch = [np.empty((rows, lanes), f) for rows in (5, 4, kernel.WORK)]
    columns = (np.zeros(days, f), np.ones((days, 2), f), np.ones((days, 1), f), np.zeros(1, f))
    compiled(*columns, place, *scratch, np.empty((4, 4, lanes), f))
    text = next(iter(compiled.inspect_asm().values()))
    packed = re.findall(r"\bv?(?:add|sub|mul)ps\b|\bf(?:add|sub|mul|mla)\s+v\d+\.4s", text)
    # One at the least for each of the eleven loops of a day.
    assert len(packed) >= 11

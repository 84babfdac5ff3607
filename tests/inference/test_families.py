"""Binary, ordinal and count outcomes from diary to answer: priors, truth, mirrors, refusals."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from openldn.inference import Answer, analyse, binary, count, ordinal
from openldn.inference.gaussian import Series
from openldn.inference.latent_model import LatentFit
from openldn.inference.priors import LATENT, beta_prior, describe
from openldn.protocol.outcomes import Family
from openldn.virtual import simulate
from support.plans import PAIN, plan

FAMILIES = (Family.BINARY, Family.ORDINAL, Family.COUNT)


def series(score: list[float] | np.ndarray, *, maximum: float = 1.0, days: int = 14) -> Series:
    """Scores by day with a switch that turns on and off every so many days."""
    values = np.asarray(score, dtype=np.float64)
    return Series(
        score=values,
        minimum=0.0,
        maximum=maximum,
        level=(np.arange(len(values)) // days % 2).astype(np.int64),
        n_levels=1,
        capsule=None,
        events=np.empty((len(values), 0)),
    )


def fitted(family: Family, given: Series, *, prior: str = "default") -> LatentFit:
    """The posterior under a named prior."""
    beta = beta_prior(prior, family)
    if family is Family.BINARY:
        return binary.fit(given, prior=beta)
    if family is Family.COUNT:
        return count.fit(given, step=1.0, prior=beta)
    return ordinal.fit(given, steps=round(given.width) + 1, prior=beta)


# model.md section 4, as printed there.
TABLE: dict[Family, dict[str, Any]] = {
    Family.BINARY: {
        "alpha": (0.0, 2.0), "gamma": 1.5, "delta": 1.0, "pill": 0.75, "su": 1.0,
        "beta": {"default": 0.75, "sceptical": 0.5, "wide": 1.5},
    },
    Family.ORDINAL: {
        "alpha": None, "gamma": 0.9, "delta": 0.6, "pill": 0.45, "su": 0.6,
        "beta": {"default": 0.45, "sceptical": 0.3, "wide": 0.9},
    },
    Family.COUNT: {
        "alpha": (math.log(2.0), 1.5), "gamma": 0.7, "delta": 0.5, "pill": 0.4, "su": 0.5,
        "beta": {"default": 0.4, "sceptical": 0.25, "wide": 0.8},
    },
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_the_priors_are_those_of_the_contract(family: Family) -> None:
    """Every number of the table, and the words of the answer state the same."""
    of, row = LATENT[family], TABLE[family]
    assert of.alpha == row["alpha"]
    assert (of.gamma_sd, of.delta_sd, of.pill_sd) == (row["gamma"], row["delta"], row["pill"])
    assert of.su_sd == row["su"]
    assert dict(of.beta_sd) == row["beta"]
    for name, sd in row["beta"].items():
        told = describe(beta_prior(name, family), is_asymmetric=False, family=family)
        assert told["beta"]["normal"] == [0.0, sd]
        assert told["su"]["halfnormal"] == [row["su"]]
        assert ("log_r" in told) == (family is Family.COUNT)
        assert ("alpha" in told) == (family is not Family.ORDINAL)


def test_yes_and_no_are_mirrors() -> None:
    """Counting the no-days instead turns every effect round, and nothing else."""
    rng = np.random.default_rng(5)
    yes = (rng.random(84) < 0.3).astype(np.float64)
    one, other = (fitted(Family.BINARY, series(score)) for score in (yes, 1.0 - yes))
    first, second = one.link_levels[0].summary(), other.link_levels[0].summary()
    # The draws are not mirrors of each other, so the last digits are not: 5,000 effective draws
    # know a mean to 0.014 SD each; four errors of the difference are 0.08.
    assert first.mean == pytest.approx(-second.mean, abs=0.08 * first.sd)
    assert first.sd == pytest.approx(second.sd, rel=0.06)
    assert one.without.summary().mean == pytest.approx(1.0 - other.without.summary().mean, abs=0.01)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_wider_prior_gives_a_wider_answer(family: Family) -> None:
    """Sceptical, default and wide stand in this order for a diary that tells little."""
    rng = np.random.default_rng(6)
    score = rng.integers(0, 2, 28) if family is Family.BINARY else rng.integers(0, 4, 28)
    given = series(score.astype(np.float64), maximum=1.0 if family is Family.BINARY else 3.0)
    sceptical, default, wide = (
        fitted(family, given, prior=name).link_levels[0].summary().sd
        for name in ("sceptical", "default", "wide")
    )
    assert sceptical < default < wide


@pytest.mark.parametrize("family", FAMILIES)
def test_yes_only_on_the_drug_stays_finite_and_wide(family: Family) -> None:
    """Perfect separation has no largest likelihood; the prior keeps the answer honest."""
    score = (np.arange(56) // 14 % 2).astype(np.float64)
    given = series(score, maximum=1.0 if family is Family.BINARY else 2.0)
    found = fitted(family, given).link_levels[0].summary()
    assert found.mean > 0
    assert 0.3 * beta_prior("default", family).sd < found.sd
    assert math.isfinite(found.q975)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_diary_gives_the_same_numbers(family: Family) -> None:
    """Draws are fixed: no chance enters the answer."""
    score = np.random.default_rng(7).integers(0, 2, 40).astype(np.float64)
    first, second = (fitted(family, series(score, maximum=2.0)) for _ in range(2))
    assert first.levels[0].summary() == second.levels[0].summary()


def test_four_values_are_answered_widely() -> None:
    """So few days leave the prior of the effect nearly as it was."""
    score = np.full(28, np.nan)
    score[[0, 10, 16, 27]] = [0.0, 1.0, 1.0, 0.0]
    found = fitted(Family.BINARY, series(score)).link_levels[0].summary()
    assert found.sd == pytest.approx(0.75, rel=0.1)


SCALES = {
    Family.BINARY: "max = 1",
    Family.ORDINAL: "max = 4",
    Family.COUNT: 'max = 60\nfamily = "count"',
}


def scored(family: Family) -> str:
    """An outcome of the family for a plan's text."""
    mcid = {Family.BINARY: 0.1, Family.ORDINAL: 0.5, Family.COUNT: 1.0}[family]
    return PAIN.replace("max = 10", SCALES[family]).replace("mcid = 1.0", f"mcid = {mcid}")


def recovered(
    family: Family, effect: float, seed: int, *, sensitivity: bool = False
) -> tuple[Answer, float]:
    """An invented diary's answer and the true effect at the target, in points."""
    made = plan(outcomes=scored(family))
    diary, truth = simulate(made, effects={"pain": effect}, seed=seed, missing=0.1)
    return analyse(diary, plan=made, sensitivity=sensitivity), truth["effects"]["pain"][
        str(made.design.target.mg)
    ]


@pytest.mark.parametrize(
    ("family", "effect"), [(Family.BINARY, -0.2), (Family.ORDINAL, -0.8), (Family.COUNT, -1.5)]
)
def test_invented_truths_lie_where_the_answers_say(family: Family, effect: float) -> None:
    """Of 10 people with a real effect the 95% interval holds the truth of at least 7.

    With a coverage of 0.95 fewer than 7 would come once in 1,000 such tests.
    """
    held = 0
    for seed in range(10):
        answer, truth = recovered(family, effect, seed)
        found = answer.outcomes["pain"]
        assert found.outcome.family is family
        level = found.headline
        assert level.link_effect is not None
        assert level.p_meaningful_benefit + level.p_about_same + level.p_meaningful_harm == (
            pytest.approx(1.0)
        )
        held += level.effect.q025 <= truth <= level.effect.q975
    assert held >= 7


def test_a_search_that_begins_far_off_breaks_no_row() -> None:
    """The row of all days once stepped out to 1e180: a pivot was lost where cutpoints bent away."""
    answer, _ = recovered(Family.ORDINAL, -0.8, 0, sensitivity=True)
    rows = {row.name: row.effect for row in answer.outcomes["pain"].sensitivity}
    assert "all-days" in rows
    assert all(math.isfinite(effect.mean) and effect.sd > 0 for effect in rows.values())


def test_the_file_tells_the_family_and_its_priors() -> None:
    """Outsiders can see which model answered, and with which numbers."""
    answer, _ = recovered(Family.COUNT, -1.0, 1)
    written = answer.to_json()
    (pain,) = written["outcomes"]
    assert pain["family"] == written["model"]["family"] == "count"
    assert written["model"]["priors"]["log_r"] == {"normal": [pytest.approx(math.log(5)), 1.0]}
    assert written["model"]["other_families"] == {}
    assert pain["noise_sd"] is None is pain["white_share"]
    assert pain["wander_sd"]["mean"] > 0
    assert pain["dispersion"]["q50"] > 0
    assert pain["diagnostics"]["effective_draws"] > pain["diagnostics"]["effective_grid_points"]


def test_points_move_with_the_scale_and_the_coefficient_does_not() -> None:
    """A 1 to 5 scale in steps of 1 is the scale 0 to 40 in steps of 10, read in other points."""
    steps = np.random.default_rng(8).integers(0, 5, 56).astype(np.float64)
    beta = beta_prior("default", Family.ORDINAL)
    fits = []
    for low, step in ((1.0, 1.0), (0.0, 10.0)):
        given = replace(series(low + step * steps, maximum=low + 4 * step), minimum=low)
        fits.append(ordinal.fit(given, steps=5, prior=beta))
    one, ten = fits
    assert one.link_levels[0].summary() == ten.link_levels[0].summary()
    assert ten.levels[0].summary().mean == pytest.approx(10 * one.levels[0].summary().mean)
    # 10 (mean - 1): the same answer, counted from the least one.
    assert ten.without.summary().mean == pytest.approx(10 * (one.without.summary().mean - 1))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_value_between_two_answers_counts_as_the_nearer_one(family: Family) -> None:
    """Half a step belongs to the upper answer; the fit is that of whole steps."""
    whole = np.random.default_rng(9).integers(0, 2, 40).astype(np.float64)
    shift = np.arange(40) % 2
    between = np.where(whole > 0, 0.5 + 0.5 * shift, 0.4 * shift)
    first, second = (
        fitted(family, series(score, maximum=1.0 if family is Family.BINARY else 2.0))
        for score in (whole, between)
    )
    assert first.link_levels[0].summary() == second.link_levels[0].summary()


@pytest.mark.parametrize("family", FAMILIES)
def test_pill_events_and_asymmetry_have_their_places(family: Family) -> None:
    """Capsules without LDN, an event and two time constants are told on both scales."""
    rng = np.random.default_rng(10)
    days = np.arange(84)
    given = replace(
        series(
            rng.integers(0, 2, 84).astype(np.float64),
            maximum=2.0 if family is not Family.BINARY else 1.0,
        ),
        capsule=days >= 28,
        events=((days >= 40) & (days < 48)).astype(np.float64)[:, None],
        is_asymmetric=True,
    )
    found = fitted(family, given)
    assert found.pill is not None
    assert found.link_pill is not None
    assert found.offset_days is not None
    assert len(found.events) == len(found.link_events) == 1
    for points, link in ((found.pill, found.link_pill), (found.events[0], found.link_events[0])):
        # A difference has the sign of its coefficient in every draw; both sides are smoothed.
        assert float(points.below(0.0)) == pytest.approx(float(link.below(0.0)), abs=0.02)

"""The engine against long NUTS runs of the same model, written independently.

`python tools/rebuild_golden.py` makes the reference numbers again. Tolerances are those of the
statistical contract, plus three Monte Carlo errors of the reference itself.
"""

from typing import Any

import numpy as np
import pytest

from openldn.inference import gaussian
from openldn.inference.gaussian import Fit
from openldn.inference.mixture import Mixture, Summary
from openldn.inference.priors import beta_prior
from support.cases import CASES, Case, golden_path, load_golden
from support.series import series_of

# model.md section 3: mean within 0.05 posterior SD, SD within 5%, tail probabilities within 0.01.
MEAN_IN_SD = 0.05
SD_SHARE = 0.05
TAIL = 0.01
# Three Monte Carlo errors of the reference: one in 370 comparisons would exceed them by chance.
ERRORS = 3.0
# The parameters that the grid only samples (tau, phi, w, sigma) carry no accuracy target in the
# contract; a tenth of a posterior SD still catches a wrong prior or a wrong transformation.
GRID_MEAN_IN_SD = 0.10
GRID_SD_SHARE = 0.10


def fitted(case: Case) -> Fit:
    """The engine's posterior of one case."""
    return gaussian.fit(series_of(case), prior=beta_prior("default"))


def coefficients(case: Case, fit: Fit) -> dict[str, Mixture]:
    """Every coefficient of the model under the reference's name."""
    named = {f"beta_{k}": level for k, level in enumerate(fit.levels, start=1)}
    named |= {f"delta_{j}": event for j, event in enumerate(fit.events, start=1)}
    named |= {"alpha": fit.alpha, "gamma": fit.trend}
    if fit.pill is not None:
        named["pill"] = fit.pill
    return named


def test_there_are_at_least_twelve_cases_and_each_has_its_reference() -> None:
    """A case without numbers to hold it against proves nothing."""
    assert len(CASES) >= 12
    for case in CASES:
        assert golden_path(case.name).exists(), case.name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_reference_was_made_from_these_very_numbers(case: Case) -> None:
    """A generator that drifted would make the comparison meaningless."""
    assert load_golden(case.name)["inputs_sha256"] == case.fingerprint()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_coefficients_agree_with_the_reference(case: Case) -> None:
    """Mean, spread and tails of every coefficient are those of the reference sampler."""
    reference: dict[str, Any] = load_golden(case.name)["parameters"]  # type: ignore[assignment]
    found = coefficients(case, fitted(case))
    assert found.keys() <= reference.keys()
    for name, posterior in found.items():
        truth = reference[name]
        summary = posterior.summary()
        sd = truth["sd"]["value"]
        off = abs(summary.mean - truth["mean"]["value"])
        assert off <= MEAN_IN_SD * sd + ERRORS * truth["mean"]["mcse"], (name, "mean")
        spread = abs(summary.sd - sd)
        assert spread <= SD_SHARE * sd + ERRORS * truth["sd"]["mcse"], (name, "sd")
        tails = {
            "p_below_0": float(posterior.below(0.0)),
            "p_at_most_minus_mcid": float(posterior.below(-case.mcid)),
            "p_at_least_mcid": 1.0 - float(posterior.below(case.mcid)),
        }
        for tail, share in tails.items():
            if tail in truth:
                allowed = TAIL + ERRORS * truth[tail]["mcse"]
                assert abs(share - truth[tail]["value"]) <= allowed, (name, tail)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_quantiles_lie_where_the_reference_puts_them(case: Case) -> None:
    """The CDF at the reference's own quantiles is the quantile's name, within the tail target."""
    reference: dict[str, Any] = load_golden(case.name)["parameters"]  # type: ignore[assignment]
    for name, posterior in coefficients(case, fitted(case)).items():
        for label, share in (("q025", 0.025), ("q05", 0.05), ("q50", 0.5), ("q95", 0.95)):
            at = reference[name][label]
            inside = [at["value"] + shift * ERRORS * at["mcse"] for shift in (-1, 1)]
            low, high = posterior.below(np.array(inside))
            assert low - TAIL <= share <= high + TAIL, (name, label)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_noise_and_onset_agree_with_the_reference(case: Case) -> None:
    """The parameters behind the coefficients are the reference's too."""
    reference: dict[str, Any] = load_golden(case.name)["parameters"]  # type: ignore[assignment]
    fit = fitted(case)
    found: dict[str, Summary] = {
        "sigma": fit.noise_sd,
        "phi": fit.phi,
        "w": fit.white_share,
    }
    found["tau"] = fit.onset_days
    if fit.offset_days is not None:
        found["tau_off"] = fit.offset_days
    for name, summary in found.items():
        truth = reference[name]
        sd = truth["sd"]["value"]
        off = abs(summary.mean - truth["mean"]["value"])
        assert off <= GRID_MEAN_IN_SD * sd + ERRORS * truth["mean"]["mcse"], name
        spread = abs(summary.sd - sd)
        assert spread <= GRID_SD_SHARE * sd + ERRORS * truth["sd"]["mcse"], name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_best_dose_is_as_likely_as_in_the_reference(case: Case) -> None:
    """Shares of being best over all doses and none agree within the tail target."""
    golden: dict[str, Any] = load_golden(case.name)
    shares = fitted(case).p_best(tuple(range(case.n_levels)), sign=-1.0)
    assert sum(shares) == pytest.approx(1.0, abs=1e-9)
    for share, truth in zip(shares, golden["p_best"], strict=True):
        assert abs(share - truth["value"]) <= TAIL + ERRORS * truth["mcse"]

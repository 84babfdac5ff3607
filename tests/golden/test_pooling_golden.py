"""Pooling against long NUTS runs of the whole model, written independently.

`python tools/rebuild_pooling_golden.py` makes the reference numbers again.
"""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from openldn.inference.mixture import Mixture, Summary
from openldn.pooling.contribution import Contribution, divided, merged
from openldn.pooling.people import estimates, gathered
from openldn.pooling.pool import Pool, PoolPriors, Spread, pool
from openldn.protocol.outcomes import Better
from support.pooling_cases import DIARIES, TABLES, Table, load_golden

# model.md section 3, which pooling is held to as well: mean within 0.05 posterior SD, SD within 5%.
MEAN_IN_SD = 0.05
SD_SHARE = 0.05
# Three Monte Carlo errors of the reference: one in 370 comparisons would exceed them by chance.
ERRORS = 3.0


def pooled(case: Table) -> Pool:
    """Our pool of a table, with its priors."""
    names = [f"p{number:02d}" for number in range(len(case.estimate))]
    columns = estimates(names, case.estimate.tolist(), case.se.tolist(), case.condition)
    columns = replace(columns, grade=np.array(list(case.grade)))
    spread = Spread(kind=case.spread, scale=case.spread_scale)
    priors = PoolPriors(mu_sd=case.mu_sd, omega=spread, kappa=spread)
    return pool(gathered(columns, include_open=True), priors=priors)


def told(found: Pool, order: tuple[str, ...]) -> dict[str, Summary]:
    """Every quantity of the population under the reference's name."""
    population = found.population
    named = {"mu": population.mu, "omega": population.omega}
    if population.kappa is not None:
        named["kappa"] = population.kappa
        names = list(dict.fromkeys(order))
        named |= {f"mu_c_{names.index(c)}": s for c, s in population.conditions.items()}
    return named | {f"b_{name}": bias for name, bias in population.biases.items()}


def compare(name: str, ours: Summary, reference: dict[str, float]) -> None:
    """Hold mean and SD against the reference within the target and its own error."""
    sd = reference["sd"]
    allowed = MEAN_IN_SD * sd + ERRORS * reference["mean_mcse"]
    assert abs(ours.mean - reference["mean"]) <= allowed, name
    assert abs(ours.sd - sd) <= SD_SHARE * sd + ERRORS * reference["sd_mcse"], name


@pytest.mark.parametrize("case", [*TABLES, DIARIES], ids=lambda case: case.name)
def test_the_reference_was_made_from_these_very_numbers(case: Table) -> None:
    """A generator that drifted would make the comparison meaningless."""
    assert load_golden(case.name)["inputs_sha256"] == case.fingerprint()


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case.name)
def test_the_population_agrees_with_nuts(case: Table) -> None:
    """mu, omega, kappa, mu_c and the bias terms of section 6, one condition and several."""
    reference = load_golden(case.name)["parameters"]
    quantities = told(pooled(case), case.condition)
    assert len(quantities) >= 2
    for name, ours in quantities.items():
        compare(name, ours, reference[name])


def test_eight_schools_has_its_published_posterior() -> None:
    """posteriordb: mu about 4.4, tau about 3.6, under Normal(0, 5) and half-Cauchy(0, 5)."""
    found = pooled(TABLES[0]).population
    assert found.mu.mean == pytest.approx(4.4, abs=0.05)
    # Its draws are 10,000: their own error of the mean of tau is 0.03.
    assert found.omega.mean == pytest.approx(3.6, abs=0.1)


def test_people_summarised_one_by_one_agree_with_all_their_days_at_once() -> None:
    """Dividing the prior out, merging to four components and pooling lose nothing that matters."""
    contributions = [first_stage(i) for i in range(len(DIARIES.y))]
    assert max(len(c.components.lam) for c in contributions) <= 4
    found = pool(contributions)
    reference = load_golden(DIARIES.name)["parameters"]
    compare("mu", found.population.mu, reference["mu"])
    compare("omega", found.population.omega, reference["omega"])
    assert found.persons is not None
    for i, person in enumerate(found.persons):
        compare(f"beta_{i}", person.effect, reference[f"beta_{i}"])
    share = reference["new_below_minus_1"]
    # A probability: within 0.01 (model.md section 3).
    assert found.population.share.mean == pytest.approx(
        share["mean"], abs=0.01 + ERRORS * share["mean_mcse"]
    )


def first_stage(i: int) -> Contribution:
    """One diary alone, exactly: given sigma all is normal, and sigma is one integral."""
    y, x = DIARIES.y[i], DIARIES.x[i]
    sigma = np.exp(np.linspace(math.log(0.02), math.log(1.2), 400))
    log_prior = -0.5 * ((np.log(sigma) - math.log(0.15)) / 0.6) ** 2  # even steps of log sigma
    prior_precision = np.diag(1.0 / np.array([1.0, 0.3, 0.15]) ** 2)
    mean, sd, log_weight = np.empty((3, len(sigma)))
    for s, one in enumerate(sigma):
        precision = prior_precision + x.T @ x / one**2
        cov = np.linalg.inv(precision)
        pull = x.T @ y / one**2
        best = cov @ pull
        log_weight[s] = log_prior[s] - len(y) * math.log(one) - 0.5 * y @ y / one**2
        log_weight[s] += 0.5 * pull @ best - 0.5 * np.linalg.slogdet(precision)[1]
        mean[s], sd[s] = 10.0 * best[2], 10.0 * math.sqrt(cov[2, 2])
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > 1e-12 * weight.sum()
    posterior = Mixture(weight[kept] / weight[kept].sum(), mean[kept], sd[kept])
    return Contribution(
        id=f"{i:032x}",
        condition=None,
        grade="A",
        part="randomised",
        outcome="pain",
        better=Better.LOWER,
        scale=(0.0, 10.0),
        dose_mg=4.5,
        contrast="placebo",
        prior=(0.0, 1.5),
        components=merged(divided(posterior, mean=0.0, sd=1.5)),
    )


def test_every_case_has_its_reference_with_its_provenance() -> None:
    """Script, versions and date stand in the file, so that it can be made again."""
    for case in (*TABLES, DIARIES):
        made = load_golden(case.name)["made"]
        assert made["by"] == "tools/rebuild_pooling_golden.py", json.dumps(made)

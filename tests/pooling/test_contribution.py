"""What one person gives: the effect that the plan asks about, its prior taken out."""

import json
import re

import numpy as np
import pytest

from openldn.inference import AnalysisRefused, analyse
from openldn.inference.answer import Answer
from openldn.pooling.contribution import contribution_of
from openldn.protocol.outcomes import Better, Role
from support.trials import diary_of, outcome, pairs

# Twelve digits are written, and merging keeps the first two moments.
ROUNDING = 1e-6


def answered(
    *, better: Better = Better.LOWER, high: float = 10.0, prior: str = "default"
) -> Answer:
    """Six periods of two weeks, an effect of a point in ten toward better."""
    scale = high / 10.0

    def score(value: float) -> float:
        return scale * (value if better is Better.LOWER else 10.0 - value)

    found = diary_of(pairs("APPAAP", days=14), seed=3, effect=-1.0, transform=score)
    return analyse(found.diary, outcomes=[outcome(maximum=high, better=better)], prior=prior)


@pytest.mark.parametrize("prior", ["default", "sceptical", "wide"])
def test_the_prior_put_back_gives_the_answer_again(prior: str) -> None:
    """Merged or not, under the prior that was divided out the effect has the answer's moments."""
    answer = answered(prior=prior)
    made = contribution_of(answer, contribution_id="a" * 32)
    posterior = made.components.posterior(mean=made.prior[0], sd=made.prior[1])
    mean = float((posterior.weight * posterior.mean).sum())
    sd = float((posterior.weight * (posterior.sd**2 + (posterior.mean - mean) ** 2)).sum()) ** 0.5
    effect = answer.outcomes["pain"].headline.effect
    # Merging keeps the moments under the reference prior; under another one they move by less than
    # the engine itself may err (model.md section 3).
    assert mean == pytest.approx(effect.mean, abs=0.05 * effect.sd)
    assert sd == pytest.approx(effect.sd, rel=0.05)


def test_an_effect_is_turned_so_that_negative_is_better() -> None:
    """A score that is better when higher gives the same likelihood as its mirror image."""
    lower = contribution_of(answered(), contribution_id="a" * 32).components
    higher = contribution_of(answered(better=Better.HIGHER), contribution_id="b" * 32).components
    assert np.allclose(np.sort(lower.h), np.sort(higher.h), rtol=ROUNDING)
    assert float(lower.h.sum()) < 0.0


def test_an_effect_is_in_tenths_of_the_scale() -> None:
    """0 to 100 is 0 to 10 in other words."""
    short = contribution_of(answered(), contribution_id="a" * 32).components
    long = contribution_of(answered(high=100.0), contribution_id="b" * 32).components
    assert np.allclose(np.sort(short.lam), np.sort(long.lam), rtol=ROUNDING)


def test_an_open_diary_gives_the_dose_that_was_held_longest() -> None:
    """Without a plan nothing else tells which dose is meant."""
    made = contribution_of(answered(), contribution_id="a" * 32)
    assert (made.part, made.dose_mg, made.condition) == ("open", 4.5, None)
    assert made.grade in "DE"


def test_nothing_in_the_file_is_a_date_a_day_or_a_note() -> None:
    """The keys of the contract and no others; no date, no length of the diary."""
    written = contribution_of(answered(), contribution_id="a" * 32).to_json()
    keys = "format kind openldn id condition grade part outcome better scale dose_mg contrast prior"
    assert set(written) == {*keys.split(), "components"}
    assert set(written["components"][0]) == {"log_c", "h", "lambda"}
    assert not re.search(r"\d{4}-\d\d-\d\d", json.dumps(written))


def test_at_most_four_components_are_given() -> None:
    """A mixture of hundreds would tell more of the diary than is needed."""
    answer = answered()
    assert len(answer.outcomes["pain"].headline.posterior.weight) > 100
    made = contribution_of(answer, contribution_id="a" * 32)
    assert 1 <= len(made.components.lam) <= 4


def test_an_answer_without_its_primary_outcome_gives_nothing() -> None:
    """A secondary score does not stand in for the one that was asked about."""
    found = diary_of(pairs("APPA", days=14), seed=3)
    answer = analyse(found.diary, outcomes=[outcome(role=Role.SECONDARY)])
    with pytest.raises(AnalysisRefused) as refused:
        contribution_of(answer, contribution_id="a" * 32)
    assert refused.value.problems[0].code == "LDN-N022"

"""The two indices of blinding: published numbers, their ends, and what a trial tells."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import beta

from openldn.inference.blinding import Guesses, Said, bang, blinding_of, james
from openldn.protocol.plan import Arm

# Guesses in a trial of 753 people (R package BI, CRAN): the published indices are James 0.896, Bang
# 0.115 and 0.022, with standard errors of 0.011, 0.018 and 0.019.
ON_DRUG = Guesses(right=48, wrong=4, unknown=330)
ON_PLACEBO = Guesses(right=30, wrong=22, unknown=319)


def test_the_published_trial_gives_its_published_indices() -> None:
    """Three decimals of each index; with 750 people the intervals are nearly those of the paper."""
    overall = james(ON_DRUG, ON_PLACEBO)
    assert overall is not None
    assert round(overall.index, 3) == 0.896
    assert [round(bang(one).index, 3) for one in (ON_DRUG, ON_PLACEBO)] == [0.115, 0.022]
    assert (overall.low, overall.high) == pytest.approx((0.875, 0.918), abs=0.004)
    ends = (bang(ON_DRUG).low, bang(ON_DRUG).high)
    assert ends == pytest.approx((0.080, 0.150), abs=0.004)


@pytest.mark.parametrize(
    ("guesses", "whole"),
    [
        (Guesses(right=4, wrong=0, unknown=0), 0.0),
        (Guesses(right=0, wrong=0, unknown=4), 1.0),
        (Guesses(right=2, wrong=2, unknown=0), 0.5),
    ],
)
def test_james_has_its_ends_and_its_middle(guesses: Guesses, whole: float) -> None:
    """All right is 0, all unknown is 1, half right is a half; the interval holds no other side."""
    found = james(guesses, guesses)
    assert found is not None
    assert found.index == pytest.approx(whole)
    assert 0.0 <= found.low < found.high <= 1.0


def test_bang_s_interval_is_the_closed_form_where_there_is_one() -> None:
    """Without wrong ones in mind: right minus wrong over a flat Dirichlet, by two Betas."""
    counted = Guesses(right=5, wrong=1, unknown=2)
    # index = s (2 q - 1): s ~ Beta(8, 3), the share that guessed; q ~ Beta(6, 2), the right ones.
    s, q = (beta(*parts).ppf((np.arange(2_000) + 0.5) / 2_000) for parts in ((8, 3), (6, 2)))
    exact = np.quantile(np.outer(s, 2 * q - 1), (0.025, 0.975))
    found = bang(counted)
    assert found.index == 0.5
    assert (found.low, found.high) == pytest.approx(tuple(exact), abs=0.015)


def test_six_guesses_leave_almost_everything_open() -> None:
    """All six right is still no proof: the interval of each arm is wider than a half."""
    found = bang(Guesses(right=3, wrong=0, unknown=0))
    assert found.index == 1.0
    assert found.high - found.low > 0.5


def test_james_needs_both_arms_and_two_kinds_of_guess() -> None:
    """One arm without an answer has no overall index, nor have guesses without any by chance."""
    one = Guesses(right=2, wrong=0, unknown=1)
    assert james(one, None) is None
    assert james(one, Guesses(right=0, wrong=0, unknown=0)) is None
    # All guessed LDN, and only the LDN periods were guessed at all.
    assert james(one, Guesses(right=0, wrong=0, unknown=3)) is None


def _said(period: int, arm: Arm | None) -> Said:
    return Said(period=period, arm=arm, confidence=None if arm is None else 5, reason="")


def test_a_trial_is_told_by_period_and_counted_by_what_was_held() -> None:
    """Right and wrong are counted under the arm of the period, not under the guess."""
    a, p = Arm.ACTIVE, Arm.PLACEBO
    truth = {1: a, 2: p, 3: p, 4: a, 5: a, 6: p}
    said = [_said(6, a), *(_said(n, arm) for n, arm in ((1, a), (2, None), (3, p), (5, p)))]
    found = blinding_of([*said, _said(7, a)], truth)
    assert found is not None
    assert [(one.period, held) for one, held in found.told] == [
        (1, a),
        (2, p),
        (3, p),
        (5, a),
        (6, p),
    ]
    assert found.arms[a] == Guesses(right=1, wrong=1, unknown=0)
    assert found.arms[p] == Guesses(right=1, wrong=1, unknown=1)
    written = found.to_json()
    assert (written["periods"], len(written["guesses"])) == (6, 5)
    assert written["guesses"][1] == {
        "period": 2,
        "arm": "placebo",
        "said": "unknown",
        "confidence": None,
        "reason": "",
    }
    assert written["arms"]["active"]["bang"]["index"] == 0.0


def test_nobody_asked_is_nothing_told() -> None:
    """Without an answer there is no block at all."""
    assert blinding_of([], {1: Arm.ACTIVE}) is None
    assert blinding_of([_said(9, Arm.ACTIVE)], {1: Arm.ACTIVE}) is None


@pytest.mark.parametrize(("right", "wrong"), list(product(range(4), repeat=2))[1:])
def test_swapping_right_and_wrong_turns_bang_around(right: int, wrong: int) -> None:
    """The index and its interval change sign together, within the error of the draws."""
    one = bang(Guesses(right=right, wrong=wrong, unknown=1))
    other = bang(Guesses(right=wrong, wrong=right, unknown=1))
    assert one.index == -other.index
    assert one.low == pytest.approx(-other.high, abs=0.03)

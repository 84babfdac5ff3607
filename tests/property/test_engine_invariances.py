"""What must not matter: the unit of a score, where its zero lies, the names of doses, the future.

Each test compares two analyses of the same weeks told in another way.
"""

from dataclasses import replace

import numpy as np
import pytest

from openldn.diary import Entry
from openldn.inference import Answer, analyse
from openldn.inference.answer import LevelAnswer
from openldn.protocol.outcomes import Better, Outcome
from support.trials import DiaryOf, diary_of, outcome, pairs

# Both sides run the same arithmetic on the same standardised numbers; what differs is the rounding
# of the last digits of a double, which the grid cannot amplify beyond this share of a posterior SD.
ROUNDING = 1e-6
# Mirrored scores meet the same low-discrepancy points, so only p_best (drawn) may differ.
SEEDS = range(4)


def story(seed: int, *, scale: float = 1.0, shift: float = 0.0, flip: bool = False) -> DiaryOf:
    """Four pairs of two weeks, a real effect, drift, gaps and an infection."""
    return diary_of(
        pairs("APPAAPPA", days=7),
        seed=seed,
        effect=-1.0,
        missing=0.15,
        infection_days=range(20, 24),
        transform=lambda score: shift + scale * ((10.0 - score) if flip else score),
    )


def pain(*, low: float = 0.0, high: float = 10.0, better: Better = Better.LOWER) -> Outcome:
    """The outcome on its scale; a tenth of it matters."""
    return outcome(minimum=low, maximum=high, better=better)


def level(answer: Answer) -> LevelAnswer:
    """The only dose."""
    return answer.outcomes["pain"].levels[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shift", [-50.0, 3.0, 1000.0])
def test_shifting_the_scale_changes_nothing(seed: int, shift: float) -> None:
    """A scale from 1000 to 1010 is a scale from 0 to 10."""
    plain = level(analyse(story(seed).diary, outcomes=[pain()], sensitivity=False))
    moved = level(
        analyse(
            story(seed, shift=shift).diary,
            outcomes=[pain(low=shift, high=shift + 10.0)],
            sensitivity=False,
        )
    )
    assert moved.effect.mean == pytest.approx(plain.effect.mean, abs=ROUNDING * plain.effect.sd)
    assert moved.effect.sd == pytest.approx(plain.effect.sd, rel=ROUNDING)
    assert moved.p_benefit == pytest.approx(plain.p_benefit, abs=ROUNDING)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [0.1, 7.0, 100.0])
def test_scaling_scores_scale_and_mcid_together_scales_the_effect(seed: int, scale: float) -> None:
    """Millimetres instead of centimetres: the effect grows with the unit, chances stay."""
    plain = level(analyse(story(seed).diary, outcomes=[pain()], sensitivity=False))
    other = level(
        analyse(
            story(seed, scale=scale).diary, outcomes=[pain(high=10.0 * scale)], sensitivity=False
        )
    )
    assert other.effect.mean == pytest.approx(scale * plain.effect.mean, rel=ROUNDING)
    assert other.effect.q975 == pytest.approx(
        scale * plain.effect.q975, abs=scale * ROUNDING * plain.effect.sd
    )
    assert other.p_meaningful_benefit == pytest.approx(plain.p_meaningful_benefit, abs=ROUNDING)


@pytest.mark.parametrize("seed", SEEDS)
def test_multiplying_all_doses_changes_only_their_names(seed: int) -> None:
    """Only the order of the doses enters the model."""

    def times(entry: Entry) -> Entry:
        return replace(entry, dose_ug=None if entry.dose_ug is None else 3 * entry.dose_ug)

    diary = story(seed).diary
    tripled = replace(diary, entries=tuple(times(entry) for entry in diary.entries))
    one, three = (
        level(analyse(each, outcomes=[pain()], sensitivity=False)) for each in (diary, tripled)
    )
    assert three.dose.ug == 3 * one.dose.ug
    assert three.effect == one.effect
    assert three.p_best == one.p_best


@pytest.mark.parametrize("seed", SEEDS)
def test_days_without_values_at_the_end_change_nothing(seed: int) -> None:
    """A diary that nobody fills in any more says what it said before."""
    diary = story(seed).diary
    last = max(entry.day for entry in diary.entries)
    empty = tuple(Entry(day=last + n, dose_ug=0) for n in range(1, 30))
    longer = replace(diary, entries=diary.entries + empty)
    before, after = (
        level(analyse(each, outcomes=[pain()], sensitivity=False)) for each in (diary, longer)
    )
    assert after.effect == before.effect
    assert after.p_benefit == before.p_benefit


@pytest.mark.parametrize("seed", SEEDS)
def test_turning_the_scale_round_turns_the_effect_round(seed: int) -> None:
    """Energy instead of tiredness: the sign of the effect flips, what is better stays better."""
    plain = level(analyse(story(seed).diary, outcomes=[pain()], sensitivity=False))
    turned = level(
        analyse(
            story(seed, flip=True).diary, outcomes=[pain(better=Better.HIGHER)], sensitivity=False
        )
    )
    assert turned.effect.mean == pytest.approx(-plain.effect.mean, abs=ROUNDING * plain.effect.sd)
    assert turned.effect.q025 == pytest.approx(-plain.effect.q975, abs=1e-5 * plain.effect.sd)
    assert turned.p_benefit == pytest.approx(plain.p_benefit, abs=ROUNDING)
    assert turned.p_meaningful_harm == pytest.approx(plain.p_meaningful_harm, abs=ROUNDING)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_three_shares_add_up_and_the_best_shares_too(seed: int) -> None:
    """Better, about the same and worse are the whole; so are the doses and none."""
    answer = analyse(story(seed).diary, outcomes=[pain()], sensitivity=False)
    one = level(answer)
    whole = one.p_meaningful_benefit + one.p_about_same + one.p_meaningful_harm
    assert whole == pytest.approx(1.0, abs=1e-12)
    best = answer.outcomes["pain"].p_best_none + sum(
        each.p_best or 0.0 for each in answer.outcomes["pain"].levels
    )
    assert best == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    """Entries are days, not positions."""
    diary = story(seed).diary
    shuffled = list(diary.entries)
    np.random.default_rng(seed).shuffle(shuffled)  # type: ignore[arg-type]
    mixed = replace(diary, entries=tuple(shuffled))
    assert (
        level(analyse(mixed, outcomes=[pain()], sensitivity=False)).effect
        == level(analyse(diary, outcomes=[pain()], sensitivity=False)).effect
    )

"""What was guessed about the hidden periods, held against what they held: description, no verdict.

Two published indices with the counts they come from. Guesses can be right because the drug helps,
so neither index says that a blind was lost; the reasons stand beside them.

- Bang's index, one for each arm: (right - wrong) / all answers, "I don't know" among them. From -1,
  all wrong, over 0, as by chance, to 1, all right. Bang H, Ni L, Davis CE. Assessment of blinding
  in clinical trials. Controlled Clinical Trials 2004; 25:143-156. 10.1016/j.cct.2003.10.016
- James's index, one for the trial: 1 is all "I don't know", 0.5 is as by chance, 0 is all right.
  (1 + u + (1 - u) k) / 2, where u is the share of "I don't know" and k a kappa of the others in
  which a wrong guess weighs a half. James KE and others. An index for assessing blindness in a
  multi-centre clinical trial. Statistics in Medicine 1996; 15:1421-1434.
  10.1002/(SICI)1097-0258(19960715)15:13<1421::AID-SIM266>3.0.CO;2-H

A trial of one person has six or eight guesses, far too few for the normal intervals of these
papers. The intervals here are Bayesian: each arm's shares of right, wrong and "I don't know" have a
flat Dirichlet prior, and so a Dirichlet posterior.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from openldn.protocol.plan import Arm

__all__ = ["Blinding", "Guesses", "Index", "Said", "bang", "blinding_of", "james"]

TAIL: Final = 0.025  # left out at each end of an interval
DRAWS: Final = 20_000
SEED: Final = 1
WRONG_WEIGHS: Final = 0.5  # James's own choice


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One answer about one period; no arm is "I don't know"."""

    period: int
    arm: Arm | None
    confidence: int | None
    reason: str  # the word of the form that was used; may be empty


@dataclass(frozen=True, kw_only=True, slots=True)
class Guesses:
    """How the answers about one arm fell."""

    right: int
    wrong: int
    unknown: int

    @property
    def answered(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.unknown

    def to_json(self) -> dict[str, int]:
        """The three counts."""
        return {"right": self.right, "wrong": self.wrong, "unknown": self.unknown}


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """An index with the ends of its 95% interval."""

    index: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Plain numbers."""
        return {"index": self.index, "low": self.low, "high": self.high}


@dataclass(frozen=True, kw_only=True, slots=True)
class Blinding:
    """The guesses of one trial beside the truth.

    Attributes
    ----------
    told
        Each answer with the arm that its period held, by period.
    periods
        How many periods there were; those without an answer were left out.
    arms
        The counts for each arm that was given.
    """

    told: tuple[tuple[Said, Arm], ...]
    periods: int
    arms: Mapping[Arm, Guesses]

    def to_json(self) -> dict[str, Any]:
        """The block `blinding` of the answer file."""
        overall = james(self.arms.get(Arm.ACTIVE), self.arms.get(Arm.PLACEBO))
        return {
            "periods": self.periods,
            "guesses": [
                {
                    "period": said.period,
                    "arm": str(held),
                    "said": "unknown" if said.arm is None else str(said.arm),
                    "confidence": said.confidence,
                    "reason": said.reason,
                }
                for said, held in self.told
            ],
            "arms": {
                str(arm): counted.to_json() | {"bang": bang(counted).to_json()}
                for arm, counted in self.arms.items()
                if counted.answered
            },
            "james": None if overall is None else overall.to_json(),
        }


def blinding_of(said: Sequence[Said], truth: Mapping[int, Arm]) -> Blinding | None:
    """Hold the answers against the arms of the periods; None without an answer.

    Parameters
    ----------
    said
        At most one answer about a period; answers about periods that never began are left out.
    truth
        The arm of each period that began, by its number.
    """
    told = tuple(
        (one, truth[one.period])
        for one in sorted(said, key=lambda one: one.period)
        if one.period in truth
    )
    if not told:
        return None
    return Blinding(
        told=told,
        periods=len(truth),
        arms={arm: _counted(told, arm) for arm in (Arm.ACTIVE, Arm.PLACEBO)},
    )


def bang(counted: Guesses) -> Index:
    """Bang's index of one arm; at least one answer."""
    shares = _posterior(counted)
    low, high = np.quantile(shares[:, 0] - shares[:, 1], (TAIL, 1.0 - TAIL))
    index = (counted.right - counted.wrong) / counted.answered
    return Index(index=index, low=float(low), high=float(high))


def james(active: Guesses | None, placebo: Guesses | None) -> Index | None:
    """James's index of a trial; None where an arm has no answer, or no chance agreement exists.

    The interval is that of the shares in each arm, the number of periods in each being fixed.
    """
    if active is None or placebo is None or not (active.answered and placebo.answered):
        return None
    counts = [[one.right, one.wrong, one.unknown] for one in (active, placebo)]
    answered = np.array([active.answered, placebo.answered], dtype=np.float64)
    found = _james(np.array(counts, dtype=np.float64)[None])[0]
    if np.isnan(found):
        return None
    # Each arm from its own stream: the same counts in both arms must not move together.
    shares = np.stack(
        [_posterior(one, stream) for stream, one in enumerate((active, placebo))], axis=1
    )
    low, high = np.quantile(_james(shares * answered[:, None]), (TAIL, 1.0 - TAIL))
    return Index(index=float(found), low=float(low), high=float(high))


def _counted(told: Sequence[tuple[Said, Arm]], arm: Arm) -> Guesses:
    said = [one.arm for one, held in told if held is arm]
    unknown = sum(one is None for one in said)
    right = sum(one is arm for one in said)
    return Guesses(right=right, wrong=len(said) - unknown - right, unknown=unknown)


def _posterior(counted: Guesses, stream: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(draws, 3) shares of right, wrong and unknown; the same for the same counts."""
    generator = np.random.default_rng([SEED, stream])
    alpha = (counted.right + 1.0, counted.wrong + 1.0, counted.unknown + 1.0)
    return generator.dirichlet(alpha, DRAWS)


def _james(
    counts: np.ndarray[Any, np.dtype[np.float64]],
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(n,) James's index of (n, 2 arms, right-wrong-unknown) counts, which may be fractions."""
    right, wrong, unknown = counts[..., 0], counts[..., 1], counts[..., 2]
    total, unsure = counts.sum(axis=(1, 2)), unknown.sum(axis=1) / counts.sum(axis=(1, 2))
    sure = (right + wrong).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = WRONG_WEIGHS * wrong.sum(axis=1) / sure
        # A guess of an arm is a right one of its own periods, or a wrong one of the other's.
        guessed = (right + wrong[:, ::-1]) / sure[:, None]
        held = (right + wrong) / sure[:, None]
        by_chance = WRONG_WEIGHS * (guessed * held[:, ::-1]).sum(axis=1)
        kappa = (seen - by_chance) / by_chance
        index = (1.0 + unsure + (1.0 - unsure) * kappa) / 2.0
    found: np.ndarray[Any, np.dtype[np.float64]] = np.where(sure < 1e-9 * total, 1.0, index)
    return found

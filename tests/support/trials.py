"""Small invented trials for tests: a plan, a diary and the arms, from a few words.

The noise is the model's own (an AR(1) drift plus scatter) so that statistical tests hold the engine
against what it assumes; nothing here is imported from the engine or from `openldn.virtual`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from openldn.diary import Diary, Entry
from openldn.protocol.outcomes import Better, Family, Outcome, Role
from openldn.protocol.plan import Arm

__all__ = ["DiaryOf", "diary_of", "noise", "outcome", "pairs"]

TARGET_UG = 4500


@dataclass(frozen=True, kw_only=True)
class DiaryOf:
    """A diary and what each of its days held."""

    diary: Diary
    arms: tuple[Arm, ...]


def outcome(
    *,
    id: str = "pain",  # noqa: A002
    minimum: float = 0.0,
    maximum: float = 10.0,
    better: Better = Better.LOWER,
    mcid: float | None = None,
    family: Family = Family.GAUSSIAN,
    role: Role = Role.PRIMARY,
) -> Outcome:
    """A score on its scale; a tenth of the scale matters unless said otherwise."""
    width = maximum - minimum
    return Outcome(
        id=id,
        label=id.capitalize(),
        minimum=minimum,
        maximum=maximum,
        step=width / 10,
        better=better,
        mcid=width / 10 if mcid is None else mcid,
        role=role,
        family=family,
    )


def pairs(letters: str, *, days: int) -> tuple[Arm, ...]:
    """A = active, P = placebo, N = nothing, each for a number of days."""
    arms = {"A": Arm.ACTIVE, "P": Arm.PLACEBO, "N": Arm.NONE}
    return tuple(arms[letter] for letter in letters for _ in range(days))


def noise(rng: np.random.Generator, days: int, *, phi: float, w: float, sigma: float) -> np.ndarray:
    """(days,) stationary drift with memory phi, plus scatter; total standard deviation sigma."""
    drift = np.empty(days)
    value = rng.normal()
    for t in range(days):
        drift[t] = value
        value = phi * value + np.sqrt(1.0 - phi**2) * rng.normal()
    return sigma * (np.sqrt(1.0 - w) * drift + np.sqrt(w) * rng.normal(size=days))


def diary_of(
    arms: Sequence[Arm],
    *,
    seed: int,
    effect: float = 0.0,
    tau: float = 3.0,
    phi: float = 0.5,
    w: float = 0.5,
    sigma: float = 1.3,
    missing: float = 0.0,
    infection_days: Iterable[int] = (),
    first_day: int = 0,
    transform: Callable[[float], float] = float,
) -> DiaryOf:
    """A diary of one score in which the active arm moves it by `effect` points at steady state."""
    rng = np.random.default_rng(seed)
    ill = set(infection_days)
    wander = noise(rng, len(arms), phi=phi, w=w, sigma=sigma)
    gone = rng.random(len(arms)) < missing
    exposure = 0.0
    entries = []
    for t, arm in enumerate(arms):
        exposure += (1.0 - np.exp(-1.0 / tau)) * ((arm is Arm.ACTIVE) - exposure)
        score = 5.0 + effect * exposure + wander[t] + (1.0 if t in ill else 0.0)
        entries.append(
            Entry(
                day=first_day + t,
                arm=arm,
                dose_ug=TARGET_UG if arm is Arm.ACTIVE else 0,
                scores={} if gone[t] else {"pain": transform(float(np.clip(score, 0.0, 10.0)))},
                events=("infection",) if t in ill else (),
            )
        )
    return DiaryOf(diary=Diary.from_entries(entries, outcome_ids=["pain"]), arms=tuple(arms))

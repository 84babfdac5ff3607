"""Fixed invented diaries on which the engine is held against the reference sampler.

Each case is one diary as the Gaussian model sees it: scores by day, the assigned level and
capsule by day, outside events, and the few switches that change the model. Cases are functions of a
fixed seed, so only their results (`tests/golden/gaussian/<name>.json`) are stored; the fingerprint
in each golden file tells when a generator has drifted from the numbers beside it.

This module stands on NumPy alone. It shares no code with `openldn.inference` or with
`support.nuts`, and neither shares code with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CASES",
    "Case",
    "case_named",
    "days_of",
    "drop_days",
    "event_columns",
    "exposure_of",
    "golden_path",
    "load_golden",
    "pairs_of",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GOLDEN = Path(__file__).parents[1] / "golden" / "gaussian"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Case:
    """One diary and the switches of the model; arrays run over calendar days t = 1..T.

    Attributes
    ----------
    y
        Scores, length T, as recorded; NaN where nothing was recorded. Read `used` for the values
        that carry likelihood.
    levels
        Level assigned on each day: 0 for the contrast (placebo or nothing), k = 1..K in order of
        dose. Not yet shifted for `acts_next_day`.
    capsules
        1 on days with any capsule, active or placebo, else 0. Not yet shifted either.
    covariates
        T x J, 0 or 1: outside events.
    uses_pill
        Whether the pill term is in the model (placebo and no-capsule days among the days used).
    acts_next_day
        Day t uses level and capsule of day t-1; day 1 uses the state before the diary.
    already_on
        Level taken steadily before day 1 (its exposure and the capsule's start at 1); 0 for none.
    scale
        Least and greatest score possible.
    likelihood_from
        Index into the arrays (0 is day 1) of the first day that carries likelihood. Earlier days
        supply exposure only.
    asymmetric
        Whether onset and washout have separate time constants.
    better
        Always "lower" here; the mirror image is a property test of the engine.
    """

    name: str
    about: str
    y: Floats
    levels: Ints
    capsules: Ints
    covariates: Floats
    uses_pill: bool
    acts_next_day: bool
    already_on: int
    scale: tuple[float, float]
    likelihood_from: int
    asymmetric: bool
    better: str = "lower"

    @property
    def n_levels(self) -> int:
        """K, the number of levels above the contrast."""
        return int(self.levels.max())

    @property
    def width(self) -> float:
        """R, the width of the scale."""
        return self.scale[1] - self.scale[0]

    @property
    def mcid(self) -> float:
        """A tenth of the scale."""
        return self.width / 10

    @property
    def used(self) -> Floats:
        """The scores that carry likelihood: NaN before `likelihood_from` as well."""
        values = self.y.copy()
        values[: self.likelihood_from] = np.nan
        return values

    def fingerprint(self) -> str:
        """SHA-256 of everything the model sees, from text so that it is the same everywhere."""
        text = json.dumps(
            {
                "y": [None if np.isnan(v) else round(float(v), 6) + 0.0 for v in self.y],
                "levels": self.levels.tolist(),
                "capsules": self.capsules.tolist(),
                "covariates": self.covariates.tolist(),
                "switches": [self.uses_pill, self.acts_next_day, self.already_on],
                "scale": list(self.scale),
                "likelihood_from": self.likelihood_from,
                "asymmetric": self.asymmetric,
            }
        )
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Truth:
    """The person behind a diary; every effect in points of the scale."""

    beta: tuple[float, ...]
    alpha: float = 5.5
    gamma: float = 0.0
    pill: float = 0.0
    delta: tuple[float, ...] = ()
    sigma: float = 1.5
    phi: float = 0.5
    w: float = 0.5
    tau: float = 5.0
    tau_off: float | None = None


# A stretch of days: level, any capsule, days.
_NOTHING, _PLACEBO = (0, 0), (0, 1)


def _active(level: int) -> tuple[int, int]:
    return (level, 1)


def days_of(*stretches: tuple[tuple[int, int], int]) -> tuple[Ints, Ints]:
    """Levels and capsules by day from ((level, capsule), days) stretches."""
    rows = [state for state, days in stretches for _ in range(days)]
    table = np.array(rows, dtype=np.int64)
    return table[:, 0], table[:, 1]


def pairs_of(signs: str, *, days: int, level: int = 1) -> list[tuple[tuple[int, int], int]]:
    """Stretches for a string of periods: `A` active at `level`, `P` placebo."""
    return [(_active(level) if sign == "A" else _PLACEBO, days) for sign in signs]


def event_columns(n_days: int, *spans: Sequence[tuple[int, int]]) -> Floats:
    """One 0/1 column for each event; a span is (first day from 1, days)."""
    columns = np.zeros((n_days, len(spans)))
    for j, event in enumerate(spans):
        for first, days in event:
            columns[first - 1 : first - 1 + days, j] = 1.0
    return columns


def exposure_of(
    on: Ints, *, start: float, next_day: bool, tau: float, tau_off: float | None = None
) -> Floats:
    """Exposure that drifts toward `on` with one time constant, or one for each way."""
    tau_on, tau_off = tau, tau if tau_off is None else tau_off
    x, out = start, np.empty(on.size)
    for t in range(on.size):
        target = (float(on[t - 1]) if t > 0 else start) if next_day else float(on[t])
        pace = 1 - np.exp(-1 / (tau_on if target > 0 else tau_off))
        x += pace * (target - x)
        out[t] = x
    return out


def _wandering(rng: np.random.Generator, n: int, *, truth: _Truth) -> Floats:
    """Slow wandering plus daily scatter: stationary AR(1) and white noise."""
    slow = np.empty(n)
    sd = truth.sigma * np.sqrt(1 - truth.w)
    slow[0] = sd * rng.standard_normal()
    for t in range(1, n):
        step = sd * np.sqrt(1 - truth.phi**2) * rng.standard_normal()
        slow[t] = truth.phi * slow[t - 1] + step
    return slow + truth.sigma * np.sqrt(truth.w) * rng.standard_normal(n)


def drop_days(rng: np.random.Generator, y: Floats, *, share: float) -> Floats:
    """Drop days: half of `share` in runs of four (a bad spell), half one by one."""
    y = y.copy()
    wanted = round(share * y.size)
    while np.isnan(y).sum() < wanted // 2:
        first = int(rng.integers(0, y.size - 4))
        y[first : first + 4] = np.nan
    rest = np.flatnonzero(~np.isnan(y))
    y[rng.permutation(rest)[: wanted - int(np.isnan(y).sum())]] = np.nan
    return y


def _case(
    name: str,
    about: str,
    *,
    seed: int,
    stretches: Sequence[tuple[tuple[int, int], int]],
    truth: _Truth,
    missing: float = 0.0,
    events: Sequence[Sequence[tuple[int, int]]] = (),
    uses_pill: bool = False,
    acts_next_day: bool = False,
    already_on: int = 0,
    scale: tuple[float, float] = (0.0, 10.0),
    decimals: int = 0,
    likelihood_from: int = 0,
    hope_before: float = 0.0,
    noise: Callable[[np.random.Generator, Floats], Floats] | None = None,
) -> Case:
    """Draw one diary: the model's own data, then rounded, clipped and thinned."""
    rng = np.random.default_rng(seed)
    levels, capsules = days_of(*stretches)
    n = levels.size
    covariates = event_columns(n, *events)
    trend = (np.arange(n) + 1 - (n + 1) / 2) / n
    mean = truth.alpha + truth.gamma * trend + covariates @ np.array(truth.delta)
    for k, beta in enumerate(truth.beta, start=1):
        on = (levels == k).astype(np.int64)
        start = float(already_on == k)
        mean += beta * exposure_of(
            on, start=start, next_day=acts_next_day, tau=truth.tau, tau_off=truth.tau_off
        )
    start = float(already_on > 0)
    mean += truth.pill * exposure_of(
        capsules, start=start, next_day=acts_next_day, tau=truth.tau, tau_off=truth.tau_off
    )
    mean[:likelihood_from] += hope_before * (capsules[:likelihood_from] > 0)
    y = mean + _wandering(rng, n, truth=truth)
    if noise is not None:
        y = noise(rng, y)
    y = drop_days(rng, np.clip(np.round(y, decimals), *scale), share=missing)
    return Case(
        name=name,
        about=about,
        y=y,
        levels=levels,
        capsules=capsules,
        covariates=covariates,
        uses_pill=uses_pill,
        acts_next_day=acts_next_day,
        already_on=already_on,
        scale=scale,
        likelihood_from=likelihood_from,
        asymmetric=truth.tau_off is not None,
    )


def _heavy(rng: np.random.Generator, y: Floats) -> Floats:
    """Add a few wild days, as real diaries have."""
    return y + 2.5 * rng.standard_t(3, y.size) * (rng.random(y.size) < 0.08)


CASES: tuple[Case, ...] = (
    _case(
        "pairs-84",
        "three blinded pairs of two weeks, one level, every day recorded",
        seed=101,
        stretches=pairs_of("APPAAP", days=14),
        truth=_Truth(beta=(-1.2,)),
    ),
    _case(
        "short-40",
        "forty open days, first nothing, then one level; days do not hang together",
        seed=102,
        stretches=[(_NOTHING, 14), (_active(1), 26)],
        truth=_Truth(beta=(-1.5,), phi=0.0, w=0.9, tau=1.0, sigma=1.2),
    ),
    _case(
        "ladder-2",
        "open ladder of two levels, 10% missing",
        seed=103,
        stretches=[(_NOTHING, 14), (_active(1), 21), (_active(2), 35)],
        truth=_Truth(beta=(-0.5, -1.5), phi=0.3, tau=3.0),
        missing=0.10,
    ),
    _case(
        "ladder-3-persistent",
        "open ladder of three levels, persistent noise, slow drug",
        seed=104,
        stretches=[(_NOTHING, 14), (_active(1), 28), (_active(2), 28), (_active(3), 50)],
        truth=_Truth(beta=(-0.3, -1.0, -0.8), phi=0.7, w=0.3, tau=10.0),
        missing=0.15,
    ),
    _case(
        "ladder-4-slow",
        "two hundred open days, four levels with a peak below the top, phi 0.9, tau 15",
        seed=105,
        stretches=[
            (_NOTHING, 20),
            (_active(1), 40),
            (_active(2), 45),
            (_active(3), 45),
            (_active(4), 50),
        ],
        truth=_Truth(beta=(-0.5, -1.5, -2.5, -1.5), phi=0.9, w=0.25, tau=15.0, sigma=1.8),
        missing=0.20,
    ),
    _case(
        "sparse-2",
        "forty days, two levels up and down again, 40% missing",
        seed=106,
        stretches=[(_NOTHING, 8), (_active(1), 10), (_active(2), 12), (_NOTHING, 10)],
        truth=_Truth(beta=(-0.5, -1.0), phi=0.4, tau=2.0),
        missing=0.40,
    ),
    _case(
        "pill-1",
        "placebo and no-capsule days: drug and capsule are told apart",
        seed=107,
        stretches=[(_NOTHING, 21), *pairs_of("PAAPPA", days=14), (_NOTHING, 14)],
        truth=_Truth(beta=(-1.0,), pill=-1.0, phi=0.6, tau=4.0),
        missing=0.10,
        uses_pill=True,
    ),
    _case(
        "pill-4-events-2",
        "four levels, pill, two events and next-day action over two hundred days",
        seed=108,
        stretches=[
            (_NOTHING, 16),
            (_active(1), 20),
            (_PLACEBO, 18),
            (_active(3), 22),
            (_active(2), 20),
            (_PLACEBO, 22),
            (_active(4), 24),
            (_NOTHING, 16),
            (_active(3), 22),
            (_PLACEBO, 20),
        ],
        truth=_Truth(beta=(-0.3, -0.8, -1.4, -1.2), pill=-0.6, delta=(1.5, -1.0), phi=0.5, tau=6.0),
        events=([(40, 6), (131, 8)], [(84, 10)]),
        missing=0.12,
        uses_pill=True,
        acts_next_day=True,
    ),
    _case(
        "events-next-day",
        "three pairs, two events, the drug acts on the day after",
        seed=109,
        stretches=pairs_of("PAAPPA", days=14),
        truth=_Truth(beta=(-0.8,), delta=(2.0, 1.0), phi=0.4, tau=2.0, gamma=-1.0),
        events=([(20, 5)], [(50, 4), (70, 3)]),
        missing=0.05,
        acts_next_day=True,
    ),
    _case(
        "already-on",
        "withdrawal from a level taken for long: exposure starts full",
        seed=110,
        stretches=[(_active(1), 14), *pairs_of("PAAPPA", days=12)],
        truth=_Truth(beta=(-1.8,), phi=0.5, tau=7.0),
        missing=0.08,
        acts_next_day=True,
        already_on=1,
    ),
    _case(
        "percent-2",
        "scale 0 to 100, two levels in blinded blocks, 30% missing",
        seed=111,
        stretches=[
            (_active(1), 16),
            (_PLACEBO, 16),
            (_active(2), 18),
            (_PLACEBO, 16),
            (_active(2), 16),
            (_active(1), 18),
        ],
        truth=_Truth(beta=(-6.0, -12.0), alpha=55.0, sigma=14.0, phi=0.6, w=0.4),
        missing=0.30,
        scale=(0.0, 100.0),
    ),
    _case(
        "percent-4-floor",
        "scale 0 to 100, four open levels, many days at the floor",
        seed=112,
        stretches=[
            (_NOTHING, 20),
            (_active(1), 30),
            (_active(2), 30),
            (_active(3), 30),
            (_active(4), 40),
        ],
        truth=_Truth(
            beta=(-8.0, -16.0, -24.0, -22.0), alpha=25.0, sigma=10.0, phi=0.3, w=0.6, tau=3.0
        ),
        scale=(0.0, 100.0),
    ),
    _case(
        "asymmetric-1",
        "slow onset and fast washout, both estimated",
        seed=113,
        stretches=pairs_of("APPAPAAP", days=21),
        truth=_Truth(beta=(-2.0,), phi=0.4, tau=10.0, tau_off=3.0, sigma=1.3),
        missing=0.10,
    ),
    _case(
        "run-in-hope",
        "no drug effect; an open run-in with hope carries exposure only, pairs carry the answer",
        seed=114,
        stretches=[(_NOTHING, 14), (_active(1), 42), *pairs_of("PAAPPAAP", days=14)],
        truth=_Truth(beta=(0.0,), phi=0.6, tau=6.0),
        missing=0.07,
        likelihood_from=56,
        hope_before=-1.0,
    ),
    _case(
        "run-in-pill-2",
        "open run-in, then blinded blocks of two levels and capsule-free days",
        seed=115,
        stretches=[
            (_NOTHING, 10),
            (_active(1), 14),
            (_active(2), 16),
            (_PLACEBO, 16),
            (_active(2), 16),
            (_active(1), 16),
            (_PLACEBO, 16),
            (_active(2), 16),
            (_NOTHING, 20),
        ],
        truth=_Truth(beta=(-0.4, -1.3), pill=-0.7, phi=0.5, tau=4.0),
        missing=0.10,
        uses_pill=True,
        likelihood_from=40,
        hope_before=-0.8,
    ),
    _case(
        "wandering-84",
        "a diary that wanders almost like a random walk, hardly any daily scatter",
        seed=116,
        stretches=pairs_of("PAPAAP", days=14),
        truth=_Truth(beta=(-1.0,), phi=0.9, w=0.02, sigma=1.8),
        decimals=1,
    ),
    _case(
        "null-3-wild",
        "three levels without effect, wild days, 40% missing",
        seed=117,
        stretches=[
            (_PLACEBO, 18),
            (_active(2), 18),
            (_active(1), 18),
            (_PLACEBO, 18),
            (_active(3), 18),
            (_active(2), 18),
            (_PLACEBO, 18),
        ],
        truth=_Truth(beta=(0.0, 0.0, 0.0), phi=0.2, w=0.8, sigma=1.2),
        missing=0.40,
        acts_next_day=True,
        noise=_heavy,
    ),
)


def case_named(name: str) -> Case:
    """Return the case of that name."""
    for case in CASES:
        if case.name == name:
            return case
    known = ", ".join(case.name for case in CASES)
    raise KeyError(f"no case {name!r}; the cases are {known}")


def golden_path(name: str) -> Path:
    """Where the reference results of a case are stored."""
    return _GOLDEN / f"{name}.json"


def load_golden(name: str) -> dict[str, object]:
    """Read the reference results of a case."""
    stored: dict[str, object] = json.loads(golden_path(name).read_text(encoding="utf-8"))
    return stored

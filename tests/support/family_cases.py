"""Fixed invented diaries for the families binary, ordinal and count: eight of each.

As in `support.cases` a case is a function of a fixed seed, only the reference results
(`tests/golden/<family>/<name>.json`) are stored, and a fingerprint ties the two together. This
module shares no code with `openldn.inference` or with `support.nuts_families`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from support.cases import days_of, drop_days, event_columns, exposure_of, pairs_of

__all__ = ["FAMILY_CASES", "FamilyCase", "family_golden_path", "load_family_golden"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GOLDEN = Path(__file__).parents[1] / "golden"
_NOTHING, _PLACEBO, _LOW, _HIGH = (0, 0), (0, 1), (1, 1), (2, 1)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FamilyCase:
    """One diary and the switches of the model; arrays run over calendar days t = 1..T.

    Attributes
    ----------
    y
        Answers in steps from the least one (0, 1, 2, ..); NaN where nothing was recorded.
    steps
        Number of answers of the scale; 0 for counts, which have no end.
    levels, capsules, covariates, uses_pill, acts_next_day, already_on, likelihood_from
        As in `support.cases.Case`.
    mcid
        In steps.
    """

    name: str
    family: str
    about: str
    y: Floats
    steps: int
    levels: Ints
    capsules: Ints
    covariates: Floats
    uses_pill: bool
    acts_next_day: bool
    already_on: int
    likelihood_from: int
    mcid: float

    @property
    def n_levels(self) -> int:
        """K, the number of levels above the contrast."""
        return int(self.levels.max())

    @property
    def used(self) -> Floats:
        """The answers that carry likelihood: NaN before `likelihood_from` as well."""
        values = self.y.copy()
        values[: self.likelihood_from] = np.nan
        return values

    def fingerprint(self) -> str:
        """SHA-256 of everything the model sees, from text so that it is the same everywhere."""
        text = json.dumps(
            {
                "family": self.family,
                "y": [None if np.isnan(v) else int(v) for v in self.y],
                "steps": self.steps,
                "levels": self.levels.tolist(),
                "capsules": self.capsules.tolist(),
                "covariates": self.covariates.tolist(),
                "switches": [self.uses_pill, self.acts_next_day, self.already_on],
                "likelihood_from": self.likelihood_from,
                "mcid": self.mcid,
            }
        )
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Truth:
    """The person behind a diary; every effect on the link scale."""

    beta: tuple[float, ...]
    alpha: float = 0.0
    gamma: float = 0.0
    pill: float = 0.0
    delta: tuple[float, ...] = ()
    su: float = 0.6
    phi: float = 0.5
    tau: float = 4.0
    r: float = 5.0
    shares: tuple[float, ...] = ()


Stretches = Sequence[tuple[tuple[int, int], int]]


def _case(
    name: str,
    about: str,
    *,
    seed: int,
    stretches: Stretches,
    truth: _Truth,
    family: str = "",
    missing: float = 0.1,
    events: Sequence[Sequence[tuple[int, int]]] = (),
    uses_pill: bool = False,
    acts_next_day: bool = False,
    already_on: int = 0,
    likelihood_from: int = 0,
    wanted: Callable[[Floats], bool] = lambda y: True,
) -> FamilyCase:
    """Draw diaries from the model until one is as `wanted`."""
    rng = np.random.default_rng(seed)
    levels, capsules = days_of(*stretches)
    covariates = event_columns(levels.size, *events)
    for _ in range(10_000):
        eta = _predictor(
            rng, levels, capsules, covariates, truth, next_day=acts_next_day, already_on=already_on
        )
        y = drop_days(rng, _answers(rng, eta, family, truth), share=missing)
        if wanted(y[~np.isnan(y)]):
            break
    else:
        raise ValueError(f"{name}: no draw is as wanted")
    return FamilyCase(
        name=name,
        family=family,
        about=about,
        y=y,
        steps={"binary": 2, "count": 0}.get(family, len(truth.shares)),
        levels=levels,
        capsules=capsules,
        covariates=covariates,
        uses_pill=uses_pill,
        acts_next_day=acts_next_day,
        already_on=already_on,
        likelihood_from=likelihood_from,
        mcid={"binary": 0.1, "ordinal": 0.5, "count": 1.0}[family],
    )


def _predictor(
    rng: np.random.Generator,
    levels: Ints,
    capsules: Ints,
    covariates: Floats,
    truth: _Truth,
    *,
    next_day: bool,
    already_on: int,
) -> Floats:
    n = levels.size
    trend = (np.arange(n) + 1 - (n + 1) / 2) / n
    eta = truth.alpha + truth.gamma * trend + covariates @ np.array(truth.delta)
    for k, beta in enumerate(truth.beta, start=1):
        on = (levels == k).astype(np.int64)
        start = float(already_on == k)
        eta += beta * exposure_of(on, start=start, next_day=next_day, tau=truth.tau)
    start = float(already_on > 0)
    eta += truth.pill * exposure_of(capsules, start=start, next_day=next_day, tau=truth.tau)
    u = truth.su * rng.standard_normal()
    for t in range(n):
        eta[t] += u
        u = truth.phi * u + truth.su * np.sqrt(1 - truth.phi**2) * rng.standard_normal()
    return eta


def _answers(rng: np.random.Generator, eta: Floats, family: str, truth: _Truth) -> Floats:
    if family == "binary":
        return (rng.random(eta.size) < 1 / (1 + np.exp(-eta))).astype(np.float64)
    if family == "count":
        mu = np.exp(eta)
        return rng.negative_binomial(truth.r, truth.r / (truth.r + mu)).astype(np.float64)
    cut = np.array([NormalDist().inv_cdf(s) for s in np.cumsum(truth.shares)[:-1]])
    return ((eta + rng.standard_normal(eta.size))[:, None] > cut).sum(axis=1).astype(np.float64)


_PILL = [(_NOTHING, 18), *pairs_of("PAAP", days=14), (_NOTHING, 12)]
_TWO = [(_LOW, 14), (_PLACEBO, 14), (_HIGH, 16), (_PLACEBO, 12), (_LOW, 14), (_HIGH, 14)]
_RUN_IN = [(_NOTHING, 10), (_LOW, 16), *pairs_of("PAAP", days=14)]
_EVENTS = ([(32, 5), (61, 4)], [(70, 6)])


def _family(family: str, cases: Sequence[Callable[..., FamilyCase]]) -> tuple[FamilyCase, ...]:
    return tuple(case(family=family) for case in cases)


def _later(*words: str, **settings: object) -> Callable[..., FamilyCase]:
    return lambda family: _case(*words, family=family, **settings)  # type: ignore[arg-type]


FAMILY_CASES: tuple[FamilyCase, ...] = (
    *_family(
        "binary",
        (
            _later(
                "pairs-84",
                "three blinded pairs of two weeks, every day answered",
                seed=201,
                stretches=pairs_of("APPAAP", days=14),
                truth=_Truth(beta=(-1.0,)),
                missing=0.0,
            ),
            _later(
                "rare-90",
                "three yes-days in ninety",
                seed=202,
                stretches=pairs_of("PAAPPA", days=15),
                truth=_Truth(beta=(0.5,), alpha=-3.5),
                missing=0.0,
                wanted=lambda y: y.sum() == 3,
            ),
            _later(
                "ceiling-84",
                "yes on nearly every day",
                seed=203,
                stretches=pairs_of("APPAPA", days=14),
                truth=_Truth(beta=(-1.0,), alpha=3.0),
                wanted=lambda y: 3 <= (y == 0).sum() <= 6,
            ),
            _later(
                "one-yes-60",
                "a single yes-day in sixty",
                seed=204,
                stretches=pairs_of("PAAP", days=15),
                truth=_Truth(beta=(0.0,), alpha=-4.0),
                wanted=lambda y: y.sum() == 1,
            ),
            _later(
                "pill-86",
                "placebo and no-capsule days: drug and capsule are told apart",
                seed=205,
                stretches=_PILL,
                truth=_Truth(beta=(-0.8,), pill=-0.8, alpha=0.8),
                uses_pill=True,
            ),
            _later(
                "two-levels-next-day",
                "two levels, the drug acts on the day after, steadily on the lower one before",
                seed=206,
                stretches=_TWO,
                truth=_Truth(beta=(0.6, 1.2), alpha=-1.5),
                acts_next_day=True,
                already_on=1,
            ),
            _later(
                "wandering-84",
                "long and wide wandering",
                seed=207,
                stretches=pairs_of("PAPAAP", days=14),
                truth=_Truth(beta=(-1.0,), su=2.2, phi=0.92),
            ),
            _later(
                "run-in-events",
                "an open run-in without likelihood, two events, a quarter of the days missing",
                seed=208,
                stretches=_RUN_IN,
                truth=_Truth(beta=(-0.7,), delta=(1.2, 0.5), gamma=-0.8),
                events=_EVENTS,
                missing=0.25,
                likelihood_from=26,
            ),
        ),
    ),
    *_family(
        "ordinal",
        (
            _later(
                "pairs-84",
                "five answers, three blinded pairs of two weeks, every day answered",
                seed=301,
                stretches=pairs_of("APPAAP", days=14),
                truth=_Truth(beta=(-0.6,), shares=(0.1, 0.2, 0.4, 0.2, 0.1)),
                missing=0.0,
            ),
            _later(
                "rare-90",
                "four answers, the worst one three times in ninety days",
                seed=302,
                stretches=pairs_of("PAAPPA", days=15),
                truth=_Truth(beta=(0.4,), alpha=-1.4, shares=(0.4, 0.3, 0.2, 0.1)),
                missing=0.0,
                wanted=lambda y: (y == 3).sum() == 3,
            ),
            _later(
                "ceiling-84",
                "six answers, the highest on most days, two never given",
                seed=303,
                stretches=pairs_of("APPAPA", days=14),
                truth=_Truth(beta=(-0.6,), alpha=1.2, shares=(0.02, 0.03, 0.1, 0.15, 0.2, 0.5)),
                wanted=lambda y: not np.isin([0, 1], y).any() and 0.6 <= (y == 5).mean() <= 0.9,
            ),
            _later(
                "nearly-one-60",
                "four answers; all days alike but two",
                seed=304,
                stretches=pairs_of("PAAP", days=15),
                truth=_Truth(beta=(0.0,), alpha=-1.5, su=0.3, shares=(0.7, 0.2, 0.07, 0.03)),
                wanted=lambda y: (y == 0).sum() == y.size - 2,
            ),
            _later(
                "pill-86",
                "three answers, placebo and no-capsule days",
                seed=305,
                stretches=_PILL,
                truth=_Truth(beta=(-0.4,), pill=-0.5, shares=(0.3, 0.4, 0.3)),
                uses_pill=True,
            ),
            _later(
                "two-levels-next-day",
                "five answers, two levels, acting on the day after, steadily on the lower before",
                seed=306,
                stretches=_TWO,
                truth=_Truth(beta=(-0.3, -0.8), shares=(0.1, 0.2, 0.3, 0.2, 0.2)),
                acts_next_day=True,
                already_on=1,
            ),
            _later(
                "wandering-84",
                "six answers, long and wide wandering",
                seed=307,
                stretches=pairs_of("PAPAAP", days=14),
                truth=_Truth(beta=(-0.5,), su=1.2, phi=0.92, shares=(0.1, 0.2, 0.2, 0.2, 0.2, 0.1)),
            ),
            _later(
                "run-in-events",
                "four answers, a run-in without likelihood, two events, a quarter missing",
                seed=308,
                stretches=_RUN_IN,
                truth=_Truth(
                    beta=(-0.5,), delta=(0.8, 0.3), gamma=-0.4, shares=(0.25, 0.25, 0.3, 0.2)
                ),
                events=_EVENTS,
                missing=0.25,
                likelihood_from=26,
            ),
        ),
    ),
    *_family(
        "count",
        (
            _later(
                "pairs-84",
                "about two a day, three blinded pairs of two weeks, every day answered",
                seed=401,
                stretches=pairs_of("APPAAP", days=14),
                truth=_Truth(beta=(-0.5,), alpha=0.8, su=0.3),
                missing=0.0,
            ),
            _later(
                "rare-90",
                "three events in ninety days",
                seed=402,
                stretches=pairs_of("PAAPPA", days=15),
                truth=_Truth(beta=(0.3,), alpha=-3.5, su=0.3),
                missing=0.0,
                wanted=lambda y: y.sum() == 3,
            ),
            _later(
                "many-84",
                "a dozen a day, widely scattered",
                seed=403,
                stretches=pairs_of("APPAPA", days=14),
                truth=_Truth(beta=(-0.4,), alpha=2.5, su=0.3, r=3.0),
            ),
            _later(
                "nearly-zero-60",
                "none on all days but one",
                seed=404,
                stretches=pairs_of("PAAP", days=15),
                truth=_Truth(beta=(0.0,), alpha=-3.0, su=0.2),
                wanted=lambda y: (y > 0).sum() == 1,
            ),
            _later(
                "pill-86",
                "placebo and no-capsule days",
                seed=405,
                stretches=_PILL,
                truth=_Truth(beta=(-0.3,), pill=-0.4, alpha=1.2, su=0.4),
                uses_pill=True,
            ),
            _later(
                "two-levels-next-day",
                "two levels, acting on the day after, steadily on the lower one before",
                seed=406,
                stretches=_TWO,
                truth=_Truth(beta=(-0.3, -0.6), alpha=1.0, su=0.3),
                acts_next_day=True,
                already_on=1,
            ),
            _later(
                "wandering-84",
                "long and wide wandering",
                seed=407,
                stretches=pairs_of("PAPAAP", days=14),
                truth=_Truth(beta=(-0.5,), alpha=0.7, su=1.0, phi=0.92),
            ),
            _later(
                "run-in-events",
                "an open run-in without likelihood, two events, a quarter of the days missing",
                seed=408,
                stretches=_RUN_IN,
                truth=_Truth(beta=(-0.3,), delta=(0.6, 0.3), gamma=-0.3, alpha=0.9, su=0.4),
                events=_EVENTS,
                missing=0.25,
                likelihood_from=26,
            ),
        ),
    ),
)


def family_golden_path(case: FamilyCase) -> Path:
    """Where the reference results of a case are stored."""
    return _GOLDEN / case.family / f"{case.name}.json"


def load_family_golden(case: FamilyCase) -> dict[str, object]:
    """Read the reference results of a case."""
    text = family_golden_path(case).read_text(encoding="utf-8")
    stored: dict[str, object] = json.loads(text)
    return stored

"""Do the intervals cover what they say? Virtual people drawn from the prior, orders drawn anew.

    python benchmarks/calibration.py [--people 2000]       about two minutes; prints a table

Truths come from the priors of the model, days from the model itself; the order of the periods is
drawn for each person by the paired scheme. Central intervals must then cover at their own rate
(statistical contract, section 7), at 84 and at 168 days, within three Monte Carlo errors. A second
table holds the truth fixed at no effect and counts clear answers.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from openldn.inference import gaussian
from openldn.inference.gaussian import Series
from openldn.inference.priors import beta_prior
from support.trials import noise

WIDTH = 10.0
DECISION = 0.95
PAIRS = {84: 3, 168: 4}  # periods of two and of three weeks


@dataclass(frozen=True)
class Trial:
    """One virtual trial: how long, how, and what is true (None: drawn from the prior)."""

    seed: int
    days: int
    effect: float | None = None
    phi: float | None = None
    tau: float | None = None


@dataclass(frozen=True)
class Result:
    """Where the truth fell, and what was said."""

    rank: float  # P(beta below the truth)
    p_benefit: float


def run(trial: Trial) -> Result:
    """Simulate one person and fit her diary."""
    rng = np.random.default_rng([trial.seed, trial.days])
    beta = rng.normal(0.0, 0.15 * WIDTH) if trial.effect is None else trial.effect
    phi = rng.uniform(0.0, 0.98) if trial.phi is None else trial.phi
    tau = float(rng.lognormal(np.log(7.0), 0.8)) if trial.tau is None else trial.tau
    sigma = float(rng.lognormal(np.log(0.15 * WIDTH), 0.6)) if trial.effect is None else 1.5
    alpha, gamma = rng.normal(WIDTH / 2, WIDTH), rng.normal(0.0, 0.3 * WIDTH)
    pairs = PAIRS[trial.days]
    period = trial.days // (2 * pairs)
    first = rng.integers(2, size=pairs)
    level = np.repeat(np.column_stack([first, 1 - first]).ravel(), period)
    exposure, x = np.empty(trial.days), 0.0
    for t in range(trial.days):
        x += (1.0 - np.exp(-1.0 / tau)) * (level[t] - x)
        exposure[t] = x
    trend = (np.arange(trial.days) - (trial.days - 1) / 2) / trial.days
    w = rng.uniform(0.01, 0.99) if trial.effect is None else 0.5
    score = alpha + gamma * trend + beta * exposure
    score += noise(rng, trial.days, phi=phi, w=w, sigma=sigma)
    score[rng.random(trial.days) < 0.1] = np.nan
    # The trend is centred on recorded days, the truth on all: the level takes up the difference.
    series = Series(
        score=score,
        minimum=0.0,
        maximum=WIDTH,
        level=level.astype(np.int64),
        n_levels=1,
        capsule=None,
        events=np.empty((trial.days, 0)),
    )
    posterior = gaussian.fit(series, prior=beta_prior("default")).levels[0]
    below = posterior.below(np.array([beta, 0.0]))
    return Result(rank=float(below[0]), p_benefit=float(below[1]))


def main() -> int:
    """Print both tables; the exit status tells whether every gate holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=2_000, help="virtual people in each row")
    people = parser.parse_args().people
    failed = False
    with ProcessPoolExecutor() as pool:
        print("| days | people | 90% interval | 95% interval | 3 errors |\n|---|---|---|---|---|")
        for days in (84, 168):
            trials = [Trial(seed, days) for seed in range(people)]
            rank = np.array([r.rank for r in pool.map(run, trials, chunksize=50)])
            covered = [float((abs(rank - 0.5) < half).mean()) for half in (0.45, 0.475)]
            errors = [3.0 * np.sqrt(c * (1 - c) / people) for c in (0.90, 0.95)]
            compared = zip(covered, (0.90, 0.95), errors, strict=True)
            failed |= any(abs(found - named) > error for found, named, error in compared)
            print(f"| {days} | {people} | {covered[0]:.3f} | {covered[1]:.3f}", end="")
            print(f" | {errors[0]:.3f}, {errors[1]:.3f} |", flush=True)
        print("\nNo effect: share told `clear benefit` and `clear harm` (84 days)")
        print("| phi | tau | clear benefit | clear harm | allowed |\n|---|---|---|---|---|")
        for phi in (0.0, 0.5, 0.8, 0.9):
            trials = [Trial(seed, 84, effect=0.0, phi=phi, tau=5.0) for seed in range(people)]
            chance = np.array([r.p_benefit for r in pool.map(run, trials, chunksize=50)])
            good, bad = float((chance >= DECISION).mean()), float((chance <= 1 - DECISION).mean())
            allowed = 0.05 + 3.0 * np.sqrt(0.05 * 0.95 / people)
            failed |= phi <= 0.8 and (good > allowed or good + bad > 2 * allowed)
            gate = f"{allowed:.3f}" if phi <= 0.8 else "printed only"
            print(f"| {phi} | 5 | {good:.3f} | {bad:.3f} | {gate} |", flush=True)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())

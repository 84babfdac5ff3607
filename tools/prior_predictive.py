"""What the priors of binary, ordinal and count imply before any diary.

Run `python tools/prior_predictive.py`. It draws virtual people from the priors of model.md section
4, gives each twelve weeks of two-week periods on and off, and prints what their diaries would look
like. The same seed gives the same lines; they are quoted in `docs/explanation/the-model.md`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from openldn.inference.latent import cutpoints
from openldn.inference.priors import LATENT, LOG_DISPERSION, LOG_TAU, PHI_RANGE
from openldn.protocol.outcomes import Family

__all__ = ["main"]

Floats = NDArray[np.float64]

PEOPLE, DAYS, PERIOD, STEPS, SEED = 4_000, 84, 14, 5, 1
_tail = np.vectorize(lambda x: 0.5 * math.erfc(x / math.sqrt(2.0)))


def people(family: Family, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats, float]]:
    """Each person's answers, predictor without the drug, and effect on the link scale."""
    of = LATENT[family]
    day = np.arange(DAYS)
    on = (day // PERIOD % 2).astype(np.float64)
    place = (day - (DAYS - 1) / 2) / DAYS
    for _ in range(PEOPLE):
        pace = 1.0 - math.exp(-1.0 / math.exp(rng.normal(*LOG_TAU)))
        phi, su = rng.uniform(*PHI_RANGE), abs(rng.normal(0.0, of.su_sd))
        alpha = rng.normal(*of.alpha) if of.alpha else 0.0
        beta = rng.normal(0.0, of.beta_sd["default"])
        x, u, exposure, wandering = 0.0, su * rng.standard_normal(), np.empty(DAYS), np.empty(DAYS)
        for t in range(DAYS):
            x += pace * (on[t] - x)
            exposure[t], wandering[t] = x, u
            u = phi * u + su * math.sqrt(1.0 - phi**2) * rng.standard_normal()
        without = alpha + rng.normal(0.0, of.gamma_sd) * place + wandering
        yield exposure, without, beta


def binary(rng: np.random.Generator) -> None:
    """Print shares of yes-days and effects in days of 100."""
    shares, effects = [], []
    for exposure, without, beta in people(Family.BINARY, rng):
        p = 1.0 / (1.0 + np.exp(-without - beta * exposure))
        shares.append((rng.random(DAYS) < p).mean())
        on, off = (1.0 / (1.0 + np.exp(-without - b)) for b in (beta, 0.0))
        effects.append((on - off).mean())
    _print("binary: share of yes-days", np.array(shares))
    print(f"  yes on at most 5 of 100 days: {(np.array(shares) <= 0.05).mean():.3f}")
    print(f"  one answer only on all {DAYS} days: {np.isin(shares, (0.0, 1.0)).mean():.3f}")
    _print("binary: size of the effect, share of days", np.abs(effects))


def ordinal(rng: np.random.Generator) -> None:
    """Print how answers spread over a scale of five, and effects in steps."""
    commonest, used, effects = [], [], []
    cut, slope = np.empty(STEPS - 1), np.zeros((STEPS - 1, STEPS - 1))
    for exposure, without, beta in people(Family.ORDINAL, rng):
        cutpoints(rng.standard_normal(STEPS - 1), STEPS - 1, cut, slope)
        felt = without + beta * exposure + rng.standard_normal(DAYS)
        counts = np.bincount(np.searchsorted(cut, felt), minlength=STEPS)
        commonest.append(counts.max() / DAYS)
        used.append((counts > 0).sum())
        on, off = (_tail(cut - (without[:, None] + b)).sum(axis=1) for b in (beta, 0.0))
        effects.append((on - off).mean())
    _print(f"ordinal, {STEPS} answers: share of the commonest answer", np.array(commonest))
    print(f"  one answer on 9 of 10 days or more: {(np.array(commonest) >= 0.9).mean():.3f}")
    print(f"  answers used: {[round(float(np.mean(np.array(used) == k)), 3) for k in range(1, 6)]}")
    _print("ordinal: size of the effect, steps", np.abs(effects))


def count(rng: np.random.Generator) -> None:
    """Print events a day and effects."""
    means, greatest, effects = [], [], []
    for exposure, without, beta in people(Family.COUNT, rng):
        r = math.exp(rng.normal(*LOG_DISPERSION))
        mu = np.exp(without + beta * exposure)
        events = rng.negative_binomial(r, r / (r + mu))
        means.append(events.mean())
        greatest.append(events.max())
        effects.append((np.exp(without) * (math.exp(beta) - 1.0)).mean())
    _print("count: events a day", np.array(means))
    _print("count: the worst day", np.array(greatest, dtype=np.float64))
    print(f"  no event on all {DAYS} days: {np.mean(np.array(means) == 0):.3f}")
    print(f"  more than 50 a day: {(np.array(means) > 50).mean():.3f}")
    _print("count: size of the effect, events a day", np.abs(effects))


def _print(name: str, values: Floats) -> None:
    at = np.quantile(values, [0.025, 0.25, 0.5, 0.75, 0.975])
    print(f"{name}: " + ", ".join(f"{value:.2f}" for value in at) + " (2.5, 25, 50, 75, 97.5%)")


def main() -> None:
    """Print all of it."""
    rng = np.random.default_rng(SEED)
    binary(rng)
    ordinal(rng)
    count(rng)


if __name__ == "__main__":
    main()

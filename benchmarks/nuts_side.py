"""The slow side of the speed comparison: what the reference sampler needs for a given accuracy.

`python benchmarks/nuts_side.py [case ...] [--target 0.02]` prints it for some cases. The sampler
integrates the slow wandering out, is compiled and warmed up before the clock starts, and steps
sixteen chains together, which gives it two to three times the draws a second of four. Its
time to a target is extrapolated from one measured run: independent of the target, draws cost the
same, and the Monte Carlo variance falls as one over their number.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.cases import Case, case_named
from support.nuts import Sampler

__all__ = ["NutsTiming", "nuts_seconds_to_mcse", "time_nuts"]

_CHAINS, _WARMUP, _DRAWS, _SEED = 16, 600, 250, 20260101


@dataclass(frozen=True, kw_only=True, slots=True)
class NutsTiming:
    """One timed run and what it means for a target accuracy.

    Attributes
    ----------
    target_mcse_in_sd
        Monte Carlo error of the mean of beta wanted, in posterior standard deviations: the root
        mean square over the levels.
    measured_seconds, measured_draws, measured_mcse_in_sd
        What the clock and the draws of the timed run said.
    """

    target_mcse_in_sd: float
    measured_seconds: float
    measured_draws: int
    measured_mcse_in_sd: float

    @property
    def draws(self) -> int:
        """Draws needed for the target."""
        return math.ceil(self.measured_draws * self._stretch)

    @property
    def seconds(self) -> float:
        """Seconds needed for the target, compiled and warmed up."""
        return self.measured_seconds * self._stretch

    @property
    def _stretch(self) -> float:
        return (self.measured_mcse_in_sd / self.target_mcse_in_sd) ** 2

    def __str__(self) -> str:
        return (
            f"NUTS: {self.seconds:.2f} s and {self.draws} draws to a Monte Carlo error of "
            f"{self.target_mcse_in_sd:.4f} SD, extrapolated linearly in draws from "
            f"{self.measured_draws} draws in {self.measured_seconds:.2f} s "
            f"(error {self.measured_mcse_in_sd:.4f} SD); compiling and warm-up not counted"
        )


def time_nuts(case: Case, target_mcse_in_sd: float) -> NutsTiming:
    """Time one warm run of the reference sampler on a case."""
    sampler = Sampler(case, seed=_SEED, draws=_DRAWS, chains=_CHAINS, warmup=_WARMUP)
    sampler.draw()  # compiles
    run = sampler.draw()
    levels = [name for name in run.effects if name.startswith("beta")]
    # The error of a mean in posterior SDs is 1 / sqrt(effective draws).
    variance = sum(1 / run.ess(name) for name in levels) / len(levels)
    chains, draws = run.shape
    return NutsTiming(
        target_mcse_in_sd=target_mcse_in_sd,
        measured_seconds=run.seconds,
        measured_draws=chains * draws,
        measured_mcse_in_sd=math.sqrt(variance),
    )


def nuts_seconds_to_mcse(case: Case, target_mcse_in_sd: float) -> float:
    """Seconds of warm sampling until the mean of beta is known to the target.

    Extrapolated linearly in draws from one timed run; `time_nuts` gives the run as well.
    """
    return time_nuts(case, target_mcse_in_sd).seconds


def main(arguments: list[str] | None = None) -> int:
    """Print the time for each case named."""
    parser = argparse.ArgumentParser(description="Time the reference sampler.")
    parser.add_argument("case", nargs="*", default=["pairs-84"], help="names of cases")
    parser.add_argument(
        "--target",
        type=float,
        default=0.02,
        help="Monte Carlo error of the mean of beta, in posterior SDs (default 0.02)",
    )
    options = parser.parse_args(arguments)
    for name in options.case:
        print(f"{name}: {time_nuts(case_named(name), options.target)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

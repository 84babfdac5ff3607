"""Engine and reference sampler side by side: accuracy first, then time at equal accuracy.

    python benchmarks/engine.py            about six minutes; prints the table of README.md

Both sides run in this process, one after the other. Equal accuracy means: NUTS draws until the
Monte Carlo error of its mean of beta equals our root-mean-square error. Our error is measured over
the fixed cases against the engine itself on a grid of many times as many effective points, which
the golden files tie to the independent sampler.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parent)]

import numpy as np
from nuts_side import time_nuts

from openldn.inference import gaussian, grid
from openldn.inference.priors import beta_prior
from support.cases import CASES, case_named, load_golden
from support.series import series_of

REPEATS = 20
# The nearest fixed case to the ones the targets speak of.
ONE_LEVEL, FOUR_LEVELS = "pairs-84", "pill-4-events-2"
# Effective points of the grid that stands in for the truth: its own error is some tenth of ours.
DENSE_EFFECTIVE = 6_000.0


def median_ms(work: Callable[[], object]) -> float:
    """Median of REPEATS runs, in milliseconds, after one to warm up."""
    work()
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return 1_000.0 * statistics.median(seconds)


def whole_answer(series: gaussian.Series) -> None:
    """Everything that the answer prints for one outcome."""
    fit = gaussian.fit(series, prior=beta_prior("default"))
    fit.p_best(tuple(range(series.n_levels)), sign=-1.0)
    for posterior in (*fit.levels, *fit.events, fit.trend, *([fit.pill] if fit.pill else [])):
        posterior.summary()
        posterior.below(np.array([-1.0, 0.0, 1.0]))


def our_error() -> tuple[float, float]:
    """Root-mean-square error of the mean of beta in posterior SDs: ours, and against NUTS."""
    dense, nuts = [], []
    wanted = grid.WANTED_EFFECTIVE
    for case in CASES:
        series = series_of(case)
        quick = gaussian.fit(series, prior=beta_prior("default"))
        grid.WANTED_EFFECTIVE = DENSE_EFFECTIVE / (4 if case.asymmetric else 3)  # type: ignore[misc]
        slow = gaussian.fit(series, prior=beta_prior("default"))
        grid.WANTED_EFFECTIVE = wanted  # type: ignore[misc]
        reference = load_golden(case.name)["parameters"]
        for k, (ours, truth) in enumerate(zip(quick.levels, slow.levels, strict=True), start=1):
            summary, exact = ours.summary(), truth.summary()
            dense.append((summary.mean - exact.mean) / exact.sd)
            stated = reference[f"beta_{k}"]  # type: ignore[index]
            nuts.append((summary.mean - stated["mean"]["value"]) / stated["sd"]["value"])
    return float(np.sqrt(np.mean(np.square(dense)))), float(np.sqrt(np.mean(np.square(nuts))))


def command_seconds(*words: str, repeats: int = 5) -> float:
    """Median wall time of a whole `openldn` process, after one to fill the caches."""
    command = [sys.executable, "-m", "openldn", *words]
    seconds = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])


def analyse_seconds() -> float:
    """`openldn analyse` on 84 days and four outcomes, as a whole process."""
    rng = np.random.default_rng(1)
    names = ("pain", "fatigue", "sleep", "mood")
    with tempfile.TemporaryDirectory() as folder:
        diary = Path(folder) / "diary.csv"
        lines = [",".join(("day", "arm", "dose_mg", *names))]
        for day in range(84):
            is_on = (day // 14) % 2 == 0
            scores = np.clip(np.round(rng.normal(5.0, 1.5, len(names))), 0, 10).astype(int)
            arm = "active" if is_on else "placebo"
            lines.append(",".join([str(day), arm, "4.5" if is_on else "0", *map(str, scores)]))
        diary.write_text("\n".join(lines) + "\n")
        options = [part for name in names for part in ("--outcome", f"{name}:0-10:lower")]
        return command_seconds("analyse", str(diary), *options)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-nuts", action="store_true", help="leave the slow side out")
    asked = parser.parse_args()
    processor = platform.processor() or platform.machine()
    print(f"{os.cpu_count()} cores, {processor}, Python {platform.python_version()}")
    libraries = ("numpy", "scipy", "numba", "jax", "numpyro")
    print(", ".join(f"{name} {version(name)}" for name in libraries))
    print(f"load average before: {os.getloadavg()[0]:.2f}\n")

    one, four = (series_of(case_named(name)) for name in (ONE_LEVEL, FOUR_LEVELS))
    ms_one, ms_four = (
        median_ms(lambda series=series: whole_answer(series)) for series in (one, four)
    )
    print("| what | measured | target |\n|---|---|---|")
    print(f"| one level, {len(one.score)} days ({ONE_LEVEL}) | {ms_one:.1f} ms | 10 ms |")
    print(
        f"| four levels, pill, two events, {len(four.score)} days ({FOUR_LEVELS})"
        f" | {ms_four:.1f} ms | 60 ms |"
    )
    print(
        f"| `openldn analyse`, 84 days, 4 outcomes, all checks, whole process"
        f" | {analyse_seconds():.2f} s | 3 s |"
    )
    print(f"| `openldn --help`, whole process | {command_seconds('--help'):.2f} s | 0.3 s |")
    dense, nuts = our_error()
    print(
        f"| error of the mean of beta, {len(CASES)} cases, against a dense grid | {dense:.4f} SD"
        " | 0.05 SD |"
    )
    print(
        f"| the same against the NUTS files, their own error included | {nuts:.4f} SD | 0.05 SD |"
    )
    if asked.no_nuts:
        return 0
    timing = time_nuts(case_named(ONE_LEVEL), dense)
    print(
        f"| NUTS to the same error, warm, one level, {len(one.score)} days"
        f" | {timing.seconds:.1f} s | |"
    )
    print(f"| ratio | {timing.seconds / (ms_one / 1_000.0):,.0f} | 1,000 |")
    print(f"\n{timing}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

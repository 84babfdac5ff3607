"""The same virtual trials through three samplers that people use, and through our engine.

    python benchmarks/rivals.py --trials 50

NumPyro's NUTS, PyMC with nutpie, and JAGS, each with the same priors and an equivalent model, one
core each. PyMC and nutpie are large and not in the project's own set, so this runs in an
environment that is thrown away:

    python3 -m venv throw-away
    throw-away/bin/pip install numpyro pymc nutpie scipy -e .
    apt-get install jags                    (Debian; only its command line is used)
    throw-away/bin/python benchmarks/rivals.py

Seconds are those of the processor, threads and child processes included, so that a busy machine
does not change them much; compiling is told apart and not counted. The error of a method is the
root-mean-square distance of its mean of beta from a reference, in posterior standard deviations.
The reference is our engine on a grid of many times as many effective points, which the golden
files of the tests tie to long runs of NUTS. At equal accuracy means: a sampler draws until its
error is ours, its error falling as one over the root of its draws, its warm-up paid once.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np
from numpy.typing import NDArray

from openldn.inference import gaussian, grid
from openldn.inference.gaussian import Series
from openldn.inference.priors import beta_prior
from validation import people

FloatArray = NDArray[np.float64]

SEED = 20_260_101
DAYS, MISSING = 84, 8
OUR_TRIALS = 50
SETTING = people.Setting(effect=1.0, phi=0.6, tau=7.0, missing=0.0)
# JAGS draws the drift of every day as well and mixes slower, so it gets more of everything.
JAGS_TIMES = 5
# Effective points of the grid that stands in for the truth; `benchmarks/engine.py`.
DENSE_EFFECTIVE = 2_000.0
# Where its low-discrepancy points begin: had it our own, our error would look smaller than it is.
OTHER_POINTS = 50_021

JAGS_MODEL = """
model {
  alpha ~ dnorm(0, 1)
  gamma ~ dnorm(0, pow(0.3, -2))
  beta ~ dnorm(0, pow(0.15, -2))
  sigma ~ dlnorm(log(0.15), pow(0.6, -2))
  phi ~ dunif(0, 0.98)
  w ~ dunif(0.01, 0.99)
  tau ~ dlnorm(log(7), pow(0.8, -2))
  rate <- 1 - exp(-1 / tau)
  slow <- 1 / ((1 - w) * pow(sigma, 2))
  x[1] <- rate * d[1]
  u[1] ~ dnorm(0, slow)
  for (t in 2:T) {
    x[t] <- x[t - 1] + rate * (d[t] - x[t - 1])
    u[t] ~ dnorm(phi * u[t - 1], slow / (1 - pow(phi, 2)))
  }
  for (t in 1:T) {
    y[t] ~ dnorm(alpha + gamma * s[t] + beta * x[t] + u[t], 1 / (w * pow(sigma, 2)))
  }
}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One diary in widths of the scale; every trial misses as many days, so shapes are the same."""

    series: Series
    y: FloatArray
    level: FloatArray
    trend: FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """Somebody's way to the mean of beta.

    Attributes
    ----------
    mean
        Of beta in one trial, in points.
    warmup, draws
        Iterations of each chain; 0 and 1 for a method that does not sample.
    """

    name: str
    mean: Callable[[Trial], float]
    warmup: int = 0
    draws: int = 1


def make_trials(count: int) -> list[Trial]:
    """Three pairs of two weeks, eight of the days missing."""
    drawn = people.draw(SETTING, seed=SEED, people=range(count))
    return [_trial(drawn.score[at], drawn.level[at], at) for at in range(count)]


def _trial(score: FloatArray, level: NDArray[np.int64], number: int) -> Trial:
    gone = np.random.default_rng([SEED, number, 1]).permutation(DAYS)[:MISSING]
    score[gone] = np.nan
    series = Series(
        score=score,
        minimum=0.0,
        maximum=people.WIDTH,
        level=level,
        n_levels=1,
        capsule=None,
        events=np.empty((DAYS, 0)),
    )
    return Trial(
        series=series,
        y=series.standardised(),
        level=level.astype(np.float64),
        trend=series.given()[:, 1],
    )


def engine(trial: Trial) -> float:
    """Our own answer."""
    return gaussian.fit(trial.series, prior=beta_prior("default")).levels[0].summary().mean


def reference(trials: Sequence[Trial]) -> tuple[FloatArray, FloatArray]:
    """(n,) mean and standard deviation of beta in points, on dense grids of other points."""
    usual = grid.WANTED_EFFECTIVE, grid.FIRST_POINT
    _set_grid(DENSE_EFFECTIVE, OTHER_POINTS)
    try:
        told = [
            gaussian.fit(t.series, prior=beta_prior("default")).levels[0].summary() for t in trials
        ]
    finally:
        _set_grid(*usual)
    return np.array([one.mean for one in told]), np.array([one.sd for one in told])


def _set_grid(effective: float, first_point: int) -> None:
    grid.WANTED_EFFECTIVE = effective  # type: ignore[misc]
    grid.FIRST_POINT = first_point  # type: ignore[misc]
    grid._sheet.cache_clear()


def numpyro_nuts(chains: int, draws: int) -> Method:
    """The tests' own reference model, its drift integrated out by a scalar filter."""
    import jax
    from numpyro.infer import MCMC, NUTS, init_to_median

    from support import nuts

    def model(y: object, seen: object, level: object, trend: object) -> None:
        nuts._model(
            nuts.Inputs(
                y=y,  # type: ignore[arg-type]
                observed=seen,  # type: ignore[arg-type]
                assigned=level,  # type: ignore[arg-type]
                start=np.zeros(1),
                trend=trend,  # type: ignore[arg-type]
                covariates=np.empty((DAYS, 0)),
                n_levels=1,
                uses_pill=False,
                asymmetric=False,
            )
        )

    sampler = MCMC(
        NUTS(model, dense_mass=True, init_strategy=init_to_median),
        num_warmup=draws,
        num_samples=draws,
        num_chains=chains,
        chain_method="vectorized",
        progress_bar=False,
        jit_model_args=True,
    )

    def mean(trial: Trial) -> float:
        seen = ~np.isnan(trial.y)
        given = (
            np.where(seen, trial.y, 0.0),
            seen.astype(float),
            trial.level[:, None],
            trial.trend,
        )
        sampler.run(jax.random.key(SEED), *given)
        return 10.0 * float(np.asarray(sampler.get_samples()["beta"]).mean())

    return Method(name="NumPyro NUTS", mean=mean, warmup=draws, draws=draws)


def pymc_nutpie(chains: int, draws: int) -> Method:
    """PyMC's model with the drift in a dense covariance, sampled by nutpie."""
    import nutpie
    import pymc as pm
    import pytensor.tensor as pt

    lag = np.subtract.outer(np.arange(DAYS), np.arange(DAYS)).astype(float)
    is_before = (lag >= 0).astype(float)
    n = DAYS - MISSING
    with pm.Model() as model:
        seen = pm.Data("seen", np.arange(n))
        y, level = pm.Data("y", np.zeros(n)), pm.Data("level", np.zeros(DAYS))
        trend = pm.Data("trend", np.zeros(n))
        alpha, gamma = pm.Normal("alpha", 0.0, 1.0), pm.Normal("gamma", 0.0, 0.3)
        beta = pm.Normal("beta", 0.0, 0.15)
        sigma = pm.LogNormal("sigma", math.log(0.15), 0.6)
        phi, w = pm.Uniform("phi", 0.0, 0.98), pm.Uniform("w", 0.01, 0.99)
        tau = pm.LogNormal("tau", math.log(7.0), 0.8)
        fading = pt.exp(-np.maximum(lag, 0.0) / tau) * is_before
        exposure = (1.0 - pt.exp(-1.0 / tau)) * pt.dot(fading, level)
        apart = pt.abs(seen[:, None] - seen[None, :])
        memory = pt.exp(apart * pt.log(phi))
        noise = sigma**2 * ((1.0 - w) * memory + w * pt.eye(n))
        pm.MvNormal("days", alpha + gamma * trend + beta * exposure[seen], noise, observed=y)
    # Its default, Numba, spends minutes on compiling this model; JAX some seconds.
    compiled = nutpie.compile_pymc_model(
        model, backend="jax", gradient_backend="jax", freeze_model=False
    )

    def mean(trial: Trial) -> float:
        at = np.flatnonzero(~np.isnan(trial.y))
        given = compiled.with_data(seen=at, y=trial.y[at], level=trial.level, trend=trial.trend[at])
        trace = nutpie.sample(
            given, draws=draws, tune=draws, chains=chains, cores=1, seed=SEED, progress_bar=False
        )
        return 10.0 * float(trace.posterior["beta"].mean())

    return Method(name="PyMC, nutpie (JAX)", mean=mean, warmup=draws, draws=draws)


def jags(chains: int, draws: int) -> Method:
    """JAGS by its command line; the drift of every day is a node."""

    def mean(trial: Trial) -> float:
        with tempfile.TemporaryDirectory() as folder:
            _write_jags(Path(folder), trial, chains=chains, draws=JAGS_TIMES * draws)
            command = [shutil.which("jags") or "jags", "run.cmd"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
            drawn = [np.loadtxt(file)[:, 1] for file in Path(folder).glob("CODAchain*.txt")]
        return 10.0 * float(np.mean(drawn))

    return Method(name="JAGS", mean=mean, warmup=JAGS_TIMES * draws, draws=JAGS_TIMES * draws)


def _write_jags(folder: Path, trial: Trial, *, chains: int, draws: int) -> None:
    def dump(name: str, values: FloatArray) -> str:
        told = ", ".join("NA" if math.isnan(value) else f"{value:.10g}" for value in values)
        return f"{name} <- c({told})\n"

    columns = {"y": trial.y, "d": trial.level, "s": trial.trend}
    data = f"T <- {DAYS}\n" + "".join(dump(name, values) for name, values in columns.items())
    (folder / "model.bug").write_text(JAGS_MODEL)
    (folder / "data.R").write_text(data)
    (folder / "run.cmd").write_text(
        f'model in "model.bug"\ndata in "data.R"\ncompile, nchains({chains})\n'
        f"initialize\nupdate {draws}\nmonitor beta\nupdate {draws}\ncoda *\n"
    )


def processor_seconds() -> float:
    """Of this process, its threads and the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One method over the trials."""

    method: Method
    compiling: float
    seconds: float
    error: float

    def seconds_to(self, error: float) -> float:
        """Seconds a trial until the error is `error`, warm-up paid once."""
        each = self.seconds / (self.method.warmup + self.method.draws)
        return each * (self.method.warmup + self.method.draws * (self.error / error) ** 2)


def measured(
    method: Callable[[], Method], trials: Sequence[Trial], truth: tuple[FloatArray, FloatArray]
) -> Measured:
    """Run one method over all trials, the first one once before to compile."""
    began = processor_seconds()
    made = method()
    made.mean(trials[0])
    compiled = processor_seconds()
    means = np.array([made.mean(trial) for trial in trials])
    seconds = (processor_seconds() - compiled) / len(trials)
    off = (means - truth[0]) / truth[1]
    return Measured(
        method=made,
        compiling=max(compiled - began - seconds, 0.0),
        seconds=seconds,
        error=float(np.sqrt(np.mean(off**2))),
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--chains", type=int, default=4)
    parser.add_argument("--draws", type=int, default=1_000, help="of each chain, and to warm up")
    parser.add_argument("--only", nargs="+", default=["numpyro", "nutpie", "jags"])
    asked = parser.parse_args()
    methods = {"numpyro": numpyro_nuts, "nutpie": pymc_nutpie, "jags": jags}
    # Ours costs next to nothing, and a ratio goes by the square of its error: not from few trials.
    every = make_trials(max(asked.trials, OUR_TRIALS))
    all_truth = reference(every)
    trials = every[: asked.trials]
    truth = (all_truth[0][: asked.trials], all_truth[1][: asked.trials])
    processor = platform.processor() or platform.machine()
    print(f"{os.cpu_count()} cores, {processor}, Python {platform.python_version()}")
    libraries = ("numpy", "numba", "jax", "numpyro", "pymc", "nutpie")
    print(", ".join(f"{library} {version(library)}" for library in libraries), end="")
    print(f"; load average {os.getloadavg()[0]:.1f}")
    print(
        f"{len(trials)} trials ({len(every)} for our own), {asked.chains} chains of {asked.draws}"
        " draws and as many before"
    )
    print(f"(JAGS {JAGS_TIMES} times as many)\n")
    head = ("method", "compiling, s", "s a trial", "error, SD", "s at equal accuracy", "ratio")
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    began = time.perf_counter()
    ours = measured(lambda: Method(name="OpenLDN", mean=engine), every, all_truth)
    makers = [partial(methods[name], asked.chains, asked.draws) for name in asked.only]
    for one in [lambda: ours, *(partial(measured, maker, trials, truth) for maker in makers)]:
        told = one()
        equal = told.seconds_to(ours.error)
        print(
            f"| {told.method.name} | {told.compiling:.1f} | {told.seconds:.4f} | {told.error:.4f}"
            f" | {equal:.4g} | {equal / ours.seconds:,.0f} |",
            flush=True,
        )
    print(f"\n{(time.perf_counter() - began) / 60:.0f} minutes in all")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

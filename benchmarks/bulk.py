"""Virtual trials by the thousand: full analyses a second, and how near the machine's own peak.

    python benchmarks/bulk.py              on the processor, about two minutes
    python benchmarks/bulk.py --gpu        on a graphics card, from a bare checkout too

Diaries of 84 days with a tenth of the days missing: three pairs of two weeks, the order drawn for
each person, scores rounded and clipped. Trials that the shared grid covers too thinly are finished
by the adaptive route inside the time that is counted. Single and double precision are compared in
every run, and the run fails when they differ by more than 2e-3 posterior SD or 1e-3 in a chance.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

DAYS, PERIOD, PAIRS = 84, 14, 3
MISSING = 0.1
DECISION = 0.95
PRECISE_TRIALS = 400
SAME_IN_SD, SAME_IN_CHANCE = 2e-3, 1e-3
# Full analyses a second that the project set itself: processor (two quiet cores) and card.
WANTED = {1: (2_500, 5_000_000), 4: (500, 500_000)}


def restore_dropped_names() -> None:
    """Give NumPy back names that it dropped and that some versions of numba-cuda still ask for."""
    for dropped, name in {"row_stack": "vstack", "in1d": "isin", "trapz": "trapezoid"}.items():
        if not hasattr(np, dropped):
            setattr(np, dropped, getattr(np, name))


restore_dropped_names()

from openldn.inference import bulk, kernel
from openldn.inference.priors import beta_prior

PRIOR = beta_prior("default")


def people(count: int, *, levels: int, seed: int, is_hard: bool = False) -> bulk.Batch:
    """Invented diaries of one level, or of four levels with pill and two events.

    Parameters
    ----------
    is_hard
        Draw the person from the whole prior instead of from believable people (phi 0 to 0.8,
        tau 3 to 14 days, noise 1 to 2 points, effect 0, 0.5, 1 or 2 points down).
    """
    rng = np.random.default_rng(seed)
    if is_hard:
        phi, w = rng.uniform(0.0, 0.98, count), rng.uniform(0.01, 0.99, count)
        tau, sigma = rng.lognormal(np.log(7.0), 0.8, count), rng.lognormal(np.log(1.5), 0.6, count)
        effect = rng.normal(0.0, 1.5, count)
    else:
        phi, w = rng.uniform(0.0, 0.8, count), rng.uniform(0.2, 0.8, count)
        tau, sigma = np.exp(rng.uniform(np.log(3.0), np.log(14.0), count)), rng.uniform(1, 2, count)
        effect = rng.choice([0.0, -0.5, -1.0, -2.0], count)
    first = (np.arange(2**PAIRS)[:, None] >> np.arange(PAIRS)) & 1
    arm = np.repeat(np.stack([first, 1 - first], axis=2).reshape(-1, 2 * PAIRS), PERIOD, axis=1)
    day = np.arange(DAYS)
    is_four = levels == 4
    level = np.where(arm == 1, day // PERIOD % 4 + 1, 0) if is_four else arm
    capsule = np.broadcast_to(day < DAYS - PERIOD, arm.shape).copy() if is_four else None
    events = np.zeros((count, DAYS, 2 if is_four else 0))
    events[:, 20:25, :1] = events[:, 50:54, 1:] = 1.0
    order = rng.integers(len(arm), size=count)
    score = np.empty((count, DAYS))
    exposure, rate = np.zeros(count), 1.0 - np.exp(-1.0 / tau)
    wander = rng.normal(size=count)
    for t in range(DAYS):
        exposure += rate * (arm[order, t] - exposure)
        wander = phi * wander + np.sqrt(1.0 - phi**2) * rng.normal(size=count) if t else wander
        noise = np.sqrt(1.0 - w) * wander + np.sqrt(w) * rng.normal(size=count)
        score[:, t] = 5.5 + effect * exposure + sigma * noise
    score = np.clip(np.rint(score), 0.0, 10.0)
    score[rng.random(score.shape) < MISSING] = np.nan
    return bulk.Batch(
        score=score,
        minimum=0.0,
        maximum=10.0,
        order=order,
        level=level.astype(np.int64),
        n_levels=levels,
        asked=levels - 1,
        capsule=capsule,
        events=events,
    )


def arithmetic(batch: bulk.Batch, *, points: int) -> float:
    """Additions and multiplications of one trial on the shared grid, counted in the kernel's text.

    Divisions, roots, logarithms, exponentials and error functions count as one each.
    """
    q = (batch.capsule is not None) + batch.n_levels
    k = 2 + batch.events.shape[2] + q
    pairs = [(j, i) for j in range(k + 1) for i in range(j + 1)]
    every_day = 3 * q + (k + 1) + 3  # exposure moves; every column and the variance fade
    seen_day = 6 + 4 * (k + 1) + 2 * len(pairs)  # gain; innovations; cross-products
    whitened = DAYS * every_day + DAYS * (1.0 - MISSING) * seen_day
    factorised = sum(2 + 2 * i + (i < j) for j, i in pairs) + 3 * k
    # Two fits find the middle; each node then adds its place, its weight and what is read off it.
    return points * (whitened + (2 + kernel.BULK_NODES) * factorised + 15 * kernel.BULK_NODES)


def peak(seconds: float = 0.5) -> float:
    """Single-precision operations a second of one core: multiply-adds on numbers in registers."""
    from numba import njit

    @njit(fastmath={"contract"})
    def spin(a: np.ndarray, scale: np.float32, step: np.float32, times: int) -> None:
        # Sixteen multiply-adds a load; the vectors of the array are independent of each other.
        for _ in range(times):
            for lane in range(a.shape[0]):
                x = a[lane]
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                x = x * scale + step
                a[lane] = x

    a = np.ones(512, dtype=np.float32)
    scale, step, times = np.float32(0.999), np.float32(0.001), 2_000
    spin(a, scale, step, 10)
    best, end = 0.0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.thread_time()
        spin(a, scale, step, times)
        best = max(best, 32.0 * len(a) * times / (time.thread_time() - began))
    return best


def packed_share() -> str:
    """What the compiler made of the kernel: vector against scalar single-precision arithmetic."""
    import re

    from numba import njit

    compiled = njit(error_model="numpy")(kernel.whiten)
    args = bulk.arguments(
        people(1, levels=1, seed=1), prior=PRIOR, mcid=1.0, points=256, dtype=np.float32
    )
    points, _, y, given, which, switch, start, *_ = args
    lanes, k = points.shape[2], 3
    scratch = [np.empty((rows, lanes), np.float32) for rows in (k + 2, k + 1, kernel.WORK)]
    compiled(
        y[0],
        given[0],
        switch[which[0]],
        start,
        points[0],
        *scratch,
        np.empty((k + 1, k + 1, lanes), np.float32),
    )
    text = next(iter(compiled.inspect_asm().values()))
    packed = len(re.findall(r"\bv?(?:add|sub|mul|div|fn?m\w+)ps\b|\bf\w+\s+v\d+\.4s", text))
    single = len(re.findall(r"\bv?(?:add|sub|mul|div|fn?m\w+)ss\b|\bf\w+\s+s\d+,", text))
    return f"{packed} packed and {single} scalar instructions (the scalar ones end uneven loops)"


def fit_part(job: tuple[bulk.Batch, int]) -> tuple[int, int, float]:
    """One worker's share: how many were fitted, how many of them alone, processor seconds."""
    batch, points = job
    began = time.process_time()
    found = bulk.fit_many(batch, prior=PRIOR, mcid=1.0, points=points)
    return len(batch), int(found.is_finished_alone.sum()), time.process_time() - began


def rate(
    jobs: list[tuple[bulk.Batch, int]], pool: ProcessPoolExecutor, workers: int
) -> tuple[float, float, float]:
    """Full analyses a second: as a quiet machine would do them, by the clock; share done alone.

    The first counts the processor seconds that the workers got; on a machine with other work it is
    what the same cores would do if they had none.
    """
    began = time.perf_counter()
    done = list(pool.map(fit_part, jobs))
    took = time.perf_counter() - began
    count = sum(n for n, _, _ in done)
    quiet = workers * count / sum(seconds for _, _, seconds in done)
    return quiet, count / took, sum(alone for _, alone, _ in done) / count


def same_in_both(batch: bulk.Batch, *, points: int, sweep: Callable[..., None] | None) -> bool:
    """Print how far single precision lies from double, and tell whether that is near enough."""
    single = bulk.fit_many(batch, prior=PRIOR, mcid=1.0, points=points, sweep=sweep)
    double = bulk.fit_many(batch, prior=PRIOR, mcid=1.0, points=points, dtype=np.float64)
    in_sd = float(np.abs((single.mean - double.mean) / double.sd).max())
    in_chance = float(np.abs(single.below - double.below).max())
    print(
        f"  single against double precision, {len(batch)} trials: mean {in_sd:.1e} SD,"
        f" chances {in_chance:.1e}"
    )
    return in_sd <= SAME_IN_SD and in_chance <= SAME_IN_CHANCE


def on_processor(trials: int, workers: int, repeats: int) -> bool:
    """Print the table of the processor."""
    flops = peak()
    print(f"peak of one core: {flops / 1e9:.0f} billion single-precision operations a second")
    print(f"the whitening loop, compiled: {packed_share()}\n")
    good = True
    table = [
        "| diaries | points | a second, by processor time | by the clock | finished alone | wanted"
        " | of the peak |",
        "|---|---|---|---|---|---|---|",
    ]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for levels, is_hard in ((1, False), (1, True), (4, False)):
            name = "one level" if levels == 1 else "four levels, pill, two events"
            name += ", people from the whole prior" if is_hard else ""
            for points in (bulk.POINTS, 256):
                jobs = [
                    (
                        people(
                            trials // (4 * workers * levels),
                            levels=levels,
                            seed=seed,
                            is_hard=is_hard,
                        ),
                        points,
                    )
                    for seed in range(4 * workers)
                ]
                list(pool.map(fit_part, [(people(8, levels=levels, seed=99), points)] * workers))
                found = [rate(jobs, pool, workers) for _ in range(repeats)]
                quiet, clock, alone = max(found)
                share = quiet * arithmetic(jobs[0][0], points=points) / (flops * workers)
                wanted = f"{WANTED[levels][0]:,}" if points == bulk.POINTS else ""
                table.append(
                    f"| {name} | {points:,} | {quiet:,.0f} | {clock:,.0f} | {alone:.1%} | {wanted}"
                    f" | {share:.0%} |"
                )
                runs = ", ".join(f"{one:,.0f}" for one, _, _ in found)
                load = os.getloadavg()[0]
                print(f"{name}, {points} points: {runs} a second; load {load:.1f}", flush=True)
            few = people(PRECISE_TRIALS, levels=levels, seed=7, is_hard=is_hard)
            good &= same_in_both(few, points=bulk.POINTS, sweep=None)
    print("\n" + "\n".join(table))
    return good


def on_card(trials: int) -> bool:
    """Print the table of the graphics card."""
    from openldn.inference import cuda

    if not cuda.is_there():
        print("No graphics card can be used here: numba-cuda finds none.")
        return False
    good = True
    for levels in (1, 4):
        batch = people(trials // levels, levels=levels, seed=1)
        for points in (bulk.POINTS, 256):
            args = bulk.arguments(batch, prior=PRIOR, mcid=1.0, points=points, dtype=np.float32)
            out = np.empty((len(batch), kernel.PARTS))
            cuda.sweep_trials(*args, out)  # compiles
            best = math.inf
            for _ in range(3):
                began = time.perf_counter()
                cuda.sweep_trials(*args, out)
                best = min(best, time.perf_counter() - began)
            thin = float((out[:, 0] < bulk.MIN_EFFECTIVE).mean())
            busy = len(batch) / best * arithmetic(batch, points=points) / 1e12
            wanted = f"{WANTED[levels][1]:,}" if points == bulk.POINTS else "no target"
            print(
                f"{levels} level(s), {points} points: {len(batch) / best:,.0f} trials a second on"
                f" the shared grid ({wanted}), transfers included; {busy:.1f} trillion operations"
                f" a second; {thin:.2%} left for the adaptive route on the processor",
                flush=True,
            )
        few = people(PRECISE_TRIALS, levels=levels, seed=7)
        good &= same_in_both(few, points=bulk.POINTS, sweep=cuda.sweep_trials)
    return good


def main() -> int:
    """Run one side; the exit status tells whether both precisions agree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gpu", action="store_true", help="on a graphics card (extra `gpu`)")
    parser.add_argument(
        "--trials", type=int, help="virtual trials a row (8,000; 400,000 on a card)"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--repeats", type=int, default=3, help="runs a row; the best is printed")
    asked = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}, Python"
        f" {platform.python_version()}, numpy {np.__version__}"
    )
    print(f"load average before: {os.getloadavg()[0]:.2f}")
    if asked.gpu:
        return int(not on_card(asked.trials or 400_000))
    return int(not on_processor(asked.trials or 8_000, asked.workers, asked.repeats))


if __name__ == "__main__":
    raise SystemExit(main())

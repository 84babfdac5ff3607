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
from importlib import import_module
from pathlib import Path
from typing import Any

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


def arithmetic(batch: bulk.Batch, *, points: int, nodes: float) -> float:
    """Additions and multiplications of one trial on the shared grid, counted in the kernel's text.

    Divisions, roots, logarithms, exponentials and error functions count as one each.

    Parameters
    ----------
    nodes
        Nodes of sigma that a grid point visits, on average.
    """
    q = (batch.capsule is not None) + batch.n_levels
    k = 2 + batch.events.shape[2] + q
    pairs = [(j, i) for j in range(k + 1) for i in range(j + 1)]
    every_day = 3 * q + 3  # exposure moves; what is left of the means, and the variance, fade
    seen_day = 5 + 5 * (k + 1) + 2 * len(pairs)  # variance; innovations, means; cross-products
    whitened = DAYS * every_day + DAYS * (1.0 - MISSING) * seen_day
    factorised = sum(2 + 2 * i + (i < j) for j, i in pairs) + 3 * k
    # Two fits find the middle; each node adds its weight, its moments and three tails.
    return points * (whitened + (2 + nodes) * factorised + (12 + 11 + 3 * 21) * nodes)


def visited(asked: tuple[np.ndarray, ...]) -> float:
    """How many of the nodes of sigma a grid point visits: the mean of 64 points of one trial."""
    points, _, y, which, given, switch, start, prior, log_sigma_prior, _ = asked
    k, lanes = len(prior) - 1, 64
    place = np.ascontiguousarray(points[0][:, :: points.shape[2] // lanes])
    rows = (len(start) + k + 1, k + 1, kernel.WORK)
    state, row, work = (np.empty((n, lanes), y.dtype) for n in rows)
    gram, factor = np.empty((2, k + 1, k + 1, lanes), y.dtype)
    weight, mean, sd = np.empty((3, kernel.BULK_NODES, lanes), y.dtype)
    days = (y[0], given[which[0, 0]], switch[which[0, 1]], start)
    kernel.begin(*days, place, prior, log_sigma_prior, state, row, work, gram, factor)
    kernel.nodes_at(gram, prior, log_sigma_prior, work, factor, weight, mean, sd)
    return float((weight > kernel.UNVISITED).sum() / lanes)


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
    points, _, y, which, given, switch, start, *_ = args
    lanes, k = points.shape[2], 3
    scratch = [np.empty((rows, lanes), np.float32) for rows in (k + 2, k + 1, kernel.WORK)]
    compiled(
        y[0],
        given[which[0, 0]],
        switch[which[0, 1]],
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
            few = people(PRECISE_TRIALS, levels=levels, seed=7, is_hard=is_hard)
            nodes = visited(asked_of(few, points=bulk.POINTS))
            print(f"{name}: a grid point visits {nodes:.1f} of {kernel.BULK_NODES} nodes of sigma")
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
                counted = arithmetic(jobs[0][0], points=points, nodes=nodes)
                share = quiet * counted / (flops * workers)
                wanted = f"{WANTED[levels][0]:,}" if points == bulk.POINTS else ""
                table.append(
                    f"| {name} | {points:,} | {quiet:,.0f} | {clock:,.0f} | {alone:.1%} | {wanted}"
                    f" | {share:.0%} |"
                )
                runs = ", ".join(f"{one:,.0f}" for one, _, _ in found)
                load = os.getloadavg()[0]
                print(f"{name}, {points} points: {runs} a second; load {load:.1f}", flush=True)
            good &= same_in_both(few, points=bulk.POINTS, sweep=None)
    print("\n" + "\n".join(table))
    return good


def asked_of(batch: bulk.Batch, *, points: int) -> tuple[np.ndarray, ...]:
    """What the kernel is given for a batch, in single precision."""
    return bulk.arguments(batch, prior=PRIOR, mcid=1.0, points=points, dtype=np.float32)


def peak_of_card() -> tuple[float, float]:
    """Operations a second by multiply-adds in registers; bytes a second of a copy on the card."""
    cuda: Any = import_module("numba.cuda")

    @cuda.jit(fastmath=True)
    def spin(out: np.ndarray, times: int) -> None:
        at = cuda.grid(1)
        scale, step = np.float32(0.999), np.float32(0.001)
        a, b, c, d = (np.float32(at), np.float32(at + 1), np.float32(at + 2), np.float32(at + 3))
        for _ in range(times):
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
            a, b, c, d = a * scale + step, b * scale + step, c * scale + step, d * scale + step
        out[at] = a + b + c + d

    blocks, threads, times = 132 * 16, 256, 5_000
    out = cuda.device_array(blocks * threads, dtype=np.float32)
    source = cuda.to_device(np.ones(2**28, dtype=np.float32))
    target = cuda.device_array_like(source)

    def spun() -> None:
        spin[blocks, threads](out, times)

    def copied() -> None:
        target.copy_to_device(source)

    operations = 128.0 * times * blocks * threads / card_seconds(spun)
    return operations, 2.0 * source.nbytes / card_seconds(copied)


def card_seconds(work: Callable[[], None], repeats: int = 5) -> float:
    """The best of some runs of work on the card, after one that compiles."""
    cuda: Any = import_module("numba.cuda")
    best = math.inf
    for _ in range(repeats + 1):
        cuda.synchronize()
        began = time.perf_counter()
        work()
        cuda.synchronize()
        best = min(best, time.perf_counter() - began)
    return best


def on_card(trials: int, most_points: int) -> bool:
    """Print the table of the graphics card."""
    from openldn.inference import cuda

    if not cuda.is_there():
        print("No graphics card can be used here: numba-cuda finds none.")
        return False
    flops, bandwidth = peak_of_card()
    print(
        f"peak of the card: {flops / 1e12:.1f} trillion single-precision operations and"
        f" {bandwidth / 1e12:.2f} TB a second\n",
        flush=True,
    )
    good = True
    table = [
        "| diaries | points | a second | with preparing them on one core | denser grid"
        " | finished alone | wanted | of the peak |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for levels, is_hard in ((1, False), (1, True), (4, False)):
        name = "one level" if levels == 1 else "four levels, pill, two events"
        name += ", people from the whole prior" if is_hard else ""
        batch = people(
            trials // (levels * (4 if is_hard else 1)), levels=levels, seed=1, is_hard=is_hard
        )
        few = people(PRECISE_TRIALS, levels=levels, seed=7, is_hard=is_hard)
        nodes = visited(asked_of(few, points=bulk.POINTS))
        for points in (bulk.POINTS, 256):
            grids = {"most_points": most_points}
            warm = bulk.swept(cuda.sweep_trials, asked_of(few, points=points), **grids)  # compiles
            bulk.concluded(few, warm, prior=PRIOR, mcid=1.0)
            began = time.perf_counter()
            asked = asked_of(batch, points=points)
            prepared = time.perf_counter() - began
            took = []
            for _ in range(3):
                began = time.perf_counter()
                swept = bulk.swept(cuda.sweep_trials, asked, **grids)
                found = bulk.concluded(batch, swept, prior=PRIOR, mcid=1.0)
                took.append(time.perf_counter() - began)
            rate, whole = len(batch) / min(took), min(took) + prepared
            denser, alone = found.is_refined.mean(), found.is_finished_alone.mean()
            counted = arithmetic(batch, points=points, nodes=nodes)
            share = rate * (1.0 + bulk.DENSER * denser) * counted / flops
            wanted = f"{WANTED[levels][1]:,}" if points == bulk.POINTS else ""
            table.append(
                f"| {name} | {points:,} | {rate:,.0f} | {len(batch) / whole:,.0f} | {denser:.2%}"
                f" | {alone:.3%} | {wanted} | {share:.0%} |"
            )
            print(f"{len(batch):,} trials: " + table[-1], flush=True)
        good &= same_in_both(few, points=bulk.POINTS, sweep=cuda.sweep_trials)
    print("\n" + "\n".join(table))
    return good


def main() -> int:
    """Run one side; the exit status tells whether both precisions agree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gpu", action="store_true", help="on a graphics card (extra `gpu`)")
    parser.add_argument(
        "--trials", type=int, help="virtual trials a row (8,000; 1,000,000 on a card)"
    )
    parser.add_argument(
        "--most-points", type=int, default=16_384, help="size of the card's densest grid"
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
        return int(not on_card(asked.trials or 1_000_000, asked.most_points))
    return int(not on_processor(asked.trials or 8_000, asked.workers, asked.repeats))


if __name__ == "__main__":
    raise SystemExit(main())

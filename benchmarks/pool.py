"""A million people: time, memory, whether time grows with people alone, and the same through Dask.

    python benchmarks/pool.py [--people 1000000]       about five minutes; prints the table

The people are invented from a seed, with one to four components each, and written to Parquet. Each
row is a whole `openldn pool` process on two threads, from reading the file to the written result.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow.parquet

from openldn.pooling.people import Columns
from openldn.pooling.people_files import parquet_table

SEED = 20260101
WORKERS = 2
MU, OMEGA = -0.7, 0.6


def invented(people: int) -> Columns:
    """People around one centre, each with a likelihood of one to four components."""
    rng = np.random.default_rng(SEED)
    count = rng.integers(1, 5, people)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    owner = np.repeat(np.arange(people), count)
    se = rng.uniform(0.4, 1.5, people)
    seen = MU + np.hypot(OMEGA, se) * rng.normal(size=people)
    # Components of one person differ in width, and a little in place, as those of a diary do.
    width = se[owner] * rng.uniform(0.9, 1.3, len(owner))
    place = seen[owner] + 0.1 * se[owner] * rng.normal(size=len(owner))
    lam = 1.0 / width**2
    return Columns(
        ids=np.array([rng.bytes(16).hex().encode() for _ in range(people)], dtype="S64"),
        condition=np.full(people, "lupus"),
        grade=np.full(people, "A"),
        outcome=np.full(people, "pain:lower"),
        contrast=np.full(people, "placebo"),
        scale=np.tile([0.0, 10.0], (people, 1)),
        dose_mg=np.full(people, 4.5),
        start=start,
        log_c=np.log(rng.uniform(0.2, 1.0, len(owner)) / width) - 0.5 * place**2 * lam,
        h=place * lam,
        lam=lam,
    )


def pooled(file: Path, *options: str) -> tuple[dict[str, object], float, float, float]:
    """The numbers of one whole process, its seconds, its processor's seconds, its gigabytes."""
    command = [sys.executable, "-m", "openldn", "pool", str(file), "--json", "-"]
    began = time.perf_counter()
    process = subprocess.Popen(  # its own memory is asked for when it ends
        [*command, "--workers", str(WORKERS), *options], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"openldn pool ended with {os.waitstatus_to_exitcode(status)}")
    result: dict[str, object] = json.loads(text)
    return result, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def main() -> int:
    """Print the table; the exit status tells whether Dask gave the same numbers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000_000, help="of the largest pool")
    most = parser.parse_args().people
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, ",
        end="",
    )
    print(", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "pyarrow", "dask")))
    print(f"load average before: {os.getloadavg()[0]:.2f}\n")
    print("| people | through | seconds | processor seconds | for a million | GiB | mu | omega |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.parquet"
        pyarrow.parquet.write_table(parquet_table(invented(1_000)), warm)
        pooled(warm)  # compiles, once for all
        for people in (most // 4, most // 2, most):
            file = Path(folder) / f"{people}.parquet"
            pyarrow.parquet.write_table(parquet_table(invented(people)), file)
            result, *spent = pooled(file)
            tell(people, "threads", spent, result)
        from distributed import LocalCluster

        with LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster:
            other, *spent = pooled(file, "--scheduler", cluster.scheduler_address)
        tell(most, "Dask, 2 workers", spent, other)
    is_same = other == result
    print(f"\nThrough Dask the numbers are {'the same' if is_same else 'NOT the same'}.")
    return 0 if is_same else 1


def tell(people: int, through: str, spent: list[float], result: dict[str, object]) -> None:
    """One row. The processor's seconds of Dask's workers are not in it."""
    mu, omega = result["mu"], result["omega"]
    assert isinstance(mu, dict)
    assert isinstance(omega, dict)
    seconds, of_processor, gigabytes = spent
    print(
        f"| {people:,} | {through} | {seconds:.1f} | {of_processor:.1f}"
        f" | {of_processor / people * 1e6:.1f} | {gigabytes:.2f}"
        f" | {mu['mean']:.4f} ({mu['sd']:.4f}) | {omega['mean']:.4f} ({omega['sd']:.4f}) |",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())

"""Made-up batches of series, and the kernel run on them in a process that has a graphics card."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from openldn.inference import bulk
from openldn.inference.priors import BetaPrior

__all__ = ["batch", "eight_points", "on_card"]


def batch(
    count: int,
    *,
    seed: int,
    days: int = 84,
    levels: int = 1,
    has_pill: bool = False,
    asked: int = 0,
) -> bulk.Batch:
    """Made-up series of six periods in one of two orders; believable noise, gaps, rounded."""
    rng = np.random.default_rng(seed)
    period = np.arange(days) * 6 // days
    on = np.stack([period % 2 == 0, period % 2 == 1])
    level = np.where(on, period // 2 % levels + 1, 0)
    order = rng.integers(2, size=count)
    score = 5.0 - 1.0 * on[order] + rng.normal(0.0, 1.5, (count, days))
    score += np.cumsum(rng.normal(0.0, 0.15, (count, days)), axis=1)
    score = np.clip(np.rint(score), 0.0, 10.0)
    score[rng.random(score.shape) < 0.1] = np.nan
    events = np.zeros((count, days, 1 if has_pill else 0))
    events[:, days // 4 : days // 3, :] = 1.0
    return bulk.Batch(
        score=score,
        minimum=0.0,
        maximum=10.0,
        order=order,
        level=level.astype(np.int64),
        n_levels=levels,
        asked=asked,
        capsule=np.stack([period < 5] * 2) if has_pill else None,
        events=events,
        start_level=1 if has_pill else 0,
        start_capsule=has_pill,
    )


def eight_points(
    many: bulk.Batch, *, prior: BetaPrior, mcid: float, dtype: type, lanes: int
) -> tuple[np.ndarray, ...]:
    """What `kernel.sweep_trials` takes for a grid of eight points, so many of them side by side."""
    points, log_importance, *rest = bulk.arguments(
        many, prior=prior, mcid=mcid, points=8, dtype=dtype
    )
    apart = points[0].reshape(4, 8 // lanes, lanes).transpose(1, 0, 2)
    return (np.ascontiguousarray(apart), log_importance.reshape(8 // lanes, lanes), *rest)


_PROGRAM = """
import sys
import numpy as np
from openldn.inference import cuda
given = np.load(sys.argv[1])
out = np.empty((len(given["arr_2"]), 6))
cuda.sweep_trials(*(given[f"arr_{i}"] for i in range(len(given.files))), out)
np.save(sys.argv[2], out)
"""


def on_card(*arguments: np.ndarray) -> None:
    """Run the kernel's CUDA form: on a card where there is one, else in Numba's simulator.

    In a process of its own, because the simulator must be chosen before Numba is loaded.
    """
    *given, out = arguments
    environment = dict(os.environ)
    if not Path("/dev/nvidia0").exists():
        environment["NUMBA_ENABLE_CUDASIM"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "given.npz", Path(folder) / "out.npy"
        np.savez(before, *given)
        command = [sys.executable, "-c", _PROGRAM, str(before), str(after)]
        subprocess.run(command, check=True, env=environment)
        out[:] = np.load(after)

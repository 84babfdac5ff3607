"""The bulk route on a graphics card: the text of `kernel.py`, compiled for CUDA.

A thread takes one trial through one grid point, with one lane; a second pass puts the points of a
trial together. Needs the `gpu` extra and a card; with NUMBA_ENABLE_CUDASIM=1 the same runs in
Numba's simulator, slowly, so that it can be tested anywhere.
"""

from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openldn.inference import kernel

__all__ = ["is_there", "sweep_trials"]

# A name of this module, because the simulator exchanges it while a kernel runs; untyped there.
cuda: Any = import_module("numba.cuda")

# Trials at a time: what the threads say of their points takes 24 KiB a trial at 1,024 points.
TRIALS_AT_ONCE = 32_768
# Threads in a block of the second pass, one a trial.
GATHERING_THREADS = 64


def is_there() -> bool:
    """Whether a card can be used, or the simulator is switched on."""
    return bool(cuda.is_available())


def sweep_trials(
    points: NDArray[np.floating],
    log_importance: NDArray[np.floating],
    y: NDArray[np.floating],
    given: NDArray[np.floating],
    which: NDArray[np.int64],
    switch: NDArray[np.floating],
    start: NDArray[np.floating],
    prior: NDArray[np.floating],
    log_sigma_prior: NDArray[np.floating],
    edges: NDArray[np.floating],
    out: NDArray[np.float64],
) -> None:
    """Do what `kernel.sweep_trials` does, on the card."""
    chunks, lanes = log_importance.shape
    weigh, gather = _kernels(len(prior) - 1, switch.shape[2], y.dtype.name)
    shared = [cuda.to_device(a) for a in (switch, start, prior, log_sigma_prior, edges)]
    places, importance = cuda.to_device(points), cuda.to_device(log_importance)
    room = min(TRIALS_AT_ONCE, len(y))
    parts = cuda.device_array((room, chunks, kernel.PARTS, lanes), dtype=y.dtype)
    for first in range(0, len(y), room):
        some = slice(first, first + room)
        mine = [cuda.to_device(np.ascontiguousarray(a[some])) for a in (y, given, which)]
        n = len(y[some])
        weigh[(n, chunks), lanes](places, *mine, *shared, parts)
        found = cuda.device_array((n, kernel.PARTS), dtype=np.float64)
        gather[-(-n // GATHERING_THREADS), GATHERING_THREADS](parts, importance, found)
        out[some] = found.copy_to_host()


@cache
def _kernels(k: int, q: int, precision: str) -> tuple[Any, Any]:
    """Compile both passes for k coefficients of which q are switched."""
    text = _device_functions()
    begin, nodes_at = text["begin"], text["nodes_at"]
    summarise, combine = text["summarise"], text["combine"]
    number = np.dtype(precision)
    state_rows, rows, k_rows = k + 1 + q, k + 1, kernel.BULK_NODES
    work_rows, n_parts = kernel.WORK, kernel.PARTS

    def weigh(
        points: Any,
        y: Any,
        given: Any,
        which: Any,
        switch: Any,
        start: Any,
        prior: Any,
        log_sigma_prior: Any,
        edges: Any,
        parts: Any,
    ) -> None:
        trial, chunk, lane = cuda.blockIdx.x, cuda.blockIdx.y, cuda.threadIdx.x
        place = cuda.local.array((4, 1), number)
        state = cuda.local.array((state_rows, 1), number)
        row = cuda.local.array((rows, 1), number)
        work = cuda.local.array((work_rows, 1), number)
        gram = cuda.local.array((rows, rows, 1), number)
        factor = cuda.local.array((rows, rows, 1), number)
        weight = cuda.local.array((k_rows, 1), number)
        mean = cuda.local.array((k_rows, 1), number)
        variance = cuda.local.array((k_rows, 1), number)
        mine = cuda.local.array((n_parts, 1), number)
        for part in range(4):
            place[part, 0] = points[chunk, part, lane]
        begin(
            y[trial],
            given[trial],
            switch[which[trial]],
            start,
            place,
            prior,
            log_sigma_prior,
            state,
            row,
            work,
            gram,
            factor,
        )
        nodes_at(gram, prior, log_sigma_prior, work, factor, weight, mean, variance)
        summarise(weight, mean, variance, edges, work, mine)
        for part in range(n_parts):
            parts[trial, chunk, part, lane] = mine[part, 0]

    def gather(parts: Any, log_importance: Any, out: Any) -> None:
        trial = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
        if trial < out.shape[0]:
            combine(parts[trial], log_importance, out[trial])

    return cuda.jit(weigh), cuda.jit(gather)


def _device_functions() -> dict[str, Any]:
    """The kernel's functions for the card: the same code, calling each other's device form."""
    scope: dict[str, Any] = dict(vars(kernel))
    for part in kernel.TEXT:
        twin = FunctionType(part.__code__, scope, part.__name__)
        scope[part.__name__] = cuda.jit(device=True)(twin)
    return scope

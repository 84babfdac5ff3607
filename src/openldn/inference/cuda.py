"""The bulk route on a graphics card: the text of `kernel.py`, compiled for CUDA.

A block takes one trial through one chunk of the grid. It copies the trial's days to where all its
threads can read them at once, each thread takes some lanes, and in the end their sums are put
together, two and two. A second pass puts the chunks of a trial together. Needs the `gpu` extra and
a card; with NUMBA_ENABLE_CUDASIM=1 the same runs in Numba's simulator, slowly, so that it can be
tested anywhere.
"""

import math
from dataclasses import dataclass
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

# Sums of products that one thread keeps: as many lanes as fit this share the loop and the loads of
# a day. More would not fit the registers, and the compiler would no longer unroll the loops over
# columns. One level: four lanes; four levels with pill and two events: one.
SUMS_OF_A_THREAD = 64
# Trials at a time, and streams that take turns, so that copying in and computing do not wait for
# each other.
TRIALS_AT_ONCE = 16_384
STREAMS = 3
# Threads in a block of the second pass, one a trial.
GATHERING_THREADS = 64
# What the threads of a block can read at once, in bytes: less than every card has.
STAGE = 48 * 1024


def is_there() -> bool:
    """Whether a card can be used, or the simulator is switched on."""
    return bool(cuda.is_available())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sizes:
    """What the compiler must know: the shapes of one trial and of a block, and the precision."""

    days: int
    given: int
    switched: int
    threads: int
    lanes: int
    precision: str

    @property
    def coefficients(self) -> int:
        return self.given + self.switched


def sweep_trials(
    points: NDArray[np.floating],
    log_importance: NDArray[np.floating],
    y: NDArray[np.floating],
    which: NDArray[np.int64],
    given: NDArray[np.floating],
    switch: NDArray[np.floating],
    start: NDArray[np.floating],
    prior: NDArray[np.floating],
    log_sigma_prior: NDArray[np.floating],
    edges: NDArray[np.floating],
    out: NDArray[np.float64],
) -> None:
    """Do what `kernel.sweep_trials` does, on the card.

    Raises
    ------
    ValueError
        The days of one trial do not fit where the threads of a block read together.
    """
    chunks, lanes = log_importance.shape
    each = _lanes_of_a_thread(len(prior) - 1, lanes)
    sizes = _Sizes(
        days=y.shape[1],
        given=given.shape[2],
        switched=switch.shape[2],
        threads=lanes // each,
        lanes=each,
        precision=y.dtype.name,
    )
    _check(sizes)
    weigh, gather = _kernels(sizes)
    shared = [
        cuda.to_device(a)
        for a in (log_importance, given, switch, start, prior, log_sigma_prior, edges)
    ]
    places = cuda.to_device(points)
    room = min(TRIALS_AT_ONCE, len(y))
    desks = [_desk(room, y, which, chunks) for _ in range(STREAMS)]
    for turn, first in enumerate(range(0, len(y), room)):
        desk, some = desks[turn % STREAMS], slice(first, first + room)
        n = len(y[some])
        desk.clear()
        desk.scores_here[:n], desk.rows_here[:n] = y[some], which[some]
        desk.scores.copy_to_device(desk.scores_here, stream=desk.stream)
        desk.rows.copy_to_device(desk.rows_here, stream=desk.stream)
        weigh[(n, chunks), sizes.threads, desk.stream](
            places, desk.scores, desk.rows, *shared, desk.sums
        )
        blocks = -(-n // GATHERING_THREADS)
        gather[blocks, GATHERING_THREADS, desk.stream](desk.sums, desk.found[:n])
        desk.found.copy_to_host(desk.found_here, stream=desk.stream)
        desk.waits_for = out[some]
    for desk in desks:
        desk.clear()


def _lanes_of_a_thread(k: int, lanes: int) -> int:
    """The largest power of two that divides the lanes and whose sums of products fit."""
    each = 1
    while lanes % (2 * each) == 0 and 2 * each * (k + 1) * (k + 2) // 2 <= SUMS_OF_A_THREAD:
        each *= 2
    return each


def _check(sizes: _Sizes) -> None:
    needed = sizes.days * (1 + sizes.coefficients) * np.dtype(sizes.precision).itemsize
    if needed > STAGE:
        raise ValueError(
            f"{sizes.days} days of {sizes.coefficients} columns take {needed:,} bytes; a block of"
            f" the card reads {STAGE:,} together. Give shorter trials, or use the processor."
        )


@dataclass(kw_only=True, slots=True)
class _Desk:
    """Room for some trials: here, where the card can fetch and bring it by itself, and there."""

    stream: Any
    scores_here: NDArray[Any]
    rows_here: NDArray[Any]
    scores: Any
    rows: Any
    sums: Any
    found: Any
    found_here: NDArray[Any]
    waits_for: NDArray[Any] | None = None

    def clear(self) -> None:
        """Wait until the card is done with what lies here, and take the answers away."""
        self.stream.synchronize()
        if self.waits_for is not None:
            self.waits_for[:] = self.found_here[: len(self.waits_for)]
            self.waits_for = None


def _desk(room: int, y: NDArray[Any], which: NDArray[Any], chunks: int) -> _Desk:
    scores, rows = (room, y.shape[1]), (room, which.shape[1])
    return _Desk(
        stream=cuda.stream(),
        scores_here=cuda.pinned_array(scores, dtype=y.dtype),
        rows_here=cuda.pinned_array(rows, dtype=which.dtype),
        scores=cuda.device_array(scores, dtype=y.dtype),
        rows=cuda.device_array(rows, dtype=which.dtype),
        sums=cuda.device_array((room, chunks, kernel.SUMS), dtype=y.dtype),
        found=cuda.device_array((room, kernel.PARTS), dtype=np.float64),
        found_here=cuda.pinned_array((room, kernel.PARTS), dtype=np.float64),
    )


@cache
def _kernels(sizes: _Sizes) -> tuple[Any, Any]:
    """Compile both passes."""
    fast, exact = _device_functions(is_fast=True), _device_functions(is_fast=False)
    begin, nodes_at, summarise = fast["begin"], fast["nodes_at"], fast["summarise"]
    take_up, merge = fast["take_up"], fast["merge"]
    merge_exactly, conclude = exact["merge"], exact["conclude"]
    number = np.dtype(sizes.precision)
    days, p, q, each = sizes.days, sizes.given, sizes.switched, sizes.lanes
    rows, state_rows = p + q + 1, p + q + 1 + q
    nodes, work_rows, n_parts = kernel.BULK_NODES, kernel.WORK, kernel.PARTS
    threads, n_sums, nothing = sizes.threads, kernel.SUMS, kernel.UNVISITED
    padded = n_sums + 1  # so that neighbours' sums lie in different banks

    def weigh(
        points: Any,
        y: Any,
        which: Any,
        log_importance: Any,
        given: Any,
        switch: Any,
        start: Any,
        prior: Any,
        log_sigma_prior: Any,
        edges: Any,
        out: Any,
    ) -> None:
        trial, chunk, thread = cuda.blockIdx.x, cuda.blockIdx.y, cuda.threadIdx.x
        score = cuda.shared.array((days,), number)
        known = cuda.shared.array((days, p), number)
        on = cuda.shared.array((days, q), number)
        for t in range(thread, days, threads):
            score[t] = y[trial, t]
            for j in range(p):
                known[t, j] = given[which[trial, 0], t, j]
            for j in range(q):
                on[t, j] = switch[which[trial, 1], t, j]
        cuda.syncthreads()
        place = cuda.local.array((4, each), number)
        state = cuda.local.array((state_rows, each), number)
        row = cuda.local.array((rows, each), number)
        work = cuda.local.array((work_rows, each), number)
        gram = cuda.local.array((rows, rows, each), number)
        factor = cuda.local.array((rows, rows, each), number)
        weight = cuda.local.array((nodes, each), number)
        mean = cuda.local.array((nodes, each), number)
        sd = cuda.local.array((nodes, each), number)
        mine = cuda.local.array((n_parts, each), number)
        for part in range(4):
            for lane in range(each):
                place[part, lane] = points[chunk, part, lane * threads + thread]
        begin(
            score,
            known,
            on,
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
        nodes_at(gram, prior, log_sigma_prior, work, factor, weight, mean, sd)
        summarise(weight, mean, sd, edges, work, mine)
        sums, more = cuda.local.array((n_sums,), number), cuda.local.array((n_sums,), number)
        sums[0] = nothing
        for part in range(1, n_sums):
            sums[part] = 0
        for lane in range(each):
            take_up(mine, lane, log_importance[chunk, lane * threads + thread], more, sums)
        pool = cuda.shared.array((threads, padded), number)
        for part in range(n_sums):
            pool[thread, part] = sums[part]
        left = threads
        while left > 1:
            half = (left + 1) // 2
            cuda.syncthreads()
            if thread + half < left:
                for part in range(n_sums):
                    more[part] = pool[thread + half, part]
                merge(sums, more)
                for part in range(n_sums):
                    pool[thread, part] = sums[part]
            left = half
        if thread == 0:
            for part in range(n_sums):
                out[trial, chunk, part] = sums[part]

    def gather(chunks: Any, out: Any) -> None:
        trial = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
        if trial < out.shape[0]:
            sums = cuda.local.array((n_sums,), np.float64)
            sums[0] = nothing
            for part in range(1, n_sums):
                sums[part] = 0
            for chunk in range(chunks.shape[1]):
                merge_exactly(sums, chunks[trial, chunk])
            conclude(sums, out[trial])

    return cuda.jit(fastmath=True)(weigh), cuda.jit(gather)


def _device_functions(*, is_fast: bool) -> dict[str, Any]:
    """The kernel's functions for the card: the same code, calling each other's device form.

    Fast mathematics takes the card's own reciprocals, roots, logarithms and exponentials, right to
    about 1e-6. The test for a missing day is compiled by itself without it, and stays a test.
    """
    scope: dict[str, Any] = dict(vars(kernel))
    for part in kernel.TEXT:
        text = _exponential if part.__name__ == "_exp" else part
        twin = FunctionType(text.__code__, scope, part.__name__)
        scope[part.__name__] = cuda.jit(device=True, fastmath=is_fast)(twin)
    return scope


def _exponential(x: float, one: float) -> float:
    """What `kernel._exp` gives, by the card's own instruction instead of a series."""
    return math.exp(x) * one

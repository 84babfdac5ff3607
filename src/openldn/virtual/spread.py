"""Where blocks of virtual trials run: here one after another, in processes, or on a Dask scheduler.

One interface, three ways, the same numbers: a block depends on nothing but itself. A block that is
done is written down when a folder is given, so an interrupted run goes on from there; a worker that
dies loses no more than the block it held, which is run again.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from openldn.files import write_atomically
from openldn.protocol.problems import InputError, Problem
from openldn.virtual.trials import Block, Tally, run_block

__all__ = ["Progress", "run_all"]

Progress = Callable[[int, int], None]

# A worker may be killed from outside; a block that kills three in a row is our mistake.
MOST_DEATHS = 3
# A scheduler that runs answers at once; who mistyped its address should not wait.
TIME_TO_CONNECT = "3s"


def run_all(
    blocks: Sequence[Block],
    *,
    workers: int = 1,
    scheduler: str | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> list[Tally]:
    """Run every block and give their tallies in the same order.

    Parameters
    ----------
    workers
        Processes on this computer; 1 runs everything in this one.
    scheduler
        Address of a Dask scheduler, instead of processes here.
    folder
        Where finished blocks are written and read; made if it is not there.
    progress
        Called with how many blocks are done, and of how many.

    Raises
    ------
    InputError
        When the scheduler cannot be used.
    """
    done = {} if folder is None else _already_done(blocks, folder)
    waiting = [block for block in dict.fromkeys(blocks) if block not in done]
    total = len(done) + len(waiting)
    for block, tally in _run(waiting, workers=workers, scheduler=scheduler):
        done[block] = tally
        if folder is not None:
            write_atomically(folder / f"{block.key}.json", json.dumps(tally.to_json()))
        if progress:
            progress(len(done), total)
    return [done[block] for block in blocks]


def _run(
    blocks: Sequence[Block], *, workers: int, scheduler: str | None
) -> Iterator[tuple[Block, Tally]]:
    if scheduler is not None:
        return _on_dask(blocks, scheduler)
    if workers > 1:
        return _in_processes(blocks, workers)
    return ((block, run_block(block)) for block in blocks)


def _in_processes(blocks: Sequence[Block], workers: int) -> Iterator[tuple[Block, Tally]]:
    waiting, deaths = list(blocks), 0
    # Started afresh: a process forked from one with compiled code and threads may hang.
    context = get_context("spawn")
    while waiting:
        try:
            with ProcessPoolExecutor(workers, mp_context=context) as pool:
                running = {pool.submit(run_block, block): block for block in waiting}
                try:
                    for future in as_completed(running):
                        tally = future.result()
                        waiting.remove(running[future])
                        yield running[future], tally
                finally:
                    # Whoever stops must not wait for the blocks that nobody has begun.
                    pool.shutdown(cancel_futures=True)
        except BrokenProcessPool:
            deaths += 1
            if deaths >= MOST_DEATHS:
                raise


def _on_dask(blocks: Sequence[Block], address: str) -> Iterator[tuple[Block, Tally]]:
    try:
        dask: Any = import_module("distributed")
    except ModuleNotFoundError:
        raise InputError([_no_extra()]) from None
    try:
        client = dask.Client(address, timeout=TIME_TO_CONNECT)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        raise InputError([_no_scheduler(address, error)]) from None
    with client:
        running: dict[str, Block] = {f"openldn-{block.key}": block for block in blocks}
        futures = [
            client.submit(run_block, block, key=key, retries=MOST_DEATHS)
            for key, block in running.items()
        ]
        for future in dask.as_completed(futures):
            yield running[future.key], future.result()


def _already_done(blocks: Sequence[Block], folder: Path) -> dict[Block, Tally]:
    """Read what an earlier run wrote down; what cannot be read is simply run again."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for block in blocks:
        try:
            tally = Tally(**json.loads((folder / f"{block.key}.json").read_bytes()))
        except (FileNotFoundError, ValueError, TypeError, RecursionError):
            continue
        if _is_of(tally, block):
            found[block] = tally
    return found


def _is_of(tally: Tally, block: Block) -> bool:
    """Whether it can be what came of the block: a file may be damaged, or somebody else's."""
    counts = (tally.benefit, tally.harm, tally.misleading, tally.fitted, tally.alone)
    sums = (tally.sum_sd, tally.sum_sd_squared)
    return (
        all(type(number) is int for number in (tally.trials, *counts))
        and all(type(number) in (int, float) and 0 <= number < math.inf for number in sums)
        and tally.trials == block.count
        and all(0 <= number <= block.count for number in counts)
    )


def _no_extra() -> Problem:
    return Problem(
        code="LDN-V006",
        place="--scheduler",
        given="an address, but the package `distributed` is not installed",
        expected="the extra `scale`",
        todo="Install openldn[scale], or use --workers.",
    )


def _no_scheduler(address: str, error: Exception) -> Problem:
    return Problem(
        code="LDN-V006",
        place="--scheduler",
        given=f"{address}, which does not answer ({type(error).__name__})",
        expected="the address of a Dask scheduler that runs, such as tcp://127.0.0.1:8786",
        todo="Start `dask scheduler`, or check the address.",
    )

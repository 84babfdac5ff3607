"""Who adds up the people: threads of this process, or the workers of a Dask cluster.

Both are asked in the same way and answer in the same order. People are cut into chunks of a fixed
size, whoever adds them up, so that one, two or a hundred workers give the same digits.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from openldn.pooling._kernel import compiled, sum_people
from openldn.pooling.people import Group
from openldn.protocol.problems import InputError, Problem

__all__ = ["CHUNK", "Chunk", "Crew", "DaskCrew", "ThreadCrew", "chunks_of", "sum_chunk"]

FloatArray = NDArray[np.float64]

# Some megabytes of components: long enough to hide the hand-over, short enough to share out.
CHUNK: Final = 16_384


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """Some people of one group, by its number."""

    group: int
    start: NDArray[np.int64]
    log_c: FloatArray
    h: FloatArray
    lam: FloatArray


class Crew(Protocol):
    """Adds up chunks of people."""

    def take(self, chunks: Sequence[Chunk]) -> Sequence[Any]:
        """Take charge of the chunks; what is given back stands for them."""
        ...

    def work(
        self, task: Callable[[Chunk, Any], FloatArray], taken: Sequence[Any], given: Sequence[Any]
    ) -> list[FloatArray]:
        """Do a task for each chunk, each with its own argument; results in the same order."""
        ...


class ThreadCrew:
    """Threads of this process: the kernel lets go of Python's lock. One is the serial twin."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def take(self, chunks: Sequence[Chunk]) -> Sequence[Chunk]:
        """Keep the chunks where they are."""
        return chunks

    def work(
        self, task: Callable[[Chunk, Any], FloatArray], taken: Sequence[Any], given: Sequence[Any]
    ) -> list[FloatArray]:
        """Do a task for each chunk."""
        if self._workers == 1 or len(taken) == 1:
            return [task(chunk, one) for chunk, one in zip(taken, given, strict=True)]
        with ThreadPoolExecutor(self._workers) as pool:
            return list(pool.map(task, taken, given))


class DaskCrew:
    """The workers of a Dask cluster; each chunk is sent once and stays there.

    Parameters
    ----------
    address
        Of a running scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        When the extra `scale` is missing, or nothing answers at the address.
    """

    def __init__(self, address: str) -> None:
        if not find_spec("distributed"):
            raise InputError([_no_scheduler("no Dask on this computer")])
        client: Any = import_module("distributed").Client

        try:
            self._client = client(address, timeout="3s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError([_no_scheduler(f"{address[:80]} ({error})")]) from None

    def take(self, chunks: Sequence[Chunk]) -> Sequence[Any]:
        """Send each chunk to a worker."""
        held: Sequence[Any] = self._client.scatter(list(chunks), hash=False)
        return held

    def work(
        self, task: Callable[[Chunk, Any], FloatArray], taken: Sequence[Any], given: Sequence[Any]
    ) -> list[FloatArray]:
        """Do a task for each chunk, where it lies."""
        waiting = self._client.map(task, list(taken), list(given), pure=False)
        done: list[FloatArray] = self._client.gather(waiting)
        return done

    def close(self) -> None:
        """Let go of the cluster."""
        self._client.close()


def chunks_of(groups: Sequence[Group]) -> list[Chunk]:
    """Cut every group into chunks of at most `CHUNK` people."""
    return [
        _cut(group, number, first, min(first + CHUNK, len(group)))
        for number, group in enumerate(groups)
        for first in range(0, len(group), CHUNK)
    ]


def sum_chunk(chunk: Chunk, places: tuple[FloatArray, FloatArray]) -> FloatArray:
    """(J, K) log likelihoods of the people of a chunk at (J, K) centres and (J,) variances."""
    centre, variance = places
    total = np.empty_like(centre)
    compiled(sum_people)(chunk.start, chunk.log_c, chunk.h, chunk.lam, centre, variance, total)
    return total


def _cut(group: Group, number: int, first: int, last: int) -> Chunk:
    start = group.start[first : last + 1]
    parts = slice(int(start[0]), int(start[-1]))
    return Chunk(
        group=number,
        start=start - start[0],
        log_c=group.log_c[parts],
        h=group.h[parts],
        lam=group.lam[parts],
    )


def _no_scheduler(given: str) -> Problem:
    return Problem(
        code="LDN-N023",
        place="--scheduler",
        given=given,
        expected="the address of a running Dask scheduler",
        todo='Run `pip install "openldn[scale]"` and `dask scheduler`, or leave the option out.',
    )

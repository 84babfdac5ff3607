"""Sends requests to a server on this computer over connections that stay open, and times them."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Load", "Request", "as_fast_as_it_goes", "at_a_rate", "request"]

Request = Callable[[], bytes]  # gives the next one of its connection


@dataclass(kw_only=True, slots=True)
class Load:
    """What came of one run."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  # of replies, in seconds

    @property
    def rate(self) -> float:
        """Replies a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Give the latency that so many of a hundred replies did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def request(method: str, path: str, *, body: str = "", **headers: str) -> bytes:
    """Write one request; underscores of header names become hyphens."""
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


def as_fast_as_it_goes(
    port: int, makers: list[Request], *, seconds: float, expected: bytes
) -> Load:
    """Send on each connection the next request as soon as the last one was answered."""

    async def one(make: Request, load: Load, begun: float) -> None:
        line = await asyncio.open_connection("127.0.0.1", port)
        while (sent := time.perf_counter()) - begun < seconds:
            await _ask(line, make(), expected)
            load.latencies.append(time.perf_counter() - sent)
        line[1].close()

    return asyncio.run(_all(makers, one))


def at_a_rate(
    port: int, makers: list[Request], *, rate: float, seconds: float, expected: bytes
) -> Load:
    """Send at fixed moments. What waits for a late reply counts its waiting too."""
    pause = len(makers) / rate

    async def one(make: Request, load: Load, begun: float) -> None:
        line = await asyncio.open_connection("127.0.0.1", port)
        due = begun + pause * makers.index(make) / len(makers)
        while due - begun < seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await _ask(line, make(), expected)
            load.latencies.append(time.perf_counter() - due)
            due += pause
        line[1].close()

    return asyncio.run(_all(makers, one))


async def _all(
    makers: list[Request],
    one: Callable[[Request, Load, float], Coroutine[Any, Any, None]],
) -> Load:
    load, begun = Load(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for make in makers:
            group.create_task(one(make, load, begun))
    load.seconds = time.perf_counter() - begun
    return load


async def _ask(
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter], what: bytes, expected: bytes
) -> None:
    """Send one request and read its whole reply; any other than the expected one ends the run."""
    reader, writer = line
    writer.write(what)
    head = await reader.readuntil(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        body = await reader.readuntil(b"0\r\n\r\n")
    else:
        _, _, length = head.lower().partition(b"content-length:")
        body = await reader.readexactly(int(length.split(b"\r\n")[0] or 0))
    assert head.startswith(b"HTTP/1.1 200"), head + body
    assert expected in body, head + body

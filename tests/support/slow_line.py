"""Opens pages in Chromium as over a bad line on a slow phone, and tells what came and when."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from support.browser import chromium
from support.serving import free_port

__all__ = ["SlowLine", "Visit", "chromium_on_a_slow_line", "visit"]

_BYTES_A_SECOND = 200_000  # 1.6 Mbit/s
_ONE_WAY = 0.075  # seconds: there and back is 150 ms
_SLOWER = 4  # the processor of the phone
_TIMES = """() => {
  const isBlocking = (file) => file.renderBlockingStatus === "blocking";
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  return {
    painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    ready: page.domContentLoadedEventEnd,
    files: files.map((file) => file.name),
    blocking: files.filter(isBlocking).map((file) => file.name),
  };
}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One page that was opened."""

    n_bytes: int  # from the server, with headers, also for the service worker
    painted: float  # seconds until words and buttons are on the screen; they work without scripts
    ready: float  # seconds until the scripts run as well
    files: tuple[str, ...]
    blocking: tuple[str, ...]  # what the first picture waited for


class SlowLine:
    """Hands bytes on between a browser and a server as a bad line does, and counts the server's.

    It stands before the service worker too, which the browser's own slow line leaves out.
    """

    def __init__(self, port: int) -> None:
        self.port, self.n_bytes, self._server_port = free_port(), 0, port
        self._loop = asyncio.new_event_loop()
        self._writers: list[asyncio.StreamWriter] = []
        self._is_free_at = 0.0  # the one line that all connections share

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * _ONE_WAY)  # what it takes to connect
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers += [writer, to_server]
        with contextlib.suppress(OSError):
            await asyncio.gather(
                self._hand_on(reader, to_server, is_counted=False),
                self._hand_on(from_server, writer, is_counted=True),
            )

    async def _hand_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_counted: bool
    ) -> None:
        while some := await reader.read(4096):
            due = self._loop.time() + _ONE_WAY
            if is_counted:
                self.n_bytes += len(some)
                begins = max(self._loop.time(), self._is_free_at)
                self._is_free_at = begins + len(some) / _BYTES_A_SECOND
                due = self._is_free_at + _ONE_WAY
            self._loop.call_at(due, writer.write, some)
        self._loop.call_at(max(self._loop.time(), self._is_free_at) + 2 * _ONE_WAY, writer.close)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Hand on until the block ends."""
        start = asyncio.start_server(self._connected, "127.0.0.1", self.port)
        server = self._loop.run_until_complete(start)
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self._end(server), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        for writer in self._writers:
            writer.transport.abort()
        handing_on = asyncio.all_tasks() - {asyncio.current_task()}
        for task in handing_on:
            task.cancel()
        await asyncio.gather(*handing_on, return_exceptions=True)


@contextlib.contextmanager
def chromium_on_a_slow_line(port: int) -> Iterator[tuple[Browser, SlowLine]]:
    """Start a Chromium that reaches a port of this computer over a bad line only."""
    line = SlowLine(port)
    rules = f"--host-resolver-rules=MAP 127.0.0.1:{port} 127.0.0.1:{line.port}"
    with line.running(), chromium(rules) as browser:
        yield browser, line


def visit(context: BrowserContext, url: str, line: SlowLine) -> Visit:
    """Open a page over 1.6 Mbit/s and 150 ms, with a processor four times slower."""
    before = line.n_bytes
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    page.bring_to_front()  # what is not seen is not painted
    page.goto(url, wait_until="networkidle")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    found: dict[str, Any] = page.evaluate(_TIMES)
    page.evaluate("navigator.serviceWorker?.ready.then(() => null)")  # it gets files for later
    page.close()
    return Visit(
        n_bytes=line.n_bytes - before,
        painted=found["painted"] / 1000,
        ready=found["ready"] / 1000,
        files=tuple(found["files"]),
        blocking=tuple(found["blocking"]),
    )

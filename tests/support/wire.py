"""A wire between a browser and the app, which can be cut at any moment of a request."""

import contextlib
import socket
import threading
from collections.abc import Iterator

__all__ = ["Wire", "wired"]

_CHUNK = 65536
_POLL_SECONDS = 0.2


class Wire:
    """Passes bytes on to the app until it is told to cut.

    `is_down`: nothing gets through. `loses_replies`: a form reaches the app whole, and the reply is
    lost. `cuts_forms`: a form is cut off in its middle. `n_lost` counts what was cut.
    """

    def __init__(self, app_port: int) -> None:
        self.is_down = False
        self.loses_replies = False
        self.cuts_forms = False
        self.n_lost = 0
        self._app_port = app_port
        self._ending = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.settimeout(_POLL_SECONDS)
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._ending.set()
        self._door.close()

    def _listen(self) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError, OSError):
                caller, _ = self._door.accept()
                threading.Thread(target=self._carry, args=(caller,), daemon=True).start()

    def _carry(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller:
            if self.is_down:
                return
            with socket.create_connection(("127.0.0.1", self._app_port)) as app:
                call = _Call(self, caller, app)
                back = threading.Thread(target=call.carry_back, daemon=True)
                back.start()
                call.carry_forth()
                back.join()


class _Call:
    """One connection."""

    def __init__(self, wire: Wire, caller: socket.socket, app: socket.socket) -> None:
        self._wire = wire
        self._caller = caller
        self._app = app
        self._is_form = False

    def carry_forth(self) -> None:
        """Bring what the browser says to the app."""
        with contextlib.suppress(OSError):
            while data := self._caller.recv(_CHUNK):
                self._is_form = data.startswith(b"POST") or (
                    self._is_form and not data.startswith((b"GET", b"HEAD"))
                )
                if self._wire.is_down:
                    break
                if self._is_form and self._wire.cuts_forms:
                    self._app.sendall(data[: len(data) // 2])
                    self._wire.n_lost += 1
                    break
                self._app.sendall(data)
        self._hang_up()

    def carry_back(self) -> None:
        """Bring what the app answers to the browser."""
        with contextlib.suppress(OSError):
            while data := self._app.recv(_CHUNK):
                if self._wire.is_down or (self._is_form and self._wire.loses_replies):
                    self._wire.n_lost += 1
                    break
                self._caller.sendall(data)
        self._hang_up()

    def _hang_up(self) -> None:
        for end in (self._caller, self._app):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def wired(app_port: int) -> Iterator[Wire]:
    """Lay a wire to the app on a port."""
    wire = Wire(app_port)
    try:
        yield wire
    finally:
        wire.close()

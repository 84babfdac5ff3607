"""Starting the app: folder, tables, link, page server and worker, and ending them together."""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from openldn.protocol.problems import InputError, Problem
from openldn.web.access.folder import FolderLock, prepare

__all__ = ["Address", "print_new_link", "serve"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PORTS_TRIED = 20  # from the default on, when the person named none
_POLL_SECONDS = 0.05
_STOP_SECONDS = 5.0
_THREADS = 4  # one person; static files come beside pages


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where pages are answered, and with which certificate."""

    host: str
    port: int
    may_move: bool = False  # to a free port, because the person named none
    cert: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """The address as a browser takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.cert else 'http'}://{host}:{self.port}"

    @property
    def host_headers(self) -> tuple[str, ...]:
        """Every Host header that is answered."""
        remote = (self.host, socket.gethostname(), socket.getfqdn())
        names = ("127.0.0.1", "localhost", "[::1]") if self.host in _LOOPBACK else remote
        return tuple(f"{name}:{self.port}" for name in names)


def serve(folder: Path, address: Address, *, is_demo: bool, opens_browser: bool) -> int:
    """Run the app on a folder until Ctrl-C."""
    prepare(folder)
    with FolderLock(folder):
        address = _free(address)
        _set_environment(folder, address, is_demo=is_demo)
        _prepare_tables(is_demo=is_demo)
        _write_running(folder, address)
        with _worker():
            _answer_pages(address, opens_browser=opens_browser)
        (folder / "running.json").unlink(missing_ok=True)
    return 0


def print_new_link(folder: Path) -> int:
    """Print a new one-time link to the app that already runs on a folder."""
    try:
        running = json.loads((folder / "running.json").read_bytes())
    except (OSError, ValueError) as error:
        raise InputError([_nothing_runs(folder)]) from error
    os.umask(0o077)
    os.environ["OPENLDN_DATA"] = str(folder)
    _set_up_django()
    _print(_new_link(str(running["url"])))
    return 0


def _set_environment(folder: Path, address: Address, *, is_demo: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "openldn.web.config.settings"
    os.environ["OPENLDN_DATA"] = str(folder)
    os.environ["OPENLDN_HOSTS"] = ";".join(address.host_headers)
    os.environ["OPENLDN_TLS"] = "1" if address.cert else "0"
    os.environ["OPENLDN_DEMO"] = "1" if is_demo else "0"


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openldn.web.config.settings")
    import django

    django.setup()


def _prepare_tables(*, is_demo: bool) -> None:
    _set_up_django()
    from django.core.management import call_command
    from django.db import connections

    from openldn.web.person import actions
    from openldn.web.person.models import Trial

    call_command("migrate", verbosity=0, interactive=False)
    if Trial.objects.filter(is_invented=not is_demo).exists():
        raise InputError([_mixed(is_demo=is_demo)])
    call_command("clearsessions")
    actions.forgive_attempts()
    if is_demo and not Trial.objects.exists():
        _say("Making the invented person of the demo ...")
        _make_demo()
    connections.close_all()  # the page server forks: no open file may be shared


def _make_demo() -> None:
    """Make the demo's person in a process of its own, which takes the simulator away with it."""
    subprocess.run([sys.executable, "-m", "openldn.web", "demo"], check=True)


def _new_link(url: str) -> str:
    from openldn.web.access import links

    return f"{url}/open/{links.issue(now=datetime.now(UTC))}"


def _free(address: Address) -> Address:
    """Return the address with a port that nobody listens on."""
    tries = _PORTS_TRIED if address.may_move else 1
    for port in range(address.port, address.port + tries):
        if _can_bind(address.host, port):
            return replace(address, port=port)
    raise InputError([_port_taken(address)])


def _can_bind(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            # A port that was closed a moment ago counts as free; one with a listener does not.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _write_running(folder: Path, address: Address) -> None:
    (folder / "running.json").write_text(json.dumps({"url": address.url}), encoding="utf-8")


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """Keep the worker alive, and end it with us: it stops when its standard input closes."""
    ending = threading.Event()
    process = _start_worker()

    def look_after() -> None:
        nonlocal process
        while not ending.wait(1.0):
            if process.poll() is not None:
                process = _start_worker()

    keeper = threading.Thread(target=look_after, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "openldn.web", "worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _answer_pages(address: Address, *, opens_browser: bool) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        "openldn.web.config.wsgi:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        log_enabled=False,
        ssl_cert=address.cert,
        ssl_key=address.key,
        workers_kill_timeout=int(_STOP_SECONDS),
    )
    greeter = threading.Thread(target=_greet, args=(address, opens_browser), daemon=True)
    server.on_startup(greeter.start)
    server.on_startup(partial(_end_on_hangup, server.signal_handler_interrupt))
    server.serve()
    _say("\nClosed. Your records are saved.")


def _end_on_hangup(end: Callable[..., None]) -> None:
    """End when the terminal is closed; granian would start its workers anew instead."""
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, end)


def _greet(address: Address, opens_browser: bool) -> None:
    """Print the link once pages are answered."""
    while not _is_alive(address):
        time.sleep(_POLL_SECONDS)
    link = _new_link(address.url)
    _print("OpenLDN runs on this computer. Open this link (once, within 10 minutes):\n")
    _print(f"    {link}\n")
    _say("Ctrl-C ends it. Your records stay in the data folder.")
    if opens_browser:
        webbrowser.open(link)


def _is_alive(address: Address) -> bool:
    try:
        with socket.create_connection((address.host, address.port), timeout=1) as plain:
            # A socket that is accepted by the system is not yet an app that answers.
            stream = _wrapped(plain) if address.cert else plain
            request = f"GET /alive HTTP/1.1\r\nHost: {address.host_headers[0]}\r\n\r\n"
            stream.sendall(request.encode())
            return stream.recv(12).endswith(b"204")
    except OSError:
        return False


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _wrapped(plain: socket.socket) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # we only ask our own server whether it is up
    return context.wrap_socket(plain)


def _port_taken(address: Address) -> Problem:
    return Problem(
        code="LDN-W003",
        place=f"--port {address.port}",
        given=f"an address that cannot be used on {address.host} (another program has it?)",
        expected="a free port on this computer",
        todo=f"Name another one, for example --port {address.port + 1}.",
    )


def _mixed(*, is_demo: bool) -> Problem:
    own, demo = "a person's own records", "the invented person of the demo"
    return Problem(
        code="LDN-W005",
        place="--data",
        given=f"a folder that holds {own if is_demo else demo}",
        expected=f"an empty folder or one with {demo if is_demo else own}",
        todo="Name another folder: the two are never mixed.",
    )


def _nothing_runs(folder: Path) -> Problem:
    return Problem(
        code="LDN-W004",
        place=str(folder),
        given="a folder that no `openldn serve` has open",
        expected="a running app to print a link for",
        todo="Start it with `openldn serve`; it prints a link.",
    )

"""Starting the app: folder, tables, link, page server and worker, and ending them together."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
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
from openldn.web.access.folder import FolderLock, is_open, prepare

__all__ = ["Address", "check_certificate", "print_new_link", "say", "serve", "worker_beside"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (where we reach it)
_PORTS_TRIED = 20  # from the default on, when the person named none
_POLL_SECONDS = 0.05
_STOP_SECONDS = 5.0
# Each slow upload holds one until its sender goes away; idle ones end after half a minute.
_THREADS = 64
# What the file or its disk can do to us, as against a wrong statement of ours.
_FILE_ERRORS = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
)


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
        host = _bracketed(self.nearest)
        return f"{'https' if self.cert else 'http'}://{host}:{self.port}"

    @property
    def nearest(self) -> str:
        """The address that this computer itself reaches it under."""
        return _EVERYWHERE.get(self.host, self.host)

    @property
    def host_headers(self) -> tuple[str, ...]:
        """Every Host header that is answered, in small letters."""
        names = ["127.0.0.1", "localhost", "[::1]"]
        if self.host not in _LOOPBACK:
            names += [_bracketed(self.host), socket.gethostname(), socket.getfqdn()]
        if self.host in _EVERYWHERE:
            names += map(_bracketed, _own_addresses())
        return tuple(dict.fromkeys(f"{name.lower()}:{self.port}" for name in names))


def serve(folder: Path, address: Address, *, is_demo: bool, opens_browser: bool) -> int:
    """Run the app on a folder until Ctrl-C."""
    check_certificate(address)
    prepare(folder)
    running = folder / "running.json"
    with FolderLock(folder):
        running.unlink(missing_ok=True)  # of an app that was killed
        address = _free(address)
        _set_environment(folder, address, is_demo=is_demo)
        _check_database(folder)
        _set_up_django()
        with _database(folder):
            _prepare_tables(is_demo=is_demo)
        try:
            _write_running(folder, address)
            with worker_beside():
                return _answer_pages(address, opens_browser=opens_browser)
        finally:
            running.unlink(missing_ok=True)


def print_new_link(folder: Path) -> int:
    """Print a new one-time link to the app that already runs on a folder."""
    try:
        url = str(json.loads((folder / "running.json").read_bytes())["url"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError([_nothing_runs(folder)]) from error
    if not is_open(folder):
        raise InputError([_nothing_runs(folder)])
    os.umask(0o077)
    os.environ["OPENLDN_DATA"] = str(folder)
    _set_up_django()
    with _database(folder):
        link = _new_link(url)
    _print(link)
    return 0


def _set_environment(folder: Path, address: Address, *, is_demo: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "openldn.web.config.settings"
    os.environ["OPENLDN_DATA"] = str(folder)
    os.environ["OPENLDN_HOSTS"] = ";".join(address.host_headers)
    os.environ["OPENLDN_TLS"] = "1" if address.cert else "0"
    os.environ["OPENLDN_DEMO"] = "1" if is_demo else "0"
    os.environ.setdefault("OPENLDN_URL", address.url)


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openldn.web.config.settings")
    import django

    django.setup()


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[None]:
    """Say in words what is wrong with the database file; a mistake of ours stays one."""
    from django.db import DatabaseError

    try:
        yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF  # without its refinement
        if code not in _FILE_ERRORS:
            raise
        raise InputError([_bad_database(folder, str(error))]) from error


def _check_database(folder: Path) -> None:
    """Read the file through once; what is damaged now would fail in the middle of an evening.

    A connection that only reads leaves a damaged file as it is, for whoever repairs it.
    """
    path = folder / "openldn.sqlite3"
    if not path.exists():
        return
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise InputError([_bad_database(folder, found)])


def _prepare_tables(*, is_demo: bool) -> None:
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
        say("Making the invented person of the demo ...")
        _make_demo()
    connections.close_all()  # the page server forks: no open file may be shared


def _make_demo() -> None:
    """Make the demo's person in a process of its own, which takes the simulator away with it."""
    subprocess.run([sys.executable, "-m", "openldn.web", "demo"], check=True)


def _new_link(url: str) -> str:
    from django.db import connections

    from openldn.web.access import links

    token = links.issue(now=datetime.now(UTC))
    connections.close_all()  # a page server that is started anew forks: see _prepare_tables
    return f"{url}/open/{token}"


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
def worker_beside() -> Iterator[None]:
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


def _answer_pages(address: Address, *, opens_browser: bool) -> int:
    """Answer until the person ends it; a page process that dies is started anew."""
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        "openldn.web.config.wsgi:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=1,
        respawn_failed_workers=True,
        blocking_threads=_THREADS,
        log_enabled=False,
        ssl_cert=address.cert,
        ssl_key=address.key,
        workers_kill_timeout=int(_STOP_SECONDS),
    )
    greeter = threading.Thread(target=_greet, args=(address, opens_browser), daemon=True)
    server.on_startup(greeter.start)
    server.on_startup(partial(_end_on_hangup, server.signal_handler_interrupt))
    try:
        server.serve()
    except SystemExit:
        # A Ctrl-C reaches the page process too, which may be gone before it is told to end.
        if not server.interrupt_signal:
            say(
                "\nThe part of the app that shows pages died twice within seconds, so it ended."
                " Your records are saved. Start it again; if it ends again, openldn.log in the"
                " data folder may tell why."
            )
            return 1
    say("\nClosed. Your records are saved.")
    return 0


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
    if address.host not in _LOOPBACK:
        say(f"It answers to these names only: {', '.join(address.host_headers)}")
    say("Ctrl-C ends it. Your records stay in the data folder.")
    if opens_browser:
        webbrowser.open(link)


def _is_alive(address: Address) -> bool:
    try:
        with socket.create_connection((address.nearest, address.port), timeout=1) as plain:
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


def say(line: str) -> None:
    """Tell the person at the terminal, if there still is one."""
    with contextlib.suppress(OSError):  # the terminal may be gone
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _wrapped(plain: socket.socket) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # we only ask our own server whether it is up
    return context.wrap_socket(plain)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _own_addresses() -> set[str]:
    """Ask the system under which addresses this computer is known."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None)
    except OSError:
        return set()
    return {str(place[0]) for *_, place in found}


def check_certificate(address: Address) -> None:
    """Refuse files that TLS cannot be served with."""
    if not (address.cert and address.key):
        return
    try:
        # A key behind a pass phrase is refused: nothing may wait for an answer at the terminal.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(address.cert, address.key, password=lambda: "")
    except (OSError, ValueError) as error:
        raise InputError([_bad_certificate(address)]) from error


def _bad_certificate(address: Address) -> Problem:
    return Problem(
        code="LDN-W009",
        place=f"--tls-cert {address.cert} --tls-key {address.key}",
        given="files that do not hold a certificate and its own key",
        expected="two PEM files that belong together, the key without a pass phrase",
        todo="Look at both files, or make them anew.",
    )


def _bad_database(folder: Path, words: str) -> Problem:
    return Problem(
        code="LDN-W008",
        place=str(folder / "openldn.sqlite3"),
        given=f"a database that cannot be used ({words})",
        expected="the file that the app wrote, on a disk that can be written to",
        todo="Keep this file: it may be repaired. Go on with a backup of the folder,"
        " or name an empty folder with --data.",
    )


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

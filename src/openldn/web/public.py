"""A server for many people: tables, page processes and worker, behind TLS and accounts."""

import os
from functools import partial
from pathlib import Path

from openldn.protocol.problems import InputError, Problem
from openldn.web.access.folder import FolderLock, prepare
from openldn.web.config.server_options import ServerOptions, options_from
from openldn.web.manage import use_server_settings
from openldn.web.server import Address, check_certificate, say, worker_beside

__all__ = ["serve_many"]

_THREADS = 16  # for each page process; each holds a connection to the database
_STOP_SECONDS = 5


def serve_many(file: Path) -> int:
    """Run a server that a file describes, until it is told to end."""
    use_server_settings(file)
    options = options_from(os.environ)
    address = _address(options)
    check_certificate(address)
    folder = Path(options.data)
    prepare(folder)
    with FolderLock(folder):
        _prepare_tables()
        with worker_beside():
            return _answer_pages(address, options)


def _address(options: ServerOptions) -> Address:
    host, _, port = options.listen.rpartition(":")
    return Address(
        host=host.strip("[]"),
        port=int(port),
        cert=Path(options.cert) if options.cert else None,
        key=Path(options.key) if options.key else None,
    )


def _prepare_tables() -> None:
    import django
    from django.core.management import call_command
    from django.db import OperationalError, connections

    django.setup()
    from openldn.web.person import actions

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise InputError([_no_database(error)]) from error
    call_command("createcachetable", verbosity=0)
    call_command("clearsessions")
    actions.forgive_attempts()
    connections.close_all()  # the page processes fork: no open connection may be shared


def _answer_pages(address: Address, options: ServerOptions) -> int:
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        "openldn.web.config.wsgi:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        respawn_failed_workers=True,
        blocking_threads=_THREADS,
        log_enabled=False,  # no log of who opened which page
        ssl_cert=address.cert,
        ssl_key=address.key,
        workers_kill_timeout=_STOP_SECONDS,
    )
    words = f"Pages of https://{options.host} are answered on {options.listen}. Ctrl-C ends it."
    server.on_startup(partial(say, words))
    server.serve()
    return 0


def _no_database(error: Exception) -> Problem:
    return Problem(
        code="LDN-W061",
        place="database (server file)",
        given=f"a database that does not answer ({str(error).strip()})",
        expected="a database that runs, with the name, user and password of the file",
        todo="Start it, or mend the line, then start again.",
    )

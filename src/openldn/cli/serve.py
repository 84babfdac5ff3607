"""`openldn serve`: the app in the browser, for one person on her own computer."""

import argparse
import sys
from pathlib import Path

from openldn.cli._web import of_folder, start_web

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "serve"
SUMMARY = "Open the app in your browser, on this computer only; or run a server for many people."

_DEFAULT_PORT = 8642
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HELP = """\
example (the invented person, nothing of yours):
  openldn serve --demo

It prints a link that opens the app once, within 10 minutes. Afterwards your browser stays in
for 14 days. Records are kept in one folder that only you can read. Ctrl-C ends it.

Pages are answered on 127.0.0.1, which no other computer can reach. Another address needs
--allow-remote, --tls-cert and --tls-key, so that nothing travels unprotected:
  openldn serve --host 192.168.1.20 --allow-remote --tls-cert cert.pem --tls-key key.pem

A server for many people, each with an account, is described in a file and runs behind TLS:
  openldn serve --server notes.toml
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument(
        "--demo", action="store_true", help="show an invented person, in a folder of its own"
    )
    parser.add_argument(
        "--port", type=_port, metavar="N", help=f"port, 1 to 65535 (default {_DEFAULT_PORT})"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the records")
    parser.add_argument(
        "--link", action="store_true", help="print a new link to the app that runs, and end"
    )
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDR", help="address (default 127.0.0.1)"
    )
    parser.add_argument(
        "--allow-remote", action="store_true", help="let other computers reach the app"
    )
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate, PEM")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, PEM")
    parser.add_argument(
        "--server", type=Path, metavar="FILE", help="run a server for many people, see run-a-server"
    )
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Check the options and start the app."""
    if args.server:
        return start_web(["server", str(args.server.absolute())])
    _refuse_open_network(args)
    folder = of_folder(args.data, is_demo=args.demo)
    if args.link:
        return start_web(["link", *folder])
    return start_web(["serve", *folder, *_server_options(args)])


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: write a number from 1 to 65535")


def _refuse_open_network(args: argparse.Namespace) -> None:
    """End with a usage error unless the address is loopback or protected."""
    if (args.tls_cert is None) != (args.tls_key is None):
        args.complain("--tls-cert and --tls-key belong together: give both or none")
    for path in filter(None, (args.tls_cert, args.tls_key)):
        if not path.is_file():
            args.complain(f"there is no file {path}: name a PEM file")
    if args.host in _LOOPBACK:
        return
    if not (args.allow_remote and args.tls_cert):
        args.complain(
            f"{args.host} can be reached from other computers: that needs --allow-remote,"
            " --tls-cert FILE and --tls-key FILE. Leave --host out to stay on this computer"
        )


def _server_options(args: argparse.Namespace) -> list[str]:
    host = "127.0.0.1" if args.host == "localhost" else args.host
    options = ["--host", host, "--port", str(args.port or _DEFAULT_PORT)]
    if args.port is None:
        options.append("--may-move")
    if args.tls_cert:
        options += ["--cert", str(args.tls_cert), "--key", str(args.tls_key)]
    if sys.stdout.isatty() and not args.no_open:
        options.append("--open")
    return options

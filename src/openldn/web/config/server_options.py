"""What the person who runs a server says about it: a small TOML file, or the environment.

    host = "notes.example.org"
    data = "/var/lib/notes"
    database = "postgresql://notes:secret@127.0.0.1/notes"
    email = "smtp+starttls://notes:secret@mail.example.org:587"
    email_from = "notes@example.org"
    proxies = 1

Each may also come from the environment, as OPENLDN_SERVER_HOST and so on, which wins over the file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from openldn.files import read_limited
from openldn.protocol.problems import InputError, Problem

__all__ = ["FILE", "ServerOptions", "database_of", "email_of", "options_from"]

FILE = "OPENLDN_SERVER_FILE"  # the variable that names the file
_PREFIX = "OPENLDN_SERVER_"
_LARGEST_FILE = 100_000
_DATABASES = ("postgresql", "postgres", "sqlite")
_MAILERS = {"smtp": {}, "smtps": {"EMAIL_USE_SSL": True}, "smtp+starttls": {"EMAIL_USE_TLS": True}}
_WHO_MAY_COME = ("open", "closed")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerOptions:
    """How one server runs. The values that stand here do for a type checker, not for a server."""

    host: str = "localhost"  # as it stands in the browser, with a port unless it is 443
    data: str = ""  # the folder of the secret key and the log; of the records too, with SQLite
    database: str = "sqlite"
    email: str = "folder:///nowhere"
    email_from: str = "notes@localhost"
    mail_name: str = "Evening notes"  # the name in e-mails, which everybody may read
    listen: str = "127.0.0.1:8642"
    proxies: int = 0  # of one's own, in front of it; the nearest ends TLS
    cert: str = ""  # without a proxy: the certificate, and its key
    key: str = ""
    sign_up: str = "open"
    workers: int = 2

    @property
    def has_tls(self) -> bool:
        """Tell whether someone ends TLS: a proxy, or this program itself."""
        return bool(self.proxies) != bool(self.cert and self.key)


def options_from(environment: Mapping[str, str]) -> ServerOptions:
    """Read the file and the environment.

    Raises
    ------
    InputError
        With everything that is wrong with them at once.
    """
    named = environment.get(FILE)
    given: dict[str, Any] = _read(Path(named)) if named else {}
    known = {field.name: type(field.default) for field in fields(ServerOptions)}
    from_environment = {name: _PREFIX + name.upper() for name in known}
    given |= {
        name: _number(environment[variable]) if known[name] is int else environment[variable]
        for name, variable in from_environment.items()
        if variable in environment
    }
    if not given:
        return ServerOptions()
    problems = [*_misnamed(given, known), *_missing(given)]
    if problems:
        raise InputError(problems)
    options = replace(ServerOptions(), **given)
    if problems := list(_wrong(options)):
        raise InputError(problems)
    return options


def database_of(options: ServerOptions) -> dict[str, Any] | None:
    """Give Django's settings of a PostgreSQL server; None means SQLite in the data folder."""
    url = urlsplit(options.database)
    if url.scheme not in ("postgresql", "postgres"):
        return None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.removeprefix("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(url.query)),  # sslmode and its like
    }


def email_of(options: ServerOptions) -> dict[str, Any]:
    """Give Django's settings of the way that e-mails leave."""
    url = urlsplit(options.email)
    if url.scheme == "folder":
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": unquote(url.path)}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or 587,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_TIMEOUT": 10,
        **_MAILERS[url.scheme],
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_limited(path, _LARGEST_FILE).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([_problem(str(path), str(error), "a TOML file in UTF-8")]) from error


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _misnamed(given: Mapping[str, Any], known: Mapping[str, type]) -> list[Problem]:
    found = []
    for name, value in given.items():
        if name not in known:
            found.append(_problem(name, "a name that is not known", f"one of {', '.join(known)}"))
        elif type(value) is not known[name]:
            kind = "a whole number" if known[name] is int else "text in quotation marks"
            found.append(_problem(name, repr(value), kind))
    return found


def _missing(given: Mapping[str, Any]) -> list[Problem]:
    needed = ("host", "data", "email", "email_from")
    return [_problem(name, "nothing", "a value") for name in needed if name not in given]


def _wrong(options: ServerOptions) -> list[Problem]:
    found = []
    if not options.host or "/" in options.host or " " in options.host:
        found.append(_problem("host", options.host, "a name such as notes.example.org"))
    if not Path(options.data).is_absolute():
        found.append(_problem("data", options.data, "the whole path of a folder"))
    if not _is_database(options.database):
        expected = "sqlite, or postgresql://user:password@host/name"
        found.append(_problem("database", "an address that is not known", expected))
    if not _is_mailer(options.email):
        expected = "smtp+starttls://user:password@host:587, smtps://..., or folder:///path"
        found.append(_problem("email", "an address that is not known", expected))
    if "@" not in options.email_from:
        found.append(_problem("email_from", options.email_from, "an e-mail address"))
    if options.sign_up not in _WHO_MAY_COME:
        found.append(_problem("sign_up", options.sign_up, " or ".join(_WHO_MAY_COME)))
    if not 1 <= options.workers <= 64:
        found.append(_problem("workers", str(options.workers), "a number from 1 to 64"))
    if not options.listen.rpartition(":")[2].isdigit():
        found.append(_problem("listen", options.listen, "address and port, as 127.0.0.1:8642"))
    if not options.has_tls:
        given = f"proxies = {options.proxies}, cert = {options.cert!r}, key = {options.key!r}"
        expected = "either proxies = 1, for a proxy that ends TLS, or cert and key"
        found.append(_problem("proxies", given, expected))
    return found


def _is_database(text: str) -> bool:
    url = _split(text)
    if text == "sqlite":
        return True
    return url is not None and url.scheme in _DATABASES[:2] and len(url.path) > 1


def _is_mailer(text: str) -> bool:
    url = _split(text)
    if url is None:
        return False
    return bool(url.path) if url.scheme == "folder" else url.scheme in _MAILERS and bool(url.netloc)


def _split(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text)
        _ = url.port  # read late, and wrong late
    except ValueError:
        return None
    return url


def _problem(name: str, given: str, expected: str) -> Problem:
    """Say what is wrong with one value; a password never stands in it."""
    return Problem(
        code="LDN-W060",
        place=f"{name} (server file, or {_PREFIX}{name.upper()})",
        given=given,
        expected=expected,
        todo="Change it and start again. docs/how-to/run-a-server.md shows a whole file.",
    )

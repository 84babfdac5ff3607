"""Settings of the tests: the local app's, with the tables of a server beside its own.

A test that asks for `server_mode` (tests/web/conftest.py) walks the same pages as a server answers
them. `OPENLDN_TEST_DATABASE` names a PostgreSQL to run on, as postgresql://user@host/name; the
tests make a database of their own there, and drop it again.
"""

import os
from typing import Any
from urllib.parse import urlsplit

from openldn.web.config import server_settings as server
from openldn.web.config import settings as local
from openldn.web.config.server_options import ServerOptions, database_of

__all__: list[str] = []


def _named(module: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if name.isupper()}


# What a server alone has: how accounts work. How it answers over TLS is for `server_mode`.
_OF_ACCOUNTS = {
    name: value
    for name, value in _named(server).items()
    if name not in _named(local) and not name.startswith(("SECURE_", "CSRF_"))
}
globals().update(_named(local) | _OF_ACCOUNTS)

INSTALLED_APPS = server.INSTALLED_APPS
# Without it allauth refuses to be installed; the local app's own addresses never meet it.
MIDDLEWARE = [*local.MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

_DATABASE = os.environ.get("OPENLDN_TEST_DATABASE", "")
if _DATABASE:
    _wanted = database_of(ServerOptions(database=_DATABASE))
    assert _wanted, f"OPENLDN_TEST_DATABASE names no PostgreSQL: {urlsplit(_DATABASE).scheme}"
    DATABASES = {"default": _wanted}

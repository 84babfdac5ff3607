"""A server's tables with several people in them, each signed in and with a running trial."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.own_trial import plan_of
from support.serving import bare

__all__ = ["SignedIn", "sign_in"]

_PROGRAM = """\
import json, os, sys
from datetime import timedelta
from pathlib import Path
from openldn.web.access import folder
from openldn.web.config.server_options import options_from
folder.prepare(Path(options_from(os.environ).data))
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
from openldn.web.accounts.models import Account
from openldn.web.person import actions, clock
plan, n_people, days_ago = json.loads(sys.argv[1])
found = []
for number in range(n_people):
    account = Account.objects.create_user(f"person{number}@example.org")
    start = clock.today() - timedelta(days=days_ago)
    actions.add_trial(person=account.person, plan_toml=plan, start=start)
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0], "x-forwarded-proto": "https"})
    client.force_login(account)
    facts = client.get("/kept/facts").json()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].OutputString().partition(";")[0]
    found.append({"cookie": cookie, "token": facts["token"], "diary": facts["diary"]})
print(json.dumps(found))
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """What a device holds of a person who is signed in."""

    cookie: str
    token: str
    diary: str


def sign_in(file: Path, *, n_people: int, n_outcomes: int, days_ago: int) -> list[SignedIn]:
    """Make the people on the server that a file of `serving.described` tells of."""
    environment = bare() | {
        "DJANGO_SETTINGS_MODULE": "openldn.web.config.server_settings",
        "OPENLDN_SERVER_FILE": str(file),
    }
    facts = json.dumps([plan_of(n_outcomes), n_people, days_ago])
    words = [sys.executable, "-c", _PROGRAM, facts]
    done = subprocess.run(words, check=True, env=environment, capture_output=True, text=True)
    return [SignedIn(**one) for one in json.loads(done.stdout)]

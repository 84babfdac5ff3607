"""Server mode: what its file may say, what Django's own check says, and the program itself."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openldn.protocol.problems import InputError
from openldn.web.access.logs import LinklessFormatter
from openldn.web.config.server_options import (
    FILE,
    ServerOptions,
    database_of,
    email_of,
    options_from,
)
from support.serving import described, run_serve


def read(tmp_path: Path, text: str, **environment: str) -> ServerOptions:
    """Read a file with this text."""
    path = tmp_path / "notes.toml"
    path.write_text(text, encoding="utf-8")
    return options_from({FILE: str(path), **environment})


WHOLE = """\
host = "notes.example.org"
data = "/srv/notes"
database = "postgresql://notes:pa%40ss@db.example.org:5433/notes?sslmode=require"
email = "smtp+starttls://us%40er:secret@mail.example.org"
email_from = "notes@example.org"
proxies = 1
"""


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """Database and mail come apart into what Django wants, signs in passwords included."""
    options = read(tmp_path, WHOLE)
    database = database_of(options)
    assert database is not None
    wanted = {"NAME": "notes", "PASSWORD": "pa@ss", "HOST": "db.example.org", "PORT": "5433"}
    assert wanted.items() <= database.items()
    assert database["OPTIONS"] == {"sslmode": "require"}
    mail = email_of(options)
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_PORT"]) == ("us@er", 587)
    assert mail["EMAIL_USE_TLS"] is True


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A container may keep its secrets out of the file."""
    changed = {"OPENLDN_SERVER_WORKERS": "4", "OPENLDN_SERVER_DATABASE": "sqlite"}
    options = read(tmp_path, WHOLE, **changed)
    assert options.workers == 4
    assert database_of(options) is None


@pytest.mark.parametrize(
    ("before", "after", "place", "expected"),
    [
        ("host = ", "hosts = ", "hosts", "one of host, data"),
        ("proxies = 1", "proxies = 0", "proxies", "either proxies = 1"),
        ("proxies = 1", 'proxies = "one"', "proxies", "a whole number"),
        ('"/srv/notes"', '"notes"', "data", "the whole path"),
        ("smtp+starttls", "gopher", "email", "smtp+starttls://"),
        ("postgresql", "oracle", "database", "postgresql://"),
        (":5433", ":db", "database", "postgresql://"),
        ("notes@example.org", "notes", "email_from", "an e-mail address"),
        ('host = "notes.example.org"\n', "", "host", "a value"),
        ("proxies = 1", 'proxies = 1\nsign_up = "friends"', "sign_up", "open or closed"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(
    tmp_path: Path, before: str, after: str, place: str, expected: str
) -> None:
    """The name of the line, what was given, what is expected; a password is not repeated."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, WHOLE.replace(before, after))
    found = {problem.place.partition(" ")[0]: problem for problem in caught.value.problems}
    assert expected in found[place].expected
    assert "pa%40ss" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Three wrong lines, three problems."""
    text = WHOLE.replace("proxies = 1", "").replace("notes@", "").replace('"/srv/notes"', '"x"')
    text = text.replace('email_from = "example.org"', 'email_from = "nobody"')
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert len(caught.value.problems) == 3


def manage(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of whoever runs a server."""
    command = [sys.executable, "-m", "openldn.web.manage", "--server", str(path), *words]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("OPENLDN")}
    del bare["DJANGO_SETTINGS_MODULE"]
    return subprocess.run(command, capture_output=True, text=True, env=bare, check=False)


def test_djangos_own_check_of_a_deployment_finds_nothing(tmp_path: Path) -> None:
    """`manage check --deploy` is clean, with a warning counted as a fault."""
    path = described(tmp_path)
    done = manage(path, "check", "--deploy", "--fail-level", "INFO")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_file_that_is_wrong_ends_each_program_in_words(tmp_path: Path) -> None:
    """Neither the server nor a command shows a trace."""
    path = tmp_path / "notes.toml"
    path.write_text("host = [", encoding="utf-8")
    for done in (run_serve("--server", str(path)), manage(path, "check")):
        assert done.returncode != 0
        assert "LDN-W060" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The server does not begin, and says which line to look at."""
    path = described(tmp_path, database="postgresql://nobody@127.0.0.1:9/notes")
    done = run_serve("--server", str(path))
    assert done.returncode == 3
    assert "LDN-W061" in done.stderr


def test_the_log_of_a_server_holds_no_page_about_a_condition() -> None:
    """Whoever reads the log learns of nobody which condition they read about."""
    record: Any = __import__("logging").LogRecord(
        "django.request", 30, "x.py", 1, "Not Found: %s", ("/known/conditions/lupus",), None
    )
    assert LinklessFormatter("%(message)s").format(record) == "Not Found: /known/..."

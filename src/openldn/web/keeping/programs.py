"""The programs behind `openldn backup`, `restore`, `doctor` and `release`, at the terminal."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openldn.web.keeping.archive import Archive

__all__ = ["run_backup", "run_doctor", "run_release", "run_restore"]

_DONE, _UNUSABLE, _REFUSED = 0, 3, 4


def run_backup(folder: Path, target: Path) -> int:
    """Copy the records, and tell what was copied and where to."""
    now = datetime.now().astimezone()
    if (database := _server_database()) is not None:
        from openldn.web.keeping.postgres import dump

        _print(str(dump(database, target, now=now)))
        _say("Wrote the whole database, and read its list back.")
    else:
        from openldn.web.keeping.backup import backup

        path, archive = backup(folder, target, now=now)
        _print(str(path))
        _say(f"Wrote {_counted(archive)}, read back and checked.")
    _say("It is not locked: whoever has this file can read the records. Keep it as you keep them.")
    return _DONE


def run_restore(file: Path, folder: Path) -> int:
    """Bring the records back, and tell how to open them."""
    if _server_database() is not None:
        from openldn.web.keeping.postgres import refuse_restore

        raise refuse_restore()
    from openldn.web.keeping.restore import restore

    archive = restore(file, folder)
    _print(str(folder))
    _say(f"Brought back {_counted(archive)}, checked.")
    _say(f"They were copied by OpenLDN {archive.openldn} at {archive.made_at}.")
    _say(f"Open them with: openldn serve --data '{folder}'")
    return _DONE


def run_doctor(folder: Path) -> int:
    """Look at everything, and tell how to mend what is wrong."""
    os.environ["OPENLDN_DATA"] = str(folder)
    import django

    django.setup()
    from openldn.web.keeping.database_checks import database_findings
    from openldn.web.keeping.machine_checks import machine_findings

    findings = list(machine_findings(folder))
    if folder.is_dir():
        findings += database_findings()
    for finding in findings:
        _print(str(finding))
    wrong = sum(not finding.is_good for finding in findings)
    if wrong:
        _say("1 thing to mend." if wrong == 1 else f"{wrong} things to mend.")
        return _UNUSABLE
    _say("Nothing to mend.")
    return _DONE


def run_release(folder: Path, file: Path | None) -> int:
    """Publish the pool, and tell what became of each score."""
    os.environ["OPENLDN_DATA"] = str(folder)
    import django

    django.setup()
    from openldn.web.contribute.releasing import publish_file, release

    now = datetime.now().astimezone()
    if file is not None:
        published = publish_file(file, now=now)
        _print(f"published: {published.score}, {published.pooled['people']} people")
        return _DONE
    tried = release(now=now)
    for one in tried:
        _print(f"{one.score}: {one.problem.todo if one.problem else f'published, {one.people}'}")
    return _DONE if any(one.problem is None for one in tried) else _REFUSED


def _server_database() -> dict[str, Any] | None:
    """Give the settings of a database server; None where the records are one file."""
    from django.conf import settings

    database: dict[str, Any] = settings.DATABASES["default"]
    return None if "sqlite3" in database["ENGINE"] else database


def _counted(archive: "Archive") -> str:
    return f"{len(archive.files)} files with {sum(archive.rows.values())} rows"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")

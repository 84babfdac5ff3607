"""What `openldn doctor` asks the database: whole, of this version, and still refusing changes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from openldn.protocol import seal as sealed
from openldn.protocol.problems import InputError
from openldn.web.keeping import triggers
from openldn.web.keeping.checkup import Finding, good, to_mend
from openldn.web.person.models import Trial
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["database_findings"]

_KEEP = "Keep this file: it may be repaired. Go on with a backup: `openldn restore`."


def database_findings() -> Iterator[Finding]:
    """Look at the database that the settings name; the first fault that hides others ends it."""
    whole = _file() if connection.vendor == "sqlite" else _server()
    yield whole
    if whole.is_good:
        yield from _contents()


def _contents() -> Iterator[Finding]:
    try:
        steps = _steps()
        yield steps
        if not steps.is_good:
            return
        yield _refusals()
        yield _seals()
    except DatabaseError as error:
        yield to_mend("database", f"cannot be read ({error})", _KEEP)


def _file() -> Finding:
    """Read the whole file through, on a connection that leaves a damaged one as it is."""
    path = Path(str(connection.settings_dict["NAME"]))
    if not path.is_file():
        return to_mend("database", f"{path.name} is not there", "Start the app once: it makes one.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            rows = opened.execute("PRAGMA integrity_check(5)").fetchall()
            astray = opened.execute("PRAGMA foreign_key_check").fetchmany(5)
    except sqlite3.DatabaseError as error:
        rows, astray = [(str(error),)], []
    found = [str(row[0]) for row in rows if row[0] != "ok"]
    found += [f"a row of {row[0]} leads to no row of {row[2]}" for row in astray]
    if found:
        return to_mend("database", f"damaged: {'; '.join(found)[:300]}", _KEEP)
    return good("database", "whole, and every row leads to where it should")


def _server() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        todo = "Start the database server, or look at the address of it in the settings."
        return to_mend("database", f"does not answer ({error})", todo)
    return good("database", f"answers ({connection.vendor})")


def _steps() -> Finding:
    """Look whether the tables are those of this version."""
    loader = MigrationLoader(connection)
    known, applied = set(loader.disk_migrations), set(loader.applied_migrations)
    waiting, newer = known - applied, applied - known
    ours = {config.label for config in apps.get_app_configs()}
    strange = sorted(f"{app}.{name}" for app, name in newer if app in ours)
    if strange:
        todo = "Run the newer OpenLDN that wrote this folder. An older one could harm it."
        return to_mend("tables of records", f"of a newer version ({', '.join(strange[:3])})", todo)
    if waiting:
        todo = "Start the app once with `openldn serve`: it brings them up to date."
        return to_mend("tables of records", f"{len(waiting)} steps behind this version", todo)
    return good("tables of records", "of this version")


def _refusals() -> Finding:
    """Look whether every table of records refuses to change or delete a row."""
    kept = [one._meta.db_table for one in apps.get_models() if issubclass(one, AppendOnly)]
    there = {(one.table, one.act) for one in triggers.installed(connection)}
    missing = [one for one in kept if not {(one, "UPDATE"), (one, "DELETE")} <= there]
    if missing:
        todo = "Somebody changed this database by hand. Go on with a backup: `openldn restore`."
        return to_mend("kept rows", f"could be changed in {', '.join(missing)}", todo)
    return good("kept rows", f"{len(kept)} tables refuse to change or delete what was recorded")


def _seals() -> Finding:
    """Hold every opened seal against its promise and its plan."""
    trials = list(Trial.objects.all())
    broken = [words for trial in trials if (words := _wrong_with(trial))]
    if broken:
        todo = "The order, the plan or the promise was changed. Go on with an earlier backup."
        return to_mend("plans and seals", "; ".join(broken), todo)
    opened = sum(trial.released_seal is not None for trial in trials)
    return good("plans and seals", f"{len(trials)} plans, {opened} opened seals, all as promised")


def _wrong_with(trial: Trial) -> str:
    try:
        plan = trial.plan
    except InputError:
        return f"the plan of the {trial} cannot be read"
    seal = trial.released_seal
    if seal is None:
        return ""
    is_other = trial.commitment not in ("", seal.get("commitment"))
    if is_other or sealed.verify(seal) or sealed.verify_with_plan(seal, plan):
        return f"the seal of the {trial} does not fit its promise"
    return ""

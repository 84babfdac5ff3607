"""Everything about a person in one ZIP file that needs no program of ours to be read."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import models

from openldn._version import __version__
from openldn.web.access.models import Person
from openldn.web.keeping.belongings import KEPT_BACK, belongings, rows_of
from openldn.web.person.models import Answer, Trial
from openldn.web.person.records import diary_of

__all__ = ["exported"]

_FORMAT = 1
_RECKONED = ("=", "+", "-", "@", "\t", "\r")  # how a formula begins
_README = """\
Your records, taken from OpenLDN {version} on {day}.

everything.json   every row of every table, as one file for programs
tables/           the same rows as tables (CSV), one file for each table; an apostrophe stands
                  before a text that a spreadsheet would take for a formula
audit-trail.csv   every row in the order of time: when it was written, changed or ended
trials/N/         one folder for each trial:
    plan.toml         the plan, byte for byte as it was added
    diary.csv         the diary; while the order is sealed it holds no arm and no dose
    seal.json         the promise about the hidden order, and the order once it was opened
    answer.json       the latest answer, if there is one
    page-for-doctor.pdf
files/            what a table holds that is no text, such as printed pages

Times are UTC. Days are counted from 0, the first day of a trial.
Who has this file can read your records. Keep it as you keep a letter from the clinic.
"""


def exported(person: Person, *, now: datetime) -> bytes:
    """Write everything about a person into a ZIP file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", _README.format(version=__version__, day=now.date()))
        tables, audit = {}, []
        for model, way in belongings().items():
            rows = list(rows_of(model, way, person))
            told = [dict(_cells(row, packed)) for row in rows]
            tables[model._meta.db_table] = told
            audit += [line for row in rows for line in _moments(row)]
            packed.writestr(f"tables/{model._meta.db_table}.csv", _csv(_columns(model), told))
        packed.writestr("everything.json", _json(_whole(tables, now)))
        packed.writestr("audit-trail.csv", _audit(audit))
        for number, trial in enumerate(person.trials.order_by("start", "pk"), start=1):
            for name, part in _parts_of(trial):
                packed.writestr(f"trials/{number}/{name}", part)
    return content.getvalue()


def _whole(tables: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "kind": "export",
        "openldn": __version__,
        "made_at": now.isoformat(timespec="seconds"),
        "tables": tables,
    }


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _cells(row: models.Model, packed: zipfile.ZipFile) -> Iterator[tuple[str, Any]]:
    """Give every column of a row as JSON knows it; what is no text becomes a file."""
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        if field.name in KEPT_BACK.get(row._meta.label, ()):
            value = "kept back: it opens the account"
        elif isinstance(value, bytes | memoryview):
            content = bytes(value)
            ending = "pdf" if content.startswith(b"%PDF") else "bin"
            name = f"files/{row._meta.db_table}-{row.pk}-{field.attname}.{ending}"
            packed.writestr(name, content)
            value = name
        elif isinstance(value, date):  # a moment too
            value = value.isoformat()
        elif not isinstance(value, str | int | float | bool | list | dict | None):
            value = str(value)
        yield field.attname, value


def _csv(columns: list[str], rows: list[dict[str, Any]]) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(columns)
    for row in rows:
        table.writerow([_cell(row[name]) for name in columns])
    return written.getvalue()


def _cell(value: object) -> object:
    """Write a cell. A text that a spreadsheet would reckon with begins with an apostrophe."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(_RECKONED) else value


def _moments(row: models.Model) -> Iterator[tuple[datetime, str, str, str]]:
    """Give every moment that a row tells of."""
    for field in row._meta.concrete_fields:
        moment = field.value_from_object(row)
        if isinstance(moment, datetime):
            yield moment, f"{row._meta.db_table} {row.pk}", field.attname, str(row)


def _audit(lines: list[tuple[datetime, str, str, str]]) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["when", "row", "what", "in words"])
    table.writerows((when.isoformat(), *map(_cell, rest)) for when, *rest in sorted(lines))
    return written.getvalue()


def _parts_of(trial: Trial) -> Iterator[tuple[str, str | bytes]]:
    yield "plan.toml", trial.plan_toml
    yield "diary.csv", _diary_file(trial)
    yield "seal.json", _json(trial.released_seal or _promise(trial))
    answer = trial.answers.filter(state=Answer.State.READY).last()
    if answer is not None:
        yield "answer.json", _json(answer.saved)
        if answer.page_for_doctor:
            yield "page-for-doctor.pdf", bytes(answer.page_for_doctor)


def _diary_file(trial: Trial) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "diary.csv"
        diary_of(trial).write(path)
        return path.read_bytes()


def _promise(trial: Trial) -> dict[str, Any]:
    return {
        "format": 1,
        "kind": "seal",
        "commitment": trial.commitment or None,
        "plan_sha256": trial.plan.sha256,
        "state": "still closed" if trial.commitment else "no seal was added",
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"

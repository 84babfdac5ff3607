"""Lets the database itself refuse to change or delete what was recorded.

SQLite and PostgreSQL each have a way of their own to say so.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

__all__ = ["only_added"]

_WORDS = "rows of this table are only ever added"
_FUNCTION = "openldn_only_added"  # of PostgreSQL, where a trigger needs one


def only_added(*tables: str) -> list[migrations.RunPython]:
    """Refuse UPDATE and DELETE on tables.

    Said again after a migration that changes a column: SQLite then writes the table anew, and
    forgets what guarded it.
    """
    return [_refuse(table, act) for table in tables for act in ("UPDATE", "DELETE")]


def _refuse(table: str, act: str) -> migrations.RunPython:
    name = f"{table}_no_{act.lower()}"

    def forwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        editor.execute(_dropped(editor, name, table), params=None)
        trigger = f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
        if editor.connection.vendor == "postgresql":
            # 23000 is an integrity error, as the one that SQLite raises.
            editor.execute(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{_WORDS}' USING ERRCODE = '23000'; END $$",
                params=None,
            )
            editor.execute(f"{trigger} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()", params=None)
        else:
            editor.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END", params=None)

    def backwards(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        editor.execute(_dropped(editor, name, table), params=None)

    return migrations.RunPython(forwards, backwards)


def _dropped(editor: BaseDatabaseSchemaEditor, name: str, table: str) -> str:
    of_table = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {name}{of_table}"

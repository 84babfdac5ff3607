"""Who owns the rows of a database that was written before rows had owners; for migrations."""

from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

__all__ = ["first_person", "made_for"]


def made_for(*models: tuple[str, str]) -> migrations.RunPython:
    """Make a person for rows that are there already. A new database has none, and needs none."""

    def forwards(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
        person = apps.get_model("access", "Person")
        has_rows = any(apps.get_model(*one).objects.exists() for one in models)
        if has_rows and not person.objects.exists():
            person.objects.create()

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def first_person() -> int:
    """Give the key of the first person; any number where there are no rows to fill."""
    with connection.cursor() as cursor:
        # In SQL, because a migration must not know today's model, which may have other columns.
        cursor.execute("SELECT min(id) FROM access_person")
        (found,) = cursor.fetchone()
    return int(found or 0)

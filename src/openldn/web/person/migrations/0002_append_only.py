"""Let the database itself refuse to change or delete what was recorded."""

from django.db import migrations

_TABLES = ("person_entry", "person_safetycheck")


def _refuse(table: str, act: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'rows of this table are only ever added'); END"
        ),
        reverse_sql=f"DROP TRIGGER {table}_no_{act.lower()}",
    )


class Migration(migrations.Migration):
    dependencies = [("person", "0001_initial")]
    operations = [_refuse(table, act) for table in _TABLES for act in ("UPDATE", "DELETE")]

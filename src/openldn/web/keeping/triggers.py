"""The triggers that keep rows from being changed, and the one way past them: erasure.

Both databases take a change of a table back together with the rows, if anything fails. So the
triggers are away for one transaction, which nobody else can see or use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["Installed", "away", "installed"]

_WORDS = "only ever added"  # of web.only_added
_FUNCTION = "openldn_only_added"
_SQLITE = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
_POSTGRESQL = (
    "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND p.proname = 'openldn_only_added'"
    " AND pg_table_is_visible(c.oid) ORDER BY 1"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """One trigger, and the statement that makes it."""

    name: str
    table: str
    act: str  # UPDATE or DELETE
    statement: str


def installed(connection: BaseDatabaseWrapper) -> list[Installed]:
    """List the triggers of ours that are in force."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)
        rows = cursor.fetchall()
    return [
        Installed(
            name=name,
            table=table,
            act="DELETE" if " DELETE ON " in statement.upper() else "UPDATE",
            statement=statement,
        )
        for name, table, statement in rows
        if _WORDS in statement or _FUNCTION in statement
    ]


@contextmanager
def away(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let rows be deleted until the end of the block, in the transaction that is open.

    Raises
    ------
    TypeError
        Outside a transaction: then the triggers could stay away.
    """
    if not connection.in_atomic_block:
        raise TypeError("the triggers go away within a transaction only")
    taken = [one for one in installed(connection) if one.act == "DELETE"]
    with connection.cursor() as cursor:
        for one in taken:
            on_table = f' ON "{one.table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{one.name}"{on_table}')
        yield
        if connection.vendor == "postgresql":
            # What waits until the end of the transaction would keep the table from changing.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for one in taken:
            cursor.execute(one.statement)

"""Making sure that erased rows are not left as bytes in the database file."""

import time
from contextlib import suppress
from pathlib import Path

from django.db import OperationalError, connection

__all__ = ["finish", "scrub"]

_MARK = "to-scrub"  # a file: rows were erased, and the database file was not written anew yet
_LOGS = ("openldn.log", "openldn.log.1")
_TRIES, _PAUSE_SECONDS = 20, 0.25


def scrub(folder: Path | None, *, is_empty: bool) -> bool:
    """Write the database file anew, without what was erased. False: something held it open.

    A server's database does this by itself, in its own time (docs/how-to/keep-my-records.md).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    if folder is None:
        return _rewrite()
    (folder / _MARK).touch(mode=0o600)
    if is_empty:
        for name in _LOGS:  # they hold no records, and nobody's app has to be mended any more
            with suppress(FileNotFoundError):
                (folder / name).open("r+b").truncate(0)
    return finish(folder)


def finish(folder: Path | None) -> bool:
    """Do what an earlier scrub could not do."""
    if folder is None or not (folder / _MARK).exists():
        return True
    is_done = _rewrite()
    if is_done:
        (folder / _MARK).unlink(missing_ok=True)
    return is_done


def _rewrite() -> bool:
    """Copy what is left into the file, and empty the journal beside it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA temp_store=MEMORY")  # no copy of anything elsewhere on the disk
        for _ in range(_TRIES):
            with suppress(OperationalError):
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (is_busy, *_rest) = cursor.fetchone()
                if not is_busy:
                    return True
            time.sleep(_PAUSE_SECONDS)
    return False

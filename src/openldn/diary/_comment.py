"""The first comment of a diary file: what says, for one, that a diary is invented."""

from pathlib import Path

from openldn.diary._parquet import is_parquet, parquet_comments

__all__ = ["first_comment"]

_LONGEST = 1_000


def first_comment(path: Path) -> str:
    """Give the first line of a diary file where it is a comment, without its mark; else ""."""
    if is_parquet(path):
        return parquet_comments(path).partition("\n")[0]
    with path.open("rb") as file:
        line = file.readline(_LONGEST).decode("utf-8-sig", errors="replace")
    return line[1:].strip() if line.startswith("#") else ""

"""The diary as Parquet, for people with many diaries (extra `scale`).

Cells become text and go through the same readers as CSV: one set of rules for both forms.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openldn.diary._rows import MAX_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row, check_size
from openldn.diary._writer import number_text, table
from openldn.protocol.problems import InputError, Problem

if TYPE_CHECKING:
    from openldn.diary.diary import Diary

__all__ = ["ParquetFile", "is_parquet", "parquet_bytes", "parquet_comments"]

_BATCH_ROWS = 10_000
_COMMENTS = b"openldn.comments"  # Parquet has no comment lines; it has notes beside the columns


def is_parquet(path: Path) -> bool:
    """Tell by its name whether a file is meant as Parquet."""
    return path.suffix.lower() in {".parquet", ".pq"}


class ParquetFile:
    """The rows of one Parquet file, numbered as if the header were line 1."""

    def __init__(self, path: Path) -> None:
        check_size(path)
        _need_pyarrow(path)
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile as Opened

        try:
            self._file = Opened(path)
        except (ArrowException, OSError) as error:
            raise InputError([_unreadable(path, error)]) from None
        self._path = path
        self._check_shape()

    def __iter__(self) -> Iterator[Row]:
        """Give the header and then every row as cell texts."""
        from pyarrow import ArrowException

        yield 1, list(self._file.schema_arrow.names)
        line = 2
        try:
            for batch in self._file.iter_batches(batch_size=_BATCH_ROWS):
                columns = [[_text(value) for value in column.to_pylist()] for column in batch]
                for cells in zip(*columns, strict=True):
                    yield line, list(cells)
                    line += 1
        except (ArrowException, OSError, ValueError) as error:
            raise InputError([_unreadable(self._path, error)]) from None

    def _check_shape(self) -> None:
        about = self._file.metadata
        n_bytes = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        n_cells = about.num_rows * about.num_columns
        if (
            about.num_rows > MAX_ROWS
            or about.num_columns > MAX_COLUMNS
            or n_cells > MAX_CELLS
            or n_bytes > MAX_BYTES  # unpacked: a small file can hold gigabytes
        ):
            problem = Problem(
                code="LDN-D004",
                place=self._path.name,
                given=f"{about.num_rows} rows, {about.num_columns} columns, {n_bytes} bytes",
                expected=f"at most {MAX_ROWS} rows, {MAX_COLUMNS} columns, {MAX_BYTES} bytes",
                todo="Keep one person's diary in one file, with nothing else in it.",
            )
            raise InputError([problem])


def parquet_comments(path: Path) -> str:
    """Give the comments of a Parquet file; "" where it has none or is none."""
    _need_pyarrow(path)
    from pyarrow import ArrowException
    from pyarrow.parquet import read_schema

    try:
        notes = read_schema(path).metadata or {}
    except (ArrowException, OSError):
        return ""
    return str(notes.get(_COMMENTS, b""), errors="replace")


def parquet_bytes(diary: "Diary", path: Path, *, comments: tuple[str, ...] = ()) -> bytes:
    """Give the Parquet file of a diary. Scores are numbers, everything else is text."""
    _need_pyarrow(path)
    import pyarrow
    from pyarrow.parquet import write_table

    header, rows = table(diary)
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    numbers = {"day", "period", *diary.outcome_ids, *diary.side_effect_ids}
    arrays = {
        name: pyarrow.array([_number(cell) for cell in cells], pyarrow.float64())
        if name in numbers
        else pyarrow.array([cell or None for cell in cells], pyarrow.string())
        for name, cells in zip(header, columns, strict=True)
    }
    notes = {_COMMENTS: "\n".join(comments).encode()} if comments else None
    sink = pyarrow.BufferOutputStream()
    write_table(pyarrow.table(arrays).replace_schema_metadata(notes), sink)
    return bytes(sink.getvalue())


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return number_text(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value)


def _need_pyarrow(path: Path) -> None:
    if find_spec("pyarrow"):
        return
    problem = Problem(
        code="LDN-D031",
        place=path.name,
        given="a Parquet file, and no pyarrow on this computer",
        expected="the extra `scale`, which brings it",
        todo='Run `pip install "openldn[scale]"`, or use a CSV file.',
    )
    raise InputError([problem])


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(
        code="LDN-D032",
        place=path.name,
        given=f"a file that cannot be read as Parquet ({str(error)[:80]})",
        expected="a Parquet file",
        todo="Write the file again, or use CSV.",
    )

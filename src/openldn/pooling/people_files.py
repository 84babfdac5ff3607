"""Reading people from files: contributions as JSON or Parquet, or a table of estimates as CSV."""

import csv
import io
import json
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from openldn.files import LARGEST_SMALL_FILE, read_limited
from openldn.pooling.people import (
    GRADES,
    ID_BYTES,
    NOT_SAID,
    Columns,
    People,
    columns_of,
    estimates,
    gathered,
    is_possible,
)
from openldn.protocol.problems import InputError, Problem

__all__ = ["MOST_PEOPLE", "parquet_table", "read_people"]

MOST_PEOPLE: Final = 5_000_000
LARGEST_TABLE: Final = 50_000_000  # bytes of CSV, as for a diary
LARGEST_UNPACKED: Final = 4_000_000_000  # bytes of Parquet: a small file can hold gigabytes
_MOST_LISTED: Final = 20
_LISTS: Final = ("log_c", "h", "lambda")
_TEXTS: Final = ("id", "grade", "part", "outcome", "better", "contrast")
_ROOM: Final = "S64"


def read_people(paths: Sequence[str | os.PathLike[str]], *, include_open: bool = False) -> People:
    """Read people from files and folders.

    Parameters
    ----------
    paths
        JSON files of `openldn contribute`, folders of them, Parquet files with one row a person, or
        one CSV table with `id`, `estimate`, `se` and perhaps `condition`.
    include_open
        Whether open diaries (grade D and E) are taken.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    files = [file for path in paths for file in _files(Path(path))]
    tables = [file for file in files if file.suffix.lower() == ".csv"]
    if tables and len(files) > 1:
        raise InputError([_mixture(tables[0])])
    if tables:
        return gathered(_read_table(tables[0]), include_open=include_open)
    packed = [file for file in files if file.suffix.lower() in {".parquet", ".pq"}]
    single = [file for file in files if file not in set(packed)]
    parts = [_read_parquet(file) for file in packed]
    if single:
        parts.append(_read_jsons(single))
    if not parts:
        raise InputError([_problem("LDN-N009", "the contributions", "nobody", "a file", _GIVE)])
    return gathered(_joined(parts), include_open=include_open)


def _files(path: Path) -> list[Path]:
    """The file itself, or the contributions in a folder."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.json"))
    if not found:
        given = "a folder without JSON files"
        raise InputError([_problem("LDN-N009", str(path), given, "contributions", _GIVE)])
    return found


def _read_jsons(files: Sequence[Path]) -> Columns:
    values: list[Any] = []
    problems: list[Problem] = []
    for file in files:
        try:
            values.append(json.loads(read_limited(file, LARGEST_SMALL_FILE)))
        except InputError as error:
            problems += error.problems
        except (ValueError, RecursionError):
            problems.append(
                _problem("LDN-N001", str(file), "no JSON text", "a contribution", _GIVE)
            )
    if problems:
        raise InputError(problems[:_MOST_LISTED])
    return columns_of(values, [file.name for file in files])


def _read_table(file: Path) -> Columns:
    try:
        text = read_limited(file, LARGEST_TABLE).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        given = f"a table that cannot be read ({error})"
        raise InputError(
            [_problem("LDN-N010", file.name, given, "CSV in UTF-8", _COLUMNS)]
        ) from None
    numbered = [(line, row) for line, row in enumerate(rows, 1) if any(row)]
    header = [cell.strip() for cell in numbered[0][1]] if numbered else []
    wanted = ("id", "estimate", "se")
    if not set(wanted) <= set(header) or len(set(header)) < len(header):
        given = f"the columns {', '.join(header)[:80] or 'none'}"
        expected = "id, estimate, se and perhaps condition, each once"
        raise InputError([_problem("LDN-N010", f"{file.name}, line 1", given, expected, _COLUMNS)])
    problems: list[Problem] = []
    found = [_row(header, row, f"{file.name}, line {n}", problems) for n, row in numbered[1:]]
    if problems:
        raise InputError(problems[:_MOST_LISTED])
    if len(found) > MOST_PEOPLE:
        raise InputError([_too_many(file, len(found))])
    ids, estimate, se, condition = zip(*found, strict=True) if found else ((), (), (), ())
    return estimates(ids, estimate, se, condition)


def _row(
    header: Sequence[str], row: Sequence[str], place: str, problems: list[Problem]
) -> tuple[str, float, float, str]:
    cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
    try:
        name, condition = cells["id"], cells.get("condition", "")
        is_short = max(len(name.encode()), len(condition.encode())) <= ID_BYTES
        if len(row) != len(header) or not name or not is_short:
            raise ValueError
        return name, float(cells["estimate"]), float(cells["se"]), condition
    except (KeyError, ValueError):
        expected = "an id of at most 64 bytes and two numbers"
        problems.append(_problem("LDN-N010", place, repr(",".join(row)[:60]), expected, _COLUMNS))
        return "", 0.0, 1.0, ""


def _read_parquet(file: Path) -> Columns:
    if not find_spec("pyarrow"):
        todo = 'Run `pip install "openldn[scale]"`, or give JSON files.'
        given = "a Parquet file, and no pyarrow on this computer"
        raise InputError([_problem("LDN-N013", file.name, given, "the extra `scale`", todo)])
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    if file.exists() and not file.is_file():  # a pipe would hold the program for ever
        raise InputError([_poor_parquet(file, "a pipe or a device, and no file")])
    try:
        with ParquetFile(file) as opened:
            about = opened.metadata
            size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
            if about.num_rows > MOST_PEOPLE or size > LARGEST_UNPACKED:
                raise InputError([_too_many(file, about.num_rows)])
            missing = {*_TEXTS, *_LISTS, "format", "scale", "dose_mg"} - set(
                opened.schema_arrow.names
            )
            if missing:
                raise InputError([_poor_parquet(file, f"no column {', '.join(sorted(missing))}")])
            return _columns(opened, file)
    except (ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        raise InputError([_poor_parquet(file, str(error).splitlines()[0][:80])]) from None


def _columns(opened: Any, file: Path) -> Columns:
    """Column after column, so that no more than one is in memory twice."""
    names = set(opened.schema_arrow.names)

    def column(name: str) -> Any:
        found = opened.read(columns=[name]).column(name).combine_chunks()
        if found.null_count and name != "condition":
            raise InputError([_poor_parquet(file, f"empty cells in the column {name}")])
        return found

    formats = column("format").to_numpy(zero_copy_only=False)
    if len(formats) and (formats != 1).any():
        odd = formats[formats != 1][0]
        todo = "Make the contributions again with the same version of OpenLDN."
        raise InputError([_problem("LDN-N002", file.name, f"format {odd}", "format 1", todo)])
    start, log_c = _list(column("log_c"))
    others = {name: _list(column(name)) for name in ("h", "lambda")}
    if any(not np.array_equal(start, one[0]) for one in others.values()):
        raise InputError([_poor_parquet(file, "lists of different lengths in one row")])
    if len(start) > 1 and int(np.diff(start).min()) < 1:
        given = "a person without components"
        todo = "Make the contribution again from its diary."
        raise InputError([_problem("LDN-N006", file.name, given, "1 or more", todo)])
    ends, scale = _list(column("scale"))
    if (np.diff(ends) != 2).any():
        raise InputError([_poor_parquet(file, "a scale that is not two numbers")])
    outcome = np.strings.add(
        np.strings.add(_texts(column("outcome")), ":"), _texts(column("better"))
    )
    grade = _texts(column("grade"))
    if not np.isin(grade, list(GRADES)).all():
        raise InputError([_poor_parquet(file, "a grade that is not A, B, C, D or E")])
    part = _texts(column("part"))
    if not np.isin(part, ["randomised", "open"]).all():
        raise InputError([_poor_parquet(file, "a part that is not randomised or open")])
    if not all(is_possible(*one) for one in set(zip(part.tolist(), grade.tolist(), strict=True))):
        given = "an open diary with a grade better than D"
        raise InputError([_poor_parquet(file, given)])
    count = len(grade)
    condition = _texts(column("condition")) if "condition" in names else np.full(count, NOT_SAID)
    ids = column("id").to_pylist()
    if any(not 1 <= len(one.encode()) <= ID_BYTES for one in ids):
        raise InputError([_poor_parquet(file, "an id that is empty or longer than 64 bytes")])
    return Columns(
        ids=np.array([one.encode() for one in ids], dtype=_ROOM),
        condition=condition,
        grade=grade,
        outcome=outcome,
        contrast=_texts(column("contrast")),
        scale=scale.reshape(-1, 2),
        dose_mg=column("dose_mg").to_numpy(zero_copy_only=False).astype(np.float64),
        start=start,
        log_c=log_c,
        h=others["h"][1],
        lam=others["lambda"][1],
    )


def _list(column: Any) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where each row's list begins, from 0, and all their numbers."""
    ends = column.offsets.to_numpy().astype(np.int64)
    numbers = column.values.to_numpy(zero_copy_only=False).astype(np.float64)
    return ends - ends[0], numbers[ends[0] : ends[-1]]


def _texts(column: Any) -> NDArray[np.str_]:
    """Words of a column that holds few different ones; `not-said` for empty cells."""
    packed = column.dictionary_encode()
    words = [word or NOT_SAID for word in packed.dictionary.to_pylist()]
    if any(len(word.encode()) > ID_BYTES for word in words):
        raise ValueError(f"a word longer than {ID_BYTES} bytes")
    codes = packed.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    texts: NDArray[np.str_] = np.array([*words, NOT_SAID], dtype=np.str_)[codes]
    return texts


def _joined(parts: Sequence[Columns]) -> Columns:
    if len(parts) == 1:
        return parts[0]
    shift = np.cumsum([0] + [len(part.log_c) for part in parts[:-1]])
    start = [part.start[:-1] + by for part, by in zip(parts, shift, strict=True)]
    total = sum(len(part.log_c) for part in parts)
    names = [name for name in Columns.__slots__ if name != "start"]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Columns(start=np.concatenate([*start, [total]]), **joined)


def parquet_table(columns: Columns, *, part: str = "randomised") -> Any:
    """One row a person, as the Arrow table that `read_people` reads back from Parquet."""
    import pyarrow

    words = np.strings.partition(columns.outcome, ":")
    count = len(columns.ids)

    def words_of(values: NDArray[np.str_]) -> Any:
        return pyarrow.array(values.tolist()).dictionary_encode()

    def lists(numbers: NDArray[np.float64]) -> Any:
        return pyarrow.ListArray.from_arrays(columns.start.astype(np.int32), numbers)

    return pyarrow.table(
        {
            "format": np.ones(count, dtype=np.int8),
            "id": pyarrow.array([one.decode() for one in columns.ids.tolist()]),
            "condition": words_of(columns.condition),
            "grade": words_of(columns.grade),
            "part": words_of(np.full(count, part)),
            "outcome": words_of(words[0]),
            "better": words_of(words[2]),
            "scale": list(columns.scale),
            "dose_mg": columns.dose_mg,
            "contrast": words_of(columns.contrast),
            "log_c": lists(columns.log_c),
            "h": lists(columns.h),
            "lambda": lists(columns.lam),
        }
    )


_GIVE: Final = "Give files that `openldn contribute` wrote, a Parquet file of them, or a table."
_COLUMNS: Final = "A table has the columns id, estimate, se and perhaps condition."


def _problem(code: str, place: str, given: str, expected: str, todo: str) -> Problem:
    return Problem(code=code, place=place, given=given, expected=expected, todo=todo)


def _mixture(table: Path) -> Problem:
    given = "a table of estimates beside other files"
    todo = "Pool the table alone, or the contributions."
    return _problem("LDN-N016", str(table), given, "one table and nothing else", todo)


def _too_many(file: Path, count: int) -> Problem:
    expected = f"at most {MOST_PEOPLE:,} people and {LARGEST_UNPACKED:,} bytes"
    todo = "Pool fewer people at a time."
    return _problem("LDN-N012", file.name, f"{count:,} rows", expected, todo)


def _poor_parquet(file: Path, given: str) -> Problem:
    expected = "one row a person, as docs/reference/contribution-file.md says"
    return _problem("LDN-N014", file.name, given, expected, "Write the file again.")

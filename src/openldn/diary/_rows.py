"""Turns a CSV file into rows with line numbers, in bounded time and memory.

The file may be anything: a photo, a folder, one line of 60 MB, a million rows. Whatever cannot
be a diary is refused with one problem, before any cell of it is read.
"""

import csv
import io
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from openldn.protocol.problems import InputError, Problem

__all__ = ["MAX_BYTES", "MAX_CELLS", "MAX_COLUMNS", "MAX_ROWS", "CsvFile", "Row", "check_size"]

MAX_BYTES = 50_000_000  # contract section 4: above 50 MB is refused
MAX_ROWS = 200_000  # contract section 4
MAX_COLUMNS = 200
MAX_CELLS = 5_000_000  # what fits into a few hundred MB once every cell is a value
_MAX_LINES = 1_000_000  # notes may hold several lines, and comments are lines too
_MAX_LINE = 100_000  # below the limit of the csv module for one cell, 131,072

Row = tuple[int, list[str]]  # number of the row's first line in the file, cells


class CsvFile:
    """The rows of one CSV file, to be gone through as often as needed.

    Parameters
    ----------
    path
        A UTF-8 file. Lines that start with `#` and empty lines are left out.
    """

    def __init__(self, path: Path) -> None:
        check_size(path)
        self._path = path

    def __iter__(self) -> Iterator[Row]:
        """Give the header and then every row with the line it starts on."""
        with self._path.open("rb") as raw:
            # utf-8-sig: spreadsheet programs put a mark before the first letter.
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            lines = _Lines(text)
            rows = csv.reader(lines, strict=True)
            try:
                while lines.go_to_row():
                    cells = next(rows)
                    yield lines.row_start, cells
            except UnicodeDecodeError:
                _refuse(
                    "LDN-D005",
                    place=f"after line {lines.number}" if lines.number else self._path.name,
                    given="bytes that are no UTF-8 text",
                    expected="a CSV text file in UTF-8",
                    todo="Save the table as CSV (UTF-8) and try again.",
                )
            except csv.Error as error:
                _refuse(
                    "LDN-D006",
                    place=f"line {lines.row_start}",
                    given=f"a row that cannot be taken apart ({error})",
                    expected="cells with commas between, quotes closed",
                    todo="Look for a quotation mark without its partner.",
                )


class _Lines:
    """Feeds lines to the csv reader; between two rows it skips comments and empty lines.

    Only there: a note in quotes may well hold a line that starts with `#`.
    """

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._waiting = ""
        self._read_characters = 0
        self.number = 0
        self.row_start = 0

    def go_to_row(self) -> bool:
        """Move to the next line that starts a row; false at the end of the file."""
        line = self._read()
        while line and (line.startswith("#") or not line.strip()):
            line = self._read()
        self._waiting = line
        self.row_start = self.number
        return bool(line)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, self._waiting = self._waiting or self._read(), ""
        if not line:
            raise StopIteration
        return line

    def _read(self) -> str:
        line = self._text.readline(_MAX_LINE)
        self.number += 1
        self._read_characters += len(line)
        if "\0" in line:
            self._refuse_content("a zero byte", "a CSV text file")
        if len(line) == _MAX_LINE:
            self._refuse_content(f"a line of {_MAX_LINE} characters or more", "lines of one row")
        if self.number > _MAX_LINES:
            self._refuse_content(f"more than {_MAX_LINES} lines", "a line or a few for each row")
        if self._read_characters > MAX_BYTES:  # it grew after its size was looked up
            _refuse_size("more than that")
        return line

    def _refuse_content(self, given: str, expected: str) -> NoReturn:
        _refuse(
            "LDN-D005",
            place=f"line {self.number}",
            given=given,
            expected=expected,
            todo="Check that this is the diary file and not another kind of file.",
        )


def check_size(path: Path) -> None:
    """Refuse what is not there, not a file, or too large, without opening it."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        _refuse(
            "LDN-D001",
            place=path.name,
            given="a name where no file is",
            expected="the diary file",
            todo="Check the name and the folder.",
        )
    except (OSError, ValueError) as error:
        _refuse_unreadable(path, error)
    if stat.S_ISDIR(status.st_mode):
        _refuse(
            "LDN-D002",
            place=path.name,
            given="a folder",
            expected="the diary file",
            todo="Name the CSV file inside the folder.",
        )
    if not stat.S_ISREG(status.st_mode):
        _refuse(
            "LDN-D002",
            place=path.name,
            given="a device or a pipe",
            expected="a file that can be read twice",
            todo="Save the table as a file first.",
        )
    if status.st_size > MAX_BYTES:
        _refuse_size(f"{status.st_size / 1e6:.0f} MB")
    try:
        path.open("rb").close()
    except OSError as error:
        _refuse_unreadable(path, error)


def _refuse_unreadable(path: Path, error: Exception) -> NoReturn:
    _refuse(
        "LDN-D002",
        place=path.name,
        given=f"a file that cannot be opened ({getattr(error, 'strerror', None) or error})",
        expected="a file that can be read",
        todo="Check the name and your rights to it.",
    )


def _refuse_size(given: str) -> NoReturn:
    _refuse(
        "LDN-D003",
        place="the file",
        given=given,
        expected=f"at most {MAX_BYTES // 1_000_000} MB",
        todo="Keep one person's diary in one file, with nothing else in it.",
    )


def _refuse(code: str, *, place: str, given: str, expected: str, todo: str) -> NoReturn:
    raise InputError(
        [Problem(code=code, place=place, given=given, expected=expected, todo=todo)]
    ) from None

"""Files that are far too large or no diary at all end at once, in words."""

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from diary.builders import PAIN, codes_of, read, write
from openldn.diary import Diary
from openldn.protocol.outcomes import Outcome
from openldn.protocol.problems import InputError

HEADER = "date,day,arm,dose_mg,pain,fatigue,nausea,note\n"
# contract section 4: refused within 5 s and 300 MB.
SECONDS = 5.0
BYTES_HELD = 300_000_000


def refused_codes(path: Path) -> list[str]:
    """Read a file that must be refused within the time allowed, and give its codes."""
    began = time.process_time()  # what other programs take of the machine is not ours
    with pytest.raises(InputError) as refused:
        Diary.read(path)
    assert time.process_time() - began < SECONDS
    return codes_of(refused.value)


def test_more_than_200_000_rows_are_refused(tmp_path: Path) -> None:
    """One row above the limit is one too many, whatever the rows hold."""
    rows = "".join(f",{day},active,1.5,5,5,1,x\n" for day in range(200_001))
    assert refused_codes(write(tmp_path, HEADER + rows)) == ["LDN-D004"]


def test_200_000_rows_of_nonsense_are_refused_in_time(tmp_path: Path) -> None:
    """At the row limit, with a mistake in every cell, the answer still comes at once."""
    codes = refused_codes(write(tmp_path, HEADER + "x,y,z,w,v,u,9,\n" * 200_000))
    assert len(codes) == 51


def wide_table() -> str:
    """Write 25,300 rows of 198 columns: 25 MB, and just above the limit of cells."""
    numbers = [f"{at * 37 % 9973 / 100:.2f}" for at in range(9973)]
    rows = (f"{day},5,{','.join(numbers[day * 61 % 9700 :][:196])}\n" for day in range(25_300))
    return f"day,pain,{','.join(f'c{at}' for at in range(196))}\n{''.join(rows)}"


@pytest.mark.parametrize("outcomes", [[PAIN], None], ids=["outcome named", "no outcome named"])
def test_too_many_cells_are_counted_before_they_are_read(
    tmp_path: Path, outcomes: list[Outcome] | None
) -> None:
    """A wide table is refused within the time that it takes to count its rows."""
    path = write(tmp_path, wide_table())
    began = time.process_time()
    with pytest.raises(InputError) as refused:
        Diary.read(path, outcomes=outcomes)
    assert time.process_time() - began < 2
    assert codes_of(refused.value) == ["LDN-D004"]


def test_a_column_known_to_be_ignored_costs_nothing_more(tmp_path: Path) -> None:
    """Just within the limits, columns that nobody asked for are not read cell by cell."""
    path = write(tmp_path, "".join(wide_table().splitlines(keepends=True)[:25_001]))
    began = time.process_time()
    assert len(Diary.read(path, outcomes=[PAIN]).ignored_columns) == 196
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEADER + "1" * 40_000_000, "LDN-D005"),
        (HEADER + "1" * 60_000_000, "LDN-D003"),
        (HEADER + "\n" * 40_000_000, "LDN-D005"),
        (HEADER + ',0,active,1,5,5,1,"' + "x\n" * 20_000_000, "LDN-D006"),
        ("day,pain\n" + ",\n" * 10_000_000, "LDN-D004"),
        (",".join(["day", *(f"c{i}" for i in range(300))]) + "\n0" + "," * 300, "LDN-D004"),
    ],
    ids=["one line", "60 MB", "empty lines", "open quote", "empty rows", "300 columns"],
)
def test_outsized_text_is_refused_in_time(tmp_path: Path, text: str, code: str) -> None:
    """The reader stops where it knows enough."""
    assert refused_codes(write(tmp_path, text)) == [code]


def test_the_refusal_stays_within_its_memory(tmp_path: Path) -> None:
    """A fresh process that may hold no more than the limit still refuses in words."""
    rows = "".join(f",{day},active,1.5,5,5,1,note {day}\n" for day in range(200_001))
    script = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({BYTES_HELD}, {BYTES_HELD}))\n"
        "from openldn.diary import Diary\n"
        "Diary.read(sys.argv[1])\n"
    )
    command = [sys.executable, "-c", script, write(tmp_path, HEADER + rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.strip().endswith("[LDN-D004]")


def test_other_kinds_of_files_are_refused(tmp_path: Path) -> None:
    """A picture, an archive, a folder and nothing at all are not a diary."""
    png = write(tmp_path, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "photo.csv")
    archive = tmp_path / "diary.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("diary.csv", "day,pain\n0,1\n")
    assert refused_codes(png) == ["LDN-D005"]
    assert refused_codes(archive) == ["LDN-D005"]
    assert refused_codes(tmp_path) == ["LDN-D002"]
    assert refused_codes(tmp_path / "nowhere.csv") == ["LDN-D001"]
    assert refused_codes(write(tmp_path, b"", "empty.csv")) == ["LDN-D007"]


def test_a_file_in_another_encoding_is_told_from_a_diary(tmp_path: Path) -> None:
    """UTF-16, as some spreadsheet programs save text, is refused with the way out."""
    with pytest.raises(InputError, match="Save the table as CSV"):
        read(tmp_path, "day,pain\n0,1\n".encode("utf-16"))


def test_what_is_printed_of_a_cell_is_short_and_harmless(tmp_path: Path) -> None:
    """Control characters of a hostile cell reach no terminal, and length is bounded."""
    with pytest.raises(InputError) as refused:
        read(tmp_path, "day,pain\n0,\x1b[31m" + "9" * 5000 + "\n")
    message = str(refused.value)
    assert "\x1b" not in message
    assert len(message) < 300

"""Whatever bytes a file holds, reading ends with a diary or with problems in words."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from diary.builders import PAIN
from openldn.diary import Diary
from openldn.diary._survey import RESERVED
from openldn.protocol.outcomes import Outcome
from openldn.protocol.problems import InputError, Problem

# What hands and programs really put into cells, beside any text at all.
NUMBERS = ("", " ", "0", "1", "-1", "2.50", "1e5", "1e-400", "9" * 50, "nan", "inf", "²", "１")
MOMENTS = (
    *("2026-02-01", "2026-02-30", "0001-01-01", "9999-12-31", "2026-02-01T10:00:00Z"),
    *("2026-02-01T10:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
)
WORDS = ("active", "none", "too-ill", "flare;;infection", "=1+1", "#", ";", '""', "\ufeff")
cells = st.sampled_from((*NUMBERS, *MOMENTS, *WORDS)) | st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters=',"\r\n'), max_size=8
)
names = st.sampled_from((*RESERVED, "pain", "nausea", "", "x y"))


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Make a file that looks like a diary and holds anything."""
    header = draw(st.lists(names, min_size=1, max_size=8))
    rows = draw(st.lists(st.lists(cells, min_size=len(header), max_size=len(header)), max_size=6))
    return "\n".join(",".join(row) for row in [header, *rows]).encode()


def problems_of(path: Path, outcomes: list[Outcome] | None) -> tuple[Problem, ...]:
    """Read a file as a diary and give its problems; a diary that is read must be usable."""
    try:
        diary = Diary.read(path, outcomes=outcomes)
    except InputError as error:
        return error.problems
    assert diary.entries
    assert len(diary.days()) >= len({entry.day for entry in diary.entries})
    return diary.check([PAIN])


def read_or_refuse(data: bytes) -> None:
    """Read the bytes as a diary, with and without outcomes; problems must be complete."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "diary.csv"
        path.write_bytes(data)
        for one in (*problems_of(path, None), *problems_of(path, [PAIN])):
            assert one.code.startswith("LDN-D")
            assert all((one.place, one.given, one.expected, one.todo))


class TestAnyBytes:
    """Strict errors with line numbers; never a traceback."""

    @given(data=st.binary(max_size=200))
    def test_bytes(self, data: bytes) -> None:
        """A file that is no text."""
        read_or_refuse(data)

    @given(text=st.text(max_size=200))
    def test_text(self, text: str) -> None:
        """A text that is no diary."""
        read_or_refuse(("day,pain\n" + text).encode(errors="surrogatepass"))

    @given(data=tables())
    def test_tables(self, data: bytes) -> None:
        """A table with a likely header and unlikely cells."""
        read_or_refuse(data)

"""Writing a diary: CSV and Parquet, whole or not at all."""

from datetime import date
from pathlib import Path

import pytest

from diary.builders import PAIN, codes_of, write
from openldn.diary import Diary, Entry, first_comment
from openldn.protocol.plan import Arm
from openldn.protocol.problems import InputError

DIARY = Diary.from_entries(
    [
        Entry(
            day=0, arm=Arm.ACTIVE, dose_ug=1500, scores={"pain": 6.5}, side_effects={"nausea": 0}
        ),
        Entry(day=2, is_too_ill=True, scores={"pain": None}, side_effects={"nausea": None}),
    ],
    first_date=date(2026, 2, 1),
)


def test_the_file_looks_as_the_contract_says(tmp_path: Path) -> None:
    """Doses are decimals in mg, unknown is empty, and comments stand on top."""
    path = tmp_path / "diary.csv"
    DIARY.write(path, comments=["invented"])
    assert path.read_text() == (
        "# invented\n"
        "date,day,arm,dose_mg,taken,period,state,pain,nausea,event,note,entered_at\n"
        "2026-02-01,0,active,1.5,,,,6.5,0,,,\n"
        "2026-02-03,2,,,,,too-ill,,,,,\n"
    )


def test_a_diary_of_a_person_is_private(tmp_path: Path) -> None:
    """Only the owner may read the file that is written."""
    path = tmp_path / "diary.csv"
    DIARY.write(path)
    assert path.stat().st_mode & 0o077 == 0


def test_parquet_reads_back_to_the_same_diary(tmp_path: Path) -> None:
    """The two forms of the file say the same."""
    pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    path = tmp_path / "diary.parquet"
    DIARY.write(path)
    assert Diary.read(path, outcomes=[PAIN]) == DIARY


@pytest.mark.parametrize("name", ["diary.csv", "diary.parquet"])
def test_the_first_comment_can_be_asked_for(tmp_path: Path, name: str) -> None:
    """What a diary says about itself on top survives in both forms."""
    pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    path = tmp_path / name
    DIARY.write(path, comments=["invented", "seed 1"])
    assert first_comment(path) == "invented"
    DIARY.write(path)
    assert first_comment(path) == ""


def test_a_broken_parquet_file_has_no_comment(tmp_path: Path) -> None:
    """A file that only has the name of Parquet says nothing about itself."""
    pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    assert first_comment(write(tmp_path, "# invented\n", "diary.parquet")) == ""


def test_parquet_written_by_other_programs_is_read(tmp_path: Path) -> None:
    """Real dates, whole numbers and booleans become the same values as in CSV."""
    pyarrow = pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    from pyarrow.parquet import write_table

    columns = {"date": [date(2026, 2, 1)], "dose_mg": [1.5], "taken": [True], "pain": [6]}
    write_table(pyarrow.table(columns), tmp_path / "diary.parquet")
    (entry,) = Diary.read(tmp_path / "diary.parquet", outcomes=[PAIN]).entries
    assert (entry.dose_ug, entry.taken, entry.scores) == (1500, True, {"pain": 6.0})


def test_not_a_number_in_parquet_is_refused_like_in_csv(tmp_path: Path) -> None:
    """A NaN cell is text for "I do not know what this is", not a missing value."""
    pyarrow = pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    from pyarrow.parquet import write_table

    write_table(
        pyarrow.table({"day": [0, 1], "pain": [1.0, float("nan")]}), tmp_path / "diary.parquet"
    )
    with pytest.raises(InputError) as refused:
        Diary.read(tmp_path / "diary.parquet", outcomes=[PAIN])
    assert codes_of(refused.value) == ["LDN-D017"]


def test_a_broken_parquet_file_is_refused(tmp_path: Path) -> None:
    """A CSV with the wrong name is told as such."""
    pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    with pytest.raises(InputError) as refused:
        Diary.read(write(tmp_path, "day,pain\n0,1\n", "diary.parquet"))
    assert codes_of(refused.value) == ["LDN-D032"]


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has only the base install learns which extra to add."""
    monkeypatch.setattr("openldn.diary._parquet.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"openldn\[scale\]"):
        DIARY.write(tmp_path / "diary.parquet")
    assert not (tmp_path / "diary.parquet").exists()

"""Reading with a limit, writing whole or not at all."""

import stat
from pathlib import Path

import pytest

from openldn.files import read_json, read_limited, write_atomically, write_new
from openldn.protocol.problems import InputError


def code_of(path: Path, limit: int = 100) -> str:
    """Tell the code of what keeps a file from being read."""
    with pytest.raises(InputError) as caught:
        read_limited(path, limit)
    return caught.value.problems[0].code


def test_a_file_up_to_the_limit_is_read_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    """The limit itself is allowed."""
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    assert read_limited(path, 100) == b"x" * 100
    path.write_bytes(b"x" * 101)
    assert code_of(path) == "LDN-C022"


def test_a_missing_file_a_folder_and_an_impossible_name_are_told_apart(tmp_path: Path) -> None:
    """Each in words, never as a traceback."""
    assert code_of(tmp_path / "none") == "LDN-C020"
    assert code_of(tmp_path) == "LDN-C021"
    assert code_of(Path("a\0b")) == "LDN-C021"


def test_an_endless_file_is_refused_without_reading_it_to_the_end() -> None:
    """A device that never ends costs no more than the limit."""
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no endless device")
    assert code_of(Path("/dev/zero"), 1000) == "LDN-C022"


def test_a_written_file_is_the_owner_s_alone_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """Mode 0600, and no temporary file left."""
    path = tmp_path / "a"
    write_atomically(path, "one")
    write_atomically(path, b"two")
    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_new_file_is_never_written_over_an_old_one(tmp_path: Path) -> None:
    """The second writer is told, and the first one's text stays."""
    path = tmp_path / "a"
    write_new(path, "first")
    with pytest.raises(FileExistsError):
        write_new(path, "second")
    assert path.read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_link_that_leads_nowhere_counts_as_taken(tmp_path: Path) -> None:
    """A new file is not written through a link somebody else laid."""
    path = tmp_path / "a"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_new(path, "text")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("text", ["", "[]", "{", "1", "[" * 100_000])
def test_what_is_no_json_object_is_refused_under_the_code_asked_for(
    tmp_path: Path, text: str
) -> None:
    """A list, a number, a torn or a bottomless file."""
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_json(path, code="LDN-S001")
    assert caught.value.problems[0].code == "LDN-S001"

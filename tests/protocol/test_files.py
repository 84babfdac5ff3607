"""Reading with a limit, writing whole or not at all."""

import errno
import os
import stat
from collections.abc import Callable
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
@pytest.mark.parametrize("is_link", [False, True])
def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path: Path, is_link: bool) -> None:
    """It would hold the program for ever; behind a link too."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    with pytest.raises(InputError, match="a pipe or a device"):
        read_limited(tmp_path / ("link" if is_link else "pipe"), 100)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_no_file(device: str) -> None:
    """Neither an endless nor an empty one is read as a plan, a seal or a key."""
    if not Path(device).exists():
        pytest.skip(f"this system has no {device}")
    assert code_of(Path(device), 1000) == "LDN-C021"


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


@pytest.mark.parametrize("write", [write_atomically, write_new])
def test_a_file_that_cannot_be_written_is_named_as_it_was_asked_for(
    tmp_path: Path, write: Callable[[Path, str], None]
) -> None:
    """Not by the name of the temporary file beside it."""
    with pytest.raises(FileNotFoundError) as caught:
        write(tmp_path / "none" / "d.csv", "text")
    assert caught.value.filename == str(tmp_path / "none" / "d.csv")


@pytest.mark.parametrize("write", [write_atomically, write_new])
def test_a_full_disk_is_said_in_words_and_leaves_nothing(
    tmp_path: Path, write: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk cannot be made without being root, so the call that would fail is made to."""

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no free space left on the disk") as caught:
        write(tmp_path / "d.csv", "text")
    assert caught.value.filename == str(tmp_path / "d.csv")
    assert list(tmp_path.iterdir()) == []


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

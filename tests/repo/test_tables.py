"""The tables of the package: each is described, counted and sealed by a checksum."""

import importlib.util
from pathlib import Path

import pytest

import openldn.tables
from openldn.protocol.problems import InputError
from openldn.tables import MANIFEST, Table, checksum, read_table, tables, text_of
from support import tree

FOLDER = tree.ROOT / "src" / "openldn" / "data"


def test_every_table_is_in_the_manifest_and_nothing_else_is() -> None:
    """A new table fails here until somebody says what it holds and where that comes from."""
    assert set(tables()) == {path.name for path in FOLDER.iterdir()} - {MANIFEST}


@pytest.mark.parametrize("table", tables().values(), ids=tables())
def test_a_table_says_what_it_holds_whence_and_under_which_licence(table: Table) -> None:
    """And its own head names the licence too, so that it can travel alone."""
    assert table.holds
    assert table.source
    assert table.licence == "Apache-2.0"
    if table.file.endswith(".toml"):
        assert "Apache-2.0" in text_of(table.file).split("format = 1")[0]


def test_the_manifest_is_what_the_tables_hold() -> None:
    """Row counts and checksums are those of today; the script was not forgotten."""
    path = tree.ROOT / "tools" / "write_checksums.py"
    spec = importlib.util.spec_from_file_location("write_checksums", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.contents() == (FOLDER / MANIFEST).read_text("utf-8")


@pytest.mark.parametrize("file", tables())
def test_a_changed_table_is_not_read(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One digit more or less in a waiting time, and the program says so instead of using it."""
    text = text_of(file)
    monkeypatch.setattr(openldn.tables, "text_of", lambda _: text.replace("1", "2", 1))
    with pytest.raises(InputError) as refusal:
        read_table.__wrapped__(file)
    assert refusal.value.problems[0].code == "LDN-C023"
    assert file in refusal.value.problems[0].place


def test_line_ends_of_another_system_change_nothing() -> None:
    """A checkout with CR LF holds the same table."""
    text = text_of("studies.toml")
    assert checksum(text.replace("\n", "\r\n")) == checksum(text)


def test_no_table_is_read_around_the_checksum() -> None:
    """The folder is opened in one place of the program."""
    opened = [
        str(path.relative_to(tree.ROOT))
        for path in sorted(Path(tree.ROOT / "src").rglob("*.py"))
        if '/ "data"' in path.read_text("utf-8")
    ]
    assert opened == ["src/openldn/tables.py"]

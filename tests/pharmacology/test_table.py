"""Every fact of the table leads to its source, and a table with a fault is refused."""

from importlib.resources import files

import pytest

from openldn.pharmacology.table import (
    BrokenTable,
    CheckPoint,
    Finding,
    ModelParameter,
    Parameter,
    Standing,
    Statement,
    facts,
    read,
)

TEXT = (files("openldn") / "data" / "pharmacology.toml").read_text("utf-8")
FACTS = facts()
ROWS: list[Parameter | Finding | ModelParameter | CheckPoint | Statement] = [
    *FACTS.parameters,
    *FACTS.findings,
    *(row for row in FACTS.model if not row.no_source),
    *FACTS.check_points,
    *(s for s in FACTS.statements if s.kind in {Standing.MEASURED, Standing.DERIVED}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
def test_every_row_leads_to_a_source_that_is_listed(
    row: Parameter | Finding | ModelParameter | CheckPoint | Statement,
) -> None:
    """A reader can follow any number to where it was read."""
    assert row.sources
    assert set(row.sources) <= set(FACTS.sources)


def test_a_parameter_without_a_source_says_that_it_is_ours() -> None:
    """Only the onset is assumed outright, and only the molar masses are common knowledge."""
    ours = {row.name: row.no_source for row in FACTS.model if not row.sources}
    assert ours == {"onset": "assumed", "salt": "general knowledge"}


def test_every_source_is_used_by_a_row() -> None:
    """The list of sources holds nothing that the page does not rest on."""
    used = {one for row in [*ROWS, *FACTS.statements] for one in row.sources}
    assert set(FACTS.sources) - used == set()


def test_the_table_holds_what_was_checked() -> None:
    """A row that is lost in an edit is missed."""
    assert len(FACTS.sources) == 33
    assert len(FACTS.check_points) == 19
    assert {s.kind for s in FACTS.statements} == set(Standing)


def test_what_the_audit_left_in_doubt_is_marked_unconfirmed() -> None:
    """The blockade remembered of 1988, and the unnamed assay, carry the word."""
    doubtful = {one.sources for one in FACTS.findings if not one.confirmed}
    assert doubtful == {("lee-1988",), ("encyclopedia-6bn",)}


def test_the_rebound_of_endorphins_is_a_hypothesis() -> None:
    """The best-known story about LDN is told as what it is."""
    kinds = {s.kind for s in FACTS.statements if "rebound" in s.text}
    assert kinds == {Standing.HYPOTHESIS}


def line_of(needle: str) -> int:
    """Give the line of the row's heading above a text."""
    before = TEXT[: TEXT.index(needle)]
    return before[: before.rindex("\n[")].count("\n") + 2


@pytest.mark.parametrize(
    ("given", "changed", "fault"),
    [
        ('sources = ["licko-1981"]', "sources = []", "a row without a source"),
        ('sources = ["licko-1981"]', 'sources = ["nobody"]', "unknown source 'nobody'"),
        ("value = 0.96", "value = 1.96", "value = 1.96 is impossible in fraction"),
        ("value = 0.96", "value = -0.96", "value = -0.96 is impossible in fraction"),
        ("value = 13.3", "value = nan", "value = nan is impossible in ng/mL"),
        ("value = 13.3", "value = 0", "value = 0 tells nothing"),
        ("value = 13.3", "value = inf", "value = inf is impossible in ng/mL"),
        ("value = 13.3", 'value = "13.3"', "value = '13.3'; expected float"),
        ("value = 13.3", "valeu = 13.3", "unknown key 'valeu'"),
        ("low = 0.05", "low = 0.5", "low 0.5 and high 0.4 are no range"),
        ("low = 0.05\n", "", "low None and high 0.4 are no range"),
        ('verified = "abstract"', 'verified = "rumour"', "expected Verified"),
        ('role = "calibration"', 'role = "both"', "expected one of calibration, independent"),
        ('id = "6bn-cmax-50"', 'id = "ntx-cmax-50"', "id 'ntx-cmax-50' stands twice"),
    ],
)
def test_a_broken_row_is_refused_with_its_file_and_line(
    given: str, changed: str, fault: str
) -> None:
    """Whoever edits the table is led to the row."""
    with pytest.raises(BrokenTable) as refused:
        read(TEXT.replace(given, changed, 1))
    assert fault in str(refused.value)
    assert str(refused.value).startswith(f"pharmacology.toml, line {line_of(given)}: ")


def test_every_fault_is_told_at_once() -> None:
    """Two broken rows are two lines."""
    broken = TEXT.replace("value = 0.96", "value = 1.96").replace("value = 13.3", "value = -1")
    with pytest.raises(BrokenTable) as refused:
        read(broken)
    assert len(str(refused.value).splitlines()) == 2


def test_a_table_of_another_format_is_refused() -> None:
    """What the rows mean may have changed."""
    with pytest.raises(BrokenTable, match="format 2; expected 1"):
        read(TEXT.replace("format = 1", "format = 2"))


def test_text_that_is_no_table_is_refused() -> None:
    """A syntax error names the file, too."""
    with pytest.raises(BrokenTable, match=r"pharmacology\.toml: "):
        read("format = ")

"""`openldn blockade` at the command line."""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openldn.cli import blockade
from openldn.protocol.problems import InputError
from support.reading import grade

pytestmark = pytest.mark.usefixtures("empty_folder")


def run(*words: str) -> int:
    """Run the command as the program does, from its own options."""
    parser = argparse.ArgumentParser(prog="openldn blockade")
    blockade.add_arguments(parser)
    return blockade.run(parser.parse_args(words))


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Give what the command prints as its result."""
    assert run(*words) == 0
    return capsys.readouterr().out


def rows(text: str) -> dict[str, list[str]]:
    """Read the table: the cells of each line that begins at the left."""
    lines = [line for line in text.splitlines() if re.match(r"(hours|[\d.]+ mg)", line)]
    return {re.split(r"  +", line)[0]: re.split(r"  +", line)[1:] for line in lines}


def test_without_doses_it_shows_four_over_two_days(capsys: pytest.CaptureFixture[str]) -> None:
    """1, 3 and 4.5 mg, and 50 mg to compare; 4.5 mg reaches 45% and keeps 33% for a day."""
    table = rows(printed(capsys))
    assert list(table) == ["hours", "1 mg", "3 mg", "4.5 mg", "50 mg (compare)"]
    at = dict(zip(table["hours"], table["4.5 mg"], strict=True))
    assert (at["0"], at["4"], at["24"], at["48"]) == ("0", "45", "33", "21")


def test_it_warns_before_the_first_number(capsys: pytest.CaptureFixture[str]) -> None:
    """Never for timing opioids; no scan; effects may lag; 50 mg only compares."""
    text = printed(capsys)
    joined = " ".join(text.split())
    assert text.startswith("Never use this to time an opioid medicine")
    assert "No scan exists at any LDN dose" in joined
    assert "lag far behind blood levels" in joined
    assert "shown only to compare" in joined


def test_the_washout_is_rounded_away_from_hope(capsys: pytest.CaptureFixture[str]) -> None:
    """Lower ends down, upper ends up, the slower reading beside the main one."""
    text = printed(capsys, "--dose-mg", "4.5")
    assert "4.5 mg        3 to 9 days; in the slower reading 12 to 19 days" in text


def test_it_fits_a_terminal_of_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """No line is folded where it hurts."""
    for words in ((), ("--daily",)):
        assert max(map(len, printed(capsys, *words).splitlines())) < 80


def test_its_sentences_are_easy_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    """School grade 8 at most, without the rows of numbers."""
    lines = printed(capsys).splitlines()
    words = [line for line in lines if not re.match(r"(hours|[\d.]+ mg|  (90|slower|\d))", line)]
    assert grade(" ".join(words)) <= 8


def test_daily_use_starts_at_its_trough(capsys: pytest.CaptureFixture[str]) -> None:
    """4.5 mg a day: 51% before a dose, 64% after."""
    table = rows(printed(capsys, "--dose-mg", "4.5", "--daily"))
    at = dict(zip(table["hours"], table["4.5 mg"], strict=True))
    assert (at["0"], at["4"], at["24"]) == ("51", "64", "51")


def test_doses_come_in_order_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    """However they are typed."""
    table = rows(printed(capsys, "--dose-mg", "4.5", "1", "--dose-mg", "4.50"))
    assert list(table) == ["hours", "1 mg", "4.5 mg"]


def test_json_goes_to_standard_output_and_nothing_else_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The contract's keys, as shares."""
    found = json.loads(printed(capsys, "--dose-mg", "1", "4.5", "--json", "-"))
    assert (found["kind"], [one["dose_mg"] for one in found["doses"]]) == ("blockade", [1.0, 4.5])
    mu = found["doses"][1]["mu"]
    at = found["doses"][1]["hours"].index(24.0)
    assert mu["q05"][at] < mu["q50"][at] < mu["q95"][at] < 1


def test_json_goes_to_a_file_that_may_be_made_again(capsys: pytest.CaptureFixture[str]) -> None:
    """The table is printed as well, and the second run replaces the first."""
    assert "4.5 mg" in printed(capsys, "--dose-mg", "4.5", "--json", "out.json")
    first = Path("out.json").read_bytes()
    printed(capsys, "--dose-mg", "4.5", "--json", "out.json")
    assert Path("out.json").read_bytes() == first
    printed(capsys, "--dose-mg", "3", "--json", "out.json")
    assert json.loads(Path("out.json").read_text())["doses"][0]["dose_mg"] == 3.0


@pytest.mark.parametrize("content", ["my notes", '{"kind": "answer", "openldn": "1"}', "[1]"])
def test_a_file_of_another_kind_is_never_overwritten(content: str) -> None:
    """What lies there is judged by its content."""
    Path("out.json").write_text(content)
    with pytest.raises(InputError, match="did not write") as refused:
        run("--dose-mg", "4.5", "--json", "out.json")
    assert refused.value.problems[0].code == "LDN-C050"
    assert Path("out.json").read_text() == content


@pytest.mark.parametrize("path", [".", "no/such/folder.json"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(path: str) -> None:
    """A folder, or a file in a folder that is not there."""
    with pytest.raises(InputError, match="folder"):
        run("--dose-mg", "4.5", "--json", path)


@pytest.mark.parametrize(
    "dose", ["0", "-1", "-0", "nan", "inf", "1e9", "50.001", "1e-9", "", "four", "4,5", "4_5"]
)
def test_a_dose_that_cannot_be_is_wrong_usage(
    dose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, what was given, what is expected, no traceback and no result."""
    with pytest.raises(SystemExit) as ended:
        run(f"--dose-mg={dose}")
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert "expected mg" in said.err


def test_too_many_doses_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """A page of numbers explains nothing."""
    with pytest.raises(SystemExit) as ended:
        run("--dose-mg", *(f"0.{n}" for n in range(10, 23)))
    assert ended.value.code == 2
    assert "given 13 doses; expected at most 12" in capsys.readouterr().err


def test_the_help_loads_no_numpy() -> None:
    """Declaring the options is instant."""
    program = (
        "import argparse, sys; from openldn.cli import blockade;"
        " blockade.add_arguments(argparse.ArgumentParser()); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr

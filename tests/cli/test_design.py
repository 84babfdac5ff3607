"""`openldn design` at the command line."""

import json
from pathlib import Path

import pytest

from openldn.cli.main import main
from support.plans import small_plan_text

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.fixture(autouse=True)
def plan_file(empty_folder: Path) -> Path:
    """Put a plan beside the person."""
    path = empty_folder / "plan.toml"
    path.write_text(small_plan_text())
    return path


def designed(*words: str, trials: int = 4) -> int:
    """Run the command with few trials."""
    return main(["design", "plan.toml", "--trials", str(trials), *words])


def test_it_ends_in_plain_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    """A table, then what a patient can read."""
    assert designed("--effect=-1") == 0
    said = capsys.readouterr().out
    assert "4 pairs of 14 days, paired" in said
    assert "of a clear answer if LDN lowers your muscle pain by 1 point." in said


def test_json_on_standard_output_is_json_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`--json -` can be piped; default effects stand in it signed."""
    assert designed("--json", "-", trials=1) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "design"
    assert [one["effect"] for one in told["designs"][0]["by_effect"]] == [0.0, -0.5, -1.0, -2.0]


def test_the_figures_are_the_same_with_two_workers_and_when_resumed() -> None:
    """Nothing but plan, trials, assumptions and seed decides the bytes."""
    assert designed("--effect=-1", "--json", "one.json", "--resume", "work") == 0
    assert designed("--effect=-1", "--json", "two.json", "--workers", "2") == 0
    assert designed("--effect=-1", "--json", "three.json", "--resume", "work") == 0
    one = Path("one.json").read_bytes()
    assert one == Path("two.json").read_bytes() == Path("three.json").read_bytes()


def test_an_effect_may_name_the_primary_outcome_and_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`pain=-1` is `-1` here; another name is wrong usage."""
    assert designed("--effect", "pain=-1", "--json", "-", trials=1) == 0
    assert json.loads(capsys.readouterr().out)["effects"] == [-1.0]
    assert designed("--effect", "sleep=-1") == 2


def test_noise_comes_from_a_diary(capsys: pytest.CaptureFixture[str]) -> None:
    """The person's own baseline days, said so in the output."""
    made = ["simulate", "plan.toml", "--effect=-1", "--missing", "0", "--out", "diary.csv"]
    assert main(made) == 0
    assert designed("--effect=-1", "--diary", "diary.csv") == 0
    assert "From your own 7 baseline values" in capsys.readouterr().out


def test_the_search_needs_a_limit_of_days() -> None:
    """`--optimise` and `--most-days` go together."""
    assert designed("--optimise") == 2
    assert designed("--most-days", "150") == 2
    assert designed("--optimise", "--most-days", "130", "--effect=-1", trials=2) == 0


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--effect", "much"], 2),
        (["--effect", "nan"], 2),
        (["--effect", "99"], 3),
        (["--trials", "0"], 3),
        (["--trials", "-5"], 2),
        (["--tau", "14-3"], 3),
        (["--tau", "soon"], 2),
        (["--missing", "2"], 3),
        (["--workers", "0"], 2),
        (["--diary", "none.csv"], 3),
        (["--diary", "plan.toml", "--phi", "0-0.5"], 2),
    ],
)
def test_what_cannot_be_used_ends_in_words(
    words: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong usage is 2, unusable input 3, and neither shows a traceback."""
    assert designed(*words) == status
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert said.out == ""


def test_a_plan_without_chance_is_refused_and_told_what_it_can_reach(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3 with the code, and the grade that such a plan can reach."""
    plan_file.write_text(small_plan_text(kind="open-titration"))
    assert designed() == 3
    said = capsys.readouterr().err
    assert "LDN-V001" in said
    assert "grade E" in said


def test_a_file_of_someone_else_is_never_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    """Only an earlier `design` may be written over."""
    Path("mine.json").write_text("{}")
    assert designed("--effect=-1", "--json", "mine.json") == 3
    assert Path("mine.json").read_text() == "{}"
    assert "LDN-C070" in capsys.readouterr().err
    assert designed("--effect=-1", "--json", "new.json", trials=1) == 0
    assert designed("--effect=-1", "--json", "new.json", trials=2) == 0

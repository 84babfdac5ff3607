"""A blinded trial from the draw to the answer, at the command line."""

import csv
import json
from pathlib import Path

import pytest

from openldn.cli.main import main
from sealing.locks import PASSPHRASE
from support.plans import small_plan_text


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the sealed folder of a trial whose diary says nothing about the arms."""
    (tmp_path / "drawn.toml").write_text(small_plan_text())
    (tmp_path / "pass.txt").write_text(PASSPHRASE + "\n")
    monkeypatch.chdir(tmp_path)
    words = ["drawn.toml", "--out", "sealed", "--passphrase-file", "pass.txt"]
    assert main(["randomise", *words]) == 0
    monkeypatch.chdir(tmp_path / "sealed")
    assert main(["simulate", "plan.toml", "--effect=-1", "--seed", "5", "--out", "told.csv"]) == 0
    hide_the_randomised_arms()
    return tmp_path / "sealed"


def hide_the_randomised_arms() -> None:
    """Keep only what the person knows: scores and dates."""
    with Path("told.csv").open(newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    with Path("diary.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for row in rows:
            hidden = {"arm": "", "dose_mg": "", "taken": ""} if row.get("period") else {}
            writer.writerow({**row, **hidden})


ANALYSE = ["analyse", "diary.csv", "--plan", "plan.toml", "--json", "-"]
RELEASE = ["open-box", ".", "--passphrase-file", "../pass.txt", "--release"]


def test_a_closed_seal_gives_no_answer(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 4, the reason in words, and nothing on standard output."""
    capsys.readouterr()
    assert main(ANALYSE) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "pharmacist opens the seal" in told.err


def test_the_opened_seal_gives_the_arms(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After release the order comes from the seal, and the plan is known to be unchanged."""
    assert main(RELEASE) == 0
    capsys.readouterr()
    assert main(ANALYSE) == 0
    answer = json.loads(capsys.readouterr().out)
    (pain,) = answer["outcomes"]
    assert pain["levels"][0]["part"] == "randomised"
    assert pain["levels"][0]["contrast"] == "placebo"
    codes = {reason["code"] for reason in answer["design"]["grade_reasons"]}
    assert "plan-change-unknown" not in codes


def test_a_plan_changed_after_the_draw_is_refused(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A threshold made easier afterwards does not fit the seal."""
    assert main(RELEASE) == 0
    plan = Path("plan.toml")
    plan.write_text(plan.read_text() + "[analysis]\ndecision = 0.8\n")
    assert main(ANALYSE) == 3
    assert "the plan that was sealed" in capsys.readouterr().err


def test_an_opened_seal_beside_another_plan_is_refused(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The order fits only the plan it was drawn for, whatever the file is called."""
    assert main(RELEASE) == 0
    Path("other.toml").write_text(small_plan_text(pairs=3))
    capsys.readouterr()
    assert main(["analyse", "diary.csv", "--plan", "other.toml"]) == 3
    assert "LDN-S004" in capsys.readouterr().err

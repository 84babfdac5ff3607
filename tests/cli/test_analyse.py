"""`openldn analyse` at the command line."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from openldn.cli.main import main
from support.plans import ENERGY, PAIN, plan_text

pytestmark = pytest.mark.usefixtures("empty_folder")

OPEN_DIARY = "day,dose_mg,pain\n" + "".join(
    f"{day},{1.5 if day // 14 % 2 else 0},{(day * 7) % 5 + (0 if day // 14 % 2 else 2)}\n"
    for day in range(56)
)


@pytest.fixture
def trial(empty_folder: Path) -> Path:
    """Stand beside a plan and the diary of an invented person."""
    (empty_folder / "plan.toml").write_text(plan_text(outcomes=PAIN, pairs=3, period_days=14))
    words = ["plan.toml", "--effect=-2", "--seed", "3", "--out", "diary.csv"]
    assert main(["simulate", *words]) == 0
    return empty_folder


@pytest.fixture
def open_diary(empty_folder: Path) -> str:
    """Stand beside a diary without a plan."""
    (empty_folder / "open.csv").write_text(OPEN_DIARY)
    return "open.csv"


def test_it_answers_from_a_plan_and_a_diary(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary names the outcome, the dose and the contrast of the plan."""
    assert main(["analyse", "diary.csv", "--plan", "plan.toml"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "4.5 mg of LDN" in said
    assert "placebo" in said
    assert "Grade" in said


def test_json_on_standard_output_stands_alone(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is piped on is one JSON object with the keys of the contract, and nothing else."""
    assert main(["analyse", "diary.csv", "--plan", "plan.toml", "--json", "-"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["format"]) == ("answer", 1)
    (pain,) = answer["outcomes"]
    shares = [
        pain["levels"][0][key]
        for key in ("p_meaningful_benefit", "p_about_same", "p_meaningful_harm")
    ]
    assert math.isclose(sum(shares), 1, abs_tol=1e-6)  # numbers are printed with 7 digits


def test_the_answer_brackets_the_truth(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For this person the 95% range holds the effect that was put in."""
    assert main(["analyse", "diary.csv", "--plan", "plan.toml", "--json", "-"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (blinded,) = [one for one in answer["outcomes"][0]["levels"] if one["part"] == "randomised"]
    assert (blinded["dose_mg"], blinded["contrast"]) == (4.5, "placebo")
    assert blinded["effect"]["q025"] < -2 < blinded["effect"]["q975"]


def test_all_files_are_written_and_the_summary_is_printed(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON, page and print come from one run."""
    files = ["--json", "a.json", "--html", "a.html", "--pdf", "a.pdf"]
    assert main(["analyse", "diary.csv", "--plan", "plan.toml", *files]) == 0
    assert json.loads(Path("a.json").read_text())["kind"] == "answer"
    assert Path("a.html").read_text().startswith("<!doctype html>")
    assert Path("a.pdf").read_bytes().startswith(b"%PDF")
    assert "Grade" in capsys.readouterr().out


def test_the_same_diary_gives_the_same_bytes(trial: Path) -> None:
    """Two runs write the same answer."""
    for name in ("one.json", "two.json"):
        assert main(["analyse", "diary.csv", "--plan", "plan.toml", "--json", name]) == 0
    assert Path("one.json").read_bytes() == Path("two.json").read_bytes()


def test_without_a_plan_levels_come_from_the_diary(
    open_diary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Distinct doses above 0 are the levels, held against nothing, openly."""
    words = ["analyse", open_diary, "--outcome", "pain:0-10:lower:mcid=1", "--json", "-"]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out)
    (level,) = answer["outcomes"][0]["levels"]
    assert (level["part"], level["dose_mg"], level["contrast"]) == ("open", 1.5, "none")
    assert answer["design"]["grade"] in {"D", "E"}


def test_the_first_outcome_carries_the_conclusion(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The order of --outcome decides what is primary."""
    rows = OPEN_DIARY.splitlines()
    wide = [f"{rows[0]},rest", *(f"{row},{at % 9}" for at, row in enumerate(rows[1:]))]
    Path("two.csv").write_text("\n".join(wide))
    words = ["--outcome", "rest:0-10:higher", "--outcome", "pain:0-10:lower", "--json", "-"]
    assert main(["analyse", "two.csv", *words]) == 0
    roles = {one["id"]: one["role"] for one in json.loads(capsys.readouterr().out)["outcomes"]}
    assert roles == {"rest": "primary", "pain": "secondary"}


def test_already_on_and_acts_reach_the_answer(
    open_diary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options that change the model are stated in it."""
    words = ["--outcome", "pain:0-10:lower", "--already-on", "3", "--acts", "next-day"]
    assert main(["analyse", open_diary, *words, "--json", "-"]) == 0
    model = json.loads(capsys.readouterr().out)["model"]
    assert (model["already_on_mg"], model["acts"]) == (3.0, "next-day")


def test_without_plan_or_outcome_the_line_to_type_is_printed(
    open_diary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal names the columns of this diary, and its line runs as printed."""
    assert main(["analyse", open_diary]) == 3
    said = capsys.readouterr().err
    line = "openldn analyse open.csv --outcome pain:0-10:lower"
    assert line in said
    assert main(line.split()[1:]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--outcome", "pain"], ["LDN-C010"]),
        (["--outcome", "pain:10-0:lower"], ["LDN-C012"]),
        (["--outcome", "Pain:0-x:down"], ["LDN-C011", "LDN-C012", "LDN-C013"]),
        (["--outcome", "pain:0-10:lower", "--outcome", "pain:0-5:lower"], ["LDN-C016"]),
        (["--outcome", "pain:0-10:lower", "--prior", "flat"], ["sceptical"]),
        (["--outcome", "pain:0-10:lower", "--acts", "later"], ["same-day"]),
        (["--outcome", "pain:0-10:lower", "--already-on", "-3"], ["negative"]),
        (["--outcome", "pain:0-10:lower", "--unknown"], ["--unknown"]),
    ],
)
def test_wrong_options_end_with_status_2(
    open_diary: str, words: list[str], said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every part of a wrong option is told, and nothing is computed."""
    assert main(["analyse", open_diary, *words]) == 2
    printed = capsys.readouterr()
    assert all(word in printed.err for word in said)
    assert printed.out == ""


def test_an_outcome_of_the_plan_keeps_the_scale_of_the_plan(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A frozen plan is not changed from the command line."""
    words = ["--plan", "plan.toml", "--outcome", "pain:0-100:lower"]
    assert main(["analyse", "diary.csv", *words]) == 2
    assert "the plan says already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--json", "nowhere/a.json"], "folder that is not there"),
        (["--html", "."], "a folder"),
        (["--pdf", "open.csv"], "reads or writes already"),
        (["--json", "same", "--html", "same"], "reads or writes already"),
    ],
)
def test_files_that_cannot_be_written_are_told_before_the_work(
    open_diary: str, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The diary is never overwritten, and no long run ends in vain."""
    assert main(["analyse", open_diary, "--outcome", "pain:0-10:lower", *options]) == 3
    assert said in capsys.readouterr().err
    assert Path("open.csv").read_text() == OPEN_DIARY


OWN = {"--json": "a.json", "--html": "a.html", "--pdf": "a.pdf"}


@pytest.fixture
def answered(open_diary: str) -> list[str]:
    """Write one answer in all its forms, and give the words that write it."""
    words = ["analyse", open_diary, "--outcome", "pain:0-10:lower"]
    assert main([*words, *(word for pair in OWN.items() for word in pair)]) == 0
    return words


@pytest.mark.parametrize("option", OWN)
def test_an_earlier_answer_of_the_same_kind_is_replaced(answered: list[str], option: str) -> None:
    """Asking again tomorrow needs no new name; a file of ours of another kind stays."""
    path = Path(OWN[option])
    before = path.read_bytes()
    for other in OWN.values():
        assert main([*answered, "--already-on", "3", option, other]) == (
            0 if other == path.name else 3
        )
    assert path.read_bytes() != before


@pytest.mark.parametrize("option", OWN)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("other.csv", OPEN_DIARY),
        ("seal.json", '{"format": 1, "kind": "answer", "openldn": "0.1.0"}'),
        ("kits.csv", ""),
        ("notes.json", '{"kind": "notes"}'),
        ("list.json", "[1]"),
        ("deep.json", "[" * 100_000),
        ("page.html", "<!doctype html><title>My page</title>"),
        ("print.pdf", "%PDF-1.7 /Title(To talk about at the visit)"),
    ],
)
def test_what_somebody_else_wrote_is_never_replaced(
    open_diary: str, option: str, name: str, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever its name, a file that is not our earlier answer stays, and the way on is told."""
    Path(name).write_text(content)
    assert main(["analyse", open_diary, "--outcome", "pain:0-10:lower", option, name]) == 3
    assert Path(name).read_text() == content
    said = capsys.readouterr().err
    assert "LDN-C034" in said
    assert "Choose another name" in said


def test_a_read_only_answer_is_never_replaced(
    answered: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Who took away the right to write meant it."""
    before = Path("a.json").read_bytes()
    Path("a.json").chmod(0o444)
    assert main([*answered, "--already-on", "3", "--json", "a.json"]) == 3
    assert "read-only" in capsys.readouterr().err
    assert Path("a.json").read_bytes() == before


@pytest.mark.parametrize("kind", ["pipe", "link", "broken link"])
def test_only_plain_files_are_replaced(
    answered: list[str], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe or a link would be gone, and not written to."""
    place = Path("there")
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to("a.json" if kind == "link" else "nowhere.json")
    mode = place.lstat().st_mode
    assert main([*answered, "--json", "there"]) == 3
    assert "there, a" in capsys.readouterr().err
    assert place.lstat().st_mode == mode


def test_an_empty_file_may_be_filled(open_diary: str) -> None:
    """Other programs reserve a name with an empty file; it holds nothing to lose."""
    Path("new.json").touch()
    words = ["analyse", open_diary, "--outcome", "pain:0-10:lower", "--json", "new.json"]
    assert main(words) == 0
    assert json.loads(Path("new.json").read_text())["kind"] == "answer"


def test_a_file_that_appears_during_the_work_is_never_replaced(
    open_diary: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was free at the beginning is looked at again before it is written."""
    monkeypatch.setattr(
        "openldn.cli.analyse.progress", lambda text: Path("new.json").write_text("x")
    )
    words = ["analyse", open_diary, "--outcome", "pain:0-10:lower", "--json", "new.json"]
    assert main(words) == 3
    assert Path("new.json").read_text() == "x"
    assert "did not write" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--html", "--pdf"])
def test_only_json_can_be_printed(
    open_diary: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page called `-` is a slip."""
    assert main(["analyse", open_diary, "--outcome", "pain:0-10:lower", option, "-"]) == 2
    assert "only --json" in capsys.readouterr().err
    assert not Path("-").exists()


def test_a_wrong_word_for_acts_is_told_with_the_right_ones(
    open_diary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The choices are in the sentence itself."""
    assert main(["analyse", open_diary, "--outcome", "pain:0-10:lower", "--acts", "foo"]) == 2
    assert "given 'foo'; expected same-day or next-day" in capsys.readouterr().err


def test_the_help_names_every_setting_of_an_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    """Scales in halves need step, so it is there to be found."""
    assert main(["analyse", "--help"]) == 0
    said = capsys.readouterr().out
    assert "[:mcid=X][:step=X]" in said
    assert "step is the distance" in said


def test_the_progress_line_is_wiped_before_the_answer(open_diary: str) -> None:
    """On a terminal the first line of the answer stands alone."""
    pty = pytest.importorskip("pty", reason="needs a terminal of Unix")
    script = (
        "import sys\n"
        "from openldn.cli import _terminal, main\n"
        "_terminal._QUIET_SECONDS = 0\n"
        "main.main(sys.argv[1:])\n"
    )
    words = ["analyse", open_diary, "--outcome", "pain:0-10:lower"]
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", script, *words], stdout=theirs, stderr=theirs, check=True)
    os.close(theirs)
    shown = everything_from(ours)
    before, _, _ = shown.partition("A summary of your own records")
    assert "computing pain" in before
    assert before.endswith("\r\x1b[K")


def everything_from(terminal: int) -> str:
    """Read what was shown on a terminal that nobody writes to any more."""
    shown = b""
    try:
        while part := os.read(terminal, 4096):
            shown += part
    except OSError:  # how Linux tells the end
        pass
    os.close(terminal)
    return shown.decode()


def test_a_sealed_diary_is_refused_with_status_4(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the arms there is no answer, and the words say when there will be."""
    rows = [line.split(",") for line in Path("diary.csv").read_text().splitlines()[2:]]
    arm, dose, period = (rows[0].index(name) for name in ("arm", "dose_mg", "period"))
    for row in rows[1:]:
        if row[period]:
            row[arm] = row[dose] = ""
    Path("sealed.csv").write_text("\n".join(map(",".join, rows)))
    assert main(["analyse", "sealed.csv", "--plan", "plan.toml"]) == 4
    printed = capsys.readouterr()
    assert "seal" in printed.err
    assert printed.out == ""


def test_one_refused_outcome_leaves_the_others(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column without values is refused with its reason, the rest is answered."""
    Path("plan.toml").write_text(plan_text(outcomes=PAIN + ENERGY, pairs=3, period_days=14))
    words = ["plan.toml", "--effect=-1", "--seed", "3", "--out", "diary.csv"]
    assert main(["simulate", *words]) == 0
    text = Path("diary.csv").read_text().splitlines()
    at = text[2].split(",").index("energy")
    cells = [line.split(",") for line in text[3:]]
    rows = [",".join([*row[:at], "", *row[at + 1 :]]) for row in cells]
    Path("gap.csv").write_text("\n".join([text[2], *rows]))
    assert main(["analyse", "gap.csv", "--plan", "plan.toml", "--json", "-"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in answer["outcomes"]] == ["pain"]
    assert "0 recorded values" in answer["refused"]["energy"]


def test_planned_looks_raise_the_threshold(capsys: pytest.CaptureFixture[str]) -> None:
    """model.md section 7: with looks the rate over all of them is held, so clear needs more."""
    Path("plan.toml").write_text(plan_text(outcomes=PAIN) + "[analysis]\nlooks = [2, 3]\n")
    assert main(["simulate", "plan.toml", "--effect=-1", "--seed", "1", "--out", "d.csv"]) == 0
    capsys.readouterr()
    assert main(["analyse", "d.csv", "--plan", "plan.toml", "--json", "-"]) == 0
    look = json.loads(capsys.readouterr().out)["design"]["look"]
    assert look["planned"] == [2, 3, 4]
    assert look["raised"] is True
    assert look["decision"] >= 0.95


def test_each_look_is_logged_beside_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs, two lines; the whole diary stands at the last look, a shorter one at none."""
    Path("plan.toml").write_text(plan_text(outcomes=PAIN) + "[analysis]\nlooks = [2, 3]\n")
    assert main(["simulate", "plan.toml", "--effect=-1", "--seed", "1", "--out", "d.csv"]) == 0
    assert main(["analyse", "d.csv", "--plan", "plan.toml", "--json", "a.json"]) == 0
    lines = Path("d.csv").read_text().splitlines(keepends=True)
    Path("short.csv").write_text("".join(lines[:-30]))
    assert main(["analyse", "short.csv", "--plan", "plan.toml", "--json", "b.json"]) == 0
    log = Path("plan.looks.csv").read_text().splitlines()
    assert log[0] == "at,whole_pairs,look,of,threshold"
    assert [line.split(",")[1:4] for line in log[1:]] == [["4", "3", "3"], ["3", "unplanned", "3"]]
    assert "a look that the plan does not name" in capsys.readouterr().err


def test_a_plan_without_looks_leaves_no_log() -> None:
    """Nothing is written that nobody asked for."""
    Path("plan.toml").write_text(plan_text(outcomes=PAIN))
    assert main(["simulate", "plan.toml", "--effect=-1", "--seed", "1", "--out", "d.csv"]) == 0
    assert main(["analyse", "d.csv", "--plan", "plan.toml", "--json", "a.json"]) == 0
    assert not Path("plan.looks.csv").exists()


def test_a_look_that_cannot_be_logged_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer is given all the same, with the call to write it down."""
    Path("plan.toml").write_text(plan_text(outcomes=PAIN) + "[analysis]\nlooks = [2]\n")
    Path("plan.looks.csv").mkdir()
    assert main(["simulate", "plan.toml", "--effect=-1", "--seed", "1", "--out", "d.csv"]) == 0
    assert main(["analyse", "d.csv", "--plan", "plan.toml", "--json", "a.json"]) == 0
    assert "could not be logged" in capsys.readouterr().err

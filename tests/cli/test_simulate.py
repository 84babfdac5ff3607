"""`openldn simulate` at the command line."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from openldn.cli.main import main
from openldn.diary import Diary
from support.plans import plan_text

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.fixture(autouse=True)
def plan_file(empty_folder: Path) -> Path:
    """Put a plan beside the person."""
    path = empty_folder / "plan.toml"
    path.write_text(plan_text())
    return path


def simulated(*words: str) -> int:
    """Run the command."""
    return main(["simulate", "plan.toml", *words])


def digest(name: str) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(Path(name).read_bytes()).hexdigest()


def test_it_writes_a_diary_and_the_truth_beside_it() -> None:
    """The diary says on top that it is invented, and the truth holds the signed effect."""
    assert simulated("--effect=-1", "--seed", "7", "--out", "diary.csv") == 0
    assert Path("diary.csv").read_text().startswith("# invented by openldn simulate\n")
    truth = json.loads(Path("diary.csv.truth.json").read_text())
    assert (truth["seed"], truth["effects"]["pain"]["4.5"]) == (7, -1.0)


def test_the_same_seed_gives_the_same_bytes_in_a_fresh_process() -> None:
    """Nothing but the plan and the seed decides what is written."""
    assert simulated("--effect=-1", "--seed", "7", "--out", "here.csv") == 0
    words = ["simulate", "plan.toml", "--effect=-1", "--seed", "7", "--out", "there.csv"]
    command = [sys.executable, "-m", "openldn", *words]
    subprocess.run(command, check=True, capture_output=True)
    assert digest("here.csv") == digest("there.csv")
    assert digest("here.csv.truth.json") == digest("there.csv.truth.json")


def test_another_seed_is_another_person() -> None:
    """The seed is not ignored."""
    assert simulated("--effect=-1", "--seed", "7", "--out", "one.csv") == 0
    assert simulated("--effect=-1", "--seed", "8", "--out", "other.csv") == 0
    assert digest("one.csv") != digest("other.csv")


def test_effects_on_several_outcomes_can_be_named() -> None:
    """Without a name the effect belongs to the primary outcome."""
    assert simulated("--effect=-1", "--effect", "energy=10", "--out", "diary.csv") == 0
    effects = json.loads(Path("diary.csv.truth.json").read_text())["effects"]
    assert (effects["pain"]["4.5"], effects["energy"]["4.5"]) == (-1.0, 10.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--effect", "much"], "'much'"),
        (["--effect", "nan"], "'nan'"),
        (["--effect", "mood=1"], "pain, energy"),
        (["--effect=-1", "--effect", "pain=-2"], "twice"),
        (["--effect=-1", "--seed", "-4"], "'-4'"),
        (["--effect=-1", "--missing", "30"], "share"),
        ([], "--effect"),
    ],
)
def test_wrong_usage_is_told(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each wrong option ends with status 2, words, and no file."""
    assert simulated(*words, "--out", "diary.csv") == 2
    assert said in capsys.readouterr().err
    assert not Path("diary.csv").exists()


def test_an_effect_off_the_scale_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Twelve points down do not fit on a scale from 0 to 10."""
    assert simulated("--effect=-12", "--out", "diary.csv") == 3
    assert "-10 to 10" in capsys.readouterr().err


def test_a_real_diary_is_never_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that was not made here stays as it is; an invented one may be made again."""
    Path("mine.csv").write_text("day,pain\n0,3\n")
    assert simulated("--effect=-1", "--out", "mine.csv") == 3
    assert "mine.csv" in capsys.readouterr().err
    assert Path("mine.csv").read_text() == "day,pain\n0,3\n"
    assert simulated("--effect=-1", "--out", "diary.csv") == 0
    assert simulated("--effect=-2", "--out", "diary.csv") == 0


def test_a_real_diary_beside_a_truth_is_never_replaced() -> None:
    """What the file itself says counts, not the name of another file."""
    Path("mine.csv").write_text("day,pain\n0,3\n")
    Path("mine.csv.truth.json").write_text('{"format": 1, "kind": "truth", "seed": 1}')
    assert simulated("--effect=-1", "--out", "mine.csv") == 3
    assert Path("mine.csv").read_text() == "day,pain\n0,3\n"


def test_a_foreign_file_in_the_place_of_the_truth_is_never_replaced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is written at all when one of the two files may not be."""
    Path("new.csv.truth.json").write_text('{"kind": "answer"}')
    assert simulated("--effect=-1", "--out", "new.csv") == 3
    assert "new.csv.truth.json, a file that is there already" in capsys.readouterr().err
    assert Path("new.csv.truth.json").read_text() == '{"kind": "answer"}'
    assert not Path("new.csv").exists()


def test_a_later_comment_does_not_make_a_diary_invented() -> None:
    """Only the first line counts: a note may quote it."""
    text = "# mine\n# invented by openldn simulate\nday,pain\n0,3\n"
    Path("mine.csv").write_text(text)
    assert simulated("--effect=-1", "--out", "mine.csv") == 3
    assert Path("mine.csv").read_text() == text


@pytest.mark.parametrize(("name", "status"), [(".", 2), ("", 2), ("/", 2), ("..", 3), ("x/y", 3)])
def test_what_is_no_file_name_is_refused_in_words(
    name: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder in the place of a file is a slip and no mistake of ours."""
    assert simulated("--effect=-1", "--out", name) == status
    said = capsys.readouterr().err
    assert "--out" in said
    assert "made a mistake" not in said


def test_an_invented_parquet_diary_may_be_made_again() -> None:
    """The note inside the file says that it is invented; without it the file stays."""
    pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    assert simulated("--effect=-1", "--out", "diary.parquet") == 0
    assert simulated("--effect=-2", "--out", "diary.parquet") == 0
    Diary.read("diary.parquet").write("diary.parquet")
    assert simulated("--effect=-1", "--out", "diary.parquet") == 3


def test_it_writes_parquet_by_the_name_of_the_file() -> None:
    """The same person, in the form for many diaries."""
    pytest.importorskip("pyarrow", reason="Parquet needs the extra `scale`")
    assert simulated("--effect=-1", "--seed", "7", "--out", "diary.csv") == 0
    assert simulated("--effect=-1", "--seed", "7", "--out", "diary.parquet") == 0
    as_text, as_table = (Diary.read(name).entries for name in ("diary.csv", "diary.parquet"))
    assert as_table == as_text

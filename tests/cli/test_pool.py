"""`openldn contribute` and `openldn pool`, from the outside."""

import json
from pathlib import Path

import pytest

from openldn.cli.main import main
from support.pooling import contribution

pytestmark = pytest.mark.usefixtures("empty_folder")


def give(count: int) -> list[str]:
    """So many contributions, one file each."""
    names = [f"{number}.json" for number in range(count)]
    for number, name in enumerate(names):
        one = contribution(number, estimate=-1.0 + 0.1 * number)
        Path(name).write_text(json.dumps(one), encoding="utf-8")
    return names


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented person's plan and diary."""
    folder = tmp_path_factory.mktemp("made")
    plan, diary = str(folder / "plan.toml"), str(folder / "diary.csv")
    assert main(["plan", "new", "--condition", "lupus", "--out", plan]) == 0
    assert main(["simulate", plan, "--effect=-1", "--seed", "1", "--out", diary]) == 0
    return folder


def test_a_contribution_is_written_and_told_in_words(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What leaves and what stays stands on the screen; the file has the keys of the contract."""
    words = ["contribute", str(made / "diary.csv"), "--plan", str(made / "plan.toml")]
    assert main([*words, "--out", "mine.json"]) == 0
    told = capsys.readouterr().out
    written = json.loads(Path("mine.json").read_text(encoding="utf-8"))
    assert (written["kind"], written["format"], written["condition"]) == (
        "contribution",
        1,
        "lupus",
    )
    assert (written["part"], written["dose_mg"]) == ("randomised", 4.5)
    assert len(written["id"]) == 32
    assert written["id"] in told
    assert "every date" in told
    assert main(["pool", "mine.json"]) == 0


def test_each_run_draws_a_new_name(made: Path) -> None:
    """The id leads back to nobody, not even to an earlier file of the same person."""
    words = ["contribute", str(made / "diary.csv"), "--outcome", "pain:0-10:lower", "--out"]
    assert main([*words, "a.json"]) == main([*words, "b.json"]) == 0
    first, second = (json.loads(Path(name).read_text()) for name in ("a.json", "b.json"))
    assert first["components"] == second["components"]
    assert first["id"] != second["id"]
    assert main([*words, "a.json"]) == 0  # its own earlier file may be written again


def test_a_condition_of_free_words_is_refused(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It could name a person; only ids of the catalogue leave."""
    words = ["contribute", str(made / "diary.csv"), "--outcome", "pain:0-10:lower"]
    assert main([*words, "--condition", "what my aunt Eve has", "--out", "mine.json"]) == 3
    assert "LDN-C040" in capsys.readouterr().err
    assert not Path("mine.json").exists()


def test_a_diary_is_never_overwritten(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor anything else that `contribute` did not write."""
    Path("notes.json").write_text("{}", encoding="utf-8")
    words = ["contribute", str(made / "diary.csv"), "--outcome", "pain:0-10:lower"]
    assert main([*words, "--out", "notes.json"]) == 3
    assert "LDN-N020" in capsys.readouterr().err
    assert Path("notes.json").read_text(encoding="utf-8") == "{}"


def test_neither_plan_nor_outcome_is_wrong_usage(made: Path) -> None:
    """Nothing tells the scale."""
    assert main(["contribute", str(made / "diary.csv"), "--out", "mine.json"]) == 2


def test_json_to_standard_output_holds_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """And is the pool of the contract, persons included."""
    assert main(["pool", *give(3), "--json", "-"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written["kind"] == "pool"
    assert written["people"] == len(written["persons"]) == 3
    assert written["publication"] == "not for publication"
    for key in ("mu", "omega", "share_meaningful_benefit"):
        assert set(written[key]) == {"mean", "sd", "q025", "q05", "q50", "q95", "q975"}


def test_the_terminal_says_that_it_is_not_for_publication(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In words, with self-selection, and with the person who moves the average most."""
    assert main(["pool", *give(3)]) == 0
    told = capsys.readouterr().out
    assert "not for publication" in told
    assert "chose to try LDN" in " ".join(told.split())
    assert "who moves it most" in told


def test_a_release_of_too_few_is_refused_and_of_enough_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit status 4 with the reason, then 0 with a file that may be published."""
    names = give(11)
    assert main(["pool", *names[:10], "--release", "--json", "release.json"]) == 4
    assert "not enough people yet" in capsys.readouterr().err
    assert not Path("release.json").exists()
    assert main(["pool", *names, "--release", "--json", "release.json"]) == 0
    assert "may be published" in capsys.readouterr().out
    assert "persons" not in json.loads(Path("release.json").read_text(encoding="utf-8"))


def test_priors_are_options(capsys: pytest.CaptureFixture[str]) -> None:
    """They reach the model block, and one that cannot be is wrong usage."""
    names = give(2)
    options = ["--prior-omega", "half-cauchy:5", "--prior-mu-sd", "5", "--json", "-"]
    assert main(["pool", *names, *options]) == 0
    model = json.loads(capsys.readouterr().out)["model"]
    assert model["omega"] == {"half-cauchy": 5.0}
    assert model["mu"] == {"normal": [0.0, 5.0]}
    for poor in (["--prior-omega", "flat"], ["--mcid", "0"], ["--workers", "0"]):
        assert main(["pool", *names, *poor]) == 2


def test_reml_is_a_method_and_never_a_release(capsys: pytest.CaptureFixture[str]) -> None:
    """The frequentist option prints its own numbers; a release is Bayesian only."""
    names = give(12)
    assert main(["pool", *names, "--method", "reml"]) == 0
    assert "tau squared" in capsys.readouterr().out
    assert main(["pool", *names, "--method", "reml", "--release"]) == 2


def test_every_unusable_file_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 3, all problems at once."""
    Path("a.json").write_text("{", encoding="utf-8")
    assert main(["pool", "a.json", "gone.json"]) == 3
    told = capsys.readouterr().err
    assert "LDN-N001" in told
    assert "LDN-C020" in told


def test_a_result_replaces_no_other_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A contribution is not a pool."""
    names = give(2)
    assert main(["pool", names[0], "--json", names[1]]) == 3
    assert "LDN-N019" in capsys.readouterr().err

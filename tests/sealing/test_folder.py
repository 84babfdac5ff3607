"""The sealed folder: drawn once, read for ever."""

import csv
import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openldn.protocol.calendar import planned_on
from openldn.protocol.plan import Plan
from openldn.protocol.problems import InputError
from openldn.protocol.seal import order_text, read_order
from openldn.sealing import (
    create_folder,
    open_box,
    randomise,
    read_seal,
    release_folder,
    verify_folder,
)
from protocol.plans import edited, plan
from sealing.locks import PHARMACIST, private_pem

PLAN, BYTES = plan(), edited()
LONG = BYTES + b"# kept with the plan\n" * 3000  # 60,000 bytes of remarks


def seal_into(folder: Path) -> None:
    """Draw and seal the good plan into a folder."""
    sealed = randomise(PLAN, public_key=PHARMACIST.public_key())
    create_folder(folder, sealed=sealed, plan_bytes=BYTES)


def count_wins(target: Path) -> int:
    """Draw eight times at once into one folder."""

    def attempt(_: int) -> bool:
        try:
            seal_into(target)
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(attempt, range(8)))


def codes_of(folder: Path) -> list[str]:
    """List the codes of what does not match in a folder."""
    return [problem.code for problem in verify_folder(folder)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seal the good plan into a new folder."""
    seal_into(tmp_path / "sealed")
    return tmp_path / "sealed"


def test_the_arm_of_a_day_is_the_same_in_ten_thousand_readings(folder: Path) -> None:
    """Regression B1: nothing is drawn again when a sealed folder is read."""
    opened = open_box(read_seal(folder), key=PHARMACIST)
    release_folder(folder, opened=opened)
    day = PLAN.periods[0].first_day
    text = (folder / "seal.json").read_text()
    arms = {
        planned_on(PLAN, day, order=read_order(json.loads(text)["order"])).arm
        for _ in range(10_000)
    }
    assert arms == {opened.order[0]}
    assert {open_box(read_seal(folder), key=PHARMACIST).order for _ in range(50)} == {opened.order}


def test_a_fresh_process_reads_the_same_order(folder: Path) -> None:
    """Regression B1: a restart changes nothing."""
    key = folder.parent / "private.pem"
    key.write_bytes(private_pem())
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from openldn.protocol.seal import order_text\n"
        "from openldn.sealing import open_box, read_private_key, read_seal\n"
        "key = read_private_key(Path(sys.argv[2]).read_bytes())\n"
        "print(order_text(open_box(read_seal(sys.argv[1]), key=key).order))\n"
    )
    command = [sys.executable, "-c", program, str(folder), str(key)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    here = order_text(open_box(read_seal(folder), key=PHARMACIST).order)
    assert done.stdout.strip() == here


def test_a_second_draw_is_refused_and_changes_no_byte(folder: Path) -> None:
    """Drawn once, never redrawn."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="LDN-S030"):
        seal_into(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("left", [["kits.csv"], ["kits.csv", "plan.toml"]])
def test_a_draw_whose_seal_was_taken_away_is_not_drawn_again(folder: Path, left: list[str]) -> None:
    """Labels are a trace of a draw: they are neither overwritten nor given another seal."""
    before = {name: (folder / name).read_bytes() for name in left}
    for path in list(folder.iterdir()):
        if path.name not in left:
            path.unlink()
    with pytest.raises(InputError, match="LDN-S032"):
        seal_into(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("is_there", [False, True])
def test_a_draw_that_cannot_be_written_whole_leaves_nothing_and_can_be_tried_again(
    tmp_path: Path, is_there: bool
) -> None:
    """The plan is larger than the system allows, the seal and the labels are not."""
    pytest.importorskip("resource", reason="this system cannot limit the size of files")
    target = tmp_path / "new" / "sealed"
    if is_there:
        target.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    plan_file = tmp_path.with_suffix(".toml")
    plan_file.write_bytes(LONG)
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from openldn.protocol.plan import Plan\n"
        "from openldn.sealing import create_folder, randomise\n"
        "data = Path(sys.argv[1]).read_bytes()\n"
        "sealed = randomise(Plan.from_toml(data), passphrase='five random words')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try:\n"
        "    create_folder(sys.argv[2], sealed=sealed, plan_bytes=data)\n"
        "except OSError as error:\n"
        "    print(error.strerror, error.filename)\n"
    )
    command = [sys.executable, "-c", program, str(plan_file), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "a file larger than" in done.stdout
    assert str(target) in done.stdout
    assert sorted(tmp_path.rglob("*")) == before
    sealed = randomise(Plan.from_toml(LONG), public_key=PHARMACIST.public_key())
    create_folder(target, sealed=sealed, plan_bytes=LONG)
    assert {path.name for path in target.iterdir()} == {"seal.json", "kits.csv", "plan.toml"}


def test_of_many_draws_into_an_empty_folder_one_wins(tmp_path: Path) -> None:
    """A folder that was made beforehand is no way round."""
    (tmp_path / "sealed").mkdir()
    assert count_wins(tmp_path / "sealed") == 1
    assert len(list((tmp_path / "sealed").iterdir())) == 3


def test_of_many_draws_at_once_one_wins_and_its_labels_stand(tmp_path: Path) -> None:
    """The labels in the folder are those of the seal in the folder, and nothing else is left."""
    target = tmp_path / "sealed"
    assert count_wins(target) == 1
    with (target / "kits.csv").open(newline="") as file:
        labels = [row["kit"] for row in csv.DictReader(file)]
    opened = open_box(read_seal(target), key=PHARMACIST)
    assert labels == [kit["kit"] for kit in opened.kits]
    assert {path.name for path in target.iterdir()} == {"seal.json", "kits.csv", "plan.toml"}
    assert list(tmp_path.iterdir()) == [target]


def test_the_folder_holds_no_trace_of_the_order(folder: Path) -> None:
    """No file names an arm, the order or the salt, in any of the ways it could be written."""
    opened = open_box(read_seal(folder), key=PHARMACIST)
    held = b"".join(path.read_bytes() for path in folder.iterdir() if path.name != "plan.toml")
    secrets = [opened.salt.encode(), bytes.fromhex(opened.salt), order_text(opened.order).encode()]
    assert not any(secret in held for secret in [*secrets, b"active", b"placebo", b"2.25"])


def test_the_folder_is_the_owner_s_alone(folder: Path) -> None:
    """0700 and 0600."""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_folder_with_another_plan_is_refused(tmp_path: Path) -> None:
    """A seal beside a plan that it does not belong to could never be checked."""
    (tmp_path / "plan.toml").write_bytes(BYTES + b"\n")
    with pytest.raises(InputError, match="LDN-S031"):
        seal_into(tmp_path)
    assert not (tmp_path / "seal.json").exists()


def test_a_folder_that_holds_the_plan_itself_can_be_sealed(tmp_path: Path) -> None:
    """The person may keep everything in one place."""
    (tmp_path / "plan.toml").write_bytes(BYTES)
    seal_into(tmp_path)
    assert (tmp_path / "plan.toml").read_bytes() == BYTES


def test_a_closed_seal_does_not_match_yet_and_an_opened_one_does(folder: Path) -> None:
    """Through the file and through the folder alike."""
    assert codes_of(folder) == ["LDN-S002"]
    release_folder(folder, opened=open_box(read_seal(folder), key=PHARMACIST))
    assert codes_of(folder) == []
    assert codes_of(folder / "seal.json") == []


def test_a_plan_changed_after_sealing_is_found_out(folder: Path) -> None:
    """One space is enough."""
    release_folder(folder, opened=open_box(read_seal(folder), key=PHARMACIST))
    (folder / "plan.toml").write_bytes(BYTES + b" ")
    assert codes_of(folder) == ["LDN-S004"]


def test_a_swapped_order_is_found_out(folder: Path) -> None:
    """The promise of day one holds the true one."""
    release_folder(folder, opened=open_box(read_seal(folder), key=PHARMACIST))
    seal = json.loads((folder / "seal.json").read_text())
    arms = {"active": "placebo", "placebo": "active"}
    seal["order"] = ",".join(arms[arm] for arm in seal["order"].split(","))
    (folder / "seal.json").write_text(json.dumps(seal))
    assert codes_of(folder) == ["LDN-S003"]

"""`openldn randomise`, `open-box` and `verify-seal`, from draw to check."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from openldn.cli.main import main
from protocol.plans import edited
from sealing.locks import PASSPHRASE, PHARMACIST, STRANGER, private_pem, public_pem
from support.requires import or_skip


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Lay out a plan, a passphrase and key files."""
    (tmp_path / "plan.toml").write_bytes(edited())
    (tmp_path / "pass.txt").write_text(PASSPHRASE + "\n")
    (tmp_path / "weak.txt").write_text("secret\n")
    (tmp_path / "public.pem").write_bytes(public_pem())
    (tmp_path / "private.pem").write_bytes(private_pem(PHARMACIST))
    (tmp_path / "stranger.pem").write_bytes(private_pem(STRANGER))
    return tmp_path


def run(desk: Path, command: str) -> int:
    """Run a command line whose `@name` stands for a file on the desk."""
    return main([word.replace("@", f"{desk}/") for word in command.split()])


SEAL = "randomise @plan.toml --out @sealed --pharmacist-key @public.pem"


def test_from_draw_to_check_with_a_key(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sealed, closed to the check, opened by the pharmacist, released, checked."""
    assert run(desk, SEAL) == 0
    assert run(desk, "verify-seal @sealed/seal.json") == 3
    capsys.readouterr()
    assert run(desk, "open-box @sealed --private-key @private.pem") == 0
    listed = capsys.readouterr().out
    assert listed.count("\n") == 9
    assert "days at 4.5 mg" in listed
    assert run(desk, "open-box @sealed --private-key @private.pem --release") == 0
    assert run(desk, "verify-seal @sealed/seal.json") == 0


def test_from_draw_to_check_with_a_passphrase(desk: Path) -> None:
    """The same with a passphrase."""
    assert run(desk, "randomise @plan.toml --out @sealed --passphrase-file @pass.txt") == 0
    assert run(desk, "open-box @sealed --passphrase-file @pass.txt --release") == 0
    assert run(desk, "verify-seal @sealed") == 0


def test_nothing_that_is_printed_tells_the_order(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The draw says where the seal is, and its promise."""
    assert run(desk, SEAL) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "placebo" not in told.err
    assert "active" not in told.err


def test_labels_hold_kit_period_and_days_only(desk: Path) -> None:
    """One line for each period, and no arm."""
    assert run(desk, SEAL) == 0
    lines = (desk / "sealed" / "kits.csv").read_text().splitlines()
    assert lines[0] == "kit,period,first_day,days"
    assert [line.split(",", 1)[1] for line in lines[1:3]] == ["1,70,21", "2,91,21"]
    assert len(lines) == 9


def test_without_a_pharmacist_the_command_is_wrong_usage(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, and nothing is made; both ways at once are wrong too."""
    assert run(desk, "randomise @plan.toml --out @sealed") == 2
    assert "--pharmacist-key" in capsys.readouterr().err
    assert run(desk, SEAL + " --passphrase-file @pass.txt") == 2
    assert not (desk / "sealed").exists()


def test_a_second_run_on_the_same_folder_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, and the first seal stays as it is."""
    assert run(desk, SEAL) == 0
    before = (desk / "sealed" / "seal.json").read_bytes()
    assert run(desk, SEAL) == 3
    assert "LDN-S030" in capsys.readouterr().err
    assert (desk / "sealed" / "seal.json").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("agreed = 2026-01-05\n", ""), "LDN-S013"),
        (('kind = "blinded-withdrawal"', 'kind = "open-reversal"'), "LDN-S012"),
        (("pairs = 4", "pairs = 0"), "LDN-P105"),
        (("birth_year = 1980", "birth_year = 2010"), "LDN-P109"),
    ],
)
def test_a_plan_that_cannot_be_frozen_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], code: str
) -> None:
    """Exit 3, and no folder is made."""
    (desk / "plan.toml").write_bytes(edited(change))
    assert run(desk, SEAL) == 3
    assert code in capsys.readouterr().err
    assert not (desk / "sealed").exists()


def test_problems_of_plan_lock_and_folder_are_told_together(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad plan, a weak passphrase and a used folder in one go."""
    assert run(desk, SEAL) == 0
    (desk / "plan.toml").write_bytes(edited(("pairs = 4", "pairs = 0")))
    capsys.readouterr()
    assert run(desk, "randomise @plan.toml --out @sealed --passphrase-file @weak.txt") == 3
    told = capsys.readouterr().err
    assert all(code in told for code in ("LDN-P105", "LDN-S011", "LDN-S030"))


@pytest.mark.parametrize("key", ["@private.pem", "@plan.toml", "@none.pem"])
def test_what_is_no_public_key_is_refused(desk: Path, key: str) -> None:
    """Exit 3: the private half above all."""
    assert run(desk, f"randomise @plan.toml --out @sealed --pharmacist-key {key}") == 3
    assert not (desk / "sealed").exists()


def test_a_stranger_s_key_opens_nothing(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3, and no order on the screen."""
    assert run(desk, SEAL) == 0
    assert run(desk, "open-box @sealed --private-key @stranger.pem --release") == 3
    assert "placebo" not in capsys.readouterr().out
    assert run(desk, "verify-seal @sealed") == 3


@pytest.mark.parametrize("command", ["randomise", "open-box", "verify-seal"])
def test_the_printed_example_runs_as_printed_in_an_empty_folder(
    command: str, empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line that begins with a prompt, typed into a shell, and nothing else."""
    shell = or_skip(shutil.which("sh"), need="shell", reason="no POSIX shell on this machine")
    assert main([command, "--help"]) == 0
    printed = capsys.readouterr().out
    lines = re.findall(r"^ +\$ (.+)$", printed, re.MULTILINE)
    assert lines[-1].startswith(f"openldn {command}")
    program = f'openldn() {{ "{sys.executable}" -m openldn "$@"; }}'
    script = "\n".join(["set -e", program, *lines])
    done = subprocess.run([shell, "-c", script], capture_output=True, text=True, cwd=empty_folder)
    assert done.returncode == 0, done.stderr


def test_a_draw_that_is_tried_again_without_its_seal_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, and the labels of the first draw stay."""
    assert run(desk, SEAL) == 0
    (desk / "sealed" / "seal.json").rename(desk / "away.json")
    before = (desk / "sealed" / "kits.csv").read_bytes()
    assert run(desk, SEAL) == 3
    assert "LDN-S032" in capsys.readouterr().err
    assert (desk / "sealed" / "kits.csv").read_bytes() == before
    assert not (desk / "sealed" / "seal.json").exists()


def test_a_weak_key_is_a_matter_of_the_key_file(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody asked to open a box."""
    (desk / "public.pem").write_text("00" * 32)
    assert run(desk, SEAL) == 3
    told = capsys.readouterr().err
    assert "key file: given a weak key" in told
    assert "opened" not in told
    assert not (desk / "sealed").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
@pytest.mark.parametrize(
    "command",
    [
        "plan check @pipe",
        "randomise @pipe --out @sealed --pharmacist-key @public.pem",
        "randomise @plan.toml --out @sealed --pharmacist-key @pipe",
        "randomise @plan.toml --out @sealed --passphrase-file @pipe",
        "open-box @pipe --passphrase-file @pass.txt",
        "open-box @seal.json --private-key @pipe",
        "verify-seal @pipe",
    ],
)
def test_a_pipe_in_the_place_of_a_file_never_hangs(
    desk: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3 at once, in words."""
    os.mkfifo(desk / "pipe")
    (desk / "seal.json").write_text("{}")
    assert run(desk, command) == 3
    assert "a pipe or a device" in capsys.readouterr().err


@pytest.mark.parametrize("order", ["\ud800", "active,foo", "active", "active,placebo," * 7])
def test_an_order_of_nonsense_with_a_promise_of_its_own_does_not_match(
    desk: Path, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, whoever wrote the commitment anew."""
    assert run(desk, SEAL) == 0
    assert run(desk, "open-box @sealed --private-key @private.pem --release") == 0
    (desk / "sealed" / "plan.toml").unlink()
    file = desk / "sealed" / "seal.json"
    seal = json.loads(file.read_text()) | {"order": order}
    text = f"openldn-seal-1\n{seal['salt']}\n{order}\n{seal['plan_sha256']}\n"
    seal["commitment"] = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    file.write_text(json.dumps(seal))
    capsys.readouterr()
    assert run(desk, "verify-seal @sealed") == 3
    assert "seal.order" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{}", '{"kind": "answer"}', "\x00"])
def test_what_is_no_seal_does_not_match(desk: Path, text: str) -> None:
    """Exit 3 and words."""
    (desk / "seal.json").write_text(text)
    assert run(desk, "verify-seal @seal.json") == 3


def test_a_seal_that_is_not_there_is_unusable_input(desk: Path) -> None:
    """Exit 3."""
    assert run(desk, "verify-seal @none.json") == 3


class TestTheSafetyGate:
    """Contract, section 2: no order is drawn over a touched stop rule or an open decision."""

    PROFILE = "randomise @plan.toml --out @sealed --passphrase-file @pass.txt --profile @me.toml"
    DECIDED = '[[decision]]\nrule = "{rule}"\nby = "Dr B"\non = {on}\n'

    def draw(self, desk: Path, profile: str) -> int:
        """Draw with this profile."""
        (desk / "me.toml").write_text("format = 1\n" + profile)
        return run(desk, self.PROFILE)

    def test_a_stop_rule_keeps_the_order_from_being_drawn(
        self, desk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Codeine on the list: refused with why and what to do, and nothing is written."""
        assert self.draw(desk, 'medicines = ["Codeine 30"]\n') == 3
        told = capsys.readouterr().err
        assert "LDN-G020" in told
        assert "safety rule opioid-now" in told
        assert "talk with the doctor" in told
        assert not (desk / "sealed").exists()

    @pytest.mark.parametrize(
        ("rule", "on", "status"),
        [("pregnancy", "2026-01-05", 0), ("breastfeeding", "2026-01-05", 3)],
    )
    def test_an_open_question_needs_the_decision_about_that_very_rule(
        self, desk: Path, rule: str, on: str, status: int
    ) -> None:
        """A decision about something else opens nothing."""
        assert self.draw(desk, "pregnant = true\n") == 3
        decided = self.DECIDED.format(rule=rule, on=on)
        assert self.draw(desk, "pregnant = true\n" + decided) == status
        assert (desk / "sealed").exists() is (status == 0)

    def test_a_decision_never_lifts_a_stop(self, desk: Path) -> None:
        """Whoever signed it."""
        decided = self.DECIDED.format(rule="opioid-now", on="2026-01-05")
        assert self.draw(desk, 'medicines = ["Codeine 30"]\n' + decided) == 3

    @pytest.mark.parametrize(
        "decision",
        [
            DECIDED.format(rule="pregnancy", on="2999-01-05"),
            DECIDED.format(rule="pregnancy", on='"soon"'),
            '[[decision]]\nrule = "pregnancy"\non = 2026-01-05\n',
            'decision = "yes"\n',
        ],
    )
    def test_a_decision_is_whole_or_no_decision(
        self, desk: Path, decision: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Who, which rule, and a day that is not ahead."""
        profile = f"{decision}pregnant = true\n" if "[[" not in decision else decision
        assert self.draw(desk, profile) == 3
        assert "LDN-G003" in capsys.readouterr().err

    def test_the_conditions_of_the_plan_are_asked_without_a_profile(self, desk: Path) -> None:
        """A plan that names a stop condition is not sealed, profile or none."""
        text = (desk / "plan.toml").read_text()
        assert 'conditions = ["lupus"]' in text
        changed = text.replace('["lupus"]', '["lupus", "acute hepatitis"]')
        (desk / "plan.toml").write_text(changed)
        assert run(desk, SEAL) == 3

    def test_without_a_profile_the_command_says_what_was_not_asked(
        self, desk: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Silence is not a screen."""
        assert run(desk, SEAL) == 0
        assert "No profile was given" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("profile", "silent"), [("", "opioid-now"), ("medicines = []\n", "opioid-recent-short")]
    )
    def test_a_profile_that_says_little_is_told_what_it_left_open(
        self, desk: Path, capsys: pytest.CaptureFixture[str], profile: str, silent: str
    ) -> None:
        """An empty profile draws an order, and each stop rule that it is silent on is named."""
        assert self.draw(desk, profile) == 0
        told = capsys.readouterr().err
        assert "Stop rules that nobody has asked yet" in told
        assert f"{silent}," in told
        assert ("opioid-now," in told) is (not profile)

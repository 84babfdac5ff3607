"""The front door of the command line."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

import openldn
from openldn.cli import main as door
from openldn.cli._terminal import print_problems
from openldn.protocol.problems import InputError, Problem

PROBLEM = Problem(
    code="LDN-C001", place="plan.toml", given="x", expected="y", todo="Write y instead."
)


@pytest.mark.parametrize(("name", "summary"), door.COMMANDS.items())
def test_the_list_of_commands_agrees_with_the_modules(name: str, summary: str) -> None:
    """The names and sentences that `openldn --help` shows are those of the commands."""
    module = importlib.import_module(f"openldn.cli.{name.replace('-', '_')}")
    assert (name, summary) == (module.NAME, module.SUMMARY)


def test_every_command_module_is_listed() -> None:
    """A command that nobody can find does not exist."""
    folder = Path(door.__file__).parent
    modules = {path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")} - {"main"}
    assert modules == set(door.COMMANDS)


def test_help_names_every_command_and_the_unit_of_a_dose(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`openldn --help` is enough to begin."""
    assert door.main(["--help"]) == door.DONE
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in door.COMMANDS)
    assert "mg a day" in out


def test_version_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """`openldn --version` prints the version and nothing else."""
    assert door.main(["--version"]) == door.DONE
    assert capsys.readouterr().out == f"openldn {openldn.__version__}\n"


def test_no_command_prints_the_help_as_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """`openldn` alone teaches, and a script that forgot the command still fails."""
    assert door.main([]) == door.USAGE
    assert "commands:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "hint"),
    [("analyze", "openldn analyse"), ("verifyseal", "openldn verify-seal"), ("xyzzy", "Commands:")],
)
def test_an_unknown_command_is_wrong_usage_with_the_nearest_name(
    word: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelled command says which one was meant."""
    assert door.main([word, "diary.csv"]) == door.USAGE
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--colour"], ["plan", "show"], ["plan", "check", "--fast"]])
def test_wrong_usage_has_its_own_status_and_says_where_to_read(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown options and missing words end with 2, not with the status of bad input."""
    assert door.main(words) == door.USAGE
    assert "--help" in capsys.readouterr().err


def test_a_missing_file_is_unusable_input_without_a_traceback(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The real command on a file that is not there names it and ends with 3."""
    assert door.main(["plan", "check", os.fspath(empty_folder / "nothing.toml")]) == door.UNUSABLE
    told = capsys.readouterr()
    assert "nothing.toml" in told.err
    assert "Traceback" not in told.err + told.out


def command_that(ends: Callable[[], int]) -> SimpleNamespace:
    """Make a command that does nothing but end in one way."""
    return SimpleNamespace(
        NAME="plan", SUMMARY="", add_arguments=lambda parser: None, run=lambda args: ends()
    )


def raising(error: BaseException) -> Callable[[], int]:
    """Make a way to end: by this error."""

    def end() -> int:
        raise error

    return end


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (InputError([PROBLEM, PROBLEM]), door.UNUSABLE, "2 problems"),
        (PermissionError(13, "Permission denied", "out.json"), door.UNUSABLE, "out.json"),
        (KeyboardInterrupt(), door.STOPPED, "Stopped."),
        (ZeroDivisionError("division by zero"), door.INTERNAL, "openldn --debug plan"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_failure_has_its_status_and_words(
    error: BaseException,
    status: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """However a command ends, the person reads words and a script reads the status."""
    monkeypatch.setitem(sys.modules, "openldn.cli.plan", command_that(raising(error)))
    assert door.main(["plan"]) == status
    told = capsys.readouterr()
    assert words in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_refusal_of_the_engine_ends_with_four(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refusing to answer is not the same as unusable input."""
    from openldn.inference import AnalysisRefused

    ends = raising(AnalysisRefused([PROBLEM]))
    monkeypatch.setitem(sys.modules, "openldn.cli.plan", command_that(ends))
    assert door.main(["plan"]) == door.REFUSED
    assert "Write y instead." in capsys.readouterr().err


def test_debug_shows_where_a_mistake_of_ours_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--debug` is for us, so it shows the traceback."""
    monkeypatch.setitem(sys.modules, "openldn.cli.plan", command_that(raising(LookupError("k"))))
    assert door.main(["--debug", "plan"]) == door.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_a_closed_pipe_is_no_failure() -> None:
    """`openldn --help | head -1` prints no complaint, even where nobody reads at all."""
    program = f"{sys.executable} -m openldn --help | true"
    done = subprocess.run(["sh", "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


CLOSED, FULL = "closed", "full"
STREAMS = {  # the shell's words for each state of a stream
    (1, CLOSED): ">&-",
    (1, FULL): ">/dev/full",
    (2, CLOSED): "2>&-",
    (2, FULL): "2>/dev/full",
}


def in_shell(words: str, *, redirect: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a stream closed or full, as a shell does it."""
    program = f"{sys.executable} -m openldn {words} {redirect}"
    return subprocess.run(["sh", "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("state", [CLOSED, FULL])
@pytest.mark.parametrize("words", ["--help", "--version", "analyse --help", "plan show plan.toml"])
def test_a_result_that_cannot_be_printed_is_told(
    empty_folder: Path, words: str, state: str
) -> None:
    """The status is not 0 when nobody got the result, and the reason is one sentence."""
    assert door.main(["plan", "new", "--condition", "lupus", "--out", "plan.toml"]) == door.DONE
    done = in_shell(words, redirect=STREAMS[1, state])
    assert done.returncode == door.UNUSABLE
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert done.stderr.count("LDN-C") == 1


@pytest.mark.parametrize("state", [CLOSED, FULL])
@pytest.mark.parametrize(
    ("words", "status"),
    [("plan check no.toml", door.UNUSABLE), ("plan foo", door.USAGE), ("", door.USAGE)],
)
def test_the_status_is_right_where_no_words_can_be_said(
    empty_folder: Path, words: str, status: int, state: str
) -> None:
    """With standard error closed or full, nothing strays to standard output."""
    done = in_shell(words, redirect=STREAMS[2, state])
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_a_command_without_a_result_needs_no_standard_output(empty_folder: Path) -> None:
    """A plan that is fine is fine, whoever listens."""
    assert door.main(["plan", "new", "--condition", "lupus", "--out", "plan.toml"]) == door.DONE
    assert in_shell("plan check plan.toml", redirect=">&-").returncode == door.DONE
    assert in_shell("plan check plan.toml", redirect="2>&-").returncode == door.DONE


def test_an_answer_file_is_whole_where_standard_output_is_closed(empty_folder: Path) -> None:
    """No word of the summary lands in a file that took the number of the closed stream."""
    rows = "".join(f"{day},{day // 7 % 2 * 1.5},{day % 5}\n" for day in range(56))
    Path("diary.csv").write_text(f"day,dose_mg,pain\n{rows}")
    words = "analyse diary.csv --outcome pain:0-10:lower --json a.json"
    assert in_shell(words, redirect=">&- 2>&- <&-").returncode == door.UNUSABLE
    assert json.loads(Path("a.json").read_text())["kind"] == "answer"


def test_bad_input_is_bad_input_though_nobody_reads_standard_error() -> None:
    """A closed pipe behind standard error does not turn 3 into 0."""
    program = f"{sys.executable} -m openldn plan check no.toml 2>&1 >/dev/null; echo $? >&3"
    script = f"{{ {{ {program}; }} | true; }} 3>&1"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(door.UNUSABLE)


def test_problems_are_shown_without_letting_a_file_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An escape sequence quoted from a hostile file is printed as text."""
    hostile = Problem(code="LDN-C001", place="a", given="\x1b[2Jx", expected="b", todo="C.")
    print_problems([hostile])
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert r"\x1b[2Jx" in told


def test_python_m_openldn_is_the_same_command() -> None:
    """`python -m openldn --version` works where no script is on the path."""
    done = subprocess.run([sys.executable, "-m", "openldn", "--version"], capture_output=True)
    assert done.stdout.decode().strip() == f"openldn {openldn.__version__}"


def test_json_on_standard_output_stands_alone(
    empty_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said on the way goes to standard error, so the output can be piped."""
    assert door.main(["plan", "new", "--condition", "lupus", "--out", "plan.toml"]) == door.DONE
    assert door.main(["simulate", "plan.toml", "--effect=-1", "--out", "diary.csv"]) == door.DONE
    capsys.readouterr()
    assert door.main(["analyse", "diary.csv", "--plan", "plan.toml", "--json", "-"]) == door.DONE
    assert json.loads(capsys.readouterr().out)["kind"] == "answer"
    assert {path.name for path in empty_folder.iterdir()} >= {"plan.toml", "diary.csv"}

"""The script that sets everything up, run as a person runs it on a bare machine."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from support import tree

SCRIPT = tree.ROOT / "run.py"


@pytest.fixture
def script(tmp_path: Path) -> ModuleType:
    """Load a copy of run.py that stands in a folder of its own, with pins but no packages."""
    shutil.copy(SCRIPT, tmp_path)
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(tree.ROOT / "requirements", tmp_path / "requirements")
    spec = importlib.util.spec_from_file_location("run_py", tmp_path / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pretend_installed(script: ModuleType, wanted: str) -> None:
    """Leave the traces of a finished installation."""
    Path(script.PYTHON).parent.mkdir(parents=True, exist_ok=True)
    Path(script.PYTHON).touch()
    (script.VENV / "pyvenv.cfg").touch()
    script.STAMP.write_text(script.stamp_of(wanted), encoding="utf-8")


def test_it_needs_the_standard_library_only() -> None:
    """A bare machine has nothing else."""
    nodes = list(ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8"))))
    roots = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    roots |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in roots} <= sys.stdlib_module_names


@pytest.mark.parametrize(("words", "status"), [([], 2), (["start"], 2), (["--help"], 0)])
def test_it_teaches_when_asked_or_misused(
    words: list[str], status: int, script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every verb is listed, with an example, and nothing is installed."""
    assert script.main(words) == status
    told = capsys.readouterr()
    assert all(f"\n  {verb} " in told.out + told.err for verb in script.VERBS)
    assert not script.VENV.exists()


def test_an_old_python_is_refused_in_words(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python 3.10 gets a sentence, not a traceback from a package."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    assert script.main(["test"]) == 1
    assert "Python 3.11 or newer" in capsys.readouterr().err
    assert not script.VENV.exists()


def test_the_second_start_installs_nothing(script: ModuleType) -> None:
    """The stamp of a finished installation is enough, and the tests' set serves the app too."""
    assert not script.is_installed("app")
    pretend_installed(script, "dev")
    script.prepare("app")  # would fail: there is no Python in this environment
    assert script.is_installed("dev")


@pytest.mark.parametrize("changed", ["requirements/app.txt", "pyproject.toml", ".venv/pyvenv.cfg"])
def test_a_change_of_what_is_installed_asks_for_it_again(script: ModuleType, changed: str) -> None:
    """New pins, new ranges or another Python: the old environment is not taken for the new."""
    pretend_installed(script, "app")
    assert script.is_installed("app")
    with (script.ROOT / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert not script.is_installed("app")


def test_without_a_network_it_says_what_failed_and_what_to_do(tmp_path: Path) -> None:
    """No traceback, no stamp: the next start tries again."""
    for name in ("run.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(tree.ROOT / name, tmp_path)
    shutil.copytree(tree.ROOT / "requirements", tmp_path / "requirements")
    offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PATH": os.defpath}
    done = subprocess.run(
        [sys.executable, "run.py", "app"],
        cwd=tmp_path,
        env=offline,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".venv" / "openldn-installed").exists()

#!/usr/bin/env python3
"""Run OpenLDN, or its tests, on a machine that has Python 3.11 or newer and nothing else.

Makes a virtual environment in `.venv`, puts the hash-pinned packages of `requirements/` into it,
and starts the program. All is kept, so that the second start adds well under a second. To undo
it, delete `.venv`. Standard library only; it runs on older Pythons just far enough to refuse them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

__all__ = ["main"]

HELP = """\
usage: python3 run.py VERB [options]

  app    open OpenLDN in your browser, with an invented person to look at
         python3 run.py app --port 8765
  test   run all tests; options go to pytest
         python3 run.py test tests/diary -q
  lint   check the style of the code
  types  check the types of the code

The first start fetches the pinned packages into .venv (about half a minute).
"""
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / ("python.exe" if os.name == "nt" else "python"))
STAMP = VENV / "openldn-installed"  # which set the environment holds; written last
# Without the first, uv knows only its own certificates and fails behind an inspecting proxy.
ENVIRONMENT = {"UV_SYSTEM_CERTS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **os.environ}

# verb: (package set, modules to run one after the other; the last gets the person's options)
VERBS = {
    "app": ("app", ["openldn serve --demo"]),
    "test": ("dev", ["pytest"]),
    "lint": ("dev", ["ruff format --check .", "ruff check ."]),
    "types": ("dev", ["mypy"]),
}


def main(words: list[str]) -> int:
    """Do what the first word says and give the exit status."""
    if not words or words[0] not in VERBS:
        asks = bool(words) and words[0] in ("-h", "--help", "help")
        print(HELP, end="", file=sys.stdout if asks else sys.stderr)
        return 0 if asks else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - run before any package manager could refuse
        return complain(f"OpenLDN needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    wanted, programs = VERBS[words[0]]
    try:
        prepare(wanted)
        for program in programs[:-1]:
            run([PYTHON, "-m", *program.split()])
        return become([PYTHON, "-m", *programs[-1].split(), *words[1:]])
    except KeyboardInterrupt:
        return complain("Stopped.", status=130)
    except subprocess.CalledProcessError as error:
        return complain(f"Stopped: `{' '.join(error.cmd[1:4])} ...` failed, see above.")
    except OSError as error:
        return complain(f"Could not set up {VENV}: {error}. Check your rights and the free space.")


def prepare(wanted: str) -> None:
    """Bring `.venv` to the wanted set of packages, unless it is there already."""
    # The tests' set holds everything the app needs, so either will do for the app.
    if is_installed(wanted) or is_installed("dev"):
        return
    print("Setting up .venv (first start only) ...", file=sys.stderr, flush=True)
    STAMP.unlink(missing_ok=True)
    pip = make_environment()
    try:
        install(pip, ROOT / "requirements" / f"{wanted}.txt")
    except subprocess.CalledProcessError:
        raise SystemExit(
            "The packages could not be fetched or unpacked; the lines above say why.\n"
            "Is this computer online? Behind a proxy, set HTTPS_PROXY; for your own package\n"
            "index, set PIP_INDEX_URL and UV_DEFAULT_INDEX. Then run the same command again."
        ) from None
    STAMP.write_text(stamp_of(wanted), "utf-8")


def is_installed(wanted: str) -> bool:
    """Tell whether `.venv` holds this set, with a Python that still exists."""
    has_python = Path(PYTHON).exists()  # false for a link to a Python that was removed
    return has_python and STAMP.exists() and STAMP.read_text("utf-8") == stamp_of(wanted)


def stamp_of(wanted: str) -> str:
    """Tell a state of the environment from every other: its place, its Python, its packages."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in ("pyproject.toml", f"requirements/{wanted}.txt", ".venv/pyvenv.cfg"):
        digest.update((ROOT / path).read_bytes())
    return f"{wanted} {digest.hexdigest()}"


def make_environment() -> list[str]:
    """Make `.venv` where it is missing or broken, and give the command that installs into it."""
    if not Path(PYTHON).exists():
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, symlinks=os.name != "nt")
    if importlib.util.find_spec("ensurepip"):
        subprocess.run([PYTHON, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
        return [PYTHON, "-m", "pip"]
    # Some systems (Debian without python3-venv) ship no ensurepip: use their own pip from outside.
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", PYTHON]
    raise SystemExit(
        "This Python has neither ensurepip nor pip. Install one of them (on Debian or\n"
        "Ubuntu: sudo apt-get install python3-venv), then run the same command again."
    )


def install(pip: list[str], requirements: Path) -> None:
    """Install the pinned set, then OpenLDN itself from this folder: by uv, else by pip."""
    by_pip = [*pip, "install", "--quiet"]
    by_uv = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON]
    if sys.dont_write_bytecode:  # else every start would compile a thousand modules again
        by_uv.append("--compile-bytecode")
    pinned = ["--require-hashes", "--requirement", str(requirements)]
    itself = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    try:
        uv = str(requirements.with_name("uv.txt"))
        run([*by_pip, "--only-binary=:all:", "--require-hashes", "--requirement", uv])
        run([*by_uv, *pinned])
        run([*by_uv, *itself])
    except subprocess.CalledProcessError:
        print("Trying once more, with pip alone ...", file=sys.stderr, flush=True)
        run([*by_pip, *pinned])
        run([*by_pip, *itself])


def run(command: list[str]) -> None:
    """Run one step to its end; a failure raises."""
    subprocess.run(command, check=True, cwd=ROOT, env=ENVIRONMENT)


def become(command: list[str]) -> int:
    """Hand the terminal over to a program, so that Ctrl-C and signals reach it alone."""
    os.chdir(ROOT)
    if os.name == "posix":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # it got the same Ctrl-C and is ending in its own way


def complain(message: str, *, status: int = 1) -> int:
    """Say what went wrong and give the exit status."""
    print(message, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

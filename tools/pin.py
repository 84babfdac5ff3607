"""Rebuild the hash-pinned sets in `requirements/` from the ranges in `pyproject.toml`.

    python tools/pin.py            keep what is pinned, add and remove as the ranges ask
    python tools/pin.py --upgrade  take the newest of everything

Needs `uv`. The files name no package index, so they work behind any mirror.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Building the package itself from its source needs these in the environment beside it.
BUILD = [*PROJECT["build-system"]["requires"], "editables>=0.5"]
HEADER = "# Written by tools/pin.py from pyproject.toml. Do not edit.\n"


def main() -> None:
    """Write every set."""
    base = [*PROJECT["project"]["dependencies"], *BUILD]
    extras = PROJECT["project"]["optional-dependencies"]
    dev = [
        *base,
        *(line for line in extras["dev"] if not line.startswith("openldn[")),
        *(line for name in nested(extras["dev"]) for line in extras[name]),
    ]
    pin("uv", ["uv>=0.5"])
    pin("dev", dev)
    # The app set takes the versions of the dev set: what was tested is what runs.
    pin("app", base, within="dev")


def nested(lines: list[str]) -> list[str]:
    """Name the extras that an extra pulls in by `openldn[a,b]`."""
    return [
        name.strip()
        for line in lines
        if line.startswith("openldn[")
        for name in line.removeprefix("openldn[").rstrip("]").split(",")
    ]


def pin(name: str, ranges: list[str], *, within: str | None = None) -> None:
    """Resolve `ranges` for every platform and Python from 3.11, with hashes."""
    target = ROOT / "requirements" / f"{name}.txt"
    command = [
        *("uv", "pip", "compile", "-", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"),
        *(arg for arg in sys.argv[1:] if arg == "--upgrade"),
        *("--output-file", str(target)),
    ]
    if within:
        command += ["--constraints", str(target.with_name(f"{within}.txt"))]
    subprocess.run(command, input="\n".join(ranges), text=True, check=True, cwd=ROOT)
    target.write_text(HEADER + target.read_text(encoding="utf-8"), encoding="utf-8")
    print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()

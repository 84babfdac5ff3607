"""The pinned packages agree with the ranges that the package itself declares."""

import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support import tree

PROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = {
    name: (tree.ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for name in ("app", "dev", "uv")
}
REBUILD = "rebuild the pins with `python tools/pin.py`"


def versions(text: str) -> dict[str, set[str]]:
    """Read the pinned versions of each package; there may be one for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==(\S+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def direct(*extras: str) -> list[Requirement]:
    """List what pyproject.toml asks for, extras named by extras included."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    asked = [Requirement(line) for line in lines]
    inner = [name for one in asked if one.name == "openldn" for name in sorted(one.extras)]
    own = [one for one in asked if one.name != "openldn"]
    return own + [one for one in direct(*inner) if one not in own] if inner else own


@pytest.mark.parametrize(
    ("set_name", "wanted"),
    [("app", one) for one in direct()] + [("dev", one) for one in direct("dev")],
    ids=str,
)
def test_every_declared_dependency_is_pinned_within_its_range(
    set_name: str, wanted: Requirement
) -> None:
    """What is tested and run is what the package says it works with."""
    pinned = versions(PINS[set_name]).get(canonicalize_name(wanted.name), set())
    assert pinned, f"{wanted.name} is not in requirements/{set_name}.txt: {REBUILD}"
    assert all(wanted.specifier.contains(version) for version in pinned), REBUILD


# Time zone data, which the standard library looks up where the system has none.
LOOKED_UP_BY_NAME = {"tzdata"}


def imported() -> set[str]:
    """Name the packages that the source imports, at the top of a module or inside a function."""
    roots = {
        target.split(".")[0]
        for name, path in tree.modules().items()
        for target in tree.absolute_imports(path, name=name)
    }
    # Django imports these by the names that stand in its settings.
    settings = tree.SOURCE / "openldn" / "web" / "config" / "settings.py"
    roots |= set(re.findall(r'"(\w+)["\.]', settings.read_text(encoding="utf-8")))
    owners = importlib.metadata.packages_distributions()
    found = {canonicalize_name(owner) for root in roots for owner in owners.get(root, ())}
    return found - {"openldn"}


def names(asked: list[Requirement]) -> set[str]:
    """Give the names of requirements in their one spelling."""
    return {canonicalize_name(one.name) for one in asked}


def test_nothing_is_asked_for_that_the_package_does_not_use() -> None:
    """Every dependency of the base install is imported, so a person fetches no dead weight."""
    assert names(direct()) - imported() - LOOKED_UP_BY_NAME == set()


def test_everything_that_is_imported_is_asked_for() -> None:
    """A package that only the tests bring cannot be missing on a person's machine."""
    extras = set(PROJECT["optional-dependencies"]) - {"dev"}
    assert imported() - names(direct(*extras)) == set()


@pytest.mark.parametrize("name", PINS)
def test_every_pin_has_a_hash_and_no_address(name: str) -> None:
    """A package that was changed after it was pinned is refused, from whatever mirror."""
    entries = re.split(r"\n(?=\S)", PINS[name].partition("\n")[2])
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in PINS[name]


def test_the_app_runs_on_the_versions_that_were_tested() -> None:
    """Each pin of the app is in the tests' set, at the same version."""
    tested = versions(PINS["dev"])
    assert {n: v for n, v in versions(PINS["app"]).items() if tested.get(n) != v} == {}

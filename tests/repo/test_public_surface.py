"""What the package offers, and that each module says what it is."""

import ast
import importlib.metadata
from pathlib import Path

import pytest

import openldn
from support import tree

PUBLIC = {
    name: path
    for name, path in tree.modules().items()
    if not any(part.startswith("_") for part in name.split(".")) and "migrations" not in path.parts
}


@pytest.mark.parametrize("path", PUBLIC.values(), ids=PUBLIC)
def test_a_public_module_opens_with_what_it_is_for(path: Path) -> None:
    """A docstring of a sentence, so that a stranger can find the way."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert "." in docstring
    assert len(docstring) > 10


@pytest.mark.parametrize("path", PUBLIC.values(), ids=PUBLIC)
def test_a_public_module_names_what_it_offers(path: Path) -> None:
    """`__all__` is a list of literal names, each of which the module binds."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    offered = [
        ast.literal_eval(node.value)
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value is not None
        and "__all__" in ast.unparse(node).split("=")[0]
    ]
    assert len(offered) == 1, f"{path.name} has no __all__, or more than one"
    assert set(offered[0]) <= bound_names(body)


def bound_names(body: list[ast.stmt]) -> set[str]:
    """Name everything that the statements of a module bind, imports included."""
    nodes = [node for statement in body for node in ast.walk(statement)]
    return {
        *(n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)),
        *(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)),
        *((n.asname or n.name) for n in nodes if isinstance(n, ast.alias)),
    }


@pytest.mark.parametrize("name", openldn.__all__)
def test_every_public_name_of_the_package_can_be_imported(name: str) -> None:
    """The lazy names lead to something that exists."""
    assert getattr(openldn, name) is not None


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    """A misspelled name fails as on any other module."""
    with pytest.raises(AttributeError, match="no attribute 'analyze'"):
        _ = openldn.analyze  # type: ignore[attr-defined]


def test_the_version_is_the_same_inside_and_outside() -> None:
    """What the program says of itself is what the installer knows."""
    assert importlib.metadata.version("openldn") == openldn.__version__

"""The files of the project, as tests about the project itself see them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ROOT", "SOURCE", "absolute_imports", "documents", "files", "modules", "text_of"]

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
_NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist"}
_NOT_OURS |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}


def files() -> list[Path]:
    """Every file that is, or would be, committed."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:  # an unpacked source archive
        everything = ROOT.rglob("*")
        found = [p for p in everything if not _NOT_OURS & set(p.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())


def documents() -> list[Path]:
    """Every Markdown page."""
    return [path for path in files() if path.suffix == ".md"]


def text_of(path: Path) -> str | None:
    """Give the text of a file, or nothing where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def modules() -> dict[str, Path]:
    """Every module of the package, by its dotted name."""
    names = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def absolute_imports(path: Path, *, name: str, top_level_only: bool = False) -> Iterator[str]:
    """Give the dotted name of everything a module imports, `from a import b` as `a.b`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, node.module or ""]) if node.level else node.module
            yield from (f"{str(base).rstrip('.')}.{alias.name}" for alias in node.names)

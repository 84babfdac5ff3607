"""Nothing stands in the tree that must not be published."""

import re

from support import tree

FILES = {str(path.relative_to(tree.ROOT)): path for path in tree.files()}
TEXTS = {name: text for name, path in FILES.items() if (text := tree.text_of(path)) is not None}

LARGEST_BYTES = 900_000
LONGEST_LINE = 1_000
# Spelled in halves, so that this file does not hold what it forbids.
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "ana" + "conda.org")


def test_no_file_names_a_package_registry() -> None:
    """Pins and scripts work behind any mirror, so they name none."""
    option = re.compile(r"^\s*(--)?(extra-)?index-url\s*[= ]\s*\S*//", re.MULTILINE)
    named = [
        name
        for name, text in TEXTS.items()
        if option.search(text) or any(host in text.lower() for host in REGISTRIES)
    ]
    assert named == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    """An absolute path works on one machine only, and tells about it."""
    path = re.compile(r"(?<![\w.$}])/(?:work|root|farm|tmp|home)/\S*")
    assert {name: found for name, text in TEXTS.items() if (found := path.findall(text))} == {}


def test_no_file_is_large() -> None:
    """A clone stays small, and a reader can open every file."""
    sizes = {name: path.stat().st_size for name, path in FILES.items()}
    assert {name: size for name, size in sizes.items() if size >= LARGEST_BYTES} == {}


def test_no_browser_file_is_minified_or_someone_else_s() -> None:
    """Browser libraries come from installed packages; ours are written to be read."""
    ours = {name: text for name, text in TEXTS.items() if name.endswith((".js", ".css", ".html"))}
    foreign = re.compile(r"\.min\.|(^|/)(htmx|vega|alpine)[^/]*\.js$")
    assert [name for name in FILES if foreign.search(name)] == []
    longest = {name: max(map(len, text.splitlines()), default=0) for name, text in ours.items()}
    assert {name: n for name, n in longest.items() if n >= LONGEST_LINE} == {}


def test_no_module_is_unfinished() -> None:
    """What is in the tree does what it says: no promise stands in for code."""
    words = "|".join(["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "x" + "fail"])
    promise = re.compile(rf"\b({words})\b")
    assert [n for n, text in TEXTS.items() if n.endswith(".py") and promise.search(text)] == []


def test_the_checks_see_what_they_look_for() -> None:
    """The list of files is not empty, and this very file is on it."""
    assert "tests/repo/test_tree.py" in TEXTS
    assert len(TEXTS) > 50

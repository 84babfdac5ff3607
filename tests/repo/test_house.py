"""The rooms of the house and the direction of imports between them (docs/adr/0001)."""

import ast
import subprocess
import sys

import pytest

from support import tree

LEFT = {"protocol", "files", "tables"}
# What each room may import beside itself. A new room fails here until someone decides.
MAY_IMPORT = {
    "protocol": set(),
    "files": {"protocol"},
    "tables": {"protocol"},
    "diary": LEFT,
    "evidence": LEFT,
    "sealing": LEFT,
    "pharmacology": LEFT,
    "inference": LEFT | {"diary", "evidence"},
    "design": LEFT | {"diary", "evidence", "inference"},
    # from saved answers: no engine
    "report": LEFT | {"diary", "evidence"},
    "web": LEFT | {"diary", "evidence", "pharmacology", "sealing", "inference", "design", "report"},
    "cli": LEFT | {"diary", "evidence", "pharmacology", "sealing", "inference", "design", "report"},
}
# Doors of the package, not rooms: what they open is the business of the rooms behind them.
DOORS = {"", "__main__", "_version"}
MODULES = tree.modules()
PROTOCOL = [name for name in MODULES if name.startswith("openldn.protocol")]


def room_of(module: str) -> str:
    """Name the room that a dotted name stands in."""
    return ([*module.split("."), ""])[1]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_rooms_to_its_left(name: str) -> None:
    """From left to right: protocol, diary, inference, design; report; web and cli apart."""
    room = room_of(name)
    if room in DOORS:
        return
    used = {
        room_of(target)
        for target in tree.absolute_imports(MODULES[name], name=name)
        if target.split(".")[0] == "openldn"
    }
    assert used - {room} - DOORS <= MAY_IMPORT[room]


def test_the_map_names_only_rooms_that_exist() -> None:
    """A room that is gone from the tree is gone from the map too."""
    assert {room_of(name) for name in MODULES} - DOORS == set(MAY_IMPORT)


@pytest.mark.parametrize("name", PROTOCOL)
def test_protocol_needs_nothing_but_the_standard_library_s_pure_part(name: str) -> None:
    """The rules of the medicine have no files, network, chance, clock or surroundings."""
    impure = {"os", "io", "sys", "pathlib", "random", "secrets", "time", "socket", "subprocess"}
    impure |= {"tempfile", "shutil", "urllib", "http", "logging", "uuid", "threading", "asyncio"}
    roots = {
        target.split(".")[0]
        for target in tree.absolute_imports(MODULES[name], name=name)
        if not target.startswith("openldn.protocol")
    }
    assert roots <= sys.stdlib_module_names - impure


@pytest.mark.parametrize("name", PROTOCOL)
def test_protocol_never_asks_what_time_it_is_and_never_opens_a_file(name: str) -> None:
    """Time arrives as an argument, and loaders outside read the files."""
    syntax = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(syntax)
        if isinstance(node, ast.Call)
    }
    assert not called & {"now", "utcnow", "today", "open", "input", "print", "read_text", "exec"}


HEAVY = "{'numpy', 'scipy', 'numba', 'django', 'altair', 'typst', 'cryptography', 'pyarrow'}"


def loaded_by(statements: str, among: str) -> str:
    """Run statements in a new Python and name the modules of `among` that it then holds."""
    program = f"import sys\n{statements}\nprint(*sorted({among} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_importing_openldn_loads_nothing_heavy() -> None:
    """`import openldn` costs next to nothing until a name is used."""
    assert loaded_by("import openldn", HEAVY) == ""


def test_help_loads_nothing_heavy_and_no_command() -> None:
    """`openldn --help` lists commands without importing one."""
    commands = {name for name in MODULES if name.startswith("openldn.cli.")}
    commands -= {"openldn.cli.main", "openldn.cli._terminal"}
    among = f"({HEAVY} | set({sorted(commands)}))"
    assert loaded_by("from openldn.cli.main import main; main(['--help'])", among) == ""


@pytest.mark.parametrize("command", ["plan", "analyse", "simulate", "randomise", "serve"])
def test_the_help_of_one_command_loads_no_engine(command: str) -> None:
    """`openldn COMMAND --help` is instant too."""
    statement = f"from openldn.cli.main import main; main(['{command}', '--help'])"
    assert loaded_by(statement, HEAVY) == ""


def test_the_web_process_answers_pages_without_the_engine() -> None:
    """With every page's code loaded, neither NumPy nor the engine is in the process."""
    statements = (
        "import os\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'openldn.web.config.settings'\n"
        "import django\n"
        "django.setup()\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns"
    )
    engine = "{'numpy', 'scipy', 'numba', 'openldn.inference', 'openldn.design'}"
    assert loaded_by(statements, engine) == ""


@pytest.mark.parametrize("name", MODULES)
def test_no_module_imports_a_reference_sampler(name: str) -> None:
    """JAX and NumPyro stand in the tests only, beside the engine that they check."""
    roots = {t.split(".")[0] for t in tree.absolute_imports(MODULES[name], name=name)}
    assert not roots & {"jax", "jaxlib", "numpyro"}

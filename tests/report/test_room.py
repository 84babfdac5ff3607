"""The room itself: light to import."""

import subprocess
import sys


def test_importing_the_report_loads_no_heavy_library() -> None:
    """Pages are answered without the engine: no numbers library, no printer, no web framework."""
    code = (
        "import sys, openldn.report;"
        "print(*{'numpy', 'numba', 'scipy', 'typst', 'django', 'altair'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""

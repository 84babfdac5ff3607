"""Write row counts and checksums of the package's tables into `src/openldn/data/tables.toml`.

    python tools/write_checksums.py

Run it after a table was changed on purpose and each changed row was held against its source; then
set the day in `checked`. A test fails when a table and the manifest differ, and the program refuses
to read such a table.
"""

import re
from pathlib import Path

from openldn.tables import MANIFEST, checksum

FOLDER = Path(__file__).parents[1] / "src" / "openldn" / "data"
_HEAD = re.compile(r"^\[\[", re.MULTILINE)


def main() -> None:
    """Write the manifest."""
    (FOLDER / MANIFEST).write_text(contents(), encoding="utf-8")


def contents() -> str:
    """Give the manifest with what the tables hold now."""
    blocks = (FOLDER / MANIFEST).read_text("utf-8").split("[[table]]")
    return "[[table]]".join([blocks[0], *map(_counted, blocks[1:])])


def _counted(block: str) -> str:
    found = re.search(r'^file = "([a-z_]+\.[a-z]+)"$', block, re.MULTILINE)
    if found is None:
        raise SystemExit(f"{MANIFEST}: a row without a file")
    text = (FOLDER / found[1]).read_text("utf-8")
    block = re.sub(r"^rows = \d+$", f"rows = {len(_HEAD.findall(text))}", block, flags=re.MULTILINE)
    digest = f'sha256 = "{checksum(text)}"'
    return re.sub(r'^sha256 = "[0-9a-f]*"$', digest, block, flags=re.MULTILINE)


if __name__ == "__main__":
    main()

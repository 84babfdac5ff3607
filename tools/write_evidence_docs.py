"""Write `docs/evidence/` from the tables in `src/openldn/data`.

    python tools/write_evidence_docs.py

A test fails when the pages and the tables differ.
"""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "evidence"


def main() -> None:
    """Write every page and picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in contents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def contents() -> dict[str, str]:
    """Make every page and picture, by its file name."""
    from openldn.evidence.pages import PAGES, pictures

    return {name: build() for name, build in PAGES.items()} | pictures()


if __name__ == "__main__":
    main()

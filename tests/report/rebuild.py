"""Rewrite the golden texts of the report: run ``python -m report.rebuild`` in ``tests/``."""

from pathlib import Path

from openldn.report import summary_text
from report import samples

GOLDEN = Path(__file__).parents[1] / "golden" / "report"


def main() -> None:
    """Write the terminal text of every sample."""
    for name, answer in samples.SAMPLES.items():
        (GOLDEN / f"{name}.txt").write_text(summary_text(answer), encoding="utf-8")


if __name__ == "__main__":
    main()

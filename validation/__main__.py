"""Run the study, or go on with one that was interrupted, and write its report.

python -m validation                  everything that is not there yet, then the report
python -m validation --report         the report again, from what is saved
python -m validation --only core      some groups of cells, or `calibration`
"""

import argparse
import os
import sys
from pathlib import Path

# One thread a worker: the arrays are small, and threads that wait for each other cost more.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Do what was asked; the exit status is 1 where the gate does not hold."""
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "validation", metavar="FOLDER")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", nargs="+", default=[], metavar="GROUP")
    parser.add_argument("--report", action="store_true", help="nothing but the report")
    asked = parser.parse_args()

    from validation import report, results, study, work

    told = study.read()
    if not asked.report:
        todo = work.calibration_pieces(told) + work.pieces(told)
        groups = [piece.cell.group if piece.cell else "calibration" for piece in todo]
        if unknown := set(asked.only) - set(groups):
            known = ", ".join(dict.fromkeys(groups))
            parser.error(f"no such group: {', '.join(unknown)}. There are: {known}")
        if asked.only:
            todo = [p for p, group in zip(todo, groups, strict=True) if group in asked.only]
        for line in work.run(todo, asked.out, workers=asked.workers):
            print(line, flush=True)
    found = results.collect(told, asked.out)
    if found["missing"]:
        print(
            "Not everything is there, so the report stays as it was:", *found["missing"], sep="\n  "
        )
        return 1
    results.save(found)
    report.write(found, told)
    verdict = "holds" if found["holds"] else "does not hold"
    print(f"{report.PAGE.relative_to(ROOT)}: the gate {verdict}")
    return int(not found["holds"])


if __name__ == "__main__":
    sys.exit(main())

"""Run the study, or go on with one that was interrupted, and write its report.

python -m validation                  everything that is not there yet, then the report
python -m validation --changed        only the parts whose source changed since the saved numbers
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
    parser.add_argument(
        "--changed",
        action="store_true",
        help="keep the saved numbers of the parts (the Gaussian engine, the other families, the"
        " rivals) whose source is as it was; the page says which",
    )
    parser.add_argument("--report", action="store_true", help="nothing but the page, as saved")
    asked = parser.parse_args()

    from validation import report, results, study, work

    told = study.read()
    found = results.read()
    if not asked.report:
        kept = results.unchanged() if asked.changed else []
        asked_for = [*work.calibration_pieces(told), *work.pieces(told)]
        todo = [piece for piece in asked_for if piece.part not in kept]
        if unknown := set(asked.only) - {piece.group for piece in todo}:
            known = ", ".join(dict.fromkeys(piece.group for piece in todo)) or "none"
            parser.error(f"nothing to do for: {', '.join(unknown)}. There are: {known}")
        todo = [piece for piece in todo if not asked.only or piece.group in asked.only]
        for line in work.run(todo, asked.out, workers=asked.workers):
            print(line, flush=True)
        found = results.collect(told, asked.out, kept=kept)
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

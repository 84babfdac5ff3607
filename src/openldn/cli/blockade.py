"""`openldn blockade`: predicted opioid-receptor blockade over time, to explain and not to dose."""

import argparse
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openldn.cli._outputs import holds_kind, obstacle
from openldn.cli._terminal import print_result, say
from openldn.protocol.doses import MAX_DAILY, NOTHING, Dose
from openldn.protocol.problems import InputError, Problem

__all__ = ["NAME", "SUMMARY", "add_arguments", "run"]

NAME = "blockade"
SUMMARY = "Show how much of the opioid receptors a dose may block, hour by hour."

_STANDARD_OUTPUT = "-"
_SHOWN = tuple(map(Dose, (1000, 3000, 4500, 50_000)))
# Scans and labels speak of 50 mg most of all; above it nothing here is needed for a comparison.
_LARGEST = Dose(50_000)
_MOST_DOSES = 12
_COLUMNS = (0, 1, 2, 4, 8, 12, 24, 36, 48)  # hours
_LABEL, _CELL, _WIDTH = 16, 7, 79
_HELP = f"""\
example:
  $ openldn blockade --dose-mg 1.5 4.5
  $ openldn blockade --dose-mg 4.5 --daily --json blockade.json

Doses are in mg, times in hours after a dose, blockade in percent (in JSON as a share, 0 to 1).
Without --dose-mg: {", ".join(dose.text for dose in _SHOWN)}. Doses above {MAX_DAILY.text} are
shown only to compare with published studies, up to {_LARGEST.text}.
This explains. It must never be used to time an opioid medicine.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _HELP
    parser.add_argument(
        "--dose-mg",
        action="extend",
        nargs="+",
        type=_dose,
        metavar="D",
        help="one or more doses in mg, above 0",
    )
    parser.add_argument(
        "--daily", action="store_true", help="the dose has been taken every day for weeks"
    )
    parser.add_argument("--json", metavar="FILE", help="write the numbers as JSON; - prints them")
    parser.set_defaults(complain=parser.error)


def run(args: argparse.Namespace) -> int:
    """Print the table, or the JSON, and write what was asked for."""
    doses = tuple(sorted(set(args.dose_mg or _SHOWN)))
    if len(doses) > _MOST_DOSES:
        args.complain(f"--dose-mg: given {len(doses)} doses; expected at most {_MOST_DOSES}")
    path = None if args.json in (None, _STANDARD_OUTPUT) else Path(args.json)
    if path is not None:
        _refuse_to_replace(path)

    from openldn.pharmacology import predict

    prediction = predict(doses, is_daily=args.daily)
    # allow_nan=False: a number that is none must fail here and not in somebody's reader.
    text = json.dumps(prediction, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if path is not None:
        from openldn.files import write_atomically

        write_atomically(path, text)
        say(f"Wrote {path}.")
    print_result(text if args.json == _STANDARD_OUTPUT else _table(prediction))
    return 0


def _dose(text: str) -> Dose:
    try:
        dose = Dose.from_mg(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; expected mg such as 4.5") from None
    if not NOTHING < dose <= _LARGEST:
        raise argparse.ArgumentTypeError(
            f"given {text!r}; expected mg above 0 and at most {_LARGEST.mg}"
        )
    return dose


def _refuse_to_replace(path: Path) -> None:
    given = obstacle(path, may_replace=holds_kind("blockade"))
    if given:
        problem = Problem(
            code="LDN-C050",
            place="--json",
            given=f"{path}, {given}",
            expected="a new file, or one that an earlier `blockade --json` wrote",
            todo="Choose another name, or move that file away; nothing was overwritten.",
        )
        raise InputError([problem])


def _table(prediction: Mapping[str, Any]) -> str:
    """Lay the prediction out for a terminal."""
    warning, *limits = prediction["limits"]
    is_daily = prediction["schedule"] == "daily"
    taken = "Taken every day, at hours 0, 24 and 48" if is_daily else "One dose, at hour 0"
    lines = [
        *textwrap.wrap(warning, _WIDTH),
        "",
        f"{taken}.",
        "Percent of the mu opioid receptors that may be blocked:",
        "",
        _row("hours", [str(hour) for hour in _COLUMNS]),
    ]
    for dose in prediction["doses"]:
        lines += ["", *_rows(dose)]
    lines += ["", *_legend(), "", "Until less than 5% is left, after the last of many daily doses:"]
    lines += [_washout(dose) for dose in prediction["doses"]]
    lines += ["", *(line for limit in limits for line in _bullet(limit))]
    return "\n".join(lines) + "\n"


def _rows(dose: Mapping[str, Any]) -> list[str]:
    at = [dose["hours"].index(hour) for hour in _COLUMNS]
    main, slower = dose["mu"], dose["mu_slower"]
    name = f"{dose['dose_mg']:g} mg" + (" (compare)" if dose["is_comparison_only"] else "")
    return [
        _row(name, [_percent(main["typical"][i]) for i in at]),
        _row("  90 in 100", [f"{_percent(main['q05'][i])}-{_percent(main['q95'][i])}" for i in at]),
        _row("  slower reading", [_percent(slower["typical"][i]) for i in at]),
    ]


def _legend() -> list[str]:
    return [
        "First line: the typical person. Second: the band of 90 in 100 virtual people.",
        "Third: a slower reading of the same scans, which counts a dose at once.",
    ]


def _washout(dose: Mapping[str, Any]) -> str:
    hours = dose["washout"]["hours"]
    main, slower = (_days(hours[key]) for key in ("mu", "mu_slower"))
    name = f"{dose['dose_mg']:g} mg"
    return f"  {name:{_LABEL - 2}}{main} days; in the slower reading {slower} days"


def _days(hours: Mapping[str, float]) -> str:
    # Rounded outwards: a washout must not look shorter, nor surer, than it is.
    return f"{math.floor(hours['q05'] / 24)} to {math.ceil(hours['q95'] / 24)}"


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:{_LABEL}}" + "".join(f"{cell:>{_CELL}}" for cell in cells)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _bullet(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="- ", subsequent_indent="  ")

"""From saved pieces to the numbers of the report, each with its Monte Carlo error."""

import hashlib
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openldn.inference import looks
from validation import rivals, sbc, sources, work
from validation.models import MODELS
from validation.study import Cell, Study

__all__ = ["FILE", "cell", "collect", "method", "read", "save", "unchanged"]

FloatArray = NDArray[np.float64]
Numbers = Mapping[str, FloatArray]
Row = Mapping[str, Any]
# By part of the study, then by row.
Parts = Mapping[str, Mapping[str, Numbers]]

FILE = Path(__file__).with_name("results.json")
DIGITS = 5
# Half of the last digit that is kept of a distribution.
ROUNDED = 5e-5
EMPTY: Row = {}


def collect(study: Study, folder: Path, *, kept: Collection[str] = ()) -> dict[str, Any]:
    """Everything that the report says.

    Parameters
    ----------
    study
        What was asked.
    folder
        Where the pieces are. What is not there is told as not there.
    kept
        Parts whose saved numbers stay.
    """
    before = read() if kept else {}
    saved = {row["id"]: row for key in ("cells", "families") for row in before.get(key, [])}
    saved |= {row["model"]: row for row in before.get("calibration", [])}
    asked = [*work.pieces(study), *work.calibration_pieces(study)]
    parts = {
        part: _numbers([piece for piece in asked if piece.part == part], folder)
        for part in sources.PARTS
        if part not in kept
    }
    cells = _cells(study.cells, parts, saved, study)
    others = _cells(study.families, parts, saved, study)
    calibration = _calibration(parts, saved, study)
    ours = parts.get(sources.GAUSSIAN)
    missing = list(_missing(asked, parts, saved))
    every = [*cells, *others]
    return {
        "sources": dict(sources.DIGESTS),
        "kept": sorted(kept),
        "cells": cells,
        "families": others,
        "calibration": calibration,
        "routes": before["routes"] if ours is None else _routes(study, ours),
        "looks": before["looks"] if ours is None else _looks(study, ours),
        "checks": sum(len(one["checks"]) for one in every) + sum(c["checks"] for c in calibration),
        "missing": missing,
        "holds": not missing
        and all(check["holds"] for one in every for check in one["checks"])
        and all(model["holds"] for model in calibration if model["is_gated"]),
    }


def unchanged() -> list[str]:
    """The parts whose saved numbers come from the source as it stands."""
    saved = read().get("sources", {})
    return [part for part in sources.PARTS if saved.get(part) == sources.DIGESTS[part]]


def _cells(
    cells: Sequence[Cell[Any]], parts: Parts, saved: Mapping[str, Row], study: Study
) -> list[dict[str, Any]]:
    """Each cell that has numbers; those of kept parts from the row that was saved."""
    found = []
    for one in cells:
        numbers = {k: v for rows in parts.values() for k, v in rows.get(one.id, {}).items()}
        if "alone.estimate" in numbers or one.id in saved:
            found.append(cell(one, numbers, study, before=saved.get(one.id, EMPTY)))
    return found


def _missing(asked: Sequence[work.Piece], parts: Parts, saved: Mapping[str, Row]) -> Iterator[str]:
    """Each row that lacks people, with how many there are and how many were asked for."""
    last = {(one.part, one.row): one for one in sorted(asked, key=lambda one: one.last)}
    for (part, row), piece in last.items():
        if part in parts:
            there = _length(parts[part].get(row))
        else:
            before = saved.get(row, EMPTY)
            is_same = piece.cell is None or before.get("of") == _of(piece.cell)
            there = before.get("people", 0) if is_same else 0
        if there < piece.last:
            yield f"{row}, {sources.PARTS[part]}: {there} of {piece.last}"


def _of(cell: Cell[Any]) -> str:
    """Fingerprint of all that the people of a cell depend on."""
    return hashlib.sha256(cell.fingerprint().encode()).hexdigest()[:12]


def _length(numbers: Numbers | None) -> int:
    """How many people a row has."""
    return max(map(len, (numbers or {}).values()), default=0)


def save(found: Mapping[str, Any]) -> None:
    """Write the numbers beside the study."""
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """The saved numbers."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _numbers(pieces: Sequence[work.Piece], folder: Path) -> dict[str, dict[str, FloatArray]]:
    """The pieces that are there, put together by row."""
    rows: dict[str, list[dict[str, FloatArray]]] = {}
    for piece in pieces:
        found = work.load(piece, folder)
        if found is not None:
            rows.setdefault(piece.row, []).append(found)
    return {row: _joined(parts) for row, parts in rows.items()}


def _joined(parts: Sequence[Numbers]) -> dict[str, FloatArray]:
    """Pieces of one row end to end; the first ones may hold more than the others."""
    return {
        name: np.concatenate([np.atleast_1d(part[name]) for part in parts if name in part])
        for name in parts[0]
    }


def cell(of: Cell[Any], numbers: Numbers, study: Study, *, before: Row = EMPTY) -> dict[str, Any]:
    """One cell: every method's performance, and what the gate says.

    Parameters
    ----------
    before
        The row as it was saved: methods without numbers keep theirs.
    """
    methods, refused = dict(before.get("methods", {})), before.get("refused", 0)
    people = of.people
    if "alone.estimate" in numbers:
        numbers = _with_ours(numbers)
        refused = int(np.isnan(numbers["openldn.estimate"]).sum())
        people = len(numbers["truth"])
    for name in study.methods:
        if f"{name}.estimate" in numbers:
            methods[name] = method(numbers, name, study.decision)
    return {
        "id": of.id,
        "group": of.group,
        "of": _of(of),
        "people": people,
        "refused": refused,
        "methods": {name: methods[name] for name in study.methods if name in methods},
        "checks": _checks(of, methods["openldn"], people, study),
    }


def _with_ours(numbers: Numbers) -> Numbers:
    """Our numbers under our name: those of all together, else those of each alone.

    Intervals are only known of those who went alone; the mean width comes from them.
    """
    ours = "openldn" if "openldn.estimate" in numbers else "alone"
    kept = {
        f"openldn.{name}": numbers[f"{ours}.{name}"]
        for name in ("estimate", "below_truth", "p_benefit")
    }
    kept |= {f"openldn.{name}": numbers[f"alone.{name}"] for name in ("lower", "upper")}
    if "alone.points_below_truth" in numbers:
        kept["openldn.points_below_truth"] = numbers["alone.points_below_truth"]
    return {**numbers, **kept}


def method(numbers: Numbers, name: str, decision: float) -> dict[str, Any]:
    """Performance of one method in one cell: each number with its Monte Carlo error."""
    part = {key.partition(".")[2]: v for key, v in numbers.items() if key.startswith(f"{name}.")}
    wide = part["upper"] - part["lower"]
    has = ~np.isnan(part["estimate"])
    truth = numbers["truth"][has]
    part = {key: value[has] for key, value in part.items() if len(value) == len(has)}
    benefit, harm = part["p_benefit"] >= decision, part["p_benefit"] <= 1.0 - decision
    wrong = np.where(truth < 0.0, harm, np.where(truth > 0.0, benefit, benefit | harm))
    found = {
        "bias": _mean(truth - part["estimate"]),
        "clear_benefit": _share(benefit),
        "clear_harm": _share(harm),
        "could_not_tell": _share(~(benefit | harm)),
        "misled": _share(wrong),
    }
    if name != rivals.RANDOMISATION:
        found |= {
            "cover90": _share(_covers(part, truth, 90)),
            "cover95": _share(_covers(part, truth, 95)),
            "width95": _mean(wide[~np.isnan(wide)]),
        }
    if "points_below_truth" in part:
        found |= {
            f"points{percent}": _share(_is_central(part["points_below_truth"], percent))
            for percent in (90, 95)
        }
    return found


def _covers(part: Numbers, truth: FloatArray, percent: int) -> NDArray[np.bool_]:
    if "below_truth" in part:
        return _is_central(part["below_truth"], percent)
    ends = {90: ("lower90", "upper90"), 95: ("lower", "upper")}[percent]
    return np.asarray((part[ends[0]] <= truth) & (truth <= part[ends[1]]))


def _is_central(below: FloatArray, percent: int) -> NDArray[np.bool_]:
    return np.asarray(np.abs(below - 0.5) <= percent / 200.0)


def _share(is_so: NDArray[np.bool_]) -> list[float]:
    share = float(is_so.mean())
    return [round(share, DIGITS), round(math.sqrt(share * (1.0 - share) / len(is_so)), DIGITS)]


def _mean(values: FloatArray) -> list[float]:
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return [round(float(values.mean()), DIGITS), round(error, DIGITS)]


def _checks(
    cell: Cell[Any], ours: Mapping[str, Any], people: int, study: Study
) -> list[dict[str, Any]]:
    """What the gate asks of this cell; the errors are those at the rate that is asked for."""
    gate, checks = study.gate, []

    def check(what: str, name: str, *, of: str, needed: float, side: str) -> None:
        slack = gate.errors * math.sqrt(needed * (1.0 - needed) / people)
        off = ours[name][0] - needed
        holds = {"least": off >= -slack, "most": off <= slack, "both": abs(off) <= slack}[side]
        checks.append(
            {
                "what": what,
                "of": of,
                "found": ours[name][0],
                "needed": needed,
                "slack": round(slack, DIGITS),
                "side": side,
                "holds": holds,
            }
        )

    if cell.gate == "prior":
        check("90% interval", "cover90", of="cover", needed=gate.prior["interval90"], side="both")
        check("95% interval", "cover95", of="cover", needed=gate.prior["interval95"], side="both")
    if gate.asks(cell):
        check("90% interval", "cover90", of="cover", needed=gate.fixed["interval90"], side="least")
        check("95% interval", "cover95", of="cover", needed=gate.fixed["interval95"], side="least")
    if gate.asks_about_claims(cell):
        rate, both = gate.nothing["clear_benefit"], gate.nothing["either"]
        check("clear benefit", "clear_benefit", of="claims", needed=rate, side="most")
        check("either direction", "misled", of="claims", needed=both, side="most")
    return checks


def _calibration(parts: Parts, saved: Mapping[str, Row], study: Study) -> list[dict[str, Any]]:
    """Each quantity's distribution of places against its band."""
    found = []
    for row in MODELS:
        numbers = parts.get(work.part_of(row))
        if numbers is None and row in saved:
            told = saved[row]
            curves = {name: one["ecdf"] for name, one in told["quantities"].items()}
            found.append((row, told["people"], told["refused"], curves))
        elif numbers and row in numbers:
            found.append((row, *_curves(numbers[row])))
    gated = sum(len(curves) for row, _, _, curves in found if MODELS[row].is_gated)
    together = 1.0 - (1.0 - study.calibration["level"]) / max(gated, 1)
    return [_model(*one, together=together) for one in found]


def _curves(numbers: Numbers) -> tuple[int, int, dict[str, list[float]]]:
    """How many people, how many of them were refused, and each quantity's distribution."""
    first = next(iter(numbers.values()))
    curves = {
        name: [round(float(share), 4) for share in sbc.ecdf(place[~np.isnan(place)])]
        for name, place in sorted(numbers.items())
    }
    return len(first), int(np.isnan(first).sum()), curves


def _model(
    row: str,
    people: int,
    refused: int,
    curves: Mapping[str, Sequence[float]],
    *,
    together: float,
) -> dict[str, Any]:
    model, answered = MODELS[row], people - refused
    told = {
        name: {
            "holds": sbc.band(answered, together).holds(np.array(curve), slack=ROUNDED),
            "inside_95": sbc.band(answered, 0.95).holds(np.array(curve), slack=ROUNDED),
            "ecdf": list(curve),
        }
        for name, curve in curves.items()
    }
    return {
        "model": row,
        "about": model.about,
        "people": people,
        "refused": refused,
        "is_gated": model.is_gated,
        "together": together,
        "checks": len(curves) if model.is_gated else 0,
        "holds": all(one["holds"] for one in told.values()),
        "quantities": told,
    }


def _looks(study: Study, kept: Mapping[str, Numbers]) -> list[dict[str, Any]]:
    """Claims over all looks, and what the raised threshold makes of them.

    The threshold is raised as an answer raises it (`inference/looks.py`), by every other person of
    the cells without an effect, and judged on the rest.
    """
    rows = [
        (one, _at_looks(one, kept[one.id]))
        for one in study.cells
        if one.setting.looks and one.id in kept
    ]
    least = study.decision
    nothing = [chances[0::2] for one, chances in rows if one.setting.effect == 0]
    raised = max((looks.raised(chances, least=least) for chances in nothing), default=least)
    return [
        {
            "id": one.id,
            "phi": one.setting.phi,
            "effect": one.setting.effect,
            "at_the_end": _share(chances[:, -1] >= least),
            "any_look": _share(chances.max(axis=1) >= least),
            "raised": round(raised, DIGITS),
            "any_look_raised": _share(chances[1::2].max(axis=1) >= raised),
        }
        for one, chances in rows
    ]


def _at_looks(of: Cell[Any], numbers: Numbers) -> FloatArray:
    """(n, looks) chances of a benefit, the end of the trial last."""
    early = [numbers[f"look{pairs}.p_benefit"] for pairs in of.setting.looks]
    return np.column_stack([*early, numbers["openldn.p_benefit"]])


def _routes(study: Study, kept: Mapping[str, Numbers]) -> dict[str, Any]:
    """How far the shared grid is from the route of one diary, over all who took both."""
    apart, chances, finished, people = [], [], 0.0, 0
    for one in study.cells:
        numbers = kept.get(one.id, {})
        if "openldn.estimate" not in numbers:
            continue
        both = len(numbers["alone.estimate"])
        off = numbers["openldn.estimate"][:both] - numbers["alone.estimate"]
        apart.append(off / numbers["alone.sd"])
        chances.append(numbers["openldn.p_benefit"][:both] - numbers["alone.p_benefit"])
        finished += float(numbers["openldn.finished_alone"].sum())
        people += len(numbers["openldn.finished_alone"])
    off, chance = np.abs(np.concatenate(apart)), np.abs(np.concatenate(chances))
    return {
        "people": len(off),
        "estimate_rms": round(float(np.sqrt(np.nanmean(off**2))), DIGITS),
        "estimate_most": round(float(np.nanmax(off)), DIGITS),
        "chance_rms": round(float(np.sqrt(np.nanmean(chance**2))), DIGITS),
        "chance_most": round(float(np.nanmax(chance)), DIGITS),
        "finished_alone": round(finished / people, DIGITS),
    }

"""From saved pieces to the numbers of the report, each with its Monte Carlo error."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openldn.inference import looks
from validation import rivals, sbc, work
from validation.models import MODELS
from validation.study import Cell, Study

__all__ = ["FILE", "cell", "collect", "method", "read", "save"]

FloatArray = NDArray[np.float64]
Numbers = Mapping[str, FloatArray]

FILE = Path(__file__).with_name("results.json")
DIGITS = 5


def collect(study: Study, folder: Path) -> dict[str, Any]:
    """Everything that the report says.

    Parameters
    ----------
    study
        What was asked.
    folder
        Where the pieces are. What is not there is told as not there.
    """
    kept = _kept(work.pieces(study), folder)
    places = _kept(work.calibration_pieces(study), folder)
    missing = [
        f"{one.id}: {there} of {one.people}"
        for one in study.cells
        if (there := _length(kept.get(one.id))) < one.people
    ]
    missing += [
        f"{name}: {there} of {study.fits}"
        for name in MODELS
        if (there := _length(places.get(name))) < study.fits
    ]
    cells = [cell(one, kept[one.id], study) for one in study.cells if one.id in kept]
    calibration = _calibration(places, study)
    return {
        "engine": sorted(
            {str(d) for one in (*kept.values(), *places.values()) for d in one["engine"]}
        ),
        "cells": cells,
        "calibration": calibration,
        "routes": _routes(study, kept),
        "looks": _looks(study, kept),
        "checks": sum(len(one["checks"]) for one in cells) + sum(c["checks"] for c in calibration),
        "missing": missing,
        "holds": not missing
        and all(check["holds"] for one in cells for check in one["checks"])
        and all(model["holds"] for model in calibration if model["is_gated"]),
    }


def _length(numbers: Numbers | None) -> int:
    """How many people a row has."""
    return max((len(v) for name, v in (numbers or {}).items() if name != "engine"), default=0)


def save(found: Mapping[str, Any]) -> None:
    """Write the numbers beside the study."""
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """The saved numbers."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _kept(pieces: Sequence[work.Piece], folder: Path) -> dict[str, dict[str, FloatArray]]:
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


def cell(of: Cell, numbers: Numbers, study: Study) -> dict[str, Any]:
    """One cell: every method's performance, and what the gate says."""
    numbers = _with_ours(numbers)
    names = [name for name in study.methods if f"{name}.estimate" in numbers]
    methods = {name: method(numbers, name, study.decision) for name in names}
    return {
        "id": of.id,
        "group": of.group,
        "people": len(numbers["truth"]),
        "refused": int(np.isnan(numbers["openldn.estimate"]).sum()),
        "methods": methods,
        "checks": _checks(of, methods["openldn"], len(numbers["truth"]), study),
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
    return found


def _covers(part: Numbers, truth: FloatArray, percent: int) -> NDArray[np.bool_]:
    if "below_truth" in part:
        return np.asarray(np.abs(part["below_truth"] - 0.5) <= percent / 200.0)
    ends = {90: ("lower90", "upper90"), 95: ("lower", "upper")}[percent]
    return np.asarray((part[ends[0]] <= truth) & (truth <= part[ends[1]]))


def _share(is_so: NDArray[np.bool_]) -> list[float]:
    share = float(is_so.mean())
    return [round(share, DIGITS), round(math.sqrt(share * (1.0 - share) / len(is_so)), DIGITS)]


def _mean(values: FloatArray) -> list[float]:
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    return [round(float(values.mean()), DIGITS), round(error, DIGITS)]


def _checks(cell: Cell, ours: Mapping[str, Any], people: int, study: Study) -> list[dict[str, Any]]:
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


def _calibration(places: Mapping[str, Numbers], study: Study) -> list[dict[str, Any]]:
    """Each quantity's distribution of places against its band."""
    quantities = {row: sorted(set(numbers) - {"engine"}) for row, numbers in places.items()}
    gated = sum(len(q) for row, q in quantities.items() if MODELS[row].is_gated)
    together = 1.0 - (1.0 - study.calibration["level"]) / max(gated, 1)
    return [_model(row, places[row], quantities[row], together=together) for row in quantities]


def _model(
    row: str, numbers: Numbers, quantities: Sequence[str], *, together: float
) -> dict[str, Any]:
    model, told = MODELS[row], {}
    for name in quantities:
        place = numbers[name][~np.isnan(numbers[name])]
        curve = sbc.ecdf(place)
        told[name] = {
            "holds": sbc.band(len(place), together).holds(curve),
            "inside_95": sbc.band(len(place), 0.95).holds(curve),
            "ecdf": [round(float(share), 4) for share in curve],
        }
    people = len(numbers[quantities[0]])
    answered = int((~np.isnan(numbers[quantities[0]])).sum())
    return {
        "model": row,
        "about": model.about,
        "people": people,
        "refused": people - answered,
        "is_gated": model.is_gated,
        "together": together,
        "checks": len(quantities) if model.is_gated else 0,
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


def _at_looks(of: Cell, numbers: Numbers) -> FloatArray:
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

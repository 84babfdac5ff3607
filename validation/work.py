"""The work in pieces: each written whole or not at all, so that a run can stop and go on.

A piece is some people of one cell, or of one model of the calibration, met by one part of the
study. Its numbers depend on who they are and on the source of that part: not on the number of
workers, nor on what was done before.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from validation import engine, families, gaussian_sbc, people, rivals, sbc, sources
from validation.models import MODELS
from validation.sources import FAMILIES, GAUSSIAN, RIVALS
from validation.study import Cell, Study

__all__ = ["PEOPLE", "Piece", "calibration_pieces", "load", "part_of", "pieces", "run"]

FloatArray = NDArray[np.float64]

# People of one piece: half a minute of work at most.
PEOPLE = 250
FEWER = 50  # of the calibration, and of the other families
# The first people of every cell take the route of one diary too.
ALSO_ALONE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some people of one row.

    Attributes
    ----------
    row
        Id of the cell, or of the calibrated model.
    part
        Whose numbers: a part of `sources`.
    cell
        None for a piece of the calibration.
    """

    row: str
    part: str
    first: int
    last: int
    cell: Cell[Any] | None = None

    @property
    def fingerprint(self) -> str:
        """What the numbers belong to; a file with another one is made anew."""
        what = self.cell.fingerprint() if self.cell else self.row
        return f"{what} {self.first} {self.last} {sources.DIGESTS[self.part]}"

    @property
    def group(self) -> str:
        """By what name it can be asked for."""
        return self.cell.group if self.cell else "calibration"

    def file(self, folder: Path) -> Path:
        """Where its numbers are kept."""
        safe = "".join(
            c if c.isalnum() or c in "-=.,_" else "/" if c == "/" else "_" for c in self.row
        )
        return folder / f"{self.part}/{safe}/{self.first:05d}.npz"

    def made(self) -> dict[str, FloatArray]:
        """The numbers, `method.field` or quantity, (n,) each."""
        someone = range(self.first, self.last)
        if self.cell is None:
            seed = int.from_bytes(hashlib.sha256(self.row.encode()).digest()[:4], "big")
            return sbc.places(MODELS[self.row], seed=seed, people=someone)
        if self.part == FAMILIES:
            return families.answers(self.cell.setting, seed=self.cell.seed, people=someone)
        trials = people.draw(self.cell.setting, seed=self.cell.seed, people=someone)
        found = {"truth": trials.beta}
        return found | (_rivals(trials) if self.part == RIVALS else _ours(trials, self.first))


def _ours(trials: people.Trials, first: int) -> dict[str, FloatArray]:
    setting = trials.setting
    found: dict[str, FloatArray] = {}
    has_one_truth = setting.effect is not None
    some = trials.first(ALSO_ALONE - first) if has_one_truth else trials
    if len(some):
        found |= {f"alone.{name}": part for name, part in engine.alone(some).items()}
    if has_one_truth:
        found |= {f"openldn.{name}": part for name, part in engine.together(trials).items()}
    for pairs in setting.looks:
        found[f"look{pairs}.p_benefit"] = engine.together(trials, pairs=pairs)["p_benefit"]
    return found


def _rivals(trials: people.Trials) -> dict[str, FloatArray]:
    return {
        f"{method}.{name}": part
        for method, parts in rivals.estimates(trials).items()
        for name, part in parts.items()
    }


def pieces(study: Study) -> list[Piece]:
    """All pieces of the cells, first pieces first, so that every cell grows at the same pace."""
    split = [
        Piece(row=cell.id, part=part, cell=cell, first=at, last=min(at + size, cell.people))
        for cell, part, size in _cells(study)
        for at in range(0, cell.people, size)
    ]
    return sorted(split, key=lambda piece: piece.first)


def _cells(study: Study) -> Iterator[tuple[Cell[Any], str, int]]:
    """Every cell under each part that meets its people, and how many of them make a piece."""
    for cell in study.cells:
        yield cell, GAUSSIAN, PEOPLE
        if cell.has_rivals:
            yield cell, RIVALS, PEOPLE
    for other in study.families:
        yield other, FAMILIES, FEWER


def part_of(model: str) -> str:
    """The part that a calibrated model belongs to."""
    return GAUSSIAN if model in gaussian_sbc.MODELS else FAMILIES


def calibration_pieces(study: Study) -> list[Piece]:
    """All pieces of the calibration."""
    return [
        Piece(row=name, part=part_of(name), first=at, last=min(at + FEWER, study.fits))
        for name in MODELS
        for at in range(0, study.fits, FEWER)
    ]


def load(piece: Piece, folder: Path) -> dict[str, FloatArray] | None:
    """The numbers of a piece; None where they are not there, or belong to another study."""
    file = piece.file(folder)
    if not file.exists():
        return None
    with np.load(file) as kept:
        if str(kept["fingerprint"]) != piece.fingerprint:
            return None
        return {name: kept[name] for name in kept.files if name != "fingerprint"}


def run(todo: Sequence[Piece], folder: Path, *, workers: int) -> Iterator[str]:
    """Do what is not there yet, and say after each piece how far it is."""
    left = [piece for piece in todo if load(piece, folder) is None]
    began = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        running = {pool.submit(_do, piece, folder): piece for piece in left}
        for done, future in enumerate(as_completed(running), start=1):
            future.result()
            minutes = (time.monotonic() - began) / done * (len(left) - done) / 60.0
            at = len(todo) - len(left) + done
            row = running[future].row
            yield f"{at} of {len(todo)} pieces, about {minutes:.0f} min left: {row}"


def _do(piece: Piece, folder: Path) -> None:
    """Make a piece and put it in its place in one step."""
    found = piece.made()
    file = piece.file(folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.tmp")
    with beside.open("wb") as out:
        np.savez_compressed(
            out,
            fingerprint=np.array(piece.fingerprint),
            **found,  # type: ignore[arg-type]
        )
    beside.replace(file)

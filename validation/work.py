"""The work in pieces: each written whole or not at all, so that a run can stop and go on.

A piece is some people of one cell, or of one model of the calibration. Its numbers depend on who
they are and on nothing else: not on the number of workers, nor on what was done before.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openldn import inference
from validation import engine, people, rivals, sbc
from validation.models import MODELS
from validation.study import Cell, Study

__all__ = ["PEOPLE", "Piece", "calibration_pieces", "engine_digest", "load", "pieces", "run"]

FloatArray = NDArray[np.float64]

# People of one piece: half a minute of work at most.
PEOPLE = 250
CALIBRATED = 50
# The first people of every cell take the route of one diary too.
ALSO_ALONE = 100
# Files whose text decides what an answer is.
SOURCES = ("bulk", "gaussian", "grid", "kernel", "mixture", "normal", "priors")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some people of one row.

    Attributes
    ----------
    row
        Id of the cell, or of the calibrated model.
    cell
        None for a piece of the calibration.
    """

    row: str
    first: int
    last: int
    cell: Cell | None = None

    @property
    def fingerprint(self) -> str:
        """What the numbers belong to; a file with another one is made anew."""
        what = self.cell.fingerprint() if self.cell else self.row
        return f"{what} {self.first} {self.last}"

    def file(self, folder: Path) -> Path:
        """Where its numbers are kept."""
        safe = "".join(
            c if c.isalnum() or c in "-=.,_" else "/" if c == "/" else "_" for c in self.row
        )
        return folder / f"{safe}/{self.first:05d}.npz"

    def made(self) -> dict[str, FloatArray]:
        """The numbers, `method.field` or quantity, (n,) each."""
        someone = range(self.first, self.last)
        if self.cell is None:
            seed = int.from_bytes(hashlib.sha256(self.row.encode()).digest()[:4], "big")
            return sbc.places(MODELS[self.row], seed=seed, people=someone)
        return _answers(self.cell, someone)


def _answers(cell: Cell, someone: range) -> dict[str, FloatArray]:
    trials = people.draw(cell.setting, seed=cell.seed, people=someone)
    found = {"truth": trials.beta}
    has_one_truth = cell.setting.effect is not None
    some = trials.first(ALSO_ALONE - someone.start) if has_one_truth else trials
    if len(some):
        found |= {f"alone.{name}": part for name, part in engine.alone(some).items()}
    if has_one_truth:
        found |= {f"openldn.{name}": part for name, part in engine.together(trials).items()}
    for pairs in cell.setting.looks:
        found[f"look{pairs}.p_benefit"] = engine.together(trials, pairs=pairs)["p_benefit"]
    if cell.has_rivals:
        for method, parts in rivals.estimates(trials).items():
            found |= {f"{method}.{name}": part for name, part in parts.items()}
    return found


def pieces(study: Study) -> list[Piece]:
    """All pieces of the cells, first pieces first, so that every cell grows at the same pace."""
    split = [
        Piece(row=cell.id, cell=cell, first=first, last=min(first + PEOPLE, cell.people))
        for cell in study.cells
        for first in range(0, cell.people, PEOPLE)
    ]
    return sorted(split, key=lambda piece: piece.first)


def calibration_pieces(study: Study) -> list[Piece]:
    """All pieces of the calibration."""
    return [
        Piece(row=name, first=first, last=min(first + CALIBRATED, study.fits))
        for name in MODELS
        for first in range(0, study.fits, CALIBRATED)
    ]


def engine_digest() -> str:
    """Fingerprint of the engine's source, kept beside every number."""
    folder = Path(inference.__file__).parent
    texts = [(folder / f"{name}.py").read_bytes() for name in SOURCES]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


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
        digest = engine_digest()
        running = {pool.submit(_do, piece, folder, digest): piece for piece in left}
        for done, future in enumerate(as_completed(running), start=1):
            future.result()
            minutes = (time.monotonic() - began) / done * (len(left) - done) / 60.0
            at = len(todo) - len(left) + done
            yield f"{at} of {len(todo)} pieces, about {minutes:.0f} min left: {running[future].row}"


def _do(piece: Piece, folder: Path, digest: str) -> None:
    """Make a piece and put it in its place in one step."""
    found = piece.made()
    file = piece.file(folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.tmp")
    with beside.open("wb") as out:
        np.savez_compressed(
            out,
            fingerprint=np.array(piece.fingerprint),
            engine=np.array(digest),
            **found,  # type: ignore[arg-type]
        )
    beside.replace(file)

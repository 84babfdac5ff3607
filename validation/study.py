"""The study as it is written down in `study.yaml`, read into values."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml

from validation import families
from validation.people import Setting

__all__ = ["Cell", "Gate", "Study", "read"]

FILE = Path(__file__).with_name("study.yaml")
# What decides how days are analysed, and not how they are made.
ANALYSIS = ("prior", "phi_prior", "looks", "transition_days")

_S = TypeVar("_S", Setting, families.Setting)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell(Generic[_S]):
    """One row of the study: a setting and how many people of it.

    Attributes
    ----------
    group, name
        Of the YAML file, and what distinguishes the cell within its group.
    gate
        `prior`, `fixed`, or "" where the numbers are printed as found.
    """

    group: str
    name: str
    setting: _S
    people: int
    gate: str
    has_rivals: bool

    @property
    def id(self) -> str:
        """Unique in the study."""
        return f"{self.group}/{self.name}"

    @property
    def seed(self) -> int:
        """From what makes the days: cells that differ only in the analysis meet the same people."""
        made = {k: v for k, v in asdict(self.setting).items() if k not in ANALYSIS}
        return zlib.crc32(repr(sorted(made.items())).encode())

    def fingerprint(self) -> str:
        """All that the days of its people depend on."""
        return f"{self.id} {self.has_rivals} {asdict(self.setting)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """Section 7 of the statistical contract, as numbers."""

    errors: float
    prior: Mapping[str, float]
    fixed: Mapping[str, Any]
    nothing: Mapping[str, float]

    def asks(self, cell: Cell[Any]) -> bool:
        """Whether the coverage of a cell of fixed truths is in the gate's scope."""
        if cell.gate != "fixed":
            return False
        setting = cell.setting
        left_out = self.fixed["out_of_scope"]
        if cell.group == left_out["group"] and setting.effect == left_out["effect"]:
            return False
        return any(
            all(getattr(setting, name) <= most for name, most in scope.items())
            for scope in self.fixed["scope"]
        )

    def asks_about_claims(self, cell: Cell[Any]) -> bool:
        """Whether a cell without an effect is held to the rate of false claims."""
        setting = cell.setting
        is_nothing = setting.effect == 0 and setting.phi <= self.nothing["phi"]
        return bool(cell.gate == "fixed" and is_nothing)


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """Everything in the file."""

    title: str
    aims: Sequence[str]
    groups: Mapping[str, str]
    cells: Sequence[Cell[Setting]]
    families: Sequence[Cell[families.Setting]]
    methods: Mapping[str, str]
    measures: Sequence[str]
    decision: float
    gate: Gate
    calibration: Mapping[str, float]

    @property
    def fits(self) -> int:
        """How many people of each model are calibrated."""
        return int(self.calibration["people"])


def read(path: Path = FILE) -> Study:
    """Read the file; a name that it misspells is a TypeError or a KeyError."""
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = text["data_generating_mechanisms"]
    return Study(
        title=text["title"],
        aims=text["aims"],
        groups={group["id"]: group["about"] for group in made["groups"] + made["families"]},
        cells=[cell for group in made["groups"] for cell in _gaussian(group, base=made["base"])],
        families=[cell for group in made["families"] for cell in _families(group)],
        methods=text["methods"],
        measures=text["performance_measures"],
        decision=text["decision"],
        gate=Gate(**text["gate"]),
        calibration=text["calibration"],
    )


def _gaussian(group: Mapping[str, Any], *, base: Mapping[str, Any]) -> Iterator[Cell[Setting]]:
    for name, varied in _named(group):
        values = {**base, **group.get("set", {}), **varied}
        setting = Setting(**values | {"looks": tuple(values.get("looks", ()))})
        yield Cell(setting=setting, name=name, **_common(group))


def _families(group: Mapping[str, Any]) -> Iterator[Cell[families.Setting]]:
    for name, varied in _named(group):
        setting = families.Setting(**{**group.get("set", {}), **varied})
        yield Cell(setting=setting, name=name, **_common(group))


def _named(group: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for varied in _combinations(group["vary"]):
        yield ",".join(f"{key}={value}" for key, value in varied.items()), varied


def _common(group: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "group": group["id"],
        "people": group["people"],
        "gate": group.get("gate", ""),
        "has_rivals": group.get("rivals", False),
    }


def _combinations(vary: Any) -> Iterator[dict[str, Any]]:
    """A mapping of lists, or a list of lists of mappings, as all their combinations."""
    if isinstance(vary, Mapping):
        vary = [[{key: value} for value in values] for key, values in vary.items()]
    for parts in product(*vary):
        yield {key: value for part in parts for key, value in part.items()}

"""The studies of LDN that were found, each with where it stands and how far it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from openldn.evidence._rows import Row, TableFault, read_rows
from openldn.tables import read_table

__all__ = [
    "Design",
    "Effect",
    "Input",
    "Pool",
    "Published",
    "Result",
    "Standing",
    "Study",
    "Verified",
    "negative_first",
    "pools",
    "published",
    "read_studies",
    "studies",
]

FILE = "studies.toml"
_IS_RATIO = "RR"


class Verified(StrEnum):
    """What of a study was read."""

    FULL_TEXT = "full-text"
    ABSTRACT = "abstract"
    SECONDARY = "secondary"


class Result(StrEnum):
    """What a study says about gain, the unwelcome first: the order in which readers see them."""

    NO_GAIN = "no-gain"
    NO_CHANGE = "no-change"
    MIXED = "mixed"
    GAIN = "gain"
    UNCONTROLLED = "uncontrolled"
    SAFETY = "safety"
    LABORATORY = "laboratory"
    NONE = "none"


class Design(StrEnum):
    """How a study was built."""

    PARALLEL = "parallel"
    CROSSOVER = "crossover"
    FIXED_ORDER = "fixed-order"
    DOSE_FINDING = "dose-finding"
    SINGLE_ARM = "single-arm"
    CHART_REVIEW = "chart-review"
    REGISTER = "register"
    SURVEY = "survey"
    CASE_SERIES = "case-series"
    CASE_REPORT = "case-report"
    POOLED = "pooled"
    REVIEW = "review"
    REANALYSIS = "reanalysis"
    EXPERT = "expert"
    LABORATORY = "laboratory"
    ANIMAL = "animal"
    PROTOCOL = "protocol"
    REGISTERED = "registered"


class Standing(StrEnum):
    """What a pooled figure of others is worth."""

    BEST = "best"
    USABLE = "usable"
    WEAK = "weak"
    LEFT_OUT = "left out"


_NOT_CLINICAL = {Design.LABORATORY, Design.ANIMAL, Design.PROTOCOL, Design.REGISTERED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """The main figure of a study as printed: LDN minus what it was compared with, or a ratio."""

    measure: str
    estimate: float
    low: float | None
    high: float | None
    p: str
    unconfirmed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """One study. None and "" stand for what was not in what we read; nothing is filled in."""

    id: str
    title: str
    is_title_exact: bool
    called: str
    first_author: str
    year: int | None
    journal: str
    pmid: str
    doi: str
    registry: str
    url: str
    condition: str
    design: Design
    is_randomised: bool
    blind: str
    compared_with: str
    randomised: int | None
    analysed: int | None
    dose_mg: str
    weeks: str
    outcome: str
    result: Result
    found: str
    harms: str
    limits: str
    verified: Verified
    unconfirmed: tuple[str, ...]
    disputed: str
    disputed_by: str
    effect: Effect | None

    @property
    def name(self) -> str:
        """The study as a reader cites it: Younger 2013, INNOVA 2026."""
        return self.called or f"{self.first_author.rpartition(' ')[0]} {self.year}"

    @property
    def identifier(self) -> str:
        """PMID and DOI, or what stands in their place."""
        known = [f"PMID {self.pmid}" if self.pmid else "", f"doi:{self.doi}" if self.doi else ""]
        return ", ".join(filter(None, known)) or self.registry or self.url

    @property
    def is_clinical(self) -> bool:
        """Whether it tells what happened to people; a plan of a trial does not."""
        return self.design not in _NOT_CLINICAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One study's part of a pooled figure: estimate, standard error and their origin."""

    study: str
    estimate: float
    error: float
    basis: str
    unconfirmed: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Studies that we pool. The result is computed, never stored."""

    id: str
    title: str
    condition: str
    measure: str
    about: str
    spread_scale: float
    inputs: tuple[Input, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A figure that others pooled."""

    study: str
    measure: str
    estimate: float
    low: float
    high: float
    standing: Standing
    remark: str


@cache
def studies() -> dict[str, Study]:
    """Every study, by its id."""
    return read_studies(read_table(FILE))


@cache
def pools() -> dict[str, Pool]:
    """What we pool, by its id."""
    return read_rows(read_table(FILE), file=FILE, kind="pool", build=_pool)


@cache
def published() -> tuple[Published, ...]:
    """What others pooled."""
    text = read_table(FILE)
    rows = read_rows(text, file=FILE, kind="published", build=_published, key="study")
    return tuple(rows.values())


def read_studies(text: str, *, file: str = FILE) -> dict[str, Study]:
    """Read the rows `[[study]]` of a table.

    Raises
    ------
    TableFault
        For a row without a source, or with a value that cannot be right.
    """
    found = read_rows(text, file=file, kind="study", build=_study)
    for study in found.values():
        if study.disputed_by and study.disputed_by not in found:
            raise TableFault(f"{file}, study {study.id}: no study {study.disputed_by!r}")
    return found


def negative_first(ids: tuple[str, ...]) -> tuple[Study, ...]:
    """Put the studies in the order in which a reader sees them: those without a gain first."""
    order = list(Result)
    return tuple(sorted((studies()[i] for i in ids), key=lambda study: order.index(study.result)))


def _study(row: Row) -> Study:
    study = Study(
        id=row.text("id"),
        title=row.text("title"),
        is_title_exact=row.flag("is_title_exact"),
        called=row.optional_text("called"),
        first_author=row.optional_text("first_author"),
        year=row.whole("year", least=1950, most=2026),
        journal=row.text("journal"),
        pmid=row.matching("pmid", r"\d{1,9}"),
        doi=row.matching("doi", r"10\.\d{4,9}/\S+"),
        registry=row.optional_text("registry"),
        url=row.url("url"),
        condition=row.text("condition"),
        design=row.choice("design", Design),
        is_randomised=row.flag("is_randomised"),
        blind=row.matching("blind", "double|single|none"),
        compared_with=row.optional_text("compared_with"),
        randomised=row.whole("randomised", least=1, most=1_000_000),
        analysed=row.whole("analysed", least=1, most=1_000_000),
        dose_mg=row.optional_text("dose_mg"),
        weeks=row.matching("weeks", r"\d+(?: (?:to|and) \d+)?"),
        outcome=row.text("outcome"),
        result=row.choice("result", Result),
        found=row.text("found"),
        harms=row.optional_text("harms"),
        limits=row.text("limits"),
        verified=row.choice("verified", Verified),
        unconfirmed=row.texts("unconfirmed"),
        disputed=row.optional_text("disputed"),
        disputed_by=row.optional_text("disputed_by"),
        effect=next((_effect(inner) for inner in row.inner("effect")), None),
    )
    if study.randomised and study.analysed and study.analysed > study.randomised:
        raise row.fault(f"analysed {study.analysed} of {study.randomised} people")
    if not study.called and not (study.first_author and study.year):
        raise row.fault("neither author and year nor a name to call it by")
    if bool(study.disputed) != bool(study.disputed_by):
        raise row.fault("disputed and disputed_by belong together")
    return study


def _effect(row: Row) -> Effect:
    measure = row.text("measure")
    least = 0.0 if measure.startswith(_IS_RATIO) else -1_000.0
    effect = Effect(
        measure=measure,
        estimate=row.number("estimate", least=least, most=1_000),
        low=row.optional_number("low", least=least, most=1_000),
        high=row.optional_number("high", least=least, most=1_000),
        p=row.matching("p", r"<?0?\.\d+"),
        unconfirmed=row.optional_text("unconfirmed"),
    )
    _check_range(row, effect.estimate, effect.low, effect.high)
    row.done()
    return effect


def _check_range(row: Row, estimate: float, low: float | None, high: float | None) -> None:
    if (low is None) != (high is None):
        raise row.fault("a range with one end")
    if low is not None and high is not None and not low <= estimate <= high:
        raise row.fault(f"{estimate} lies outside its own range {low} to {high}")


def _pool(row: Row) -> Pool:
    return Pool(
        id=row.text("id"),
        title=row.text("title"),
        condition=row.text("condition"),
        measure=row.text("measure"),
        about=row.text("about"),
        spread_scale=row.number("spread_scale", least=0.01, most=10),
        inputs=tuple(_input(inner) for inner in row.inner("input")),
    )


def _input(row: Row) -> Input:
    found = Input(
        study=_known_study(row),
        estimate=row.number("estimate", least=-10, most=10),
        error=row.number("error", least=0.001, most=10),
        basis=row.text("basis"),
        unconfirmed=row.optional_text("unconfirmed"),
    )
    if studies()[found.study].disputed:
        raise row.fault(f"{found.study} is disputed and is not pooled")
    row.done()
    return found


def _published(row: Row) -> Published:
    found = Published(
        study=_known_study(row),
        measure=row.text("measure"),
        estimate=row.number("estimate", least=-10, most=10),
        low=row.number("low", least=-10, most=10),
        high=row.number("high", least=-10, most=10),
        standing=row.choice("standing", Standing),
        remark=row.text("remark"),
    )
    _check_range(row, found.estimate, found.low, found.high)
    return found


def _known_study(row: Row) -> str:
    study = row.text("study")
    if study not in studies():
        raise row.fault(f"no study {study!r}")
    return study

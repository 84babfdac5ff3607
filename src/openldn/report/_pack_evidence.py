"""What studies say about one condition, as the pack prints it: those without a gain first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openldn.evidence.claims import Claim, Verdict, claims
from openldn.evidence.conditions import Condition
from openldn.evidence.forest import forest
from openldn.evidence.safety_rules import Source
from openldn.evidence.studies import Pool, Study, negative_first, pools, studies
from openldn.evidence.words import CERTAINTIES, DESIGNS, RESULTS, VERIFIED, marked
from openldn.report.words import number

__all__ = ["References", "evidence_data"]

# Dreams stand here because they can give away the capsule of a blinded trial.
_HARMS = {
    "side-effects-minimal-rare": "All kinds",
    "low-risk-vs-others": "Beside other choices",
    "se-vivid-dreams": "Vivid dreams",
}


class References:
    """The numbered list of sources, in the order in which they are first named."""

    def __init__(self) -> None:
        """Begin an empty list."""
        self._texts: dict[str, str] = {}

    def study(self, study_id: str) -> str:
        """Name a study; return its mark in the text."""
        return self._mark(f"study:{study_id}", _cited(studies()[study_id]))

    def source(self, source: Source) -> str:
        """Name the source of a safety rule; return its mark in the text."""
        known = [
            f"PMID {source.pmid}" if source.pmid else "",
            f"doi:{source.doi}" if source.doi else "",
        ]
        found = ", ".join(filter(None, known)) or source.url
        text = f"{source.citation}. {found}" if found else f"{source.citation}."
        return self._mark(f"source:{source.id}", text)

    @property
    def texts(self) -> list[str]:
        """The sources, the first one first."""
        return list(self._texts.values())

    def _mark(self, key: str, text: str) -> str:
        self._texts.setdefault(key, text)
        return f"[{list(self._texts).index(key) + 1}]"


def evidence_data(condition: Condition, references: References) -> dict[str, Any]:
    """Give the words and the table of studies of a condition."""
    found = negative_first(condition.studies)
    rows = [_row(study, references) for study in found]  # the numbers follow the table
    return {
        "verdict": _verdict(condition),
        "points": list(_points(condition, references)),
        "rows": rows,
        "harms": list(_harms(references)),
    }


def _claim(condition: Condition) -> Claim | None:
    return next((c for c in claims().values() if c.condition == condition.id), None)


def _verdict(condition: Condition) -> str:
    claim = _claim(condition)
    level = f"{condition.level[:1].upper()}{condition.level[1:]}."
    if claim is None:
        return level
    verdict = f"{marked(claim.verdict)} ({CERTAINTIES[claim.certainty]})."
    return verdict if claim.verdict is Verdict.NOT_STUDIED else f"{verdict} {level}"


def _points(condition: Condition, references: References) -> Iterator[str]:
    claim = _claim(condition)
    # Where nothing was found, the claim tells how far the search went.
    yield claim.why if claim and not condition.studies else condition.evidence
    for pool in pools().values():
        if pool.condition == condition.id:
            yield _pooled(pool, references)


def _pooled(pool: Pool, references: References) -> str:
    """Tell a pooled figure; it is computed here and stands nowhere else."""
    bayesian = forest(pool).bayesian
    low, high = bayesian.average.low, bayesian.average.high
    new_low, new_high = bayesian.prediction
    marks = "".join(references.study(one.study) for one in pool.inputs)
    unconfirmed = " Unconfirmed in part." if any(one.unconfirmed for one in pool.inputs) else ""
    return (
        f"{pool.title}, pooled {marks}: {pool.measure} {number(bayesian.average.estimate, 2)}"
        f" ({number(low, 2)} to {number(high, 2)}); in a new trial {number(new_low, 2)} to"
        f" {number(new_high, 2)}. Below zero is less pain on LDN.{unconfirmed}"
    )


def _row(study: Study, references: References) -> list[str]:
    people = study.analysed or study.randomised
    details = [
        DESIGNS[study.design],
        f"{people} people" if people else "",
        f"mg: {study.dose_mg}" if study.dose_mg else "",
        f"weeks: {study.weeks}" if study.weeks else "",
        VERIFIED[study.verified],
    ]
    found = study.found
    if study.unconfirmed:
        found += f" Unconfirmed: {' '.join(study.unconfirmed)}"
    return [
        f"{_name(study)} {references.study(study.id)}",
        f"{RESULTS[study.result]}",
        found,
        "; ".join(filter(None, details)),
    ]


def _harms(references: References) -> Iterator[str]:
    for claim_id, name in _HARMS.items():
        claim = claims()[claim_id]
        marks = "".join(references.study(study) for study in claim.studies)
        unconfirmed = f" Unconfirmed: {' '.join(claim.unconfirmed)}" if claim.unconfirmed else ""
        yield f"{name}: {claim.why}{unconfirmed} {marks}"


def _name(study: Study) -> str:
    return f"{study.name}, disputed" if study.disputed else study.name


def _cited(study: Study) -> str:
    author = f"{study.first_author}. " if study.first_author else ""
    about = "" if study.is_title_exact else " (our words: the title was not seen)"
    year = f" {study.year}" if study.year else ""
    disputed = " Disputed." if study.disputed else ""
    return f"{author}{study.title}{about}. {study.journal}{year}.{disputed} {study.identifier}"

"""The five references of the patient's story, and what each of them probably is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from openldn.evidence._rows import Row, read_rows
from openldn.evidence.studies import studies
from openldn.tables import read_table

__all__ = ["HowSure", "Reference", "read_references", "references"]

FILE = "references.toml"


class HowSure(StrEnum):
    """How sure we are that this is the paper that was meant."""

    HIGH = "high"
    MODERATE = "moderate"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One reference, as printed and as resolved."""

    id: str
    as_printed: str
    authors: str
    title: str
    printed_in: str
    pmid: str
    doi: str
    certainty: HowSure
    basis: str
    what_it_is: str
    is_about_people_on_ldn: bool
    study: str
    related: tuple[str, ...]
    unconfirmed: tuple[str, ...]

    @property
    def url(self) -> str:
        """Where a reader finds it, "" when it was not found."""
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def identifier(self) -> str:
        """PMID and DOI, "" when neither is known."""
        known = [f"PMID {self.pmid}" if self.pmid else "", f"doi:{self.doi}" if self.doi else ""]
        return ", ".join(filter(None, known))


@cache
def references() -> dict[str, Reference]:
    """Every reference, by its id."""
    return read_references(read_table(FILE))


def read_references(text: str, *, file: str = FILE) -> dict[str, Reference]:
    """Read the rows `[[reference]]` of a table."""
    return read_rows(text, file=file, kind="reference", build=_reference)


def _reference(row: Row) -> Reference:
    reference = Reference(
        id=row.text("id"),
        as_printed=row.text("as_printed"),
        authors=row.optional_text("authors"),
        title=row.optional_text("title"),
        printed_in=row.text("printed_in"),
        pmid=row.matching("pmid", r"\d{1,9}"),
        doi=row.matching("doi", r"10\.\d{4,9}/\S+"),
        certainty=row.choice("certainty", HowSure),
        basis=row.text("basis"),
        what_it_is=row.text("what_it_is"),
        is_about_people_on_ldn=row.flag("is_about_people_on_ldn"),
        study=row.optional_text("study"),
        related=row.texts("related"),
        unconfirmed=row.texts("unconfirmed"),
    )
    is_found = reference.certainty is not HowSure.NOT_FOUND
    if is_found != bool(reference.title):
        raise row.fault("a title belongs to a reference that was found, and to each of them")
    if reference.certainty is HowSure.HIGH and not reference.url:
        raise row.fault("no PMID and no DOI: no row without a source")
    if not reference.url and not reference.unconfirmed:
        raise row.fault("neither a source nor the word unconfirmed")
    if reference.study and reference.study not in studies():
        raise row.fault(f"no study {reference.study!r}")
    return reference

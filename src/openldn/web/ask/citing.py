"""Sources as a reader gets them: who, what, where, and links by PMID or DOI."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from openldn.evidence.references import Reference
from openldn.evidence.studies import Study, negative_first
from openldn.evidence.words import RESULTS, VERIFIED

__all__ = ["Citation", "Link", "all_of", "identifiers", "linked", "of_reference", "of_study"]

_ADDRESS = re.compile(r"(?:,| at)? ?(https://\S+)$")
_UNSHOWN = re.compile(r"^not\b")
_DOI = re.compile(r", doi (10\.\S+)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """Words that lead somewhere; without an address they stand alone."""

    words: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """One paper, or what stands in its place."""

    name: str
    authors: str
    title: str
    about_title: str
    printed_in: str
    links: tuple[Link, ...]
    note: str = ""


def of_study(study: Study, *, with_result: bool) -> Citation:
    """Cite a study, with what it found on gain or without."""
    read = VERIFIED[study.verified].capitalize()
    return Citation(
        name=f"{study.name}, disputed" if study.disputed else study.name,
        authors=study.first_author,
        title=study.title,
        about_title="" if study.is_title_exact else "our words: the title was not seen",
        printed_in=f"{study.journal} ({study.year})" if study.year else study.journal,
        links=identifiers(pmid=study.pmid, doi=study.doi, url=study.url, other=study.registry),
        note=f"{read}; result: {RESULTS[study.result]}" if with_result else read,
    )


def of_reference(reference: Reference) -> Citation:
    """Cite a paper that the story names."""
    related = (
        Link(words=f"discussed in paper {number}", url=url)
        for number, url in enumerate(reference.related, start=1)
    )
    return Citation(
        name=reference.as_printed,
        authors=_UNSHOWN.sub("Authors not", reference.authors),
        title=reference.title,
        about_title="",
        printed_in=reference.printed_in,
        links=(*identifiers(pmid=reference.pmid, doi=reference.doi), *related),
    )


def all_of(ids: Iterable[str], *, with_result: bool = True) -> tuple[Citation, ...]:
    """Cite studies, each once, those without a gain first."""
    found = negative_first(tuple(dict.fromkeys(ids)))
    return tuple(of_study(study, with_result=with_result) for study in found)


def identifiers(
    *, pmid: str = "", doi: str = "", url: str = "", other: str = ""
) -> tuple[Link, ...]:
    """Link by PMID and by DOI; without either, by whatever address there is."""
    links = []
    if pmid:
        links.append(Link(words=f"PMID {pmid}", url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"))
    if doi:
        links.append(Link(words=f"doi:{doi}", url=f"https://doi.org/{doi}"))
    if not links and url:
        links.append(Link(words=other or _site(url), url=url))
    return tuple(links)


def linked(source: str) -> Link:
    """Make a link of a source that is written in one line and ends in an address or a DOI."""
    if found := _ADDRESS.search(source):
        return Link(words=source[: found.start()], url=found[1])
    if found := _DOI.search(source):
        return Link(words=source, url=f"https://doi.org/{found[1]}")
    return Link(words=source)


def _site(url: str) -> str:
    return url.split("/")[2].removeprefix("www.")

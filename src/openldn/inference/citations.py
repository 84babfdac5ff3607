"""The papers behind an answer, so that every report can say what it rests on."""

from collections.abc import Iterable

from openldn.evidence.studies import Study

__all__ = ["citations_of"]

_ALWAYS = (
    "Vohra S and others. CONSORT extension for reporting N-of-1 trials (CENT) 2015 statement. BMJ"
    " 2015;350:h1738. doi:10.1136/bmj.h1738",
    "Harvey AC. Forecasting, Structural Time Series Models and the Kalman Filter. Cambridge"
    " University Press, 1989 (the scalar filter that removes the memory of the days).",
    "Cornuet J-M and others. Adaptive multiple importance sampling. Scandinavian Journal of"
    " Statistics 2012;39:798-812. doi:10.1111/j.1467-9469.2011.00756.x",
)


def citations_of(studies: Iterable[Study]) -> tuple[str, ...]:
    """The methods used, and the studies that the prior rests on."""
    found = (f"{one.name}. {one.title}. {one.journal}. {one.identifier}" for one in studies)
    return (*_ALWAYS, *dict.fromkeys(found))

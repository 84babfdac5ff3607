"""What studies let one expect of an effect before a diary is read: the prior `evidence`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from openldn.evidence._rows import Row, read_rows
from openldn.evidence.conditions import catalogue
from openldn.evidence.studies import FILE, Pool, Study, negative_first, pools
from openldn.protocol.outcomes import Better, Outcome
from openldn.tables import read_table

__all__ = ["EffectPrior", "effect_prior", "effect_priors", "read_effect_priors"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EffectPrior:
    """The average difference on LDN in one outcome of one condition, and how sure that is.

    Attributes
    ----------
    mean, error
        The average and its standard error, in points of the outcome; negative = lower score.
    spread
        Standard deviation between people, in points: an assumption.
    other_spreads
        What else it could be; printed beside it.
    pool
        The studies behind the average.
    """

    id: str
    condition: str
    outcome: str
    scale: tuple[float, float]
    better: Better
    mean: float
    error: float
    spread: float
    other_spreads: tuple[float, ...]
    pool: Pool
    basis: str
    unconfirmed: tuple[str, ...]

    @property
    def studies(self) -> tuple[Study, ...]:
        """The studies behind it, those without a gain first."""
        return negative_first(tuple(one.study for one in self.pool.inputs))

    def fits(self, outcome: Outcome) -> bool:
        """Whether an outcome is the one that was measured: name, scale and direction."""
        return (self.outcome, self.scale, self.better) == (
            outcome.id,
            (outcome.minimum, outcome.maximum),
            outcome.better,
        )


@cache
def effect_priors() -> dict[str, EffectPrior]:
    """Every prior that rests on studies, by its id."""
    return read_effect_priors(read_table(FILE))


def effect_prior(conditions: Collection[str], outcome: Outcome) -> EffectPrior | None:
    """Find the prior of an outcome in one of the conditions; None where no study gives one."""
    known = effect_priors().values()
    return next((one for one in known if one.condition in conditions and one.fits(outcome)), None)


def read_effect_priors(text: str, *, file: str = FILE) -> dict[str, EffectPrior]:
    """Read the rows `[[prior]]` of a table.

    Raises
    ------
    TableFault
        For a row that rests on no known pool or condition, or with a value that cannot be right.
    """
    return read_rows(text, file=file, kind="prior", build=_prior)


def _prior(row: Row) -> EffectPrior:
    scale = row.numbers("scale", length=2)
    pool, condition = row.text("pool"), row.text("condition")
    if not scale or scale[0] >= scale[1]:
        raise row.fault("scale has to be its lowest and its highest answer")
    if pool not in pools():
        raise row.fault(f"no pool {pool!r}: no row without a source")
    if condition not in {one.id for one in catalogue()} or condition != pools()[pool].condition:
        raise row.fault(f"condition {condition!r} is not the one of the pool")
    width = scale[1] - scale[0]
    return EffectPrior(
        id=row.text("id"),
        condition=condition,
        outcome=row.text("outcome"),
        scale=(scale[0], scale[1]),
        better=row.choice("better", Better),
        mean=row.number("mean", least=-width, most=width),
        error=row.number("error", least=0.001, most=width),
        spread=row.number("spread", least=0.001, most=width),
        other_spreads=row.numbers("other_spreads", length=2),
        pool=pools()[pool],
        basis=row.text("basis"),
        unconfirmed=row.texts("unconfirmed"),
    )

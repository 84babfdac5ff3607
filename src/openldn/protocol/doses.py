"""Exact doses: whole micrograms inside, milligrams as decimals outside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

__all__ = ["MAX_DAILY", "NOTHING", "Dose"]

_UG_PER_MG = 1000
# A dose above a kilogram, or one written with more digits than any scale shows, is a slip or an
# attack; it is refused before any exact arithmetic on it.
_LARGEST_EXPONENT = 6
_SMALLEST_EXPONENT = -60


@dataclass(frozen=True, order=True, slots=True)
class Dose:
    """An amount of naltrexone, exact to the microgram and never negative."""

    ug: int

    def __post_init__(self) -> None:
        if self.ug < 0:
            raise ValueError(f"a dose cannot be negative: {self.ug} micrograms")

    @classmethod
    def from_mg(cls, mg: str | int | Decimal | float) -> Dose:
        """Read milligrams, exactly as written.

        Raises
        ------
        ValueError
            When the amount is not a number, negative, not finite or finer than one microgram.
        """
        amount = _exact(mg)
        ug = Fraction(amount) * _UG_PER_MG
        if ug.denominator != 1:
            raise ValueError(f"{mg} mg is finer than one microgram (0.001 mg)")
        return cls(ug.numerator)

    @property
    def mg(self) -> Decimal:
        """Milligrams, without trailing zeros: ``Decimal("1.5")``."""
        whole, rest = divmod(self.ug, _UG_PER_MG)
        return Decimal(f"{whole}.{rest:03d}".rstrip("0").rstrip("."))

    @property
    def text(self) -> str:
        """The dose as it is read aloud: ``"1.5 mg"``."""
        return f"{self.mg} mg"

    def part(self, fraction: Fraction) -> Dose:
        """Return a fraction of this dose.

        Raises
        ------
        ValueError
            When that part is not a whole number of micrograms.
        """
        ug = self.ug * fraction
        if ug.denominator != 1:
            raise ValueError(f"{fraction} of {self.text} is not a whole number of micrograms")
        return Dose(ug.numerator)


def _exact(mg: str | int | Decimal | float) -> Decimal:
    text = str(mg).strip()
    if isinstance(mg, bool) or "_" in text or not text.isascii():
        raise ValueError(f"{mg!r} is not a number of milligrams")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{mg!r} is not a number of milligrams") from None
    if not amount.is_finite():
        raise ValueError(f"{mg!r} is not a finite number of milligrams")
    if amount < 0:
        raise ValueError(f"a dose cannot be negative: {mg} mg")
    if amount and amount.adjusted() > _LARGEST_EXPONENT:
        raise ValueError(f"{text[:40]} mg is far too large to be a dose")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < _SMALLEST_EXPONENT:
        raise ValueError(f"{text[:40]} mg is finer than one microgram (0.001 mg)")
    return amount if amount else Decimal(0)


NOTHING = Dose(0)
# safety.yaml `dose-cap`: the program's daily limit for plans and live entry.
MAX_DAILY = Dose(4500)

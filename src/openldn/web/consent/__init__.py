"""What a person agreed to, for one purpose at a time, and took back as easily."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from openldn.web.access.models import Person

__all__ = ["give", "given", "withdraw"]

# Django reads this package before its tables exist, so they are asked for where they are used.


def given(person: Person, purpose: str) -> bool:
    """Tell whether a person agrees to a purpose now: to what its text says now."""
    from openldn.web.consent import keeping

    return keeping.is_given(person, purpose)


def give(person: Person, purpose: str, *, now: datetime) -> None:
    """Keep that a person agrees to the present text of a purpose."""
    from openldn.web.consent import keeping

    keeping.add(person, purpose, is_given=True, now=now)


def withdraw(person: Person, purpose: str, *, now: datetime) -> None:
    """Keep that a person does not agree to a purpose any more."""
    from openldn.web.consent import keeping

    keeping.add(person, purpose, is_given=False, now=now)

"""What is known about LDN outside this one person: studies, claims, conditions, side effects.

Every row names its source, and says what of it is unconfirmed. The tables themselves are given by
the modules: `openldn.evidence.studies.studies()`, `openldn.evidence.claims.claims()` and so on.
"""

from openldn.evidence.claims import Claim, Passage, story
from openldn.evidence.conditions import (
    Condition,
    Instrument,
    Question,
    catalogue,
    find,
    instruments,
    nearest,
)
from openldn.evidence.references import Reference
from openldn.evidence.side_effects import SideEffect
from openldn.evidence.studies import Pool, Published, Study, pools, published

__all__ = [
    "Claim",
    "Condition",
    "Instrument",
    "Passage",
    "Pool",
    "Published",
    "Question",
    "Reference",
    "SideEffect",
    "Study",
    "catalogue",
    "find",
    "instruments",
    "nearest",
    "pools",
    "published",
    "story",
]

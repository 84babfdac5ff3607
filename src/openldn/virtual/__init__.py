"""Virtual people and virtual trials: made-up diaries, and how likely a plan is to give an answer.

The room is not called `design`, because `from openldn import design` is a function
(`docs/adr/0008`).
"""

from openldn.virtual.assumptions import Assumptions
from openldn.virtual.null_trials import null_trials
from openldn.virtual.simulate import Simulated, simulate
from openldn.virtual.study import Study, design
from openldn.virtual.telling import sentences, table

__all__ = [
    "Assumptions",
    "Simulated",
    "Study",
    "design",
    "null_trials",
    "sentences",
    "simulate",
    "table",
]

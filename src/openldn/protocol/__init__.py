"""The medicine's rules: doses, plan, calendar, randomisation sets, seal, stop rules, safety gate.

Standard library only, and no clock, no files, no chance, no network: whoever reads the rules can
read and test them with nothing else. Time and chance arrive as arguments.
"""

from openldn.protocol.calendar import Phase, PlannedDay, calendar, planned_on
from openldn.protocol.doses import MAX_DAILY, Dose
from openldn.protocol.outcomes import (
    Better,
    Family,
    Outcome,
    Role,
    default_family,
    parse_outcome_option,
)
from openldn.protocol.plan import (
    Acts,
    Analysis,
    Arm,
    Design,
    Drug,
    Estimand,
    Kind,
    LadderStep,
    Period,
    Person,
    Plan,
    Prescriber,
    RampStep,
    Scheme,
    StopRule,
    Strategy,
)
from openldn.protocol.problems import InputError, Problem
from openldn.protocol.stop_rules import (
    MetRule,
    RecordedDay,
    WatchedOn,
    WatchedRule,
    met_rules,
    unsettled_rules,
    watched_rules,
)

__all__ = [
    "MAX_DAILY",
    "Acts",
    "Analysis",
    "Arm",
    "Better",
    "Design",
    "Dose",
    "Drug",
    "Estimand",
    "Family",
    "InputError",
    "Kind",
    "LadderStep",
    "MetRule",
    "Outcome",
    "Period",
    "Person",
    "Phase",
    "Plan",
    "PlannedDay",
    "Prescriber",
    "Problem",
    "RampStep",
    "RecordedDay",
    "Role",
    "Scheme",
    "StopRule",
    "Strategy",
    "WatchedOn",
    "WatchedRule",
    "calendar",
    "default_family",
    "met_rules",
    "parse_outcome_option",
    "planned_on",
    "unsettled_rules",
    "watched_rules",
]

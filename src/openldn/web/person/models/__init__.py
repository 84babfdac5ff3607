"""What is remembered of one person's trials."""

from openldn.web.person.models.answer import Answer
from openldn.web.person.models.decision import Decision
from openldn.web.person.models.entry import Entry
from openldn.web.person.models.medicine_note import MedicineNote
from openldn.web.person.models.pause import Pause
from openldn.web.person.models.period_answer import PeriodAnswer
from openldn.web.person.models.period_guess import PeriodGuess
from openldn.web.person.models.safety_check import SafetyCheck
from openldn.web.person.models.told import Told
from openldn.web.person.models.trial import Trial

__all__ = [
    "Answer",
    "Decision",
    "Entry",
    "MedicineNote",
    "Pause",
    "PeriodAnswer",
    "PeriodGuess",
    "SafetyCheck",
    "Told",
    "Trial",
]

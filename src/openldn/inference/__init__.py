"""From plan and diary to the answer: a Bayesian summary with honest uncertainty."""

from openldn.inference.analysis import analyse
from openldn.inference.answer import Answer, Design, LevelAnswer, OutcomeAnswer
from openldn.inference.blinding import Said
from openldn.inference.grade import Conduct, Grade, Guess, Reason
from openldn.inference.mixture import Mixture, Summary
from openldn.inference.refusal import AnalysisRefused

__all__ = [
    "AnalysisRefused",
    "Answer",
    "Conduct",
    "Design",
    "Grade",
    "Guess",
    "LevelAnswer",
    "Mixture",
    "OutcomeAnswer",
    "Reason",
    "Said",
    "Summary",
    "analyse",
]

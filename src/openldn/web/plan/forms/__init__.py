"""The forms of the steps, and of what is noted about a frozen plan."""

from openldn.web.plan.forms.agreement import AgreeForm, FreezeForm, StartForm
from openldn.web.plan.forms.amendment import AmendmentForm
from openldn.web.plan.forms.base import StepForm
from openldn.web.plan.forms.condition import ConditionForm
from openldn.web.plan.forms.design import DesignForm
from openldn.web.plan.forms.doses import DoseForm
from openldn.web.plan.forms.expectation import ExpectationForm
from openldn.web.plan.forms.scores import MattersForm, WordsForm, WorthForm

__all__ = [
    "AgreeForm",
    "AmendmentForm",
    "ConditionForm",
    "DesignForm",
    "DoseForm",
    "ExpectationForm",
    "FreezeForm",
    "MattersForm",
    "StartForm",
    "StepForm",
    "WordsForm",
    "WorthForm",
]

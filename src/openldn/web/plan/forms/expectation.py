"""What is expected of LDN, before the first day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openldn.web import typed
from openldn.web.plan.models import Expectation
from openldn.web.plan.models.expectation import LONGEST_WHY

__all__ = ["ExpectationForm"]

_ASKED = [one for one in Expectation.Said.choices if one[0] != Expectation.Said.SKIPPED]


class ExpectationForm(forms.Form):
    """Better, the same or worse; how sure; and why."""

    said = forms.ChoiceField(
        label=_("On LDN, compared with without it, I expect to feel"),
        choices=_ASKED,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, or leave the question out.")},
    )
    sure = forms.TypedChoiceField(
        label=_("How sure are you? 0 is not at all, 10 is quite sure"),
        choices=[("", _("Choose")), *((number, str(number)) for number in range(11))],
        coerce=int,
        error_messages={"required": _("Choose how sure you are, from 0 to 10.")},
    )
    why = forms.CharField(
        label=_("Why? You may leave this empty"),
        required=False,
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_why(self) -> str:
        """Keep every letter and line."""
        return typed.kept(self.cleaned_data["why"])

    def given(self) -> dict[str, Any]:
        """Give the answer, once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("said", "sure", "why")}

"""Step 1: what LDN would be for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openldn.evidence.conditions import catalogue
from openldn.evidence.outcomes import refused
from openldn.web.languages.tables import said
from openldn.web.plan.forms.base import StepForm
from openldn.web.plan.suggestions import conditions_of

__all__ = ["ConditionForm"]

_FIELDS = ("first", "second", "third")
_LABELS = (_("I live with"), _("and with"), _("and with"))


class ConditionForm(StepForm):
    """Up to three conditions. None is an answer too."""

    def build(self) -> None:
        """Offer the catalogue three times."""
        names = sorted(
            ((one.id, said(one.name)) for one in catalogue()), key=lambda one: one[1].lower()
        )
        held = [*self.answers.get("conditions", ()), "", "", ""]
        for name, label, value in zip(_FIELDS, _LABELS, held, strict=False):
            none = _("None of these, or I leave it out") if name == "first" else _("Nothing more")
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[("", none), *names], required=False, initial=value
            )

    def clean(self) -> dict[str, Any]:
        """Refuse conditions for which no plan is made, each with its reason."""
        cleaned = super().clean() or {}
        for name in _FIELDS:
            for condition in conditions_of([cleaned.get(name, "")]):
                if found := refused(condition):
                    self.add_error(name, f"{said(found.why)} {said(found.todo)}")
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Give each condition once."""
        chosen = (self.cleaned_data[name] for name in _FIELDS)
        return {"conditions": list(dict.fromkeys(filter(None, chosen)))}

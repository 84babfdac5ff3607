"""Step 6: the design, and how long its drawn part is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from openldn.protocol.plan import Kind
from openldn.web.plan.forms.base import StepForm
from openldn.web.plan.making import plan_of

__all__ = ["DesignForm"]

_PAIRS = range(2, 7)
_WEEKS = range(2, 7)
_OFFERED = {"pairs": _PAIRS, "weeks": _WEEKS}
FIRST = {"pairs": 4, "weeks": 3}  # standards.md 2.2


class DesignForm(StepForm):
    """One kind out of five; pairs and weeks count where an order is drawn."""

    kind = forms.ChoiceField(
        label=_("Choose a plan"),
        choices=[(kind.value, kind.value) for kind in Kind],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the five plans."),
            "invalid_choice": _("Choose one of the five plans."),
        },
    )
    pairs = forms.TypedChoiceField(
        label=_("Pairs of periods"),
        choices=[(number, str(number)) for number in _PAIRS],
        coerce=int,
    )
    weeks = forms.TypedChoiceField(
        label=_("Weeks in each period"),
        choices=[(number, str(number)) for number in _WEEKS],
        coerce=int,
    )

    def build(self) -> None:
        """Fill in what was chosen."""
        held = {**FIRST, **self.answers.get("design", {})}
        for name, value in held.items():
            self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        """Ask the rules of a plan about the whole of it."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        answers = {**self.answers, "design": _design(cleaned)}
        for problem in plan_of(answers).check():
            self.add_error(
                "kind",
                now_("Given: %(given)s. Expected: %(expected)s. %(todo)s")
                % {"given": problem.given, "expected": problem.expected, "todo": problem.todo},
            )
        return cleaned

    @staticmethod
    def sizes_of(*held: Mapping[str, Any]) -> dict[str, int]:
        """Give the pairs and weeks that a page shows: the last that can be used of those given."""
        sizes = dict(FIRST)
        for one in held:
            for name, numbers in _OFFERED.items():
                if str(one.get(name, "")) in map(str, numbers):
                    sizes[name] = int(one[name])
        return sizes

    def changes(self) -> dict[str, Any]:
        """Give the choice."""
        return {"design": _design(self.cleaned_data)}


def _design(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {name: cleaned[name] for name in ("kind", "pairs", "weeks")}

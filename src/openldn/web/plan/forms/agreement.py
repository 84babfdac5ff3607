"""The last steps: the first day, who agreed and when, and the freeze."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from openldn.web.person.forms import json_object
from openldn.web.plan.forms.base import DayField, StepForm, WordsField

__all__ = ["AgreeForm", "FreezeForm", "StartForm"]

_AHEAD = timedelta(days=365)
_LONGEST_NAME = 80


class StartForm(StepForm):
    """The first day of the calendar."""

    start = DayField(label=_("First day"), missing=_("Write the first day."))

    def build(self) -> None:
        """Propose the next Monday: leave time for the talk and for the capsules."""
        week = self.today + timedelta(days=7 - self.today.weekday())
        self.fields["start"].initial = self.answers.get("start") or week.isoformat()

    def clean_start(self) -> date:
        """Refuse days behind us, and a slip in the year."""
        start: date = self.cleaned_data["start"]
        latest = self.today + _AHEAD
        if not self.today <= start <= latest:
            raise forms.ValidationError(
                now_("The first day is %(given)s. Expected: a day from %(first)s to %(last)s.")
                % {"given": start, "first": self.today, "last": latest}
            )
        return start

    def changes(self) -> dict[str, Any]:
        """Give the day."""
        return {"start": self.cleaned_data["start"].isoformat()}


class AgreeForm(StepForm):
    """Who agreed to the plan, in which talk. Without this there is no plan."""

    by = WordsField(
        label=_("Name of the prescriber"),
        max_length=_LONGEST_NAME,
        error_messages={"required": _("Write the name of the prescriber who agreed.")},
    )
    on = DayField(label=_("Day of the talk"), missing=_("Write the day of the talk."))
    is_yes = forms.BooleanField(
        label=_("This prescriber has seen this plan and agreed to it"),
        error_messages={
            "required": _(
                "Without the prescriber’s agreement a plan cannot begin. You can keep a diary."
            )
        },
    )

    def build(self) -> None:
        """Fill in what was written; the tick is given anew each time."""
        held = self.answers.get("agreed", {})
        self.fields["by"].initial = held.get("by", "")
        self.fields["on"].initial = held.get("on")
        self.fields["is_yes"].initial = "plan_toml" in self.answers

    def clean_on(self) -> date:
        """Refuse a talk that lies ahead."""
        talked: date = self.cleaned_data["on"]
        if talked > self.today:
            raise forms.ValidationError(
                now_("You wrote %(given)s. This day lies ahead: write the day you talked.")
                % {"given": talked}
            )
        return talked

    def changes(self) -> dict[str, Any]:
        """Give who and when."""
        on = self.cleaned_data["on"].isoformat()
        return {"agreed": {"by": self.cleaned_data["by"], "on": on}}


class FreezeForm(StepForm):
    """The seal of a drawn order; nothing else is asked any more."""

    seal = forms.FileField(
        label=_("seal.json, from your pharmacist"),
        error_messages={
            "required": _(
                "Choose the closed seal.json that openldn randomise wrote for this plan."
            ),
            "invalid": _("Choose the closed seal.json that openldn randomise wrote for this plan."),
        },
    )

    def build(self) -> None:
        """Ask for no seal where nothing is drawn."""
        if not self.answers.get("is_drawn"):
            del self.fields["seal"]

    def clean(self) -> dict[str, Any]:
        """Read the seal."""
        cleaned = super().clean() or {}
        if cleaned.get("seal"):
            cleaned["seal_facts"] = json_object(self, "seal", cleaned["seal"])
        return cleaned
